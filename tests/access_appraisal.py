# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about the appraisal."

import datetime as dt

from access_values import company_id, first, of, unit, worker
from organization import create_member, get_kind
from points import create_entry, create_rule, serve

from trytond.pool import Pool

START = dt.date(2026, 1, 1)
DAY = dt.date(2026, 1, 15)

WRITTEN = {
    'appraisal.appeal': {'reason': "It was on time."},
    'appraisal.configuration': {'on_time_weight': 30},
    'appraisal.configuration.settings': {'on_time_weight': 30},
    'appraisal.entry': {'points': 9},
    'appraisal.period': {'end_date': START},
    'appraisal.rule-safety.member.kind': 'kind',
    'appraisal.sheet.frozen': {'rank': 1},
    'appraisal.standard': {'task': 9},
    'appraisal.unit.sheet.frozen': {'rank': 1},
    }


def _kind(f):
    return get_kind('party').id


_period = first('appraisal.period', 'closed')
_member = first('safety.member', 'active')
_rule = first('appraisal.rule', 'unused')
CREATED = {
    'appraisal.appeal': {'': of(
            subject=lambda f: str(f.records['appraisal.entry']['worker']),
            reason="It was on time.")},
    'appraisal.configuration.settings': {'': of(
            company=company_id, on_time_weight=30)},
    'appraisal.entry': {'': of(
            company=company_id, rule=_rule, member=_member,
            source=lambda f: str(f.records['appraisal.period']['running']),
            kind=_kind, date=DAY, points=1, period=_period)},
    'appraisal.period': {'': of(
            company=company_id, kind='year', code='2001',
            start_date=dt.date(2001, 1, 1), end_date=dt.date(2001, 12, 31),
            starts_at=dt.datetime(2001, 1, 1),
            ends_at=dt.datetime(2002, 1, 1))},
    'appraisal.rule': {'': of(
            name="New", company=company_id, event='hazard_verified',
            group='report', points=1, valid_from=dt.date(2026, 2, 1))},
    'appraisal.rule-safety.member.kind': {'': of(rule=_rule, kind=_kind)},
    'appraisal.sheet.frozen': {'': of(
            company=company_id, sheet=1, period=_period, member=_member,
            employee=worker, kind=_kind)},
    'appraisal.standard': {'': of(
            company=company_id, kind=lambda f: get_kind('youth').id)},
    'appraisal.unit.sheet.frozen': {'': of(
            company=company_id, sheet=1, period=_period, unit=unit)},
    }
NOT_COPIED = {'appraisal.configuration'}
COPIED = {
    'appraisal.entry': of(occurrence=99),
    'appraisal.period': of(start_date=dt.date(2001, 1, 1)),
    'appraisal.rule': of(valid_from=dt.date(2026, 2, 1)),
    'appraisal.sheet.frozen': of(sheet=2),
    'appraisal.standard': of(kind=lambda f: get_kind('youth').id),
    'appraisal.unit.sheet.frozen': of(sheet=2),
    }
PRESSED = {
    ('appraisal.appeal', 'submit'): ['draft'],
    ('appraisal.appeal', 'withdraw'): ['submitted'],
    ('appraisal.appeal', 'accept'): ['submitted'],
    ('appraisal.appeal', 'reject'): ['submitted'],
    ('appraisal.period', 'close'): ['running'],
    }
WIZARDS = [
    ('appraisal.appeal.accept', 'appraisal.appeal', 'submitted',
        [('press', {'ask': {'decision': "Right."}})]),
    ('appraisal.appeal.make', 'appraisal.sheet', 'closed',
        [('submit', {'ask': {'reason': "Wrong."}})]),
    ('appraisal.appeal.reject', 'appraisal.appeal', 'submitted',
        [('press', {'ask': {'reason': "Wrong."}})]),
    ]

_ODT = {'format': 'odt'}
REPORTS = [
    ('appraisal.ranking.circular', 'appraisal.period', 'running', _ODT),
    *((name, 'appraisal.sheet', record, _ODT)
        for name in ['appraisal.points.statement', 'appraisal.assessment.form']
        for record in ['closed', 'running']),
    ]


def build_appraisal(mine, records):
    "The worker is a member of the union in the captain's unit."
    pool = Pool()
    Period = pool.get('appraisal.period')
    Rule = pool.get('appraisal.rule')
    RuleKind = pool.get('appraisal.rule-safety.member.kind')
    Standard = pool.get('appraisal.standard')
    company = mine.company
    member = create_member(
        mine.employees.worker, 'union', mine.units.ventilation)
    serve([member], START)
    Period.generate(company, START, DAY)
    used = create_rule(company, 'hazard_verified', 2, valid_from=START)
    unused = create_rule(
        company, 'recheck_first', 1, valid_from=START,
        kinds=[get_kind('union').id])
    entry = create_entry(used, member, day=DAY)
    former = create_entry(used, member, day=START)
    closed, opened = Period.search([
            ('company', '=', company.id), ('kind', '=', 'tenday'),
            ], order=[('start_date', 'ASC')])
    Period.close([closed])
    standard, = Standard.create([{
                'company': company.id, 'kind': get_kind('union').id}])
    relation, = RuleKind.search([('rule', '=', unused.id)])
    return {
        **_build_settings(company),
        'appraisal.standard': {'any': standard},
        'appraisal.period': {
            'closed': Period(closed.id), 'running': opened},
        'appraisal.rule': {'used': Rule(used.id), 'unused': unused},
        'appraisal.rule-safety.member.kind': {'unused': relation},
        'appraisal.entry': {'worker': entry},
        'appraisal.appeal': _build_appeals(entry, former),
        **_build_sheets(member, mine.units.ventilation, closed, opened),
        }


def _build_appeals(entry, former):
    pool = Pool()
    Appeal = pool.get('appraisal.appeal')
    draft, submitted = Appeal.create([{
                'subject': str(e), 'reason': "It was on time.",
                } for e in [entry, former]])
    Appeal.submit([submitted])
    return {
        'draft': Appeal(draft.id), 'submitted': Appeal(submitted.id)}


def _build_settings(company):
    pool = Pool()
    Configuration = pool.get('appraisal.configuration')
    Settings = pool.get('appraisal.configuration.settings')
    Configuration(1).save()
    Configuration.write([Configuration(1)], {'on_time_weight': 20})
    return {
        'appraisal.configuration': {'any': Configuration(1)},
        'appraisal.configuration.settings': {
            'any': Settings.search([('company', '=', company.id)])[0]},
        }


def _build_sheets(member, team, closed, opened):
    pool = Pool()
    records = {}
    for model, domain in [
            ('appraisal.sheet', [('member', '=', member.id)]),
            ('appraisal.unit.sheet', [('unit', '=', team.id)])]:
        frozen = f'{model}.frozen'
        records[frozen] = {'closed': pool.get(frozen).search([
                    *domain, ('period', '=', closed.id)])[0]}
        records[model] = {
            name: pool.get(model).search([
                    *domain, ('period', '=', period.id)])[0]
            for name, period in [('closed', closed), ('running', opened)]}
    return records
