# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Makes a regulator with its people, and enterprises that it supervises."

from types import SimpleNamespace

from built import kept
from organization import create_unit, create_user, get_ref, lead
from stdnum.cn import uscc

from trytond.modules.company.tests import create_company, create_employee
from trytond.pool import Pool

ROLES = [
    'director', 'deputy', 'chief', 'officer', 'duty', 'office', 'legal',
    'township', 'admin']


def credit_code(number):
    base = f'91369901MA{number:07}'
    return base + uscc.calc_check_digit(base)


def make_enterprise(company, number, **values):
    pool = Pool()
    Enterprise = pool.get('supervision.enterprise')
    enterprise = Enterprise(**{
            'company': company,
            'name': f"Enterprise {number}",
            'trade': get_ref('hazard_supervision.trade_coal'),
            'uscc': credit_code(number),
            **values})
    enterprise.save()
    return enterprise


@kept
def make_bureau(name="Bureau", prefix=''):
    """Return the company, the units, employees and users by their roles.

    The chief leads the section of the officer, the deputy leads it as his
    own deputy and the director leads the bureau.
    """
    company = create_company(name)
    company.regulator = True
    company.save()
    bureau = create_unit(company, "Bureau", kind='bureau')
    mines = create_unit(company, "Mines", kind='section', parent=bureau)
    trades = create_unit(company, "Trades", kind='section', parent=bureau)
    employees = {r: create_employee(company, r.title()) for r in ROLES}
    users = {
        r: create_user(
            f'{prefix}bureau_{r}', company, employees[r],
            [f'hazard_supervision.group_supervision_{r}'])
        for r in ROLES}
    lead(bureau, employees['director'])
    lead(mines, employees['deputy'], 'deputy')
    lead(mines, employees['chief'])
    employees['officer'].unit = mines
    employees['officer'].save()
    return SimpleNamespace(
        company=company,
        units=SimpleNamespace(bureau=bureau, mines=mines, trades=trades),
        employees=SimpleNamespace(**employees),
        users=SimpleNamespace(**users))
