# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A small mine with one person for each role of the loop."

import datetime as dt
from types import SimpleNamespace

from built import kept
from organization import create_company, create_unit, get_ref
from proteus import Model

from trytond.pool import Pool
from trytond.transaction import Transaction

PEOPLE = [
    # name, unit, groups
    ('reporter', 'ventilation', ['reporter']),
    ('captain', 'ventilation', ['leader']),
    ('secretary', 'ventilation', ['leader']),
    ('worker', 'ventilation', []),
    ('other_captain', 'driving', ['leader']),
    ('safety', 'safety', ['safety']),
    ('chief', 'mine', ['leader']),
    ('station', 'safety', ['station']),
    ('dispatcher', 'safety', ['dispatch']),
    ('head', 'mine', ['head']),
    ('manager', 'mine', ['admin']),
    ]
LEADERS = {
    'captain': 'captain', 'secretary': 'secretary',
    'other_captain': 'captain', 'chief': 'captain'}


@kept
def build_mine(company=None, prefix=''):
    """Return the mine as a namespace of its records, all in one company.

    units, employees, users by name, place, and the company.
    """
    pool = Pool()
    Place = pool.get('hazard.place')
    company = company or create_company("Mine")
    units = _build_units(company)
    employees = _build_employees(company, units)
    users = _build_users(company, employees, prefix)
    place = Place(
        name="Return airway 18506", company=company,
        unit=units['ventilation'])
    place.save()
    return SimpleNamespace(
        company=company, units=SimpleNamespace(**units),
        employees=SimpleNamespace(**employees),
        users=SimpleNamespace(**users), place=place)


def _build_units(company):
    mine = create_unit(company, "Mine", kind='mine')
    return {
        'mine': mine,
        **{
            name: create_unit(
                company, name.title(), kind=kind, parent=mine)
            for name, kind in [
                ('ventilation', 'team'), ('driving', 'team'),
                ('safety', 'department')]},
        }


def _build_employees(company, units):
    pool = Pool()
    Employee = pool.get('company.employee')
    Leader = pool.get('safety.unit.leader')
    Party = pool.get('party.party')
    names = [name for name, _, _ in PEOPLE]
    parties = [Party(name=name.title()) for name in names]
    Party.save(parties)
    employees = [Employee(party=p, company=company) for p in parties]
    Employee.save(employees)
    employees = dict(zip(names, employees))
    Leader.save([
            Leader(
                unit=units[unit], employee=employees[name],
                function=LEADERS[name])
            for name, unit, _ in PEOPLE if name in LEADERS])
    return employees


def _build_users(company, employees, prefix):
    pool = Pool()
    User = pool.get('res.user')
    users = User.create([{
                'name': prefix + name,
                'login': prefix + name,
                'companies': [('add', [company.id])],
                'company': company.id,
                'employees': [('add', [employees[name].id])],
                'employee': employees[name].id,
                'groups': [('add', [
                            get_ref(f'hazard.group_hazard_{g}')
                            for g in groups])],
                } for name, _, groups in PEOPLE])
    return {name: user for (name, _, _), user in zip(PEOPLE, users)}


def create_mine(config=None):
    "Set up the mine for a scenario, after create_company."
    with Transaction().start(config.database_name, 0) as transaction:
        pool = Pool()
        Company = pool.get('company.company')
        company, = Company.search([])
        with transaction.set_context(company=company.id):
            build_mine(company)
        transaction.commit()


def get_users():
    "Return the users of the scenario's mine by login."
    User = Model.get('res.user')
    return {u.login: u for u in User.find([])}


def new_hazard(mine, **values):
    "Return an unsaved card as its reporter would fill it in."
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    values = {
        'company': mine.company,
        'found_by': mine.employees.reporter,
        'found_at': dt.datetime.now() - dt.timedelta(minutes=10),
        'place': mine.place,
        'unit': mine.units.ventilation,
        'grade': get_ref('hazard.grade_general'),
        'discipline': get_ref('hazard.discipline_ventilation'),
        'description': "The air door does not close.",
        'handling': 'four_fix',
        **values}
    return Hazard(**values)
