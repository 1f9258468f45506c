# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""A mine of 500 people, and as many hazards as wanted in its database.

The people are made by the models. The hazards come by SQL, as only so a
million of them is there in a minute; their digests are no chains.
"""

import datetime as dt
from types import SimpleNamespace

from trytond.pool import Pool
from trytond.transaction import Transaction

TEAMS = 20
# Reporters who may log in as crowd0, crowd1 ...
CROWD = 50
PEOPLE = 500
# As many at any time, however many there are in all
OPEN = 7_200
PASSWORD = 'Mine-of-the-benchmarks-1'
# Who works in the benchmark: login and group
WORKERS = [
    ('reporter', ['reporter']),
    ('captain', ['leader']),
    ('worker', []),
    ('safety', ['safety']),
    ('station', ['station']),
    ]


def build(database):
    "Build the mine and return the ids that fill() and the steps need."
    with Transaction().start(database, 1) as transaction:
        pool = Pool()
        Company = pool.get('company.company')
        Currency = pool.get('currency.currency')
        Party = pool.get('party.party')
        currency, = Currency.create([{
                    'name': "Renminbi", 'code': 'CNY', 'symbol': '¥'}])
        party, = Party.create([{'name': "Mine"}])
        company, = Company.create([{
                    'party': party.id, 'currency': currency.id,
                    'timezone': 'Asia/Shanghai'}])
        with transaction.set_context(company=company.id):
            return _build_people(company)


def _build_people(company):
    pool = Pool()
    Employee = pool.get('company.employee')
    Leader = pool.get('safety.unit.leader')
    Party = pool.get('party.party')
    Place = pool.get('hazard.place')
    Unit = pool.get('safety.unit')
    mine, = Unit.create([{
                'name': "Mine", 'kind': 'mine', 'company': company.id}])
    teams = Unit.create([{
                'name': f"Team {i}", 'kind': 'team', 'parent': mine.id,
                'company': company.id} for i in range(TEAMS)])
    parties = Party.create([
            {'name': f"Person {i}"} for i in range(PEOPLE)])
    employees = Employee.create([
            {'party': p.id, 'company': company.id} for p in parties])
    places = Place.create([{
                'name': f"Roadway {i}", 'company': company.id,
                'unit': teams[i % TEAMS].id} for i in range(200)])
    Leader.create([{
                'unit': team.id, 'function': function,
                'employee': employees[2 * i + j].id}
            for i, team in enumerate(teams)
            for j, function in enumerate(['captain', 'secretary'])])
    users = _build_users(company, employees)
    return SimpleNamespace(
        company=company.id, teams=[t.id for t in teams],
        employees=[e.id for e in employees], places=[p.id for p in places],
        users=users, **_reference())


def _build_users(company, employees):
    "The captain leads the first team; everybody has a user to be told."
    pool = Pool()
    Data = pool.get('ir.model.data')
    User = pool.get('res.user')
    workers = {
        'captain': employees[0], 'reporter': employees[100],
        'worker': employees[101], 'safety': employees[102],
        'station': employees[103]}
    names = {e: n for n, e in workers.items()}
    names.update((employees[200 + i], f'crowd{i}') for i in range(CROWD))
    groups = dict(WORKERS)
    return {
        u.login: u.id for u in User.create([{
                    'name': names.get(e, f"User {i}"),
                    'login': names.get(e, f'user{i}'),
                    'password': PASSWORD if e in names else None,
                    'companies': [('add', [company.id])],
                    'company': company.id,
                    'employees': [('add', [e.id])],
                    'employee': e.id,
                    'groups': [('add', [
                                Data.get_id('hazard', f'group_hazard_{g}')
                                for g in groups.get(
                                    names.get(e), ['reporter'])])],
                    } for i, e in enumerate(employees)])
        if u.login in groups}


def _reference():
    pool = Pool()

    def ids(name, domain=()):
        Model = pool.get(name)
        return [r.id for r in Model.search(list(domain))]
    items = pool.get('hazard.check_item').search([('discipline', '!=', None)])
    return {
        'grade': ids('hazard.grade', [('code', '=', 'C')])[0],
        'grades': ids('hazard.grade'),
        'disciplines': [i.discipline.id for i in items],
        'check_items': [i.id for i in items],
        'shifts': ids('safety.shift')[:3],
        }


def fill(connection, mine, count):
    """Insert count hazards of three years with their stages and events.

    The last OPEN ones are open, those of the last month closed and the
    others archived.
    """
    with connection.cursor() as cursor:
        cursor.execute('SELECT setseed(0.5)')
        cursor.execute(HAZARDS, {
                'count': count, 'open': OPEN, 'company': mine.company,
                'teams': mine.teams, 'places': mine.places,
                'people': mine.employees, 'grades': mine.grades,
                'disciplines': mine.disciplines,
                'items': mine.check_items, 'shifts': mine.shifts,
                'start': dt.datetime.now() - dt.timedelta(days=3 * 365),
                'step': dt.timedelta(days=3 * 365) / count})
        for statement in [FOUR_FIXES, RECTIFICATIONS, RECHECKS, EVENTS]:
            cursor.execute(statement)
    connection.commit()
    connection.autocommit = True
    connection.execute('VACUUM ANALYZE')
    connection.autocommit = False


HAZARDS = """
INSERT INTO hazard_hazard (
    create_uid, create_date, company, number, found_by, found_at,
    reported_at, shift, place, unit, grade, discipline, check_item,
    description, handling, round, recurrence, late, responsible, deadline,
    closed_at, archived_at, state)
