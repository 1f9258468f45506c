# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about the analysis of hazards."

import datetime as dt

from access_values import company_id, first, of
from organization import acting

from trytond.pool import Pool

# Rows that belong to records of a company
OWN = [
    'fact', 'by_unit', 'by_place', 'by_finder', 'unit_tree', 'place_tree']
# Rows that have the same ids in each company
SHARED = [
    'by_check_item', 'by_discipline', 'by_category', 'by_cause', 'by_kind',
    'by_period', 'by_shift', 'by_stage', 'picture']
WIZARDS = [
    ('hazard.early_sign.look', None, '', []),
    ('hazard.analysis.open', 'hazard.analysis.by_unit', 'any',
        [('open_', {})]),
    ('hazard.statutory_report.send', 'hazard.statutory_report', 'signed',
        lambda f: [('send', {'ask': {
                    **get_context(), 'receipt_number': "R-1"}})]),
    ]
REPORTS = [
    ('hazard.statutory_report.table', 'hazard.statutory_report', name,
        {'format': 'odt'}) for name in ['prepared', 'signed']]
SIGN = {
    'day': dt.date(2026, 5, 4), 'since': dt.date(2026, 5, 4),
    'start_date': dt.date(2026, 4, 27), 'end_date': dt.date(2026, 5, 3),
    'before_date': dt.date(2026, 3, 2), 'kind': 'silent_unit', 'number': 0,
    'bound': 3, 'severity': 'alarm', 'current': True}
WRITTEN = {
    'hazard.statutory_report': {'phone': "1"},
    'hazard.statutory_report.line': {'value': 7},
    'hazard.early_sign': {'number': 7},
    }
CREATED = {
    'hazard.early_sign': {'': of(
            company=company_id, subject='company.company,1', **SIGN)},
    'hazard.statutory_report': {'': of(
            company=company_id, start_date=dt.date(2020, 1, 1))},
    'hazard.statutory_report.line': {'': of(
            report=first('hazard.statutory_report', 'draft'),
            figure='amount')},
    }
COPIED = {
    'hazard.statutory_report': lambda f, role: {
        'start_date': dt.date(2019, 1, 1)},
    }
NOT_COPIED = {'hazard.early_sign', 'hazard.statutory_report.line'}
PRESSED = {
    ('hazard.home', 'open_board'): ['worker'],
    ('hazard.statutory_report', 'prepare'): ['draft'],
    ('hazard.statutory_report', 'sign'): ['prepared'],
    ('hazard.statutory_report', 'send'): ['signed'],
    }


def get_context():
    "Return what the buttons find in the context."
    return {'recipient': "Bureau", 'sent_on': dt.date.today()}


def build_analysis(mine, records):
    "Return the rows of the mine by model and name."
    names = OWN + (SHARED if mine.company.rec_name == "Mine" else [])
    return {
        **{f'hazard.analysis.{name}': {'any': _first(mine, name)}
            for name in names},
        **_build_statutory(mine),
        'hazard.early_sign': _build_signs(mine),
        }


def _build_signs(mine):
    "Return what concerns the ventilation, and what the mine as a whole."
    Sign = Pool().get('hazard.early_sign')
    units = mine.units
    signs = Sign.create([
            {**SIGN, 'company': mine.company.id, 'unit': unit.id,
                'subject': str(unit)}
            for unit in [units.ventilation, units.mine]])
    return dict(zip(['ventilation', 'mine'], signs))


def _build_statutory(mine):
    Report = Pool().get('hazard.statutory_report')
    reports = {}
    for year, name in enumerate(['draft', 'prepared', 'signed'], 2021):
        with acting(mine.users.safety):
            reports[name], = Report.create([{
                        'company': mine.company.id,
                        'start_date': dt.date(year, 1, 1)}])
            if name != 'draft':
                Report.prepare([reports[name]])
    with acting(mine.users.head):
        Report.sign([Report(reports['signed'].id)])
    reports = {n: Report(r.id) for n, r in reports.items()}
    # So that it is not refused because there is one already
    Line = Pool().get('hazard.statutory_report.line')
    Line.delete([
            r for r in reports['draft'].lines if r.figure == 'amount'])
    return {
        'hazard.statutory_report': reports,
        'hazard.statutory_report.line': {
            n: reports[n].lines[0] for n in ['draft', 'signed']},
        }


def _first(mine, name):
    "Return the first row, of the ventilation where rows are of units."
    Model = Pool().get(f'hazard.analysis.{name}')
    domain = []
    if 'unit' in Model._fields:
        domain.append(('unit', '=', mine.units.ventilation.id))
    return Model.search(domain, limit=1)[0]
