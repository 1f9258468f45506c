# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The early signs of a company on a day, by the rules, as values of records.

Days are those of the zone of the company, and whole ones: the day itself is
not counted yet. What was found counts by when it was found, what people
report by when they did and without what an old ledger brought in.
"""

import datetime as dt
from functools import cached_property
from typing import NamedTuple

from sql import Column
from sql.aggregate import Count

from trytond.modules.hazard.loop.figures import found_domain
from trytond.modules.safety_base.clock import (
    company_zone, day_start, local_day)
from trytond.pool import Pool
from trytond.transaction import Transaction

from ..fact.local_time import FIRST_DAY
from ..fact.local_time import local_day as sql_day
from . import rules
from .rules import LEAST_WEEKS, WEEK, WEEKS

# Whose inspections are from outside
OUTSIDE = ['superior', 'government', 'mine_safety_bureau']
MODELS = {'place': 'hazard.place', 'check_item': 'hazard.check_item'}
# The key of the company as a whole
ALL = 'all'
REPORTED = [('imported', '=', False)]
UNINSPECTED = ['OR',
    ('source', '=', None), ('source.code', 'not in', OUTSIDE)]


class Span(NamedTuple):
    "The days from the first to the one after the last."

    start: dt.date
    end: dt.date

    @classmethod
    def before(cls, day, days):
        return cls(day - dt.timedelta(days=days), day)

    @property
    def days(self):
        return (self.end - self.start).days

    def clauses(self, name, zone):
        "Return those of a domain for the time of the name."
        return [
            (name, '>=', day_start(self.start, zone)),
            (name, '<', day_start(self.end, zone))]


class Counted(NamedTuple):
    key: object
    unit: int
    day: dt.date
    number: int


class Watch:
    "What the hazards of the company tell on the day."

    def __init__(self, company, day, settings):
        self.company = company
        self.day = day
        self.sigmas = settings['sign_sigmas']
        self.least = settings['sign_least']
        self.settings = settings
        self.zone = company_zone(company)

    def find(self):
        "Yield the values of each sign."
        yield from self._find_rises('place')
        yield from self._find_rises('check_item')
        yield from self._find_again()
        yield from self._find_silent_units()
        yield from self._find_blank_shifts()
        yield from self._find_bursts()

    def _find_rises(self, name):
        span = Span.before(self.day, WEEK)
        before = self._get_history(span, 'found_at')
        if not before:
            return
        counts = self._count(
            [name], 'found_at', Span(before.start, span.end))
        units = _get_units(counts, span)
        for key, found in self._compare(
                rules.find_rise, counts, span, before):
            yield self._get_values(
                'rising', (MODELS[name], key), span, found, before,
                unit=units[key])

    def _find_again(self):
        span = Span.before(self.day, self.settings['recurrence_days'])
        week = Span.before(self.day, WEEK)
        least = self.settings['sign_recurrences']
        counts = self._count(['place', 'check_item'], 'found_at', span)
        units = _get_units(counts, span)
        for key, (number, recent) in _add_up(counts, span, week):
            place, item = key
            found = rules.find_again(number, least) if recent else None
            if found:
                yield self._get_values(
                    'recurrence', ('hazard.check_item', item), span, found,
                    least=least, place=place, unit=units[key])

    def _find_silent_units(self):
        span = Span.before(self.day, self.settings['sign_silent_days'])
        before = self._get_history(span, 'reported_at', REPORTED)
        if not before:
            return
        counts = self._count_reports(Span(before.start, span.end))
        for unit, found in self._compare(
                rules.find_silence, counts, span, before):
            if unit in self._units:
                yield self._get_values(
                    'silent_unit', ('safety.unit', unit), span, found,
                    before, unit=unit)

    def _find_blank_shifts(self):
        span = Span.before(self.day, self.settings['sign_blank_days'])
        counts = self._count(['shift'], 'found_at', span, REPORTED)
        numbers = {key: number for key, (number,) in _add_up(counts, span)}
        for shifts in self._shift_sets:
            share = rules.get_fair_share([numbers.get(s, 0) for s in shifts])
            for shift in shifts:
                found = rules.find_silence(
                    numbers.get(shift, 0), share, self.sigmas, self.least)
                if found:
                    yield self._get_values(
                        'blank_shift', ('safety.shift', shift), span, found)

    def _find_bursts(self):
        days = self.settings['sign_burst_days']
        recent = Span.before(self.day, WEEK)
        came = self._count([], 'found_at', Span(
                recent.start - dt.timedelta(days=days), recent.end),
            [('source.code', 'in', OUTSIDE)])
        for start in rules.find_starts({c.day for c in came}, days):
            if start >= recent.start:
                yield from self._find_bursts_before(start, days)

    def _find_bursts_before(self, start, days):
        span = Span.before(start, days)
        before = self._get_history(span, 'reported_at', REPORTED)
        if not before:
            return
        counts = self._count_reports(
            Span(before.start, span.end), UNINSPECTED)
        counts += [c._replace(key=ALL) for c in counts]
        for unit, found in self._compare(
                rules.find_rise, counts, span, before):
            yield self._get_values(
                'burst', ('company.company', self.company.id)
                if unit == ALL else ('safety.unit', unit),
                span, found, before)

    def _compare(self, find, counts, span, before):
        "Yield the key and the finding of what breaks the rule in the span."
        for key, (number, total) in _add_up(counts, span, before):
            mean = rules.get_mean(total, before.days, span.days)
            if found := find(number, mean, self.sigmas, self.least):
                yield key, found

    def _get_values(
            self, kind, subject, span, found, before=None, least=None,
            place=None, unit=None):
        return {
            'company': self.company.id,
            'day': self.day,
            'kind': kind,
            'subject': ','.join(map(str, subject)),
            'place': place,
            'unit': unit or self._mine,
            'start_date': span.start,
            'end_date': span.end - dt.timedelta(days=1),
            'before_date': before.start if before else None,
            'number': found.number,
            'expected': None if found.expected is None else round(
                float(found.expected), 2),
            'bound': round(found.bound, 2),
            'sigmas': self.sigmas,
            'least': least or self.least,
            'severity': found.severity,
            }

    def _get_history(self, span, time, domain=()):
        "Return the weeks before the span that there are to compare it to."
        if time not in self._firsts:
            found = Pool().get('hazard.hazard').search(
                [*self._common, *domain, (time, '!=', None)],
                order=[(time, 'ASC')], limit=1)
            self._firsts[time] = local_day(
                getattr(found[0], time), self.zone) if found else self.day
        weeks = (span.start - self._firsts[time]).days // WEEK
        if weeks >= LEAST_WEEKS:
            return Span.before(span.start, WEEK * min(weeks, WEEKS))

    @cached_property
    def _firsts(self):
        return {}

    @property
    def _common(self):
        return [('company', '=', self.company.id), *found_domain()]

    def _count_reports(self, span, *domain):
        "Return how many the people of each unit reported by day."
        return self._count(
            [], 'reported_at', span, [*REPORTED, *domain], by_finder=True)

    def _count(self, names, time, span, domain=(), by_finder=False):
        """Return the counts by the columns of the names, by unit and day.

        By finder they are counted by the unit of who found them.
        """
        pool = Pool()
        query = pool.get('hazard.hazard').search([
                *self._common, *span.clauses(time, self.zone), *domain],
            order=[], query=True)
        column, = query.columns
        table = column.expression.table
        from_ = query.from_[0]
        keys = [Column(table, name) for name in names]
        if by_finder:
            employee = pool.get('company.employee').__table__()
            from_ = from_.join(
                employee, condition=table.found_by == employee.id)
            keys = [employee.unit]
        days = from_.select(
            *(key.as_(f'key{n}') for n, key in enumerate(keys)),
            table.unit.as_('unit'),
            sql_day(Column(table, time), self.zone).as_('day'),
            where=query.where)
        columns = [
            *(Column(days, f'key{n}') for n in range(len(keys))),
            days.unit, days.day]
        cursor = Transaction().connection.cursor()
        cursor.execute(*days.select(*columns, Count(), group_by=columns))
        return [
            Counted(
                tuple(key) if key[1:] else key[0] if key else None, unit,
                FIRST_DAY + dt.timedelta(days=int(day)), number)
            for *key, unit, day, number in cursor]

    @cached_property
    def _mine(self):
        return Pool().get('safety.unit').get_mine(self.company)

    @cached_property
    def _units(self):
        "The units that are still active."
        return set(map(int, Pool().get('safety.unit').search([
                        ('company', '=', self.company.id)])))

    @property
    def _shift_sets(self):
        "The shifts that are active, by set."
        sets = {}
        for shift in Pool().get('safety.shift').search([]):
            sets.setdefault(shift.set.id, []).append(shift.id)
        return sets.values()


def _add_up(counts, *spans):
    "Return the key and the numbers in the spans, without what has no key."
    sums = rules.add_up(
        ((c.key, c.day, c.number) for c in counts), spans)
    return [
        (key, numbers) for key, numbers in sums.items()
        if key is not None and (
            not isinstance(key, tuple) or None not in key)]


def _get_units(counts, span):
    "Return the unit of what is counted by key, None where there are others."
    units = {}
    for key, unit, day, _ in counts:
        if span.start <= day < span.end:
            units.setdefault(key, set()).add(unit)
    return {
        key: of.pop() if len(of) == 1 else None for key, of in units.items()}
