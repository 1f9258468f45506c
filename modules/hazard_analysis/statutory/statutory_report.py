# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The statutory table of a quarter or a year, signed by the head of the mine.

A draft tells what is known when it is prepared. What is signed stays as it is
and shows on request what has become of the data since.
"""

import datetime as dt

from dateutil.relativedelta import relativedelta

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.hazard.loop.head import acts_as_head
from trytond.modules.hazard.loop.time_left import TimeLeft
from trytond.modules.safety_base.calendar_period import get_period
from trytond.modules.safety_base.clock import company_zone, day_start
from trytond.modules.safety_base.workflow import (
    LoopMixin, check_actor, now, step)
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool
from trytond.pyson import DateTime, Eval, If
from trytond.transaction import Transaction, without_check_access

from ..exceptions import StatutoryAccessError, StatutoryReportError
from .figures import Figures
from .reminding import RemindedMixin
from .sending import SentMixin

FREQUENCIES = [
    ('quarterly', "Quarter"),
    ('yearly', "Year"),
    ]
# On which day of the month after the period the table is due
DUE_DAYS = {'quarterly': 15, 'yearly': 31}
_SECOND = dt.timedelta(seconds=1)


class StatutoryReport(
        SentMixin, RemindedMixin, LoopMixin, ModelSQL, ModelView):
    __name__ = 'hazard.statutory_report'
    _rec_name = 'code'
    _editable = frozenset({'phone'})
    _derived = frozenset({
            'company', 'frequency', 'code', 'start_date', 'end_date',
            'starts_at', 'ends_at', 'year_starts_at', 'due_at'})
    _states_new = {
        'readonly': Eval('id', -1) >= 0,
        }

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_states_new)
    frequency = fields.Selection(
        FREQUENCIES, "Period", required=True, sort=False,
        states=_states_new)
    start_date = fields.Date(
        "From", required=True, states=_states_new,
        help="Any day of the quarter or year, of which the first is kept.")
    end_date = fields.Date("Closing Date", readonly=True)
    code = fields.Char("Code", readonly=True)
    starts_at = fields.DateTime("Starts at", readonly=True)
    ends_at = fields.DateTime("Ends at", readonly=True)
    year_starts_at = fields.DateTime("Year Starts at", readonly=True)
    due_at = fields.DateTime(
        "Due At", readonly=True,
        help="The end of the 15th after a quarter, of 31 January after a "
        "year, also where it is no working day.")
    time_left = fields.Function(fields.Char("Time Left"), 'get_time_left')
    phone = fields.Char(
        "Telephone", states={
            'readonly': Eval('state') != 'draft',
            }, help="Whom the receiving body may ask.")
    lines = fields.One2Many(
        'hazard.statutory_report.line', 'report', "Figures", readonly=True)
    changed = fields.Function(
        fields.Integer(
            "Figures Changed Since",
            help="How many figures would be others today."),
        'get_changed')
    prepared_by = fields.Many2One(
        'company.employee', "Prepared By", readonly=True)
    prepared_at = fields.DateTime("Prepared At", readonly=True)
    signed_by = fields.Many2One(
        'company.employee', "Signed By", readonly=True)
    signed_at = fields.DateTime("Signed At", readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('signed', "Signed"),
            ('sent', "Sent"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('period_unique',
                Unique(t, t.company, t.frequency, t.start_date),
                'hazard_analysis.msg_statutory_unique'),
            ]
        cls._sql_indexes.add(
            Index(t, (t.company, Index.Equality()),
                (t.start_date, Index.Range(order='DESC'))))
        cls._order = [
            ('start_date', 'DESC'), ('frequency', 'ASC'), ('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'draft'),
            ('draft', 'signed'),
            ('signed', 'sent'),
            }
        cls._buttons.update({
                'prepare': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-refresh',
                    'depends': ['state'],
                    },
                'sign': {
                    'invisible': (
                        (Eval('state') != 'draft') | ~Eval('prepared_at')),
                    'icon': 'tryton-ok',
                    'depends': ['state', 'prepared_at'],
                    },
                'send': {
                    'invisible': Eval('state') != 'signed',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_frequency(cls):
        return FREQUENCIES[0][0]

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def get_time_left(cls, reports, name):
        words = TimeLeft()
        return {r.id: words.tell(r.due_at, r.sent_at) for r in reports}

    @classmethod
    def get_changed(cls, reports, name):
        current = Figures(reports).read()
        return {
            r.id: sum(
                line.value != current[r.id][line.figure] for line in r.lines)
            for r in reports}

    def get_rec_name(self, name):
        day = self.start_date
        return gettext(
            f'hazard_analysis.msg_statutory_{self.frequency}',
            year=day.year, quarter=(day.month + 2) // 3)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('state') == 'sent', 'muted', '')),
            ('/tree/field[@name="time_left"]', 'visual', If(
                    (Eval('state') != 'sent')
                    & (Eval('due_at', dt.datetime.max) < DateTime()),
                    'danger', '')),
            ]

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('company') and values.get(
                'start_date'):
            values.update(cls._get_period_values(
                    Pool().get('company.company')(values['company']),
                    values.get('frequency') or cls.default_frequency(),
                    values['start_date']))
        return values

    @classmethod
    def _get_period_values(cls, company, frequency, day):
        zone = company_zone(company)
        period = get_period(frequency, day)
        after = period.end + dt.timedelta(days=1)
        due = after + relativedelta(day=DUE_DAYS[frequency])
        return {
            'frequency': frequency,
            'code': period.key,
            'start_date': period.start,
            'end_date': period.end,
            'starts_at': day_start(period.start, zone),
            'ends_at': day_start(after, zone),
            'year_starts_at': day_start(
                period.start.replace(month=1), zone),
            'due_at': day_start(due + dt.timedelta(days=1), zone) - _SECOND,
            }

    @classmethod
    def on_modification(cls, mode, reports, field_names=None):
        super().on_modification(mode, reports, field_names=field_names)
        if mode == 'create':
            cls.compute(reports)

    @classmethod
    def copy(cls, reports, default=None):
        default = default.copy() if default is not None else {}
        for name in {
                'lines', 'reminder', 'reminded_at', 'prepared_by',
                'prepared_at', 'signed_by', 'signed_at', 'recipient',
                'receipt_number', 'sent_on', 'sent_by', 'sent_at'}:
            default.setdefault(name)
        default.setdefault('state', 'draft')
        return super().copy(reports, default=default)

    @classmethod
    @without_check_access
    def compute(cls, reports):
        "Make the figures of drafts anew from the data as they are."
        Line = Pool().get('hazard.statutory_report.line')
        Line.delete([line for r in reports for line in r.lines])
        current = Figures(reports).read()
        Line.create([
                {'report': r.id, 'figure': figure, 'value': value}
                for r in reports
                for figure, value in current[r.id].items()])

    @classmethod
    @step('draft', start=['draft'])
    def prepare(cls, reports):
        "Compute the figures and put them before the head of the mine."
        check_actor(r.company for r in reports)
        cls.compute(reports)
        cls.move(reports, 'draft', 'prepared')
        cls.tell_prepared([r for r in reports if r.is_over])

    @property
    def is_over(self):
        return self.ends_at <= now()

    @classmethod
    def check_head(cls, reports):
        "Raise StatutoryAccessError unless the head of the mine acts."
        if reports and not acts_as_head():
            reports[0]._refuse('head', StatutoryAccessError)

    @classmethod
    @step('signed', check='check_head')
    def sign(cls, reports):
        check_actor(r.company for r in reports)
        signer = acting_person() | represented_people()
        for report in reports:
            report.check_sign(signer)
        cls.move(reports, 'signed', 'signed')

    def check_sign(self, signer):
        """Raise StatutoryReportError unless the table may be signed now.

        Its period is over, and what somebody else has prepared is what the
        data tell.
        """
        if not self.is_over:
            self._refuse('running')
        if not self.prepared_at:
            self._refuse('unprepared')
        if signer.is_any([self.prepared_by]):
            self._refuse('own')
        if self.changed:
            self._refuse('stale')

    def _refuse(self, reason, error=StatutoryReportError):
        raise error(gettext(
                f'hazard_analysis.msg_statutory_{reason}',
                report=self.rec_name))
