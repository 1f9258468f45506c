# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
The separation of duties.

Nobody checks or decides upon what the same person did: not as another of
the own employees, nor with another login, nor by a stand-in.
"""

from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

_in = fields.SQL_OPERATORS['in']


class Person:
    "All employees and users, by id, that are the same person."
    __slots__ = ('employees', 'users')

    def __init__(self, employees=(), users=()):
        self.employees = frozenset(employees)
        self.users = frozenset(users)

    def __or__(self, other):
        return Person(
            self.employees | other.employees, self.users | other.users)

    def is_any(self, employees=(), users=()):
        "Is the person one of the employees or users, records, ids or None?"
        return bool(
            self.employees & {int(e) for e in employees if e}
            or self.users & {int(u) for u in users if u})


def acting_person():
    "Return the person who acts, whatever employee the client has chosen."
    pool = Pool()
    Employee = pool.get('company.employee')
    UserEmployee = pool.get('res.user-company.employee')
    transaction = Transaction()
    if not transaction.user:
        return Person([transaction.context.get('employee')])
    own, login = Employee.__table__(), UserEmployee.__table__()
    parties = login.join(
        own, condition=login.employee == own.id).select(
        own.party, where=login.user == transaction.user)
    return _read_person(parties, {transaction.user})


def person_of(employee):
    "Return the person who is the employee, None for nobody."
    if not employee:
        return Person()
    return _read_person([employee.party.id])


def represented_people():
    """Return all for whom the user stands in today, as one person.

    What they did the user does not check, whatever the user may do alone.
    """
    pool = Pool()
    Employee = pool.get('company.employee')
    User = pool.get('res.user')
    represented = User.get_represented()
    if not represented:
        return Person()
    table = Employee.__table__()
    return _read_person(table.select(
            table.party, where=_in(table.id, list(represented))))


def _read_person(parties, users=()):
    "Return who is one of the parties, with the users besides."
    pool = Pool()
    Employee = pool.get('company.employee')
    UserEmployee = pool.get('res.user-company.employee')
    cursor = Transaction().connection.cursor()
    employee, login = Employee.__table__(), UserEmployee.__table__()
    cursor.execute(*employee
        .join(login, 'LEFT', condition=login.employee == employee.id)
        .select(
            employee.id, login.user, where=employee.party.in_(parties)))
    rows = cursor.fetchall()
    return Person(
        {e for e, _ in rows}, {*users, *(u for _, u in rows if u)})
