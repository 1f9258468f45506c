# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The leaders on duty, who go underground with the shift."

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from ..exceptions import DutyError, DutyOverlapWarning

_SPAN = If(Eval('start') & Eval('end'), ('start', '<', Eval('end')), ())


class DutyLeader(ModelSQL, ModelView):
    __name__ = 'hazard.duty_leader'

    company = fields.Many2One(
        'company.company', "Company", required=True)
    employee = fields.Many2One(
        'company.employee', "Leader on Duty", required=True,
        domain=[('company', '=', Eval('company', -1))])
    start = fields.DateTime("From", required=True, domain=[_SPAN])
    end = fields.DateTime("To", required=True, domain=[_SPAN])
    shift = fields.Many2One('safety.shift', "Shift")
    note = fields.Char("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('start', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.add(Index(
                t,
                (t.company, Index.Equality()),
                (t.end, Index.Range()),
                (t.start, Index.Range())))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @fields.depends('company', 'start', 'shift')
    def on_change_start(self):
        Shift = Pool().get('safety.shift')
        if self.company and self.start and not self.shift:
            self.shift = Shift.at(self.company.id, self.start)

    def get_rec_name(self, name):
        return self.employee.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('employee.rec_name', *clause[1:])]

    @classmethod
    def at(cls, company, time):
        "Return the ids of the employees on duty in the company at the time."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.employee,
                where=(table.company == int(company))
                & (table.start <= time) & (table.end > time)))
        return {employee for employee, in cursor}

    @classmethod
    def check_modification(cls, mode, duties, values=None, external=False):
        super().check_modification(
            mode, duties, values=values, external=external)
        at = now()
        for duty in duties if external else []:
            ends = [duty.end, (values or {}).get('end')]
            if any(e and e < at for e in ends):
                raise DutyError(gettext(
                        'hazard.msg_duty_ended', duty=duty.rec_name))

    @classmethod
    def on_modification(cls, mode, duties, field_names=None):
        super().on_modification(mode, duties, field_names=field_names)
        if mode in {'create', 'write'}:
            cls._warn_overlaps(duties)

    @classmethod
    def _warn_overlaps(cls, duties):
        "Raise DutyOverlapWarning where others are on duty at the same time."
        pool = Pool()
        Warning = pool.get('res.user.warning')
        for duty in duties:
            others = cls.search([
                    ('company', '=', duty.company.id),
                    ('id', '!=', duty.id),
                    ('start', '<', duty.end),
                    ('end', '>', duty.start),
                    ], limit=1)
            if not others:
                continue
            key = Warning.format('duty_overlap', [duty, *others])
            if Warning.check(key):
                raise DutyOverlapWarning(key, gettext(
                        'hazard.msg_duty_overlap',
                        duty=duty.rec_name, other=others[0].rec_name))
