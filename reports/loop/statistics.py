# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The counts of a period, of what its reader may read, without any instance."

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from sql.aggregate import Count, Sum
from sql.conditionals import Case

from trytond.modules.hazard.loop.figures import (
    found_domain, get_conditions, last_rectified)
from trytond.modules.hazard.loop.overdue import CLOSED_STATES
from trytond.modules.safety_base.clock import (
    company_zone, day_start, local_day)
from trytond.pool import Pool
from trytond.transaction import Transaction, inactive_records

# The figures that a report shows by what it calls them
FIGURES = {
    'on_site': 'on_site', 'overdue': 'unrectified', 'due': 'due',
    'to_rectify': 'to_rectify', 'on_time': 'on_time'}
COUNTS = ['total', 'closed', *FIGURES]


@dataclass(frozen=True)
class Period:
    "The days from first to last, both included, of the company."
    company: object
    first: dt.date
    last: dt.date

    @property
    def zone(self):
        return company_zone(self.company)

    @property
    def start(self):
        return day_start(self.first, self.zone)

    @property
    def end(self):
        return day_start(self.last + dt.timedelta(days=1), self.zone)

    @property
    def days(self):
        number = (self.last - self.first).days + 1
        return [self.first + dt.timedelta(days=i) for i in range(number)]

    def domain(self, name):
        "Return the domain of the records of which the time is in the period."
        return [
            ('company', '=', self.company.id),
            (name, '>=', self.start),
            (name, '<', self.end),
            ]


@dataclass
class Row:
    """The hazards of a unit: in all, by column and by how far they are.

    overdue are those of which the time to rectify is over, due those that are
    closed or should be, to_rectify those that are rectified or should be, as
    far as it is known when.
    """
    name: str
    total: int = 0
    closed: int = 0
    counts: list = field(default_factory=list)
    on_site: int = 0
    overdue: int = 0
    due: int = 0
    to_rectify: int = 0
    on_time: int = 0

    @property
    def rate(self):
        "The part of what is due that is closed, None where nothing is due."
        return self.closed / self.due if self.due else None

    @property
    def on_time_rate(self):
        "The part that was rectified in time, None where nothing is due."
        return self.on_time / self.to_rectify if self.to_rectify else None


@dataclass
class Statistics:
    """What was found and closed in the period.

    columns are the names of the grades and of the disciplines that are in use
    or occur, of which the first number_grades are grades; the counts of rows
    and of total are in the same order.  disciplines are pairs of name and
    count, days tuples of a day, how many were found and how many were closed.
    imported is how many come from an old ledger.
    """
    columns: list
    number_grades: int
    rows: list
    total: Row
    disciplines: list
    days: list
    imported: int = 0

    @classmethod
    def of(cls, period, units=None, trend=None):
        """Return the statistics of the hazards found in the period.

        units are the ids of the responsible units to restrict it to, trend is
        the period of the days if it is another one.
        Only what the rules let the user read is counted.
        """
        cells = list(_count_cells(hazards(period, 'found_at', units)))
        grades = _names('hazard.grade', {c[1] for c in cells})
        disciplines = _names('hazard.discipline', {c[2] for c in cells})
        keys = [*(('grade', i) for i in grades),
            *(('discipline', i) for i in disciplines)]
        rows, total = _tabulate(cells, keys)
        counts = dict(zip(keys, total.counts))
        return cls(
            columns=[*grades.values(), *disciplines.values()],
            number_grades=len(grades), rows=rows, total=total,
            disciplines=[
                (name, counts['discipline', i])
                for i, name in disciplines.items()],
            days=_count_days(trend or period, units),
            imported=sum(c[5]['total'] for c in cells if c[4]))


def hazards(period, name, units=None, order=()):
    "Return the query of the readable hazards with the time in the period."
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    domain = [*period.domain(name), *found_domain()]
    if units is not None:
        domain.append(('unit', 'in', list(units)))
    return Hazard.search(domain, order=list(order), query=True)


def _names(model, used):
    "Return the names by id, in their order, of what is active or used."
    pool = Pool()
    Model = pool.get(model)
    with inactive_records():
        return {
            r.id: r.name for r in Model.search([]) if r.active or r.id in used}


def _count_cells(found):
    "Yield unit, grade, discipline, if closed, if imported and the counts."
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    table = Hazard.__table__()
    done = last_rectified(found)
    cursor = Transaction().connection.cursor()
    columns = [
        table.unit, table.grade, table.discipline, table.state,
        table.imported]
    conditions = get_conditions(table, done.rectified_at)
    cursor.execute(*table
        .join(done, 'LEFT', condition=done.hazard == table.id)
        .select(
            *columns, Count(table.id),
            *(Sum(Case((conditions[f], 1), else_=0))
                for f in FIGURES.values()),
            where=table.id.in_(found), group_by=columns))
    for unit, grade, discipline, state, imported, total, *numbers in cursor:
        yield (
            unit, grade, discipline, state in CLOSED_STATES, imported,
            {'total': total, **dict(zip(FIGURES, numbers))})


def _tabulate(cells, keys):
    "Return the rows of the units in the order of their names and the total."
    pool = Pool()
    Unit = pool.get('safety.unit')
    units = {}
    for unit, grade, discipline, closed, _, numbers in cells:
        total = numbers['total']
        for counts in [
                units.setdefault(unit, Counter()),
                units.setdefault(None, Counter())]:
            counts.update(numbers)
            counts['closed'] += total if closed else 0
            counts['grade', grade] += total
            counts['discipline', discipline] += total
    total = units.pop(None, Counter())
    with inactive_records():
        names = Unit.search([('id', 'in', list(units))])

    def row(name, counts):
        return Row(
            name, counts=[counts[k] for k in keys],
            **{n: counts[n] for n in COUNTS})
    return [row(u.rec_name, units[u.id]) for u in names], row(None, total)


def _count_days(period, units):
    found, closed = (
        _count_by_day(name, hazards(period, name, units), period.zone)
        for name in ['found_at', 'closed_at'])
    return [(day, found[day], closed[day]) for day in period.days]


def _count_by_day(name, found, zone):
    # The databases do not know the same time zones
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    table = Hazard.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            getattr(table, name), where=table.id.in_(found)))
    return Counter(local_day(time, zone) for time, in cursor)
