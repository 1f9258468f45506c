# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Fill a new database with a mine: python -m demo.populate CONF DATABASE"""

import sys
from decimal import Decimal

import trytond.config as config

from .logins import ADMIN, LOGINS

UNITS = [
    # name, code, kind, parent
    ("平安煤矿", '00', 'mine', None),
    ("安全监察部", '01', 'department', "平安煤矿"),
    ("组织人事部", '02', 'department', "平安煤矿"),
    ("工会", '03', 'department', "平安煤矿"),
    ("团委", '04', 'department', "平安煤矿"),
    ("井口群众安全工作站", '05', 'station', "平安煤矿"),
    ("通风队", '11', 'team', "平安煤矿"),
    ("综采一队", '12', 'team', "平安煤矿"),
    ("掘进一队", '13', 'team', "平安煤矿"),
    ("机电队", '14', 'team', "平安煤矿"),
    ]
PEOPLE = {
    # login: name, unit, function as a leader, groups
    'reporter': ("李群", "通风队", None, ['hazard.group_hazard_reporter']),
    'captain': ("张队", "通风队", 'captain', ['hazard.group_hazard_leader']),
    'worker': ("王班", "通风队", None, ['hazard.group_hazard_reporter']),
    'safety': (
        "赵安", "安全监察部", 'captain', ['hazard.group_hazard_safety']),
    'station': (
        "钱站", "井口群众安全工作站", None, ['hazard.group_hazard_station']),
    'manager': ("孙矿", "平安煤矿", 'captain', ['hazard.group_hazard_leader']),
    'party': (
        "周组", "组织人事部", None,
        ['safety_organization.group_member_party']),
    'union': (
        "吴工", "工会", None, ['safety_organization.group_member_union']),
    'youth': (
        "郑团", "团委", None, ['safety_organization.group_member_youth']),
    }


def main(configuration, database):
    config.update_etc(configuration)
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    Pool.start()
    pool = Pool(database)
    pool.init()
    with Transaction().start(database, 1, context={'language': 'zh_CN'}):
        finish_wizards(pool)
        company = create_company(pool)
        with Transaction().set_context(company=company.id):
            units = create_units(pool, company)
            create_people(pool, company, units)


def finish_wizards(pool):
    Item = pool.get('ir.module.config_wizard.item')
    Item.write(Item.search([]), {'state': 'done'})


def create_company(pool):
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
    company = Company(
        party=party, currency=currency, timezone='Asia/Shanghai')
    company.save()
    admin, = User.search([('login', '=', ADMIN.login)])
    admin.companies = [company]
    admin.company = company
    admin.save()
    return company


def create_units(pool, company):
    Unit = pool.get('safety.unit')
    units = {}
    for name, code, kind, parent in UNITS:
        units[name] = Unit(
            name=name, code=code, kind=kind, company=company,
            parent=units.get(parent))
        units[name].save()
    return units


def create_people(pool, company, units):
    Employee = pool.get('company.employee')
    Leader = pool.get('safety.unit.leader')
    Party = pool.get('party.party')

    parties = [Party(name=name) for name, *_ in PEOPLE.values()]
    Party.save(parties)
    employees = [
        Employee(party=party, company=company, unit=units[unit])
        for party, (_, unit, *_) in zip(parties, PEOPLE.values())]
    Employee.save(employees)
    Leader.save([
            Leader(unit=units[unit], employee=employee, function=function)
            for employee, (_, unit, function, _)
            in zip(employees, PEOPLE.values()) if function])
    create_users(pool, company, dict(zip(PEOPLE, employees)))


def create_users(pool, company, employees):
    Group = pool.get('res.group')
    Lang = pool.get('ir.lang')
    ModelData = pool.get('ir.model.data')
    User = pool.get('res.user')

    chinese, = Lang.search([('code', '=', 'zh_CN')])
    users = []
    for login in LOGINS:
        if login is ADMIN:
            continue
        name, _, _, groups = PEOPLE[login.login]
        users.append(User(
                name=name, login=login.login, password=login.password,
                language=chinese, companies=[company], company=company,
                employees=[employees[login.login]],
                employee=employees[login.login],
                groups=[Group(ModelData.get_id(g)) for g in groups]))
    User.save(users)


if __name__ == '__main__':
    main(*sys.argv[1:])
