# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the figures of hazards mean, each written once, as SQL.

Screens, documents and statistics count by these, so that they never differ.
Times are those of the server; what an old ledger brought in has no hours.
"""

from sql import Cast, Literal, Null
from sql.aggregate import Count, Max, Min, Sum
from sql.conditionals import Case, Coalesce, Least
from sql.functions import Extract, Function

from trytond import backend
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool

from .overdue import CLOSED_STATES, RECTIFY_STATES, late_stages
from .steps import OPEN_STATES

# What is not counted as found
UNCOUNTED_STATES = ['draft', 'cancelled']
# In which the loop shall be closed
TARGET_HOURS = 8
# By stage the states in which somebody has ended it and when that was
ENDED = {
    'four_fix': (['confirmed'], 'confirmed_at'),
    'rectification': (['done'], 'done_at'),
    'recheck': (['passed', 'failed'], 'checked_at'),
    'acceptance': (['passed', 'failed'], 'decided_at'),
    }


class _StrfTime(Function):
    __slots__ = ()
    _function = 'STRFTIME'


def found_domain():
    "Return the domain of what was found: reported and not cancelled."
    return [('state', 'not in', UNCOUNTED_STATES)]


def epoch(time):
    "Return the SQL of the whole seconds of the time since 1970."
    if backend.name == 'sqlite':
        # In SQLite itself, of which trytond's own would call Python
        return Cast(_StrfTime('%s', time), 'INTEGER')
    return Cast(Extract('EPOCH', time), 'BIGINT')


def seconds(start, end):
    "Return the SQL of the whole seconds from start to end."
    return epoch(end) - epoch(start)


def get_conditions(hazard, rectified_at):
    """Return for what hazards are counted, by the name of the count.

    hazard is their table, rectified_at when they were last rectified, as
    last_rectified tells.
    """
    closed = hazard.state.in_(CLOSED_STATES)
    unfinished = hazard.state.in_(RECTIFY_STATES)
    late = (hazard.deadline != Null) & (hazard.deadline < now())
    on_site = (hazard.handling == 'on_site') & (rectified_at == Null)
    rectified = (rectified_at != Null) & ~unfinished
    return {
        'on_site': hazard.handling == 'on_site',
        # Whatever stage is late
        'overdue': hazard.state.in_(OPEN_STATES) & (
            (unfinished & late) | hazard.id.in_(late_stages(now()))),
        'unrectified': unfinished & late,
        'due': closed | late,
        'to_rectify': on_site | rectified | (unfinished & late),
        'on_time': on_site | (rectified & (
                (hazard.deadline == Null)
                | (rectified_at <= hazard.deadline))),
        'recurrent': Coalesce(hazard.recurrence, 0) > 0,
        'late_entry': (hazard.late == Literal(True)) & ~is_imported(hazard),
        }


def get_time_conditions(hazard, rectified, recheck, acceptance):
    """Return for what hazards are counted by hours and first deadlines.

    rectified is what rectified() returns, recheck and acceptance what
    stage_seconds() does of these stages.
    """
    waited = Coalesce(recheck.seconds, 0) + Coalesce(acceptance.seconds, 0)
    checked = Coalesce(recheck.number, 0) > 0
    within = ~is_imported(hazard) & hazard.state.in_(CLOSED_STATES)
    total = seconds(hazard.reported_at, hazard.closed_at)
    target = TARGET_HOURS * 3600
    on_site = (hazard.handling == 'on_site') & (rectified.rectified_at == Null)
    conditions = get_conditions(hazard, rectified.rectified_at)
    return {
        'timed': within & (hazard.closed_at != Null),
        'in_target': within & (total <= target),
        # As if nobody had had to wait for the checker
        'in_target_unwaited': within & (
            total - waited <= target),
        'on_first_time': conditions['to_rectify'] & (on_site | (
                ~hazard.state.in_(RECTIFY_STATES)
                & (rectified.rectified_at <= Coalesce(
                        rectified.first_deadline,
                        rectified.rectified_at)))),
        'checked': checked,
        'first_pass': checked & (hazard.round == 1),
        }


def is_imported(hazard):
    "Return the SQL of whether an old ledger brought in the hazard."
    return Coalesce(hazard.imported, Literal(False)) == Literal(True)


def last_rectified(found):
    "Return the query of when the hazards were last rectified."
    table = Pool().get('hazard.rectification').__table__()
    return table.select(
        table.hazard, Max(table.rectified_at).as_('rectified_at'),
        where=(table.state == 'done') & table.hazard.in_(found),
        group_by=table.hazard)


def rectified(found):
    "Return the query of when, for how much and until when first by hazard."
    pool = Pool()
    table = pool.get('hazard.rectification').__table__()
    extended = extensions(found)
    return (table
        .join(extended, 'LEFT', condition=extended.hazard == table.hazard)
        .select(
            table.hazard,
            Max(Case((table.state == 'done', table.rectified_at))).as_(
                'rectified_at'),
            Least(
                Min(table.deadline), Coalesce(
                    Min(extended.first_deadline), Min(table.deadline))).as_(
                'first_deadline'),
            Sum(table.cost).as_('cost'),
            Coalesce(Max(extended.number), 0).as_('extensions'),
            where=(table.state != 'cancelled') & table.hazard.in_(found),
            group_by=table.hazard))


def extensions(found):
    "Return the query of how often hazards were extended, and from when on."
    table = Pool().get('hazard.extension').__table__()
    return table.select(
        table.hazard, Count(table.id).as_('number'),
        Min(table.original_deadline).as_('first_deadline'),
        where=(table.state == 'approved') & table.hazard.in_(found),
        group_by=table.hazard)


def stage_seconds(stage, found):
    "Return the query of how long the stages that were ended took by hazard."
    table = Pool().get(f'hazard.{stage}').__table__()
    states, ended_at = ENDED[stage]
    return table.select(
        table.hazard, Count(table.id).as_('number'),
        Sum(seconds(table.opened_at, getattr(table, ended_at))).as_(
            'seconds'),
        where=table.state.in_(states) & table.hazard.in_(found),
        group_by=table.hazard)
