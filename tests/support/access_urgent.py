# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about urgent danger."

import datetime as dt

from access_values import coded, company_id, first, of, worker
from organization import get_ref
from steps import report, withdraw

from trytond.pool import Pool

_start = dt.datetime(2030, 1, 1)
_end = dt.datetime(2030, 1, 2)
WRITTEN = {
    'hazard.duty_leader': {'note': "Face 2"},
    'hazard.stop_authority-hazard.legal_basis': 'legal_basis',
    'hazard.urgent_cause-hazard.legal_basis': 'legal_basis',
    'hazard.withdrawal': {'note': "Wet."},
    }
CREATED = {
    'hazard.duty_leader': {'': of(
            company=company_id, employee=worker, start=_start, end=_end)},
    'hazard.stop_authority': coded,
    'hazard.stop_authority-hazard.legal_basis': {'': of(
            authority=first('hazard.stop_authority'),
            legal_basis=first('hazard.legal_basis'))},
    'hazard.urgent_cause': coded,
    'hazard.urgent_cause-hazard.legal_basis': {'': of(
            cause=first('hazard.urgent_cause'),
            legal_basis=first('hazard.legal_basis'))},
    'hazard.withdrawal': {
        n: of(hazard=first('hazard.hazard', n))
        for n in ['four_fix', 'elsewhere', 'foreign']},
    }
COPIED = {
    'hazard.duty_leader': lambda f, role: {
        'start': dt.datetime(2031, 1, 1), 'end': dt.datetime(2031, 1, 2)},
    'hazard.stop_authority': lambda f, role: {'code': f'copy {role}'},
    'hazard.urgent_cause': lambda f, role: {'code': f'copy {role}'},
    }
PRESSED = {
    ('hazard.hazard', 'mark_urgent'): ['four_fix', 'closed'],
    ('hazard.hazard', 'withdraw'): ['four_fix'],
    ('hazard.withdrawal', 'confirm'): ['draft'],
    ('hazard.withdrawal', 'resume'): ['confirmed'],
    }


def _resume(f):
    return [('resume', {'ask': {
                    'reason': "No water.",
                    'resumed_at': dt.datetime.now(),
                    'approved_by': f.mine.employees.chief.id}})]


def get_context():
    "Return what the buttons find in the context."
    return {'urgent_cause': get_ref('hazard.urgent_cause_water_sign')}


def _mark(f):
    return [('mark', {'ask': {**get_context(), 'reason': "It is wet."}})]


WIZARDS = [
    ('hazard.hazard.mark_urgent', 'hazard.hazard', 'four_fix', _mark),
    ('hazard.withdrawal.resume', 'hazard.withdrawal', 'confirmed', _resume),
    ]


def build_urgent(mine, records):
    "Return the records of the mine by model and name."
    pool = Pool()
    DutyLeader = pool.get('hazard.duty_leader')
    duty, = DutyLeader.create([{
                'company': mine.company.id,
                'employee': mine.employees.chief.id,
                'start': dt.datetime(2029, 1, 1),
                'end': dt.datetime(2029, 1, 2),
                }])
    hazard = report(
        mine, urgent=True,
        urgent_cause=get_ref('hazard.urgent_cause_water_sign'))
    return {
        **{
            model: {'any': pool.get(model).search([], limit=1)[0]}
            for model in [
                'hazard.stop_authority', 'hazard.urgent_cause',
                'hazard.stop_authority-hazard.legal_basis',
                'hazard.urgent_cause-hazard.legal_basis']},
        'hazard.duty_leader': {'any': duty},
        'hazard.withdrawal': {
            'confirmed': withdraw(mine, hazard),
            'draft': withdraw(mine, hazard, press=False),
            },
        }