SELECT
    1, at, %(company)s, 'P-' || lpad(i::text, 8, '0'), finder, at, at,
    (%(shifts)s::int[])[1 + i %% 3],
    (%(places)s::int[])[1 + (r * 200)::int %% 200],
    (%(teams)s::int[])[1 + (r * 200)::int %% 20],
    (%(grades)s::int[])[1 + i %% array_length(%(grades)s::int[], 1)],
    (%(disciplines)s::int[])[
        1 + i %% array_length(%(disciplines)s::int[], 1)],
    (%(items)s::int[])[1 + i %% array_length(%(items)s::int[], 1)],
    '回风巷第 ' || i || ' 道风门关闭不严，闭锁失效',
    'four_fix', 1, 0, false,
    CASE WHEN state NOT IN ('four_fix')
        THEN (%(people)s::int[])[1 + (i * 7) %% 500] END,
    at + interval '3 days',
    CASE WHEN state IN ('closed', 'archived')
        THEN at + interval '8 hours' END,
    CASE WHEN state = 'archived' THEN at + interval '30 days' END,
    state
FROM (
    SELECT i, r, %(start)s::timestamp + i * %(step)s AS at,
        (%(people)s::int[])[1 + (i * 13) %% 500] AS finder,
        CASE
            WHEN i <= %(count)s * 35 / 36 - %(open)s THEN 'archived'
            WHEN i <= %(count)s - %(open)s THEN 'closed'
            WHEN i %% 3 = 0 THEN 'four_fix'
            WHEN i %% 3 = 1 THEN 'rectification'
            ELSE 'recheck' END AS state
    FROM (
        SELECT i, random() AS r FROM generate_series(1, %(count)s) i
        ) AS numbers
    ) AS hazards
"""
FOUR_FIXES = """
INSERT INTO hazard_four_fix (
    create_uid, create_date, hazard, company, unit, round, opened_at, due_at,
    measures, responsible, deadline, funding, confirmed_by, confirmed_at,
    state)
SELECT 1, reported_at, id, company, unit, 1, reported_at,
    reported_at + interval '1 day', '重新悬挂风门并调试闭锁', responsible,
    deadline, 0,
    CASE WHEN state != 'four_fix' THEN found_by END,
    CASE WHEN state != 'four_fix' THEN reported_at + interval '1 hour' END,
    CASE WHEN state = 'four_fix' THEN 'draft' ELSE 'confirmed' END
FROM hazard_hazard ORDER BY id
"""
RECTIFICATIONS = """
INSERT INTO hazard_rectification (
    create_uid, create_date, hazard, four_fix, company, unit, round,
    opened_at, due_at, deadline, responsible, actions, rectified_at, done_by,
    done_at, state)
SELECT 1, h.reported_at, h.id, f.id, h.company, h.unit, 1,
    h.reported_at + interval '1 hour', h.deadline, h.deadline, h.responsible,
    '已重新悬挂，试验三次', h.reported_at + interval '6 hours',
    CASE WHEN h.state != 'rectification' THEN h.responsible END,
    CASE WHEN h.state != 'rectification'
        THEN h.reported_at + interval '6 hours' END,
    CASE WHEN h.state = 'rectification' THEN 'draft' ELSE 'done' END
FROM hazard_hazard h JOIN hazard_four_fix f ON f.hazard = h.id
WHERE h.state != 'four_fix' ORDER BY h.id
"""
RECHECKS = """
INSERT INTO hazard_recheck (
    create_uid, create_date, hazard, rectification, company, unit, round,
    opened_at, due_at, verifier, rectified_by, rectified_at, checked_by,
    checked_at, state)
SELECT 1, h.reported_at, h.id, r.id, h.company, h.unit, 1, r.done_at,
    r.done_at + interval '1 day', 'unit', h.responsible, r.done_at,
    CASE WHEN h.state != 'recheck' THEN h.found_by END,
    CASE WHEN h.state != 'recheck' THEN h.closed_at END,
    CASE WHEN h.state = 'recheck' THEN 'draft' ELSE 'passed' END
FROM hazard_hazard h JOIN hazard_rectification r ON r.hazard = h.id
WHERE h.state NOT IN ('four_fix', 'rectification') ORDER BY h.id
"""
EVENTS = """
INSERT INTO hazard_event (
    create_uid, create_date, hazard, company, sequence, at, "user", employee,
    action, from_state, to_state, note, digest)
SELECT 1, h.reported_at, h.id, h.company, s.sequence,
    h.reported_at + s.sequence * interval '2 hours', 1, h.found_by,
    s.action, s.from_state, s.to_state, '已重新悬挂，试验三次',
    md5(h.id::text) || md5(s.sequence::text)
FROM hazard_hazard h JOIN (VALUES
    (1, 'submit', 'draft', 'four_fix'),
    (2, 'confirm', 'four_fix', 'rectification'),
    (3, 'finish', 'rectification', 'recheck'),
    (4, 'pass', 'recheck', 'closed'),
    (5, 'archive', 'closed', 'archived')
    ) AS s (sequence, action, from_state, to_state)
    ON s.sequence <= CASE h.state
        WHEN 'four_fix' THEN 1 WHEN 'rectification' THEN 2
        WHEN 'recheck' THEN 3 WHEN 'closed' THEN 4 ELSE 5 END
ORDER BY h.id, s.sequence
"""
