# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Early signs: what the figures of a day tell before something happens.

They are made each day, and anew on request. Those of today are current; of
former days they are kept as they were.
"""

import datetime as dt

from sql.conditionals import Coalesce
from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, ModelView, fields
from trytond.modules.hazard.loop.figures import found_domain
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..exceptions import EarlySignAccessError
from .digest import tell
from .rules import ALARM, ATTENTION, WEEK
from .watch import MODELS, REPORTED, UNINSPECTED, Span, Watch

KINDS = [
    ('rising', "More than Usual"),
    ('recurrence', "Found Again and Again"),
    ('silent_unit', "Unit Reports Nothing"),
    ('blank_shift', "Shift Finds Nothing"),
    ('burst', "Burst before an Inspection"),
    ]
SUBJECTS = [
    'hazard.place', 'hazard.check_item', 'safety.unit', 'safety.shift',
    'company.company']
# What tells a sign from the others of the day
_KEY = ['kind', 'subject', 'place', 'end_date']


class EarlySign(ServerWrittenMixin, ModelSQL, ModelView):
    __name__ = 'hazard.early_sign'
    _refusal = (
        EarlySignAccessError, 'hazard_analysis.msg_early_sign_modify')

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='CASCADE')
    day = fields.Date("Day", required=True, readonly=True)
    kind = fields.Selection(
        KINDS, "Kind", required=True, readonly=True, sort=False)
    kind_string = kind.translated('kind')
    subject = fields.Reference(
        "Of What", selection='get_subjects', required=True, readonly=True)
    place = fields.Many2One(
        'hazard.place', "At", readonly=True, ondelete='CASCADE')
    unit = fields.Many2One(
        'safety.unit', "Concerned Unit", readonly=True, ondelete='CASCADE',
        help="Of which all the hazards are, or else the mine.")
    since = fields.Date(
        "Told Since", required=True, readonly=True,
        help="From which day on it was told without a break.")
    start_date = fields.Date("From", required=True, readonly=True)
    end_date = fields.Date("To", required=True, readonly=True)
    before_date = fields.Date(
        "Compared Since", readonly=True,
        help="The first day of the weeks that it is compared to.")
    number = fields.Integer("Number", required=True, readonly=True)
    expected = fields.Float(
        "Expected", digits=(16, 2), readonly=True,
        help="How many there would be on the average.")
    bound = fields.Float(
        "Bound", digits=(16, 2), required=True, readonly=True)
    sigmas = fields.Integer("Standard Deviations", readonly=True)
    least = fields.Integer("At Least", readonly=True)
    severity = fields.Selection([
            (ATTENTION, "Attention"),
            (ALARM, "Alarm"),
            ], "Severity", required=True, readonly=True, sort=False)
    current = fields.Boolean("Current", readonly=True)
    told_at = fields.DateTime("Told At", readonly=True)
    words = fields.Function(
        fields.Text(
            "In Words", help="The figures, and the rule that they break."),
        'get_words')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('sign_unique', Exclude(t,
                    (t.company, Equal),
                    (t.day, Equal),
                    (t.kind, Equal),
                    (t.subject, Equal),
                    (Coalesce(t.place, 0), Equal),
                    (t.end_date, Equal)),
                'hazard_analysis.msg_early_sign_unique'),
            ]
        cls._sql_indexes.add(Index(
                t, (t.company, Index.Equality()), where=t.current))
        cls._order = [
            ('day', 'DESC'), ('severity', 'DESC'), ('kind', 'ASC'),
            ('number', 'DESC'), ('id', 'ASC')]

    @classmethod
    def get_subjects(cls):
        get_name = Pool().get('ir.model').get_name
        return [(model, get_name(model)) for model in SUBJECTS]

    def get_words(self, name):
        return gettext(
            f'hazard_analysis.msg_early_sign_{self.kind}',
            start=self.start_date, end=self.end_date, number=self.number,
            expected=_round(self.expected), bound=_round(self.bound),
            sigmas=self.sigmas, least=self.least, weeks=self.weeks)

    @property
    def weeks(self):
        "How many weeks it is compared to."
        return self.before_date and (
            self.start_date - self.before_date).days // WEEK

    def get_rec_name(self, name):
        names = [self.subject.rec_name]
        if self.place:
            names.append(self.place.rec_name)
        return f"{self.kind_string}: {' - '.join(names)}"

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('place.rec_name', *clause[1:]),
            *(('subject.rec_name', *clause[1:], model)
                for model in SUBJECTS)]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(~Eval('current'), 'muted', '')),
            ('/tree/field[@name="severity"]', 'visual', If(
                    Eval('severity') == ALARM, 'danger', 'warning')),
            ]

    def get_domain(self):
        """Return the domain of the hazards that the number counts.

        Where there is nothing they are those that it is compared to.
        """
        return [
            ('company', '=', self.company.id), *found_domain(),
            *getattr(self, f'_get_{self.kind}_clauses')()]

    def _get_rising_clauses(self):
        name = next(
            n for n, model in MODELS.items()
            if model == self.subject.__name__)
        return [(name, '=', self.subject.id), *self._get_times('found_at')]

    def _get_recurrence_clauses(self):
        return [
            ('check_item', '=', self.subject.id),
            ('place', '=', self.place.id), *self._get_times('found_at')]

    def _get_silent_unit_clauses(self):
        before = Span(self.before_date, self.start_date)
        return [
            ('found_by.unit', '=', self.subject.id), *REPORTED,
            *before.clauses('reported_at', company_zone(self.company))]

    def _get_blank_shift_clauses(self):
        shifts = [shift.id for shift in self.subject.set.shifts]
        return [
            ('shift', 'in', shifts), *REPORTED,
            *self._get_times('found_at')]

    def _get_burst_clauses(self):
        of_unit = self.subject.__name__ == 'safety.unit'
        return [
            *([('found_by.unit', '=', self.subject.id)] if of_unit else []),
            *REPORTED, UNINSPECTED, *self._get_times('reported_at')]

    def _get_times(self, name):
        span = Span(self.start_date, self.end_date + dt.timedelta(days=1))
        return span.clauses(name, company_zone(self.company))

    @classmethod
    @without_check_access
    def follow(cls):
        "Make the signs of the day, and tell the safety departments of them."
        for company in get_companies():
            with Transaction().set_context(company=company.id):
                cls.make(company)
                tell(company, cls.search([
                            ('company', '=', company.id),
                            ('current', '=', True),
                            ('told_at', '=', None),
                            ]))

    @classmethod
    @without_check_access
    def make(cls, company):
        "Make the signs of the day of the company anew, as the data are now."
        cls.lock()
        day = local_day(now(), company_zone(company))
        settings = Pool().get('hazard.configuration').settings(company.id)
        current = cls.search([
                ('company', '=', company.id), ('current', '=', True)])
        since = {s._get_key()[:3]: s.since for s in current}
        former = [s for s in current if s.day != day]
        kept = {s._get_key(): s for s in current if s.day == day}
        new, changes = [], []
        for values in Watch(company, day, settings).find():
            key = tuple(values[name] for name in _KEY)
            values.update(current=True, since=since.get(key[:3], day))
            if key in kept:
                changes += [[kept.pop(key)], values]
            else:
                new.append(values)
        if former:
            cls.write(former, {'current': False})
        if changes:
            cls.write(*changes)
        cls.delete(list(kept.values()))
        cls.create(new)

    def _get_key(self):
        return (
            self.kind, str(self.subject), self.place and self.place.id,
            self.end_date)


def _round(number):
    return None if number is None else round(number, 1)
