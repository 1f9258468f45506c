# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What reports of hazards come to, read from their timelines.

A card that is returned and submitted again is reported anew: each time is an
attempt of its own, which begins by the event of its submission and is void
once the card is returned or cancelled.
"""

from collections import namedtuple

from sql import Null, Window
from sql.aggregate import Max, Min, Sum
from sql.conditionals import Case, Coalesce

from trytond.pool import Pool
from trytond.transaction import Transaction

from .event import SUBMITTED
from .fact import Fact, to_time

# A refused acceptance finds that it was not fixed, as a failed recheck does.
FAILED = ['fail', 'refuse']
ACTIONS = [
    *sorted(SUBMITTED), 'confirm', 'pass', *FAILED, 'return', 'cancel']

Attempt = namedtuple('Attempt', [
        'hazard', 'sequence', 'member', 'grade', 'state', 'submitted_at',
        'verified_at', 'passed_at', 'failed_at', 'returned_at',
        'cancelled_at', 'return_reason', 'cancel_reason', 'duplicate'])


def read_attempts(scope):
    "Yield the attempts of the hazards in the scope."
    cursor = Transaction().connection.cursor()
    cursor.execute(*_query(scope))
    times = range(5, 11)
    for row in cursor:
        *row, repeated, over = row
        for i in times:
            row[i] = to_time(row[i])
        yield Attempt(*row, _is_duplicate(row[5], repeated, over))


def ended(attempt):
    "Return when the attempt became void and why."
    if attempt.returned_at:
        return attempt.returned_at, attempt.return_reason
    return attempt.cancelled_at, attempt.cancel_reason


def report_facts(scope):
    "Yield the facts of reports."
    for attempt in read_attempts(scope):
        if not attempt.member:
            continue
        fact = Fact(
            None, f'hazard.hazard,{attempt.hazard}', attempt.sequence,
            attempt.member, grade=attempt.grade)
        if attempt.returned_at:
            yield fact._replace(
                event='hazard_returned', time=attempt.returned_at)
        if attempt.cancelled_at:
            yield fact._replace(
                event='hazard_cancelled', time=attempt.cancelled_at)
        time, reason = ended(attempt)
        fact = fact._replace(
            time=attempt.verified_at, ended=time, reason=reason)
        if attempt.verified_at:
            yield fact._replace(event='hazard_verified')
            if attempt.duplicate:
                yield fact._replace(event='hazard_duplicate')
        if (attempt.state in {'recheck', 'closed'} and attempt.passed_at
                and not attempt.failed_at):
            yield fact._replace(event='hazard_on_site')


def _query(scope):
    pool = Pool()
    Event = pool.get('hazard.event')
    Hazard = pool.get('hazard.hazard')
    attempt, hazard = _attempts(scope), Hazard.__table__()
    other = Event.__table__()
    # Cards of before the module was there do not tell what they said.
    old = attempt.grade == Null
    repeated = Case((old, hazard.recurrence_of), else_=attempt.repeated)
    over = other.select(
        Min(other.at),
        where=(other.hazard == repeated)
        & other.to_state.in_(['closed', 'cancelled']))
    return (attempt
        .join(hazard, condition=attempt.hazard == hazard.id)
        .select(
            attempt.hazard, attempt.sequence,
            Case((old, hazard.member), else_=attempt.member).as_('member'),
            Coalesce(attempt.grade, hazard.grade).as_('grade'),
            attempt.state, attempt.submitted_at, attempt.verified_at,
            attempt.passed_at, attempt.failed_at, attempt.returned_at,
            attempt.cancelled_at, attempt.return_reason,
            attempt.cancel_reason,
            repeated.as_('repeated'), over.as_('over'),
            where=attempt.attempt > 0))


def _attempts(scope):
    "Return the query of the attempts, one row each."
    event = _events(scope)

    def first(condition):
        return Min(Case((condition, event.at)))
    submitted = event.action.in_(sorted(SUBMITTED))
    closed = (event.action == 'pass') | (
        submitted & (event.to_state == 'closed'))
    return event.select(
        event.hazard,
        event.attempt,
        Min(event.sequence).as_('sequence'),
        Max(event.member).as_('member'),
        Max(event.grade).as_('grade'),
        Max(event.repeated).as_('repeated'),
        Max(Case((submitted, event.to_state))).as_('state'),
        first(submitted).as_('submitted_at'),
        first((event.action == 'confirm') | closed).as_('verified_at'),
        first(closed).as_('passed_at'),
        first(event.action.in_(FAILED)).as_('failed_at'),
        first(event.action == 'return').as_('returned_at'),
        first(event.action == 'cancel').as_('cancelled_at'),
        *(Max(Case((event.action == a, event.note))).as_(f'{a}_reason')
            for a in ['return', 'cancel']),
        group_by=[event.hazard, event.attempt])


def _events(scope):
    "Return the query of the events, each with the number of its attempt."
    Event = Pool().get('hazard.event')
    table = Event.__table__()
    where = scope.restrict(table, id_=table.hazard)
    where &= table.action.in_(ACTIONS)
    if scope.since:
        recent = Event.__table__()
        where &= table.hazard.in_(recent.select(
                recent.hazard,
                where=(recent.company == scope.company.id)
                & (recent.at >= scope.start)))
    number = Sum(
        Case((table.action.in_(sorted(SUBMITTED)), 1), else_=0),
        window=Window([table.hazard], order_by=[table.sequence]))
    return table.select(
        table.hazard, table.sequence, table.at, table.action, table.note,
        table.member, table.grade, table.repeated, table.to_state,
        number.as_('attempt'),
        where=where)


def _is_duplicate(submitted_at, repeated, over):
    "Was the hazard that it repeats not over when it was submitted?"
    return bool(repeated) and (not over or to_time(over) > submitted_at)
