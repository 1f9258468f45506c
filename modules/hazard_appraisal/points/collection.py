# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Writes into the ledger what the facts are worth by the rules.

The same facts give the same entries, however often and in whatever order they
are read: what is in the ledger is left alone. A fact that turned out to be
void has two entries, of which one reverses the other.
"""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict, namedtuple

from sql import Conflict, For, Null

from trytond.model import fields
from trytond.modules.safety_base.clock import local_day
from trytond.pool import Pool
from trytond.transaction import Transaction

from .rule import COUNTED, GRADED

# How many sources are looked up by their names
SLICE = 500

Row = namedtuple('Row', [
        'rule', 'source', 'occurrence', 'member', 'kind', 'unit', 'date',
        'points', 'task'])


class Rules:
    "The rules of a company by event"

    def __init__(self, company):
        Rule = Pool().get('appraisal.rule')
        self._rules = defaultdict(list)
        for rule in Rule.read_rules(company):
            self._rules[rule.event].append(rule)

    def match(self, fact, day, kind):
        "Return the rules that count the fact for a member of the kind."
        return [
            r for r in self._rules.get(fact.event, ())
            if r.valid_from <= day
            and (r.valid_to is None or day <= r.valid_to)
            and (not r.kinds or kind in r.kinds)
            and (fact.event not in GRADED or r.grade is None
                or r.grade == fact.grade)
            and (fact.frequency is None or r.frequency == fact.frequency)
            and (fact.event not in COUNTED
                or _COUNTS[fact.event](fact.number, r.quantity))]


_COUNTS = {
    'quota_missed': lambda number, quantity: number < quantity,
    'daily_streak': lambda number, quantity: number % quantity == 0,
    }


class Calendar:
    "The ten days of a company in which points may be counted"

    def __init__(self, company):
        Period = Pool().get('appraisal.period')
        table = Period.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, table.start_date, table.end_date,
                where=(table.company == company.id)
                & (table.kind == 'tenday') & (table.state == 'open'),
                order_by=[table.start_date.asc]))
        self._periods = cursor.fetchall()
        self._starts = [start for _, start, _ in self._periods]

    def place(self, day):
        """Return the id of the ten days for the day, and if it is late.

        None when there are no such ten days yet.
        """
        if not self._periods:
            return None, False
        i = bisect_right(self._starts, day) - 1
        if i < 0:
            return self._periods[0][0], True
        id_, _, end = self._periods[i]
        return (id_, False) if day <= end else (None, False)


class Collection:
    "Turns facts into the entries that are missing"

    def __init__(self, scope):
        self.scope = scope
        self.company = scope.company
        self.rules = Rules(scope.company)
        self.calendar = Calendar(scope.company)

    def run(self, facts):
        "Write what is missing of the facts; return the number of entries."
        rows, void = self.compute(facts)
        known, reversed_ = self._read_known(rows)
        new = [r for key, r in rows.items() if key not in known]
        count = self._write(new)
        if any(k not in known for k in void):
            known, reversed_ = self._read_known(rows)
        return count + self._write_reversals(rows, {
                known[k]: (k, *v) for k, v in void.items()
                if k in known and known[k] not in reversed_})

    def compute(self, facts):
        "Return the rows by key, and when and why some of them became void."
        rows, void = {}, {}
        for fact in facts:
            day = self._day(fact.time)
            members = ([fact.member] if fact.member
                else self.scope.service.at(fact.employee, day))
            for member in members:
                kind = self.scope.service.kinds[member]
                task = fact.event == 'hazard_verified'
                for rule in self.rules.match(fact, day, kind):
                    key = rule.id, fact.source, fact.occurrence, member
                    rows[key] = Row(
                        *key, kind, self.scope.service.units[member], day,
                        rule.points, int(task))
                    # Several rules may count a hazard, which is one still
                    task = False
                    if fact.ended:
                        void[key] = self._day(fact.ended), fact.reason
        return rows, void

    def _day(self, time):
        if isinstance(time, dt.datetime):
            return local_day(time, self.scope.zone)
        return time

    def _read_known(self, rows):
        "Return the ids of the entries by key, and those that are reversed."
        Entry = Pool().get('appraisal.entry')
        known, reversed_ = {}, set()
        cursor = Transaction().connection.cursor()
        for where in self._known_conditions(rows):
            entry, reversal = Entry.__table__(), Entry.__table__()
            cursor.execute(*entry
                .join(reversal, 'LEFT',
                    condition=reversal.reversal_of == entry.id)
                .select(
                    entry.id, entry.rule, entry.source, entry.occurrence,
                    entry.member, reversal.id,
                    where=(entry.company == self.company.id)
                    & (entry.reversal_of == Null) & where(entry)))
            for id_, rule, source, occurrence, member, reversal in cursor:
                known[rule, source, occurrence, member] = id_
                if reversal:
                    reversed_.add(id_)
        return known, reversed_

    def _known_conditions(self, rows):
        if not rows:
            return
        sources = sorted({r.source for r in rows.values()})
        if len(sources) > SLICE:
            first = min(r.date for r in rows.values())
            yield lambda entry: entry.date >= first
        else:
            yield lambda entry: entry.source.in_(sources)

    def _write(self, rows):
        placed = ((r, *self.calendar.place(r.date)) for r in rows)
        return self._insert([
                (*r, period, late, None, None)
                for r, period, late in placed if period])

    def _write_reversals(self, rows, void):
        values = []
        for id_, (key, day, reason) in void.items():
            period, late = self.calendar.place(day)
            if period:
                row = rows[key]
                row = row._replace(
                    date=day, points=-row.points, task=-row.task)
                values.append((*row, period, late, id_, reason))
        return self._insert(values)

    def _insert(self, values):
        Entry = Pool().get('appraisal.entry')
        transaction = Transaction()
        cursor = transaction.connection.cursor()
        names = [
            *Row._fields, 'period', 'late', 'reversal_of', 'reason']
        self._lock(
            {v[0] for v in values},
            {v[len(Row._fields)] for v in values})
        base = [transaction.user, dt.datetime.now(), self.company.id]
        table = Entry.__table__()
        if values:
            query, _ = tuple(table.insert(
                    [table.create_uid, table.create_date, table.company,
                        *(getattr(table, n) for n in names)],
                    [[*base, *values[0]]],
                    on_conflict=Conflict(table)))
            cursor.executemany(query, [[*base, *v] for v in values])
        return len(values)

    def _lock(self, rules, periods):
        """Keep others from closing the periods or ending the rules.

        Whoever has done so since the transaction began makes it fail, and
        start again with what is true now.
        """
        pool = Pool()
        transaction = Transaction()
        if not transaction.database.has_select_for():
            return
        cursor = transaction.connection.cursor()
        for name, ids in [
                ('appraisal.rule', rules), ('appraisal.period', periods)]:
            if ids:
                table = pool.get(name).__table__()
                cursor.execute(*table.select(
                        table.id,
                        where=fields.SQL_OPERATORS['in'](
                            table.id, sorted(ids)),
                        for_=For('SHARE')))
