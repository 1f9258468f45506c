# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.turn import take_turn
from trytond.pyson import Bool, Date, Eval, If
from trytond.transaction import Transaction

from ..exceptions import DutyError


class Duty(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'supervision.duty'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT')
    leader = fields.Many2One(
        'company.employee', "Led by", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        help="The deputy of the duty team.")
    members = fields.Many2Many(
        'supervision.duty-company.employee', 'duty', 'employee', "Cadres",
        domain=[
            ('company', '=', Eval('company', -1)),
            ('id', '!=', Eval('leader', -1)),
            ],
        help="Who looks at all enterprises every day.")
    start = fields.Date("From", required=True)
    end = fields.Date(
        "To", required=True,
        domain=[
            If(Bool(Eval('start')) & Bool(Eval('end')),
                ('end', '>=', Eval('start', None)),
                ()),
            ],
        help="The last day.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('start', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.add(
            Index(t, (t.company, Index.Equality()), (t.end, Index.Range())))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('end', Date()) < Date(), 'muted', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.leader.rec_name} {self.start} – {self.end}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(
            clause, 'leader.rec_name', 'members.rec_name')

    @classmethod
    def validate_fields(cls, duties, field_names):
        super().validate_fields(duties, field_names)
        take_turn([d.company for d in duties])
        for duty in duties:
            duty._check_members()
            duty._check_overlap()

    def _check_members(self):
        if not self.members:
            raise DutyError(gettext(
                    'hazard_supervision.msg_duty_members',
                    duty=self.rec_name))

    def _check_overlap(self):
        if self.search([
                    ('id', '!=', self.id),
                    ('company', '=', self.company.id),
                    ('start', '<=', self.end),
                    ('end', '>=', self.start),
                    ], limit=1):
            raise DutyError(gettext(
                    'hazard_supervision.msg_duty_overlap',
                    duty=self.rec_name))

    @classmethod
    def get_people(cls, company, day):
        "Return the ids of the employees who are on duty on the day."
        return {
            e.id for duty in cls.search([
                    ('company', '=', company),
                    ('start', '<=', day),
                    ('end', '>=', day),
                    ])
            for e in [duty.leader, *duty.members]}


class Member(ModelSQL):
    __name__ = 'supervision.duty-company.employee'

    duty = fields.Many2One(
        'supervision.duty', "Duty Team", required=True, ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('duty')
        t = cls.__table__()
        cls._sql_constraints += [
            ('employee_unique', Unique(t, t.duty, t.employee),
                'hazard_supervision.msg_duty_employee_unique'),
            ]
