# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Who must act on what, and telling them in the application.

Everything works on batches with a number of queries that does not depend on
their size.
"""
import datetime as dt
from collections import defaultdict
from functools import cached_property

from sql import Literal, Null, Union, With
from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

_in = fields.SQL_OPERATORS['in']
# How many records the description of a notification names
_NAMED = 5
# What the pop-up of the clients shows of a description
_LENGTH = 100


def actors(stages):
    """Return the set of ids of the employees who must act, by stage.

    Four-fix: the leaders of the unit. Rectification: the responsible.
    Recheck: whom the grade names as verifier, never who rectified.
    A unit without leaders is led by those of its nearest parent; where there
    is nobody at all the safety department is asked, then the mine's leaders.
    """
    people = People(stages)
    return {s: people.get_actors(s) for s in stages}


def work_waiting(stages):
    "Tell whoever must act on the stages that the work waits for them."
    audience = actors(stages)
    for model, sub_stages in _by_model(stages).items():
        name = model.split('.')[-1]
        notify(
            {s: audience[s] for s in sub_stages},
            f'hazard.msg_notice_{name}', 'tryton-notification')


def hazard_closed(hazards):
    "Tell the reporters that their hazards are closed."
    notify(_reporters(hazards), 'hazard.msg_notice_closed', 'tryton-ok')


def hazard_returned(hazards):
    "Tell the reporters why their hazards were returned."
    notify(
        _reporters(hazards), 'hazard.msg_notice_returned', 'tryton-undo',
        describe=lambda h: h.return_reason)


def notify(audience, message, icon, describe=None):
    """Send each user one notification about the records that concern them.

    audience holds sets of ids of employees by record of one model.
    message is the id of the ir.message about one record, named "record";
    its id followed by "_several" is the one about "count" records.
    describe returns the description of a record.
    Return the set of ids of the users told, by record.
    """
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
                records, message, describe or _describe)
        records[0].__class__.notify_user(
            records, icon, label, description, user=user)
    return told


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


class People:
    "Who may be asked about the stages, read once for all of them."

    def __init__(self, stages):
        self.companies = {s.company.id for s in stages}
        self.units = {s.unit.id for s in stages if s.unit}

    def get_actors(self, stage):
        name = stage.__name__.split('.')[-1]
        employees, without = getattr(self, f'_get_{name}_actors')(stage)
        company = stage.company.id
        return (employees - without
            or self.get_leaders(stage.unit, without)
            or self.safety[company] - without
            or self.mine[company] - without)

    def _get_four_fix_actors(self, stage):
        return self.get_leaders(stage.unit), set()

    def _get_rectification_actors(self, stage):
        return {stage.responsible.id} if stage.responsible else set(), set()

    def _get_recheck_actors(self, stage):
        without = {stage.rectified_by.id} if stage.rectified_by else set()
        company = stage.company.id
        if stage.verifier == 'unit':
            employees = self.get_leaders(stage.unit, without)
        elif stage.verifier == 'leader':
            employees = self.mine[company]
        else:
            employees = self.safety[company] - without
            employees = employees or self.mine[company]
        return employees, without

    def get_leaders(self, unit, without=frozenset()):
        "Return who leads the unit or else its nearest parent."
        for _, employees in sorted(
                self._leaders.get(unit.id, {}).items() if unit else ()):
            if employees := employees - without:
                return employees
        return set()

    @cached_property
    def _leaders(self):
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
        rows = _select_employees(
            up.join(leader, condition=leader.unit == up.ancestor),
            leader.employee, [up.unit, up.distance], with_=[up])
        for unit_id, distance, employee in rows:
            leaders[unit_id][distance].add(employee)
        return leaders

    @cached_property
    def safety(self):
        "The employees of the safety department, by company id."
        pool = Pool()
        Data = pool.get('ir.model.data')
        User = pool.get('res.user')
        UserEmployee = pool.get('res.user-company.employee')
        UserGroup = pool.get('res.user-res.group')
        user = User.__table__()
        user_employee = UserEmployee.__table__()
        user_group = UserGroup.user_group_all_table()
        group = Data.get_id('hazard', 'group_hazard_safety')
        rows = _select_employees(
            user_group
            .join(user, condition=user_group.user == user.id)
            .join(user_employee, condition=user_employee.user == user.id),
            user_employee.employee, [],
            where=(user_group.group == group)
            & (user.active == Literal(True)),
            companies=self.companies)
        return self._by_company(rows)

    @cached_property
    def mine(self):
        "The leaders of the mines, by company id."
        pool = Pool()
        Leader = pool.get('safety.unit.leader')
        Unit = pool.get('safety.unit')
        leader = Leader.__table__()
        unit = Unit.__table__()
        rows = _select_employees(
            leader.join(unit, condition=leader.unit == unit.id),
            leader.employee, [],
            where=(unit.kind == 'mine') & (unit.active == Literal(True)),
            companies=self.companies)
        return self._by_company(rows)

    @staticmethod
    def _by_company(rows):
        employees = defaultdict(set)
        for employee, company in rows:
            employees[company].add(employee)
        return employees


def _select_employees(
        from_, column, columns, where=Literal(True), companies=None,
        with_=None):
    "Return the rows of columns and the employee, where he still works here."
    pool = Pool()
    Date = pool.get('ir.date')
    Employee = pool.get('company.employee')
    cursor = Transaction().connection.cursor()
    employee = Employee.__table__()
    today = Date.today()
    columns = [*columns, employee.id]
    where &= Coalesce(employee.start_date, dt.date.min) <= today
    where &= Coalesce(employee.end_date, dt.date.max) >= today
    if companies is not None:
        columns.append(employee.company)
        where &= _in(employee.company, list(companies))
    cursor.execute(*from_
        .join(employee, condition=column == employee.id)
        .select(*columns, where=where, with_=with_))
    return cursor.fetchall()


def _by_model(records):
    by_model = defaultdict(list)
    for record in records:
        by_model[record.__name__].append(record)
    return by_model


def _reporters(hazards):
    return {h: {h.found_by.id} if h.found_by else set() for h in hazards}


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


def _describe(record):
    hazard = getattr(record, 'hazard', record)
    parts = [
        hazard.place.rec_name if hazard.place else None,
        hazard.description,
        ]
    return ': '.join(filter(None, parts))


def _shorten(text):
    # textwrap.shorten leaves nothing of a long text without spaces
    text = ' '.join(text.split())
    if len(text) > _LENGTH:
        text = text[:_LENGTH - 1] + '…'
    return text
