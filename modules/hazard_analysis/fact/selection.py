# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Which hazards an analysis is of: those of a period, and those before it."

import calendar
import datetime as dt
from dataclasses import dataclass, replace

from dateutil.relativedelta import relativedelta

from trytond.modules.hazard.loop.figures import found_domain
from trytond.modules.safety_base.clock import (
    current_zone, day_start, local_day)
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.workflow import now
from trytond.transaction import Transaction

# Keys of the context begin so, as others use the bare names.
PREFIX = 'analysis_'
BASES = [
    ('found_at', "Found"),
    ('reported_at', "Reported"),
    ('closed_at', "Closed"),
    ]
COMPARISONS = [
    ('former', "Former Period"),
    ('last_year', "Same Period of Last Year"),
    ]
# How many days are looked at where nobody has chosen
DAYS = 30
IMPORTED = [
    ('all', "Counted"),
    ('without', "Not Counted"),
    ('only', "Only These"),
    ]
# The fields of a hazard by which an analysis is narrowed
TREES = ['unit', 'place']
FILTERS = {
    'discipline': 'discipline',
    'grade': 'grade',
    'category': 'category',
    'source': 'source',
    'kind': 'found_as',
    }


@dataclass(frozen=True)
class Selection:
    """The hazards of a company of which the time is within days of its zone.

    first and last are both included; filters are the clauses that narrow it.
    """
    company: int
    first: dt.date
    last: dt.date
    basis: str = 'found_at'
    comparison: str = 'former'
    filters: tuple = ()

    @classmethod
    def from_context(cls):
        "Return what the context asks for, or else that of the last days."
        first, last = default_days()
        first = from_context(PREFIX + 'from', dt.date, first)
        last = from_context(PREFIX + 'to', dt.date, last)
        return cls(
            Transaction().context.get('company') or -1, first, last,
            _choice('basis', BASES), _choice('comparison', COMPARISONS),
            tuple(_get_filters()))

    @property
    def start(self):
        return day_start(self.first, current_zone())

    @property
    def end(self):
        "The time at which the day after the last one begins."
        return day_start(self.last + dt.timedelta(days=1), current_zone())

    def domain(self):
        "Return the domain of the hazards."
        return [*self.common(), *self.times()]

    def common(self):
        "Return the domain without that of the times."
        return [
            ('company', '=', self.company), *found_domain(), *self.filters]

    def times(self):
        return [(self.basis, '>=', self.start), (self.basis, '<', self.end)]

    def both(self):
        "Return the domain of the hazards and of those that they compare to."
        return [
            *self.common(), ['OR', self.times(), self.before().times()]]

    def contains(self, table):
        "Return the SQL of whether a hazard is of the period."
        time = getattr(table, self.basis)
        return (time >= self.start) & (time < self.end)

    def before(self):
        "Return the selection of the days that these are compared to."
        if self.comparison == 'last_year':
            first, last = shifted(self.first, self.last, 12)
        else:
            first, last = former(self.first, self.last)
        return replace(self, first=first, last=last)


def default_days():
    "Return the first and the last of the days up to today."
    today = local_day(now(), current_zone())
    return today - dt.timedelta(days=DAYS - 1), today


def former(first, last):
    """Return the days before: as many of them, or as many whole months.

    What begins with a month is compared to what begins with one.
    """
    if first.day == 1 and first <= last:
        months = (
            (last.year - first.year) * 12 + last.month - first.month + 1)
        return shifted(first, last, months)
    days = max((last - first).days + 1, 1)
    return first - dt.timedelta(days), last - dt.timedelta(days)


def shifted(first, last, months):
    "Return the days as many months before, whole months as whole ones."
    before = last - relativedelta(months=months)
    if _is_month_end(last):
        before = before.replace(day=_month_days(before))
    return first - relativedelta(months=months), before


def _is_month_end(day):
    return day.day == _month_days(day)


def _month_days(day):
    return calendar.monthrange(day.year, day.month)[1]


def _choice(name, choices):
    "Return what the context chooses, or else the first."
    values = [value for value, _ in choices]
    chosen = from_context(PREFIX + name, str)
    return chosen if chosen in values else values[0]


def _get_filters():
    for name in TREES:
        if value := from_context(PREFIX + name, int):
            yield name, 'child_of', [value], 'parent'
    for name, field in FILTERS.items():
        if value := from_context(PREFIX + name, int):
            yield field, '=', value
    imported = _choice('imported', IMPORTED)
    if imported != 'all':
        yield 'imported', '=', imported == 'only'
