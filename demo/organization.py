# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The mine's units, its people, their logins and the three corps."""

from collections import defaultdict
from decimal import Decimal
from types import SimpleNamespace

from stdnum.cn import ric

from trytond.pool import Pool
from trytond.transaction import Transaction

from .logins import ADMIN, LOGINS
from .school import train
from .tools import ZONE, get_ref, read, working

__all__ = ['appoint_members', 'create_company', 'create_organization']

# No place has this code: the national IDs belong to nobody.
AREA = '999999'
LOGIN_OF = {
    "李群": 'reporter',
    "张风来": 'captain',
    "王班升": 'worker',
    "赵严": 'safety',
    "钱守望": 'station',
    "孙守正": 'manager',
    "周聚才": 'party',
    "雷通达": 'dispatch',
    "吴共和": 'union',
    "郑启航": 'youth',
    "温师道": 'training',
    "卢明鉴": 'hazard',
    "韩书谨": 'organization',
    }
UNIT_GROUPS = {
    "安全监察部": ['hazard.group_hazard_safety'],
    "调度室": [
        'hazard.group_hazard_dispatch', 'hazard.group_hazard_leader'],
    "组织人事部": [
        'safety_organization.group_member_party',
        'hazard.group_hazard_reporter'],
    "工会": [
        'safety_organization.group_member_union',
        'hazard.group_hazard_reporter'],
    "团委": [
        'safety_organization.group_member_youth',
        'hazard.group_hazard_reporter'],
    "井口群众安全工作站": ['hazard.group_hazard_station'],
    }
POST_GROUPS = {
    'captain': ['hazard.group_hazard_leader'],
    'secretary': ['hazard.group_hazard_leader'],
    'deputy': ['hazard.group_hazard_leader'],
    'worker': ['hazard.group_hazard_reporter'],
    # Who only rectifies needs no group.
    'foreman': [],
    }
OWN_GROUPS = {
    # He is the one whom the law calls the head.
    'manager': ['hazard.group_hazard_head'],
    'training': ['hazard_training.group_training_admin'],
    'hazard': ['hazard.group_hazard_admin'],
    'organization': [
        'safety_organization.group_organization_admin',
        'safety_feedback.group_feedback_admin',
        'hazard_appraisal.group_appraisal_admin',
        'company.group_employee_admin',
        'party.group_party_admin'],
    }
SIGN = "平煤安监"
SHIFTS = ['shift_clock_8', 'shift_clock_16', 'shift_clock_0']
ALLOWANCES = {
    'party': Decimal(200), 'union': Decimal(300), 'youth': Decimal(200)}
# Units whose every shift needs a member of the kind, so that gaps show
EVERY_SHIFT = {
    'party': ["通风队"],
    'union': ["综采一队", "掘进一队"],
    'youth': ["机电队"],
    }
DOUBLE = {"江小雨": 'union', "贺满仓": 'party', "夏磊": 'union'}
NOT_ACTIVE = {"林小川": 'candidate', "任飞": 'suspend', "姚远": 'dismiss'}
REASONS = {
    'suspend': "脱产培训一个月，暂停上岗。",
    'dismiss': "调离井下岗位，不再担任。",
    }


def create_company():
    pool = Pool()
    Company = pool.get('company.company')
    Currency = pool.get('currency.currency')
    Party = pool.get('party.party')
    User = pool.get('res.user')

    currency = Currency(
        name="人民币", code='CNY', numeric_code='156', symbol='¥',
        rounding=Decimal('0.01'), digits=2)
    currency.save()
    party = Party(name="平安煤业有限公司")
    party.save()
    company = Company(party=party, currency=currency, timezone=ZONE)
    company.save()
    admin, = User.search([('login', '=', ADMIN.login)])
    admin.companies = [company]
    admin.company = company
    admin.save()
    return company


def create_organization(company):
    """Return a namespace of the mine's company, units and people by name.

    As they outlive the transaction, it holds the ids of records: of a person
    these are unit, employee, user and members.
    """
    mine = SimpleNamespace(company=company.id, people={}, units={})
    set_shifts()
    set_sign()
    create_units(mine)
    create_people(mine)
    create_users(mine)
    create_zones(mine)
    return mine


def set_shifts():
    pool = Pool()
    Configuration = pool.get('safety.configuration')
    configuration = Configuration(1)
    configuration.shift_set = get_ref('safety_organization.shift_set_clock')
    configuration.save()


def set_sign():
    pool = Pool()
    Configuration = pool.get('hazard.configuration')
    configuration = Configuration(1)
    configuration.document_sign = SIGN
    configuration.save()


def create_units(mine):
    pool = Pool()
    Unit = pool.get('safety.unit')
    root, *rows = read('units')
    root = Unit(company=mine.company, **root)
    root.save()
    units = [Unit(company=mine.company, parent=root, **row) for row in rows]
    Unit.save(units)
    mine.units = {
        u.name: SimpleNamespace(
            id=u.id, name=u.name, code=u.code, kind=u.kind)
        for u in [root, *units]}


