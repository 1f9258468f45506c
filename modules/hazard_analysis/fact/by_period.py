# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Indicators by time: a row for each day, ten days, month or longer."

import datetime as dt
from itertools import zip_longest

from sql import Column
from sql.conditionals import Case

from trytond.model import fields
from trytond.modules.hazard.loop.figures import epoch
from trytond.modules.safety_base.calendar_period import get_period, get_periods
from trytond.modules.safety_base.clock import current_zone, day_start
from trytond.modules.safety_base.guard.value import from_context
from trytond.transaction import Transaction

from .context import Context
from .fact import COUNTS, DIMENSIONS, SUMS
from .indicator import IndicatorMixin
from .selection import PREFIX, Selection

FREQUENCIES = [
    ('daily', "Day"),
    ('weekly', "Week"),
    ('ten_days', "Ten Days"),
    ('monthly', "Month"),
    ('quarterly', "Quarter"),
    ('yearly', "Year"),
    ]
# More of them nobody reads; those before are left out.
ROWS = 400


class PeriodContext(Context):
    __name__ = 'hazard.analysis.period.context'

    analysis_frequency = fields.Selection(
        FREQUENCIES, "By", required=True, sort=False)

    @classmethod
    def default_analysis_frequency(cls):
        return FREQUENCIES[0][0]


class ByPeriod(IndicatorMixin):
    __name__ = 'hazard.analysis.by_period'
    _keys = ('start',)

    start = fields.Date("From", readonly=True)
    end = fields.Function(fields.Date("To"), 'get_end')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('start', 'ASC'), ('id', 'ASC')]

    @classmethod
    def _get_facts(cls, selection):
        facts = super()._get_facts(selection)
        time = Column(facts, selection.basis)
        names = ['id', *DIMENSIONS, *COUNTS, *SUMS]
        starts = sorted(_get_starts(selection).items(), reverse=True)
        key = Case(*(
                (time >= day_start(day, current_zone()), start)
                for day, start in starts))
        # The names stand for the columns outside
        return facts.select(
            *(Column(facts, name).as_(name) for name in names),
            key.as_('start'))

    @classmethod
    def _get_id(cls, key, second=None):
        return epoch(key) / 86400

    def get_end(self, name):
        return self.get_days()[1]

    def get_days(self):
        "Return the first and the last day that the row counts."
        selection = Selection.from_context()
        period = get_period(get_frequency(), self.start)
        return (
            max(period.start, selection.first),
            min(period.end, selection.last))

    def get_rec_name(self, name):
        return ' - '.join(str(day) for day in self.get_days())

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('start', *clause[1:])]

    def get_domain(self):
        first, last = self.get_days()
        with Transaction().set_context(**{
                    PREFIX + 'from': first, PREFIX + 'to': last}):
            return Selection.from_context().domain()


def get_frequency():
    "Return how long the periods are that the context asks for."
    chosen = from_context(PREFIX + 'frequency', str)
    if chosen in dict(FREQUENCIES):
        return chosen
    return FREQUENCIES[0][0]


def _get_starts(selection):
    """Return by its first day the first day of the row that a period is in.

    A period that is compared to is in the row of the one of the same place.
    """
    rows = _get_days(selection)
    former = [
        day for day in _get_days(selection.before())
        if day < selection.first]
    return {
        **dict(zip_longest(
                former, rows[:len(former)], fillvalue=rows[-1])),
        **{day: day for day in rows}}


def _get_days(selection):
    "Return the days on which the periods begin, of the first one the first."
    frequency, first = get_frequency(), selection.first
    if selection.last - first > dt.timedelta(days=366 * ROWS):
        first = selection.last - dt.timedelta(days=366 * ROWS)
    periods = list(get_periods(frequency, first, selection.last))
    return [max(p.start, first) for p in periods[-ROWS:]]
