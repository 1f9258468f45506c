# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about documents: records, values, buttons."

import datetime as dt

from access_values import company_id, first, merge, of, unit, worker
from steps import confirm, finish, recheck, report

from trytond.pool import Pool
from trytond.transaction import Transaction

DEADLINE = dt.datetime.now().replace(microsecond=0) + dt.timedelta(days=9)
ASKED = {
    'inspected_by': "Safety", 'deadline': DEADLINE,
    'requirements': "Rectify at once."}
REASON = {'reason': "Wrong."}
WRITTEN = {
    'hazard.recheck_opinion': {'opinion': "None."},
    'hazard.recheck_opinion.line': {'note': "It holds."},
    'hazard.rectification_notice': {'requirements': "None."},
    'hazard.rectification_notice.line': {'requirement': "None."},
    }


def _named(model, name, field):
    "Return the values of a line of the record on a hazard that it has not."
    def function(f, role):
        return {
            field: f.records[model][name].id,
            'hazard': f.records['hazard.hazard']['four_fix'].id,
            }
    return function


_notice = of(
    company=company_id, unit=unit, responsible=worker,
    **{n: lambda f, n=n: ASKED[n] for n in ASKED})
CREATED = {
    'hazard.recheck_opinion': {
        n: of(notice=first('hazard.rectification_notice', n))
        for n in ['issued', 'led', 'foreign']},
    'hazard.recheck_opinion.line': {
        n: merge(
            _named('hazard.recheck_opinion', n, 'opinion'),
            of(verdict=lambda f: 'passed'))
        for n in ['draft', 'issued', 'foreign']},
    'hazard.rectification_notice': {
        '': _notice,
        'elsewhere': merge(_notice, of(
                unit=lambda f: f.mine.units.driving.id)),
        'foreign': merge(_notice, of(
                company=lambda f: f.foreign.company.id,
                unit=lambda f: f.foreign.units.ventilation.id,
                responsible=lambda f: f.foreign.employees.worker.id)),
        },
    'hazard.rectification_notice.line': {
        n: _named('hazard.rectification_notice', n, 'notice')
        for n in ['draft', 'led', 'issued', 'foreign']},
    }
COPIED = {
    f'{model}.line': lambda f, role: {
        'hazard': f.records['hazard.hazard']['four_fix'].id}
    for model in ['hazard.recheck_opinion', 'hazard.rectification_notice']}
PRESSED = {
    ('hazard.recheck_opinion', 'issue'): ['draft'],
    ('hazard.recheck_opinion', 'cancel'): ['issued'],
    ('hazard.rectification_notice', 'issue'): ['draft', 'led draft'],
    ('hazard.rectification_notice', 'cancel'): ['issued', 'led'],
    ('hazard.rectification_notice', 'recheck'): ['issued', 'led'],
    }


def _prepare(button):
    return lambda f: [(button, {'ask': {
                    **ASKED, 'responsible': f.mine.employees.worker.id}})]


def _print_publications(f):
    return [('print_', {'start': {
                    'company': f.mine.company.id, 'unit': None,
                    'draft': True, 'format': 'odt',
                    'from_date': dt.date.today(),
                    'to_date': dt.date.today()}})]


_press = [('press', {'ask': REASON})]
WIZARDS = [
    ('hazard.recheck_opinion.cancel', 'hazard.recheck_opinion', 'issued',
        _press),
    ('hazard.recheck_opinion.prepare', 'hazard.rectification_notice',
        'issued', []),
    ('hazard.recheck_opinion.prepare', 'hazard.rectification_notice', 'led',
        []),
    ('hazard.rectification_notice.cancel', 'hazard.rectification_notice',
        'led', _press),
    ('hazard.hazard.notice', 'hazard.hazard',
        'draft four_fix', _prepare('draft')),
    ('hazard.hazard.notice', 'hazard.hazard',
        'issue four_fix', _prepare('issue')),
    ('hazard.hazard.notice', 'hazard.hazard', 'foreign',
        _prepare('draft')),
    ('hazard.archive.print', 'hazard.hazard', 'major', [
            ('choose', {'start': {'format': 'zip'}})]),
    ('hazard.publication.print', None, '', _print_publications),
    ]


def _odt(model):
    return {'model': model, 'format': 'odt'}


REPORTS = [
    (name, model, record, _odt(model))
    for name, model, records in [
        ('hazard.card', 'hazard.hazard', [
                'draft', 'four_fix', 'closed', 'elsewhere', 'foreign']),
        ('hazard.extension.form', 'hazard.extension', [
                'approved', 'foreign']),
        ('hazard.four_fix.card', 'hazard.four_fix', [
                'confirmed', 'elsewhere', 'foreign']),
        ('hazard.acceptance.document', 'hazard.acceptance', ['passed']),
        ('hazard.archive.course', 'hazard.hazard', ['major', 'foreign']),
        ('hazard.archive.timeline', 'hazard.hazard', ['major', 'foreign']),
        ('hazard.filing.document', 'hazard.filing', ['draft', 'filed']),
        ('hazard.publication.table', 'hazard.publication', [
                'draft', 'published']),
        ('hazard.withdrawal.document', 'hazard.withdrawal', [
                'draft', 'confirmed']),
        ('hazard.plan.document', 'hazard.plan', ['approved', 'foreign']),
        ('hazard.recheck_opinion', 'hazard.recheck_opinion', [
                'draft', 'issued', 'foreign']),
        ('hazard.rectification_notice', 'hazard.rectification_notice', [
                'draft', 'issued', 'foreign']),
        ('hazard.rectification_notice.reply', 'hazard.rectification_notice', [
                'issued', 'foreign']),
        ]
    for record in records] + [
    ('hazard.archive', 'hazard.hazard', record, {
            'model': 'hazard.hazard', 'format': 'zip'})
    for record in ['major', 'foreign']]


def build_documents(mine, records):
    "Return the records of the mine by model and name."
    pool = Pool()
    Notice = pool.get('hazard.rectification_notice')
    Opinion = pool.get('hazard.recheck_opinion')
    notices, hazards = {}, {}
    for name in ['draft', 'led draft', 'issued', 'led', 'answered']:
        hazards[name] = report(mine)
        captain = mine.users.captain.id if 'led' in name else 1
        with Transaction().set_user(captain):
            notices[name], = Notice.create([{
                        **ASKED,
                        'company': mine.company.id,
                        'unit': mine.units.ventilation.id,
                        'responsible': mine.employees.worker.id,
                        'lines': [('create', [
                                    {'hazard': hazards[name].id}])],
                        }])
    Notice.issue([notices[n] for n in ['issued', 'led', 'answered']])
    confirm(mine, hazards['answered'])
    finish(mine, hazards['answered'])
    recheck(mine, hazards['answered'], 'pass_')
    opinions = dict(zip(['draft', 'issued'], Opinion.create(
                [{'notice': notices['answered'].id}] * 2)))
    Opinion.issue([opinions['issued']])
    return {
        'hazard.rectification_notice': notices,
        'hazard.rectification_notice.line': {
            n: Notice(d.id).lines[0] for n, d in notices.items()},
        'hazard.recheck_opinion': opinions,
        'hazard.recheck_opinion.line': {
            n: Opinion(d.id).lines[0] for n, d in opinions.items()},
        }
