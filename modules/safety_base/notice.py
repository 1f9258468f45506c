# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Notifications in the application.

Everything works on batches with a number of queries that does not depend on
their size.
"""
from collections import defaultdict

from sql import Literal, Null

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

_in = fields.SQL_OPERATORS['in']
# How many records the description of a notification names
_NAMED = 5
# What the pop-up of the clients shows of a description
_LENGTH = 100


def notify(audience, message, icon, describe, work=False):
    """Send each user one notification about the records that concern them.

    Of work those are told too who stand in for the employees.

    audience holds sets of ids of employees by record of one model.
    message is the id of the ir.message about one record, named "record";
    its id followed by "_several" is the one about "count" records.
    describe returns the description of a record.
    Return the set of ids of the users told, by record.
    """
    if work:
        audience = _add_stand_ins(audience)
    users = users_of(set().union(*audience.values()))
    records_by_user = defaultdict(list)
    told = defaultdict(set)
    for record, employees in audience.items():
        addressees = {u for e in employees for u in users.get(e, ())}
        for user, language in addressees:
            told[record].add(user)
            records_by_user[user, language].append(record)
    for (user, language), records in records_by_user.items():
        with Transaction().set_context(language=language):
            label, description = _compose(
                records, message, describe)
        records[0].__class__.notify_user(
            records, icon, label, description, user=user)
    return told


def notify_of_none(employees, message, icon, work=False):
    """Send the employees a notification that opens nothing.

    message is the id of the ir.message; work is as for notify().
    """
    Notification = Pool().get('res.notification')
    if work:
        employees = _with_stand_ins(employees, stand_ins_of(employees))
    for user, language in set().union(*users_of(employees).values()):
        with Transaction().set_context(language=language):
            Transaction().user_notifications.append(Notification(
                    user=user, icon=icon, label=gettext(message)))


def _add_stand_ins(audience):
    stand_ins = stand_ins_of(set().union(*audience.values()))
    return {
        r: _with_stand_ins(employees, stand_ins)
        for r, employees in audience.items()}


def _with_stand_ins(employees, stand_ins):
    return employees.union(*(stand_ins.get(e, ()) for e in employees))


def stand_ins_of(employees):
    "Return the sets of ids of who stands in today, by id of the employee."
    StandIn = Pool().get('safety.stand_in')
    stand_ins = defaultdict(set)
    if not employees:
        return stand_ins
    table = StandIn.__table__()
    cursor = Transaction().connection.cursor()
    today = Pool().get('ir.date').today()
    cursor.execute(*table.select(
            table.employee, table.stand_in,
            where=_in(table.employee, list(employees))
            & (table.revoked_at == Null)
            & (table.start <= today) & (table.end >= today)))
    for employee, stand_in in cursor:
        stand_ins[employee].add(stand_in)
    return stand_ins


def users_of(employees):
    "Return the sets of active users, as id and language, by employee id."
    pool = Pool()
    Configuration = pool.get('ir.configuration')
    Language = pool.get('ir.lang')
    User = pool.get('res.user')
    UserEmployee = pool.get('res.user-company.employee')
    users = defaultdict(set)
    if not employees:
        return users
    cursor = Transaction().connection.cursor()
    user = User.__table__()
    user_employee = UserEmployee.__table__()
    language = Language.__table__()
    default = Configuration.get_language()
    cursor.execute(*user_employee
        .join(user, condition=user_employee.user == user.id)
        .join(language, 'LEFT', condition=user.language == language.id)
        .select(
            user_employee.employee, user.id, language.code,
            where=_in(user_employee.employee, list(employees))
            & (user.active == Literal(True))))
    for employee, user_id, code in cursor:
        users[employee].add((user_id, code or default))
    return users


def _compose(records, message, describe):
    "Return the label and the description of a notification on the records."
    variables = {
        'stage': records[0].__names__()['model'],
        'count': len(records),
        }
    if len(records) == 1:
        record, = records
        return (
            gettext(message, record=record.rec_name, **variables),
            _shorten(describe(record) or ''))
    names = [r.rec_name for r in records[:_NAMED]]
    if len(records) > _NAMED:
        names.append('…')
    return gettext(f'{message}_several', **variables), ', '.join(names)


def _shorten(text):
    # textwrap.shorten leaves nothing of a long text without spaces
    text = ' '.join(text.split())
    if len(text) > _LENGTH:
        text = text[:_LENGTH - 1] + '…'
    return text
