# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The points of members added up by the database.

What the entries of ten days come to does not change once they are closed, so
it is kept.  All other periods are sums of ten days.  A cap applies to what a
rule gives in its period so far; what it takes off is taken off the ten days
in which it is exceeded.  So the sum of ten days is the month, whatever the
order of the entries.
"""

from sql import Cast, Literal, Null, Union, Window
from sql.aggregate import Sum
from sql.conditionals import Case, Coalesce

from trytond.model import fields
from trytond.pool import Pool

from ..appraisal import GROUPS
from .open_periods import get_chosen
from .period import Tree

GROUP_COLUMNS = [f'{group}_points' for group, _ in GROUPS]
# What is added up of each member in ten days
SUMS = [*GROUP_COLUMNS, 'over_cap', 'verified']


def integer(expression):
    "Return the SQL of the integer; PostgreSQL adds up large ones as decimals."
    return Cast(expression, 'INTEGER')


def number(expression):
    "Return the SQL of the number, which SQLite keeps as a text."
    return Cast(expression, 'NUMERIC')


def is_chosen(period):
    "Return the SQL of whether the period is computed if it is open."
    if chosen := get_chosen():
        return _in(period, chosen.periods)
    return Literal(True)


def is_part(tenday):
    "Return the SQL of whether the ten days are part of what is computed."
    if chosen := get_chosen():
        return _in(tenday, chosen.tendays)
    return Literal(True)


def _in(column, ids):
    return fields.SQL_OPERATORS['in'](column, sorted(ids))


def rule_sums():
    """Return the query of what each rule gives a member in ten days.

    Of ten days that are closed only what the caps of open ones need is in it.
    """
    pool = Pool()
    Entry = pool.get('appraisal.entry')
    Rule = pool.get('appraisal.rule')
    table, rule, tree = Entry.__table__(), Rule.__table__(), Tree()
    entry = table.select(
        table.member, table.rule, table.period,
        Sum(number(table.points)).as_('points'),
        Sum(table.task).as_('task'),
        where=_is_needed(table.period),
        group_by=[table.member, table.rule, table.period])
    tables = tree.join(
        entry.join(rule, condition=entry.rule == rule.id), entry.period)
    needed = tree.tenday.state == 'open'
    for kind, period in tree.levels()[1:]:
        needed |= (rule.cap_period == kind) & (period.state == 'open')
    return tables.select(
        entry.member,
        entry.rule,
        rule.group.as_('group_'),
        number(rule.cap).as_('cap'),
        tree.tenday.id.as_('tenday'),
        tree.tenday.state,
        tree.tenday.start_date,
        Case(
            *((rule.cap_period == kind, period.id)
                for kind, period in tree.levels()),
            else_=tree.tenday.id).as_('window_'),
        entry.points,
        entry.task.as_('verified'),
        where=needed)


def _is_needed(tenday):
    "Return the SQL of whether the ten days are open or in that of a cap."
    if chosen := get_chosen():
        return _in(tenday, chosen.needed)
    pool = Pool()
    Period = pool.get('appraisal.period')
    Rule = pool.get('appraisal.rule')
    table, tree = Period.__table__(), Tree()
    tables = tree.join(table, table.id)
    needed = tree.tenday.state == 'open'
    for kind, period in tree.levels()[1:]:
        rule = Rule.__table__()
        needed |= (period.state == 'open') & (period.kind.in_(rule.select(
                    rule.cap_period, where=rule.cap_period == kind)))
    return tenday.in_(tables.select(table.id, where=needed))


def capped_sums():
    "Return the query of what counts of each rule in open ten days."
    sums = rule_sums()
    so_far = Sum(sums.points, window=Window(
            [sums.member, sums.rule, sums.window_],
            order_by=[sums.start_date]))
    running = sums.select(
        sums.member, sums.rule, sums.group_, sums.cap, sums.tenday,
        sums.state, sums.points, sums.verified,
        so_far.as_('so_far'))
    counted = Case(
        (running.cap == Null, running.points),
        else_=_clamp(running.so_far, running.cap)
        - _clamp(running.so_far - running.points, running.cap))
    return running.select(
        running.member, running.group_, running.tenday,
        running.points, running.verified,
        counted.as_('counted'),
        where=running.state == 'open')


def _clamp(value, limit):
    return Case(
        (value > limit, limit), (value < -limit, -limit), else_=value)


def open_tendays():
    "Return the query of the sums of each member in open ten days."
    sums = capped_sums()
    return sums.select(
        sums.member.as_('member'),
        sums.tenday.as_('tenday'),
        *(Sum(Case((sums.group_ == group, sums.counted), else_=0)).as_(name)
            for (group, _), name in zip(GROUPS, GROUP_COLUMNS)),
        Sum(sums.points - sums.counted).as_('over_cap'),
        Sum(sums.verified).as_('verified'),
        group_by=[sums.member, sums.tenday])


def closed_tendays():
    "Return the query of what is kept of ten days of periods still open."
    pool = Pool()
    Frozen = pool.get('appraisal.sheet.frozen')
    frozen, tree = Frozen.__table__(), Tree()
    return (tree.join(frozen, frozen.period)
        .select(
            frozen.member.as_('member'),
            frozen.period.as_('tenday'),
            *(number(getattr(frozen, n)).as_(n) for n in SUMS),
            where=(tree.tenday.kind == 'tenday')
            & ((tree.month.state == 'open') | (tree.quarter.state == 'open')
                | (tree.year.state == 'open'))
            & is_part(frozen.period)))


def spans():
    "Return the query of the open periods of which ten days are a part."
    Period = Pool().get('appraisal.period')
    queries = []
    for level in range(4):
        tree = Tree()
        table = Period.__table__()
        kind, period = tree.levels()[level]
        queries.append(tree.join(table, table.id).select(
                tree.tenday.id.as_('tenday'),
                period.id.as_('period'),
                where=(period.state == 'open') & is_chosen(period.id)))
    return Union(*queries, all_=True)


def nothing():
    "Return the query of zeros for each member who serves in open periods."
    pool = Pool()
    Member = pool.get('safety.member')
    Period = pool.get('appraisal.period')
    member, period = Member.__table__(), Period.__table__()
    return (member
        .join(period, condition=(member.company == period.company)
            & (member.since <= period.end_date)
            & (Coalesce(member.until, period.start_date)
                >= period.start_date))
        .select(
            member.id.as_('member'),
            period.id.as_('period'),
            *(Literal(0).as_(n) for n in SUMS),
            where=(period.state == 'open') & is_chosen(period.id)))


def member_sums():
    "Return the query of the sums of each member in each open period."
    rows = Union(open_tendays(), closed_tendays(), all_=True)
    span = spans()
    parts = (rows
        .join(span, condition=rows.tenday == span.tenday)
        .select(
            rows.member.as_('member'),
            span.period.as_('period'),
            *(getattr(rows, n).as_(n) for n in SUMS)))
    all_ = Union(parts, nothing(), all_=True)
    return all_.select(
        all_.member.as_('member'),
        all_.period.as_('period'),
        *(Sum(getattr(all_, n)).as_(n) for n in SUMS),
        group_by=[all_.member, all_.period])