def create_people(mine):
    pool = Pool()
    Employee = pool.get('company.employee')
    Leader = pool.get('safety.unit.leader')
    Party = pool.get('party.party')

    rows = read('people')
    parties = Party.create([{
                'name': row['name'],
                'sex': row['sex'],
                'identifiers': [('create', [{
                                'type': 'cn_ric',
                                'code': national_id(number, row),
                                }])],
                'contact_mechanisms': [('create', [{
                                'type': 'mobile',
                                'value': f'1990000{number:04}',
                                }])],
                } for number, row in enumerate(rows, 1)])
    employees = Employee.create([{
                'party': party.id,
                'company': mine.company,
                'unit': mine.units[row['unit']].id,
                'trade': get_ref(f'safety_organization.trade_{row["trade"]}'),
                'skill_level': row['skill_level'],
                } for party, row in zip(parties, rows)])
    Leader.create([{
                'unit': mine.units[row['unit']].id,
                'employee': employee.id,
                'function': row['post'],
                } for employee, row in zip(employees, rows)
            if row['post'] in {'captain', 'secretary', 'deputy'}])
    for number, (employee, row) in enumerate(zip(employees, rows), 1):
        mine.people[row['name']] = SimpleNamespace(
            name=row['name'], unit=mine.units[row['unit']],
            post=row['post'], number=number, employee=employee.id, members=[],
            login=LOGIN_OF.get(row['name'], f'pa{number:03}'))


def national_id(number, row):
    sex = number * 2 - (row['sex'] == 'male')
    day = number * 7 % 28 + 1
    code = f'{AREA}{row["birth"]}{number % 12 + 1:02}{day:02}{sex:03}'
    return code + ric.calc_check_digit(code + '0')


def create_users(mine):
    "Everybody has a login; those whose password is not known cannot use it"
    pool = Pool()
    Lang = pool.get('ir.lang')
    User = pool.get('res.user')

    chinese, = Lang.search([('code', '=', 'zh_CN')])
    passwords = {x.login: x.password for x in LOGINS}
    people = list(mine.people.values())
    users = User.create([{
                'name': person.name,
                'login': person.login,
                'password': passwords.get(person.login),
                'language': chinese.id,
                'companies': [('add', [mine.company])],
                'company': mine.company,
                'employees': [('add', [person.employee])],
                'employee': person.employee,
                'groups': [
                    ('add', [get_ref(g) for g in get_groups(person)])],
                } for person in people])
    for person, user in zip(people, users):
        person.user = user.id


def get_groups(person):
    groups = UNIT_GROUPS.get(person.unit.name) or POST_GROUPS[person.post]
    return groups + OWN_GROUPS.get(person.login, [])


def appoint_members(mine, database):
    "Each department appoints the members of its kind"
    places = defaultdict(list)
    teams = [u for u in mine.units.values() if u.kind == 'team']
    for number, unit in enumerate(teams):
        team = [p for p in mine.people.values() if p.unit == unit]
        for offset, (kind, person) in enumerate([
                    ('party', team[1]), ('union', team[3]),
                    ('youth', team[4])]):
            shift = SHIFTS[(number + offset) % 3]
            places[kind].append((person, shift))
            if double := DOUBLE.get(person.name):
                places[double].append((person, shift))
    users = {p.login: p.user for p in mine.people.values()}
    appointed = {}
    for kind in ['party', 'union', 'youth']:
        with working(database, users[kind]):
            appointed[kind] = appoint(mine, kind, places[kind])
            require(mine, kind, places[kind])
    with working(database, users['training']):
        train(mine)
    for kind in ['party', 'union', 'youth']:
        with working(database, users[kind]):
            activate(appointed[kind], places[kind])


def create_zones(mine):
    pool = Pool()
    Zone = pool.get('safety.zone')
    teams = [u for u in mine.units.values() if u.kind == 'team']
    zones = Zone.create([{
                'name': f"{u.name}党员安全责任区",
                'code': f'Z{u.code}',
                'company': mine.company,
                'unit': u.id,
                } for u in teams])
    mine.zones = {u.name: z.id for u, z in zip(teams, zones)}


def appoint(mine, kind, places):
    pool = Pool()
    Member = pool.get('safety.member')
    members = Member.create([{
                'company': mine.company,
                'employee': person.employee,
                'kind': get_ref(f'safety_organization.member_kind_{kind}'),
                'unit': person.unit.id,
                'shift': get_ref(f'safety_organization.{shift}'),
                'zone': (
                    mine.zones[person.unit.name] if kind == 'party' else None),
                'allowance': ALLOWANCES[kind],
                } for person, shift in places])
    return [m.id for m in members]


def activate(members, places):
    pool = Pool()
    Member = pool.get('safety.member')
    members = Member.browse(members)
    steps = {
        m: NOT_ACTIVE.get(p.name) for m, (p, _) in zip(members, places)}
    Member.activate([m for m in members if steps[m] != 'candidate'])
    for step, reason in REASONS.items():
        if chosen := [m for m in members if steps[m] == step]:
            with Transaction().set_context(reason=reason):
                getattr(Member, step)(chosen)
    for member, (person, _) in zip(members, places):
        if steps[member] is None:
            person.members.append(member.id)


def require(mine, kind, places):
    pool = Pool()
    Requirement = pool.get('safety.coverage.requirement')
    wanted = {(p.unit.id, s) for p, s in places}
    wanted |= {
        (mine.units[u].id, s) for u in EVERY_SHIFT[kind] for s in SHIFTS}
    Requirement.create([{
                'company': mine.company,
                'unit': unit,
                'shift': get_ref(f'safety_organization.{shift}'),
                'kind': get_ref(f'safety_organization.member_kind_{kind}'),
                'required': 1,
                } for unit, shift in sorted(
                wanted, key=lambda x: (x[0], SHIFTS.index(x[1])))])
