# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The points of the corps: from the default rules to appeals and pay-outs."

from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

from .tools import get_ref, working

__all__ = ['appraise']

AWARD = Decimal(200)
# Less than usual, since few months and hazards are played
WITHDRAW_MONTHS = 2
TASK = 2
BUDGET = Decimal(20000)
# Per department, how far its pay-out has come
PAYOUTS = {
    'union': ['compute', 'confirm', 'pay'],
    'youth': ['compute', 'confirm'],
    'party': ['compute'],
    }
APPEAL = "隐患描述已补充现场照片，请复核后恢复积分。"


def appraise(mine, clock, days, database):
    "Count the points since so many days ago and close what is over."
    users = {p.login: p.user for p in mine.people.values()}
    start = clock.local(clock.ago(days, 12)).date().replace(day=1)
    count(mine, start, database)
    close(clock, start, database)
    for department, steps in PAYOUTS.items():
        decide(users[department], database)
        pay_out(mine, users, department, steps, database)
    appeal(users['reporter'], database)


def count(mine, start, database):
    from trytond.modules.hazard_appraisal.points.default_rules import (
        get_rules, get_standards)
    with (
            working(database),
            Transaction().set_context(company=mine.company)):
        pool = Pool()
        Configuration = pool.get('appraisal.configuration')
        company = pool.get('company.company')(mine.company)
        configuration = Configuration(1)
        configuration.award_amount = AWARD
        configuration.withdraw_months = WITHDRAW_MONTHS
        configuration.save()
        pool.get('appraisal.rule').create(get_rules(company, start))
        pool.get('appraisal.standard').create([
                {**s, 'task': TASK} for s in get_standards(company)])
        pool.get('appraisal.entry').collect(company)


def close(clock, start, database):
    for kinds in [['tenday', 'month'], ['quarter']]:
        with working(database):
            Period = Pool().get('appraisal.period')
            Period.close(Period.search([
                        ('kind', 'in', kinds),
                        ('state', '=', 'open'),
                        ('ends_at', '<=', clock.now),
                        ('end_date', '>=', start),
                        ]))


def decide(user, database):
    "Confirm the first that is proposed, the others wait."
    with working(database, user):
        Proposal = Pool().get('appraisal.proposal')
        Proposal.confirm(Proposal.search(
                [('state', '=', 'proposed')], order=[('id', 'ASC')], limit=1))


def pay_out(mine, users, department, steps, database):
    "Pay out the last quarter that is closed, where there is one."
    with working(database, users[department]):
        pool = Pool()
        Payout = pool.get('appraisal.payout')
        quarters = pool.get('appraisal.period').search([
                ('kind', '=', 'quarter'), ('state', '=', 'closed')],
            order=[('end_date', 'DESC')], limit=1)
        payouts = [p.id for p in Payout.create([{
                    'company': mine.company,
                    'period': q.id,
                    'kind': get_ref(
                        f'safety_organization.member_kind_{department}'),
                    'budget': BUDGET,
                    } for q in quarters])]
    for step in steps:
        user = 'organization' if step == 'pay' else department
        with working(database, users[user]):
            Payout = Pool().get('appraisal.payout')
            getattr(Payout, step)(Payout.browse(payouts))


def appeal(user, database):
    "Let the member ask back the last points that were taken."
    with working(database, user):
        pool = Pool()
        Appeal = pool.get('appraisal.appeal')
        lost = pool.get('appraisal.entry').search([
                ('points', '<', 0),
                ('reversal_of', '=', None),
                ('reversed_by', '=', None)],
            limit=1)
        Appeal.submit(Appeal.create([
                    {'subject': str(e), 'reason': APPEAL} for e in lost]))
