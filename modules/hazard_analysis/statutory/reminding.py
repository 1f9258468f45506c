# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Tables are opened by themselves, and their days are watched.

The preparer or the signer is reminded before a table is due, both are told
when it is, then the leaders of the mine. A step is taken once; where several
are due at once only the last one is. The law moves no day for a holiday.
"""

import datetime as dt
from collections import namedtuple

from trytond.model import Model, fields
from trytond.modules.hazard.loop.notice import People
from trytond.modules.safety_base.calendar_period import get_period
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.notice import notify
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

# How long after the due time a step is taken, and the employees whom it tells
Step = namedtuple('Step', ['label', 'delay', 'audience'])


def _actors(people, report):
    "Return the employees whose turn it is."
    company = report.company.id
    if report.state == 'draft' and report.prepared_at:
        return people.heads[company] or people.mine[company]
    return people.safety[company]


def _both(people, report):
    company = report.company.id
    return people.safety[company] | people.heads[company]


STEPS = {
    'remind': Step(
        "Reminded",
        lambda settings: -dt.timedelta(days=settings['statutory_days']),
        _actors),
    'overdue': Step(
        "Told of Overdue", lambda settings: dt.timedelta(), _both),
    'escalate_mine': Step(
        "Mine Leader Told",
        lambda settings: dt.timedelta(
            hours=settings['escalate_mine_hours']),
        lambda people, report: people.mine[report.company.id]),
    }
_NAMES = [None, *STEPS]


class RemindedMixin(Model):
    __slots__ = ()

    reminder = fields.Selection(
        [(None, ""), *((n, step.label) for n, step in STEPS.items())],
        "Reminder", readonly=True, sort=False,
        help="The last step that was taken because of the due time.")
    reminded_at = fields.DateTime("Reminded At", readonly=True)

    @classmethod
    @without_check_access
    def follow(cls):
        "Open the tables that are due next, and remind of those not sent."
        for company in get_companies():
            with Transaction().set_context(company=company.id):
                cls._open_next(company)
                cls._remind(company)

    @classmethod
    def _open_next(cls, company):
        known = {
            (r.frequency, r.start_date)
            for r in cls.search([('company', '=', company.id)])}
        cls.create([{
                    'company': company.id,
                    'frequency': frequency,
                    'start_date': start,
                    } for frequency, start in cls._get_next(company)
                if (frequency, start) not in known])
        cls.compute(cls.search([
                    ('company', '=', company.id),
                    ('state', '=', 'draft'),
                    ('prepared_at', '=', None),
                    ]))

    @classmethod
    def _get_next(cls, company):
        "Return the periods that are not over or of which the day is to come."
        today = local_day(now(), company_zone(company))
        for frequency, _ in cls.frequency.selection:
            period = get_period(frequency, today)
            former = get_period(
                frequency, period.start - dt.timedelta(days=1))
            values = cls._get_period_values(company, frequency, former.start)
            if values['due_at'] >= now():
                yield frequency, former.start
            yield frequency, period.start

    @classmethod
    def _remind(cls, company):
        settings = Pool().get('hazard.configuration').settings(company.id)
        people = People(companies=[company.id])
        at = now()
        delays = {n: step.delay(settings) for n, step in STEPS.items()}
        due = {}
        for report in cls.search([
                    ('company', '=', company.id),
                    ('state', '!=', 'sent'),
                    ('due_at', '<=', at - min(delays.values())),
                    ]):
            name = max(
                (n for n in delays if report.due_at + delays[n] <= at),
                key=_NAMES.index, default=None)
            if _NAMES.index(name) > _NAMES.index(report.reminder):
                due.setdefault(name, []).append(report)
        for name, reports in due.items():
            cls._take(name, reports, people, at)

    @classmethod
    def _take(cls, name, reports, people, at):
        "Tell whom the step is for and record it."
        notify(
            {r: STEPS[name].audience(people, r) for r in reports},
            f'hazard_analysis.msg_statutory_reminder_{name}',
            'tryton-warning', lambda r: r.time_left, work=True)
        cls.write(reports, {'reminder': name, 'reminded_at': at})

    @classmethod
    def tell_prepared(cls, reports):
        "Tell the heads of the mines that the tables wait to be signed."
        people = People(companies=[r.company.id for r in reports])
        notify(
            {r: people.heads[r.company.id] for r in reports},
            'hazard_analysis.msg_statutory_to_sign', 'tryton-notification',
            lambda r: r.time_left, work=True)
