# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about the appraisal."

import datetime as dt

from access_values import company_id, first, of, unit, worker
from organization import create_member, get_kind, get_ref
from points import create_entry, create_rule, serve

from trytond.pool import Pool

START = dt.date(2026, 1, 1)
DAY = dt.date(2026, 1, 15)

WRITTEN = {
    'appraisal.appeal': {'reason': "It was on time."},
    'appraisal.configuration': {'on_time_weight': 30},
    'appraisal.configuration.settings': {'on_time_weight': 30},
    'appraisal.configuration.payout': 'payout_sequence',
    'appraisal.entry': {'points': 9},
    'appraisal.payout': {'budget': 5},
    'appraisal.payout.line': {'amount': 9},
    'appraisal.proposal': {'number': 9},
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
    'appraisal.configuration.payout': {'': of(
            company=company_id, payout_sequence=lambda f: get_ref(
                'hazard_appraisal.sequence_payout'))},
    'appraisal.configuration.settings': {'': of(
            company=company_id, on_time_weight=30)},
    'appraisal.entry': {'': of(
            company=company_id, rule=_rule, member=_member,
            source=lambda f: str(f.records['appraisal.period']['running']),
            kind=_kind, date=DAY, points=1, period=_period)},
    'appraisal.payout': {
        kind: of(
            company=company_id, budget=5,
            period=lambda f: f.records['appraisal.payout']['draft'].period.id,
            kind=lambda f, kind=kind: get_kind(kind).id)
        for kind in ['party', 'youth']},
    'appraisal.payout.line': {'': of(
            payout=first('appraisal.payout', 'draft'), company=company_id,
            period=_period, kind=_kind, member=_member, employee=worker,
            allowance=1, days=1, withdrawn_days=0, factor=1, award=0,
            amount=1)},
    'appraisal.proposal': {'': of(
            company=company_id, action='dismiss', member=_member, kind=_kind,
            period=_period, number=2)},
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
    'appraisal.payout': of(kind=lambda f: get_kind('youth').id),
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
    ('appraisal.payout', 'compute'): ['draft'],
    ('appraisal.payout', 'confirm'): ['draft'],
    ('appraisal.payout', 'pay'): ['confirmed'],
    ('appraisal.payout', 'cancel'): ['draft', 'confirmed'],
    ('appraisal.period', 'close'): ['running'],
    ('appraisal.proposal', 'confirm'): ['proposed'],
    ('appraisal.proposal', 'dismiss'): ['proposed'],
    ('appraisal.proposal', 'restore'): ['confirmed'],
    ('appraisal.rule', 'finish'): ['unused'],
    ('appraisal.rule', 'renew'): ['unused'],
    }


def _load(f):
    return [('load', {'start': {
                    'company': f.mine.company.id,
                    'valid_from': dt.date(2026, 2, 1)}})]


WIZARDS = [
    ('appraisal.appeal.accept', 'appraisal.appeal', 'submitted',
        [('press', {'ask': {'decision': "Right."}})]),
    ('appraisal.appeal.make', 'appraisal.sheet', 'closed',
        [('submit', {'ask': {'reason': "Wrong."}})]),
    ('appraisal.appeal.reject', 'appraisal.appeal', 'submitted',
        [('press', {'ask': {'reason': "Wrong."}})]),
    ('appraisal.payout.cancel', 'appraisal.payout', 'draft',
        [('press', {'ask': {'reason': "Wrong."}})]),
    ('appraisal.proposal.dismiss', 'appraisal.proposal', 'proposed',
        [('press', {'ask': {'reason': "Wrong."}})]),
    ('appraisal.proposal.restore', 'appraisal.proposal', 'confirmed',
        [('press', {'ask': {'reason': "Wrong."}})]),
    ('appraisal.rule.end', 'appraisal.rule', 'unused',
        [('end_', {'ask': {'day': dt.date(2026, 2, 1)}})]),
    ('appraisal.rule.renew', 'appraisal.rule', 'unused',
        [('renew', {'ask': {'day': dt.date(2026, 2, 1)}})]),
    ('appraisal.scheme.load', None, '', _load),
    ]

_ODT = {'format': 'odt'}
REPORTS = [
    ('appraisal.payout.sheet', 'appraisal.payout', 'draft',
        {'format': 'ods'}),
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
    serve([member], dt.date(2025, 12, 1))
    Period.generate(company, START, DAY)
    used = create_rule(company, 'hazard_verified', 2, valid_from=START)
    unused = create_rule(
        company, 'case_read', 1, valid_from=START,
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
        **_build_payouts(member),
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


def _build_payouts(member):
    "The draft is computed for the last quarter of the year before."
    pool = Pool()
    Line = pool.get('appraisal.payout.line')
    Payout = pool.get('appraisal.payout')
    Period = pool.get('appraisal.period')
    Proposal = pool.get('appraisal.proposal')
    former = [dt.date(2025, 9, 30), dt.date(2025, 12, 31)]
    Period.generate(member.company, *former)
    periods = Period.search([
            ('company', '=', member.company.id), ('start_date', '<', START)])
    Period.write(periods, {'state': 'closed'})
    common = {'company': member.company.id, 'kind': member.kind.id}
    confirmed, draft = Payout.create([{
                **common, 'budget': 5, 'period': Period.search([
                        ('company', '=', member.company.id),
                        ('kind', '=', 'quarter'),
                        ('end_date', '=', day)])[0].id,
                } for day in former])
    Payout.compute([draft])
    Line.create([{
                **common, 'payout': confirmed.id, 'member': member.id,
                'period': confirmed.period.id,
                'employee': member.employee.id, 'allowance': 0, 'days': 1,
                'withdrawn_days': 0, 'factor': 1, 'award': 0, 'amount': 0}])
    Payout.write([confirmed], {'state': 'confirmed'})
    payouts = {'draft': draft, 'confirmed': confirmed}
    payouts = {n: Payout(p.id) for n, p in payouts.items()}
    proposed, withdrawn = Proposal.create([{
                **common, 'action': action, 'member': member.id,
                'period': draft.period.id, 'number': 3, 'state': state,
                } for action, state in [
                    ('award', 'proposed'), ('withdraw', 'confirmed')]])
    return {
        'appraisal.payout': payouts,
        'appraisal.payout.line': {
            n: p.lines[0] for n, p in payouts.items()},
        'appraisal.proposal': {
            'proposed': proposed, 'confirmed': withdrawn},
        }


def _build_settings(company):
    pool = Pool()
    Configuration = pool.get('appraisal.configuration')
    Payout = pool.get('appraisal.configuration.payout')
    Settings = pool.get('appraisal.configuration.settings')
    Configuration(1).save()
    Configuration.write([Configuration(1)], {
            'on_time_weight': 20,
            'payout_sequence': get_ref('hazard_appraisal.sequence_payout'),
            })
    return {
        'appraisal.configuration': {'any': Configuration(1)},
        'appraisal.configuration.payout': {
            'any': Payout.search([('company', '=', company.id)])[0]},
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
