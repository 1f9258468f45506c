# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What members did not do in periods that are over."

from bisect import bisect_right
from collections import Counter

from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.transaction import Transaction

from .fact import Fact, Scope
from .report_facts import ended, read_attempts


def duty_facts(scope):
    """Yield the facts of each member and period.

    Only who served through the whole period is in it. What was known at its
    end counts.
    """
    pool = Pool()
    Rule = pool.get('appraisal.rule')
    kinds = Rule.read_frequencies(scope.company)
    if not kinds or scope.ids is not None:
        return
    periods = _read_periods(scope, kinds)
    if not periods:
        return
    # Longer periods began before those that are open.
    attempts = list(read_attempts(
            Scope(scope.company, min(p[2] for p in periods))))
    for kind in kinds:
        those = [p for p in periods if p[1] == kind]
        reported, verified = _count(attempts, those)
        for id_, _, start, end, _, _ in those:
            for member in scope.service.through(start, end):
                fact = Fact(
                    None, f'appraisal.period,{id_}', member=member, time=end,
                    frequency=kind)
                if not reported[id_, member]:
                    yield fact._replace(event='no_report')
                yield fact._replace(
                    event='quota_missed', number=verified[id_, member])


def _read_periods(scope, kinds):
    Period = Pool().get('appraisal.period')
    table = Period.__table__()
    where = ((table.company == scope.company.id) & table.kind.in_(kinds)
        & (table.ends_at <= now()))
    if scope.since:
        where &= table.end_date >= scope.since
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, table.kind, table.start_date, table.end_date,
            table.starts_at, table.ends_at,
            where=where, order_by=[table.starts_at.asc]))
    return cursor.fetchall()


def _count(attempts, periods):
    "Return what was reported and verified by period and member."
    starts = [p[4] for p in periods]

    def find(time):
        i = bisect_right(starts, time) - 1
        if i >= 0 and time < periods[i][5]:
            return periods[i]
    reported, verified = Counter(), Counter()
    for attempt in attempts:
        if period := find(attempt.submitted_at):
            reported[period[0], attempt.member] += 1
        if attempt.verified_at and (period := find(attempt.verified_at)):
            void, _ = ended(attempt)
            if not void or void >= period[5]:
                verified[period[0], attempt.member] += 1
    return reported, verified
