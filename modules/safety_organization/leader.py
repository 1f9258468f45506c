# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Leaders of units and members of groups, read for many at once."
import datetime as dt
from collections import defaultdict

from sql import Literal, Null, Union, With
from sql.conditionals import Coalesce

from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

_in = fields.SQL_OPERATORS['in']


class Leaders:
    "Who leads the units, read once for all of them."

    def __init__(self, units):
        self.units = set(units)
        self._leaders = self._read()

    def get(self, unit, without=frozenset()):
        "Return who leads the unit, an id, or else its nearest parent."
        for _, employees in sorted(self._leaders.get(unit, {}).items()):
            if employees := employees - without:
                return employees
        return set()

    @property
    def employees(self):
        "All who lead one of the units or a parent."
        return set().union(*(
                employees for by_distance in self._leaders.values()
                for employees in by_distance.values()))

    def _read(self):
        pool = Pool()
        Leader = pool.get('safety.unit.leader')
        Unit = pool.get('safety.unit')
        leaders = defaultdict(lambda: defaultdict(set))
        if not self.units:
            return leaders
        leader = Leader.__table__()
        unit = Unit.__table__()
        parent = Unit.__table__()
        up = With('unit', 'ancestor', 'distance', recursive=True)
        up.query = Union(
            unit.select(
                unit.id, unit.id, Literal(0),
                where=_in(unit.id, list(self.units))),
            up.join(parent, condition=parent.id == up.ancestor)
            .select(
                up.unit, parent.parent, up.distance + 1,
                where=parent.parent != Null),
            all_=True)
        rows = select_employees(
            up.join(leader, condition=leader.unit == up.ancestor),
            leader.employee, [up.unit, up.distance], with_=[up])
        for unit_id, distance, employee in rows:
            leaders[unit_id][distance].add(employee)
        return leaders


def select_employees(
        from_, column, columns, where=None, companies=None,
        with_=None):
    "Return the rows of columns and the employee, where he still works here."
    pool = Pool()
    Date = pool.get('ir.date')
    Employee = pool.get('company.employee')
    cursor = Transaction().connection.cursor()
    employee = Employee.__table__()
    today = Date.today()
    columns = [*columns, employee.id]
    where = Literal(True) if where is None else where
    where &= Coalesce(employee.start_date, dt.date.min) <= today
    where &= Coalesce(employee.end_date, dt.date.max) >= today
    if companies is not None:
        columns.append(employee.company)
        where &= _in(employee.company, list(companies))
    cursor.execute(*from_
        .join(employee, condition=column == employee.id)
        .select(*columns, where=where, with_=with_))
    return cursor.fetchall()


def group_members(group, companies):
    "Return the sets of employees with users in the group, by company id."
    pool = Pool()
    User = pool.get('res.user')
    UserEmployee = pool.get('res.user-company.employee')
    UserGroup = pool.get('res.user-res.group')
    user = User.__table__()
    user_employee = UserEmployee.__table__()
    user_group = UserGroup.user_group_all_table()
    rows = select_employees(
        user_group
        .join(user, condition=user_group.user == user.id)
        .join(user_employee, condition=user_employee.user == user.id),
        user_employee.employee, [],
        where=(user_group.group == group) & (user.active == Literal(True)),
        companies=companies)
    return by_company(rows)


def by_company(rows):
    "Return the sets of employees by company of rows of both."
    employees = defaultdict(set)
    for employee, company in rows:
        employees[company].add(employee)
    return employees
