# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Makes units, people and users for the unit tests of the organisation."

from contextlib import contextmanager

from trytond.modules.company.tests import create_company, create_employee
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = [
    'acting', 'create_company', 'create_employee', 'create_member',
    'create_unit', 'create_user', 'get_kind', 'get_shift', 'lead']


def get_ref(name):
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    module, xml_id = name.split('.')
    return ModelData.get_id(module, xml_id)


def get_kind(code):
    pool = Pool()
    Kind = pool.get('safety.member.kind')
    return Kind(get_ref(f'safety_organization.member_kind_{code}'))


def get_shift(name):
    pool = Pool()
    Shift = pool.get('safety.shift')
    return Shift(get_ref(f'safety_organization.shift_{name}'))


def create_unit(company, name, **values):
    pool = Pool()
    Unit = pool.get('safety.unit')
    unit = Unit(company=company, name=name, **values)
    unit.save()
    return unit


def lead(unit, employee, function='captain'):
    pool = Pool()
    Leader = pool.get('safety.unit.leader')
    leader = Leader(unit=unit, employee=employee, function=function)
    leader.save()
    return leader


def create_user(login, company, employee=None, groups=()):
    pool = Pool()
    User = pool.get('res.user')
    user, = User.create([{
                'name': login,
                'login': login,
                'companies': [('add', [company.id])],
                'company': company.id,
                'employees': [
                    ('add', [employee.id] if employee else [])],
                'employee': employee.id if employee else None,
                'groups': [('add', [get_ref(g) for g in groups])],
                }])
    return user


def create_member(employee, kind, unit=None, **values):
    pool = Pool()
    Member = pool.get('safety.member')
    member = Member(
        company=employee.company, employee=employee, kind=get_kind(kind),
        unit=unit, **values)
    member.save()
    return member


def represent(employee, user, day):
    "Let the user stand in for the employee on the day."
    StandIn = Pool().get('safety.stand_in')
    StandIn.create([{
                'company': employee.company.id,
                'employee': employee.id,
                'stand_in': user.employees[0].id,
                'start': day,
                'end': day}])


@contextmanager
def acting(user, **context):
    "Act as the user would from a client"
    pool = Pool()
    User = pool.get('res.user')
    with Transaction().set_user(user.id):
        context.update(User.get_preferences(context_only=True))
        with Transaction().set_context(context, _check_access=True):
            yield
