# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Three members of different kinds for the scenario of a quarter."

import datetime as dt
from decimal import Decimal

from mine import build_mine
from organization import create_employee, create_member, create_user
from points import create_entry, create_rule

from trytond.pool import Pool
from trytond.transaction import Transaction

START = dt.date(2026, 4, 1)
MEMBERS = [
    ('ann', 'union', 200), ('cat', 'youth', 150), ('pete', 'party', 300)]


def create_quarter(config):
    "Set up the mine, its candidates, users, rules and periods."
    with Transaction().start(config.database_name, 0) as transaction:
        pool = Pool()
        Company = pool.get('company.company')
        company, = Company.search([])
        with transaction.set_context(company=company.id):
            _build(company)
        transaction.commit()


def _build(company):
    pool = Pool()
    Period = pool.get('appraisal.period')
    mine = build_mine(company)
    for name, kind, allowance in MEMBERS:
        employee = create_employee(company, name.title())
        create_user(
            name, company, employee, ['hazard.group_hazard_reporter'])
        create_member(
            employee, kind, mine.units.ventilation,
            allowance=Decimal(allowance))
        create_user(
            kind, company, create_employee(company, kind.title()),
            [f'safety_organization.group_member_{kind}'])
    create_user(
        'appraiser', company, create_employee(company, "Appraiser"),
        ['hazard_appraisal.group_appraisal_admin'])
    Period.generate(company, START, dt.date(2026, 9, 30))
    for event, points, group in [
            ('hazard_verified', 30, 'report'),
            ('rectification_overdue', -30, 'loop')]:
        create_rule(company, event, points, group=group, valid_from=START)


def count(config, name, event, day):
    "Count what happened to the member on the day, as the system does."
    with Transaction().start(config.database_name, 0) as transaction:
        pool = Pool()
        Member = pool.get('safety.member')
        Rule = pool.get('appraisal.rule')
        rule, = Rule.search([('event', '=', event)])
        member, = Member.search([
                ('employee.party.name', '=', name.title())])
        with transaction.set_context(company=member.company.id):
            create_entry(rule, member, day=day)
        transaction.commit()
