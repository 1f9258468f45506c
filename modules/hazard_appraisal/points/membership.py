# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"When the members of a company served."

import datetime as dt
from collections import defaultdict

from trytond.pool import Pool
from trytond.transaction import Transaction


class Membership:
    """The memberships of a company with the days on which they were active.

    kinds and units hold those of the members by id.
    """

    def __init__(self, company):
        Member = Pool().get('safety.member')
        table = Member.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, table.employee, table.kind, table.unit,
                where=table.company == company.id,
                order_by=[table.id.asc]))
        self.kinds, self.units = {}, {}
        self._members = defaultdict(list)
        for id_, employee, kind, unit in cursor:
            self.kinds[id_] = kind
            self.units[id_] = unit
            self._members[employee].append(id_)
        self._spans = _read_spans(company)

    def at(self, employee, day):
        "Return the members as which the employee was active on the day."
        return [
            m for m in self._members.get(employee, ())
            if any(start <= day <= end for start, end in self._spans[m])]

    def through(self, start, end):
        "Return the members who were active on all days from start to end."
        return [
            m for m in self.kinds
            if any(s <= start and end <= e for s, e in self._spans[m])]


def _read_spans(company):
    """Return the first and last days of each time as active, by member.

    On the day on which it ends a member still is active.
    """
    Change = Pool().get('safety.member.change')
    table = Change.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.member, table.date, table.to_state,
            where=table.company == company.id,
            order_by=[table.member.asc, table.at.asc, table.id.asc]))
    spans, since = defaultdict(list), {}
    for member, day, state in cursor:
        if member in since:
            spans[member].append((since.pop(member), day))
        if state == 'active':
            since[member] = day
    for member, day in since.items():
        spans[member].append((day, dt.date.max))
    return spans
