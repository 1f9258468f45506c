# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The pictures of start pages, of what the user may read.

Each function returns one that draws the picture of the lists, and returns
None where there is nothing to draw.
"""

import datetime as dt
from collections import Counter
from itertools import accumulate

from sql import Column, Null
from sql.conditionals import Case

from trytond.i18n import gettext
from trytond.modules.hazard.loop.figures import ENDED
from trytond.modules.safety_base.chart import row_chart
from trytond.modules.safety_base.clock import (
    current_zone, day_start, local_day)
from trytond.modules.safety_base.flow_chart import flow_chart
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.transaction import Transaction

from ..fact.local_time import FIRST_DAY
from ..fact.local_time import local_day as sql_day
from ..fact.selection import Selection, default_days
from .hazard import get_days

# How many rows a picture has at most, and how many days
ROWS, DAYS = 8, 14
# The states of the loop as a hazard goes through them
STAGES = [*ENDED, 'closed']
SIZE = (430, 240)
# How many days from today on what is due then is due at last
DUE = [
    ('overdue', 0), ('today', 1), ('tomorrow', 2), ('week', 8),
    ('later', None)]


def _told(name, **values):
    return gettext(f'hazard_analysis.msg_home_picture_{name}', **values)


def rank(title, name, column):
    "Draw of which records there are most, and the share up to each."
    def draw(lists):
        numbers = lists.count_by(name, lambda table: Column(table, column))
        numbers.pop(None, None)
        if not numbers:
            return None
        Model = Pool().get(lists.windows[name].res_model)
        ranked = sorted(numbers.items(), key=lambda x: (-x[1], x[0]))[:ROWS]
        names = _get_names(
            Model._fields[column].get_target(), [id_ for id_, _ in ranked])
        shares = accumulate(
            number * 100 / sum(numbers.values()) for _, number in ranked)
        return row_chart(_told(title), [
                (names[id_], number, _told('so_far', share=int(share)))
                for (id_, number), share in zip(ranked, shares)], SIZE[0])
    return draw


def _get_names(Model, ids):
    "Return the names, where there are longer ones the short ones."
    return {r.id: getattr(r, 'name', None) or r.rec_name
        for r in Model.browse(ids)}


def by_state(title, *names):
    "Draw how many hazards of the lists are at which stage."
    def draw(lists):
        numbers = Counter()
        for name in names:
            numbers.update(lists.count_by(name, lambda table: table.state))
        numbers['closed'] += numbers.pop('archived', 0)
        if not sum(numbers[s] for s in STAGES):
            return None
        state = dict(Pool().get('hazard.hazard').fields_get(['state'])[
                'state']['selection'])
        return row_chart(
            _told(title), [(state[s], numbers[s], '') for s in STAGES],
            SIZE[0])
    return draw


def by_due(title, name):
    "Draw how many records of the list are due when."
    def draw(lists):
        numbers = lists.count_by(name, lambda table: _due(table.due_at))
        if not numbers:
            return None
        return row_chart(_told(title), [
                (_told(f'{title}_{due}'), numbers.get(key, 0), '')
                for key, (due, _) in enumerate(DUE)], SIZE[0])
    return draw


def _due(time):
    "Return the SQL of which of DUE has the time."
    zone = current_zone()
    today = local_day(now(), zone)
    ends = [now(), *(
            day_start(today + dt.timedelta(days), zone)
            for _, days in DUE[1:-1])]
    return Case(
        *((time < end, key) for key, end in enumerate(ends)),
        else_=len(ends))


def by_day(title, found, closed, open_):
    "Draw what was found, closed and open at the end of the last days."
    def draw(lists):
        end = get_days('30_days')[1]
        days = [end - dt.timedelta(days=n) for n in range(DAYS, 0, -1)]
        found_on, closed_on = (
            [numbers[day] for day in days] for numbers in [
                _by_day(lists, found, 'reported_at'),
                _by_day(lists, closed, 'closed_at')])
        now_open = sum(
            lists.count_by(open_, lambda table: table.company).values())
        return flow_chart(
            _told(title), [str(d.day) for d in days],
            [(_told('found'), found_on), (_told('closed'), closed_on)],
            (_told('open'), open_before(now_open, found_on, closed_on)),
            *SIZE)
    return draw


def open_before(number, found, closed):
    "Return how many were open when each day ended, number at the last one."
    return list(accumulate(
            (c - f for f, c in zip(found[:0:-1], closed[:0:-1])),
            initial=number))[::-1]


def _by_day(lists, name, column):
    "Return how many records of the list there are by local day."
    zone = current_zone()
    return Counter({
            FIRST_DAY + dt.timedelta(int(day)): number
            for day, number in lists.count_by(
                name, lambda table: sql_day(Column(table, column), zone)
                ).items() if day is not None})


def on_time(lists):
    "Draw the rate of each unit as the indicator tells it, the best first."
    query = Pool().get('hazard.analysis.by_unit').query(Selection(
            Transaction().context.get('company') or -1, *default_days()))
    cursor = Transaction().connection.cursor()
    cursor.execute(*query.select(
            query.unit, query.on_time_rate, query.to_rectify,
            where=(query.to_rectify > 0) & (query.unit != Null)))
    rows = sorted(cursor, key=lambda row: (-row[1], -row[2], row[0]))
    if not rows:
        return None
    names = _get_names(Pool().get('safety.unit'), [unit for unit, *_ in rows])
    return row_chart(_told('on_time'), [
            (names[unit], int(rate * 100), f'% / {number}')
            for unit, rate, number in rows], SIZE[0])
