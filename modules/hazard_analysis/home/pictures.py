# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The pictures of start pages, of what the user may read."

import datetime as dt
from collections import Counter

from sql import Column, Null
from sql.aggregate import Count, Sum
from sql.conditionals import Case

from trytond.i18n import gettext
from trytond.modules.hazard.loop.figures import ENDED
from trytond.modules.safety_base.chart import bar_chart, row_chart
from trytond.modules.safety_base.clock import current_zone, local_day
from trytond.pool import Pool
from trytond.transaction import Transaction

from .figure import find
from .hazard import get_days, get_times

# How many rows a picture has at most, and how many days
ROWS, DAYS = 8, 14
# The states of the loop as a hazard goes through them
STAGES = [*ENDED, 'closed']
SIZE = (430, 240)


def _count(name, column):
    "Return how many records of the list there are by value of the column."
    Model, found = find(name, order=[], query=True)
    if not Model:
        return {}
    cursor = Transaction().connection.cursor()
    table = Model.__table__()
    value = Column(table, column)
    cursor.execute(*table.select(
            value, Count(table.id), where=table.id.in_(found),
            group_by=[value]))
    return dict(cursor.fetchall())


def _rank(title, name, column):
    "Draw of which records there are most, and the share up to each."
    numbers = _count(name, column)
    numbers.pop(None, None)
    if not numbers:
        return None
    Model = Pool().get('hazard.hazard')._fields[column].get_target()
    all_ = sum(numbers.values())
    ranked = sorted(numbers.items(), key=lambda x: (-x[1], x[0]))[:ROWS]
    names = _get_names(Model, [id_ for id_, _ in ranked])
    rows, so_far = [], 0
    for id_, number in ranked:
        so_far += number
        rows.append((names[id_], number, gettext(
                    'hazard_analysis.msg_home_picture_so_far',
                    share=so_far * 100 // all_)))
    return row_chart(
        gettext(f'hazard_analysis.msg_home_picture_{title}'), rows, SIZE[0])


def _get_names(Model, ids):
    "Return the names, where there are longer ones the short ones."
    return {r.id: getattr(r, 'name', None) or r.rec_name
        for r in Model.browse(ids)}


def _by_state(title, *names):
    "Draw how many hazards of the lists are at which stage."
    numbers = Counter()
    for name in names:
        numbers.update(_count(name, 'state'))
    numbers['closed'] += numbers.pop('archived', 0)
    if not sum(numbers[s] for s in STAGES):
        return None
    state = dict(Pool().get('hazard.hazard').fields_get(['state'])[
            'state']['selection'])
    return row_chart(
        gettext(f'hazard_analysis.msg_home_picture_{title}'),
        [(state[s], numbers[s], '') for s in STAGES], SIZE[0])


def _by_day(title, found, closed):
    "Draw what was found and closed in the last days, of the lists."
    first, end = get_days('30_days')
    days = [end - dt.timedelta(days=n) for n in range(DAYS, 0, -1)]
    series = [
        (gettext('hazard_analysis.msg_home_picture_found'),
            _days(found, 'reported_at')),
        (gettext('hazard_analysis.msg_home_picture_closed'),
            _days(closed, 'closed_at')),
        ]
    return bar_chart(
        gettext(f'hazard_analysis.msg_home_picture_{title}'),
        [str(d.day) for d in days],
        [(name, [numbers[d] for d in days]) for name, numbers in series],
        *SIZE)


def _days(name, column):
    "Return how many records of the list there are by local day."
    zone = current_zone()
    numbers = Counter()
    for time, number in _count(name, column).items():
        numbers[local_day(time, zone)] += number
    return numbers


def _on_time():
    "Draw how much of what the units rectified was on time, the best first."
    pool = Pool()
    Rectification = pool.get('hazard.rectification')
    start, end = get_times('30_days')
    found = Rectification.search([
            ('state', '=', 'done'),
            ('done_at', '>=', start), ('done_at', '<', end)],
        order=[], query=True)
    table = Rectification.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.unit, Count(table.id),
            Sum(Case(
                    ((table.due_at == Null)
                        | (table.done_at <= table.due_at), 1), else_=0)),
            where=table.id.in_(found), group_by=[table.unit]))
    rates = {unit: (on_time / all_, all_) for unit, all_, on_time in cursor}
    if not rates:
        return None
    names = _get_names(pool.get('safety.unit'), list(rates))
    return row_chart(
        gettext('hazard_analysis.msg_home_picture_on_time'), [
            (names[unit], int(rate * 100), f'% / {all_}')
            for unit, (rate, all_) in sorted(
                rates.items(), key=lambda x: (-x[1][0], -x[1][1], x[0]))],
        SIZE[0])


PICTURES = {
    'reporter': [
        lambda: _by_state('mine', 'mine_open', 'mine_closed')],
    'captain': [
        lambda: _by_day('unit_days', 'unit_found', 'unit_closed'),
        lambda: _rank('unit_places', 'unit_open', 'place')],
    'safety': [
        lambda: _by_state('funnel', 'days'),
        lambda: _rank('places', 'days', 'place')],
    'head': [
        lambda: _by_day('days', 'days', 'days_closed'),
        _on_time],
    'station': [
        lambda: _rank('shifts', 'today', 'shift'),
        lambda: _rank('open_places', 'open', 'place')],
    }
