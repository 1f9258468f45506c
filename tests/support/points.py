# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Rules, periods and members of the small mine for the appraisal."

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import time_machine
from built import kept
from mine import build_mine
from organization import create_employee, create_member, create_user
from sql import Null

from trytond.pool import Pool
from trytond.transaction import Transaction

DAY = dt.date(2026, 3, 5)

JANUARY = dt.date(2026, 1, 1)
APRIL = dt.datetime(2026, 4, 2, 8)


@kept
def build_appraisal(
        mine=None, start=dt.date(2026, 3, 1), end=None, prefix=''):
    """Return the mine with members, users and the periods from the start on.

    ann and bob are members of the union, cat of the youth league.
    """
    pool = Pool()
    Member = pool.get('safety.member')
    Period = pool.get('appraisal.period')
    mine = mine or build_mine()
    members, users = {}, {}
    for name, kind, unit in [
            ('ann', 'union', 'ventilation'), ('bob', 'union', 'driving'),
            ('cat', 'youth', 'ventilation')]:
        employee = create_employee(mine.company, name.title())
        members[name] = create_member(
            employee, kind, getattr(mine.units, unit))
        users[name] = create_user(
            prefix + name, mine.company, employee,
            ['hazard.group_hazard_reporter'])
    for kind in ['union', 'youth']:
        users[kind] = create_user(
            prefix + kind, mine.company,
            create_employee(mine.company, kind.title()),
            [f'safety_organization.group_member_{kind}'])
    users['admin'] = create_user(
        f'{prefix}appraiser', mine.company,
        create_employee(mine.company, "Appraiser"),
        ['hazard_appraisal.group_appraisal_admin'])
    serve(members.values(), start)
    Period.generate(mine.company, start, end or start)
    return SimpleNamespace(
        mine=mine, company=mine.company,
        members=SimpleNamespace(**{
                n: Member(m.id) for n, m in members.items()}),
        users=SimpleNamespace(**users))


def serve(members, since):
    "Let the members have served since the day."
    pool = Pool()
    Change = pool.get('safety.member.change')
    Member = pool.get('safety.member')
    members = list(members)
    Change.create([{
                'member': m.id, 'company': m.company.id, 'date': since,
                'from_state': 'candidate', 'to_state': 'active',
                'at': dt.datetime.combine(since, dt.time()),
                } for m in members])
    Member.write(members, {'state': 'active', 'since': since})


def create_rule(company, event, points, group='report', **values):
    pool = Pool()
    Rule = pool.get('appraisal.rule')
    values.setdefault('name', event)
    values.setdefault('valid_from', dt.date(2026, 3, 1))
    rule = Rule(
        company=company, event=event, points=Decimal(points), group=group,
        **values)
    rule.save()
    return rule


def create_entry(rule, member, day=DAY, points=None, **values):
    "Return an entry that nobody has collected."
    pool = Pool()
    Entry = pool.get('appraisal.entry')
    Period = pool.get('appraisal.period')
    period = Period.open_at(member.company, day)
    values.setdefault('source', str(period))
    values.setdefault('occurrence', Entry.search([], count=True) + 1)
    entry, = Entry.create([{
                'company': member.company.id,
                'rule': rule.id,
                'member': member.id,
                'kind': member.kind.id,
                'unit': member.unit.id,
                'date': day,
                'points': rule.points if points is None else Decimal(points),
                'period': period.id,
                'late': day < period.start_date,
                **values}])
    return entry


def create_proposal(member, period, action='withdraw', **values):
    "Return a consequence that no rule has proposed."
    pool = Pool()
    Proposal = pool.get('appraisal.proposal')
    proposal, = Proposal.create([{
                'company': member.company.id, 'action': action,
                'member': member.id, 'kind': member.kind.id,
                'period': period.id, 'number': 3, **values}])
    return proposal


def get_period(company, kind, day=DAY):
    pool = Pool()
    Period = pool.get('appraisal.period')
    period, = Period.search([
            ('company', '=', company.id),
            ('kind', '=', kind),
            ('start_date', '<=', day),
            ('end_date', '>=', day),
            ])
    return period


def get_sheet(member, kind, day=DAY):
    "Return the sheet of the member in the period of the kind."
    pool = Pool()
    Sheet = pool.get('appraisal.sheet')
    sheet, = Sheet.search([
            ('member', '=', member.id),
            ('period', '=', get_period(member.company, kind, day).id),
            ])
    return sheet


def count_live():
    "Do what the queue would do for the ledger after each request."
    pool = Pool()
    Queue = pool.get('ir.queue')
    tasks = Queue.search(
        [('finished_at', '=', None)], order=[('id', 'ASC')])
    for task in tasks:
        data = task.data
        if data['method'] == 'count_points':
            Model = pool.get(data['model'])
            Model.count_points(Model.browse(data['instances']))
    Queue.delete(tasks)


def ledger():
    "Return what is in the ledger, whatever the ids of the entries."
    pool = Pool()
    Entry = pool.get('appraisal.entry')

    def tell(entry):
        return (
            entry.rule.id, str(entry.source), entry.occurrence,
            entry.member.id, entry.kind.id, entry.unit.id, entry.date,
            entry.points, entry.task, entry.period.id, entry.late,
            bool(entry.reversal_of), entry.reason)
    return sorted(map(tell, Entry.search([])), key=repr)


def rebuild(company):
    "Empty the ledger, as nobody can but by SQL, and count all anew."
    pool = Pool()
    Entry = pool.get('appraisal.entry')
    cursor = Transaction().connection.cursor()
    table = Entry.__table__()
    cursor.execute(*table.delete(where=table.reversal_of != Null))
    cursor.execute(*table.delete())
    Entry.collect(company)


def create_points(config=None):
    "Set up the mine with its members for a scenario, after create_company."
    with Transaction().start(config.database_name, 0) as transaction:
        pool = Pool()
        Company = pool.get('company.company')
        company, = Company.search([])
        with transaction.set_context(company=company.id):
            build_appraisal(build_mine(company), end=dt.date(2026, 4, 30))
        transaction.commit()


def close_quarter(company):
    "Close the first quarter of 2026 and all its parts."
    pool = Pool()
    Period = pool.get('appraisal.period')
    with time_machine.travel(APRIL, tick=False):
        for month in [1, 2, 3]:
            for kind, day in [
                    ('tenday', 5), ('tenday', 15), ('tenday', 25),
                    ('month', 5)]:
                Period.close([
                        get_period(company, kind, dt.date(2026, month, day))])
        quarter = get_period(company, 'quarter', JANUARY)
        Period.close([quarter])
    return quarter
