# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about findings of workbooks."

import datetime as dt

from access_values import company_id
from ledger_tools import ledger, open_row

from trytond.pool import Pool

_COUNTS = dict.fromkeys(['rows', 'hazards', 'known'], 0)
WRITTEN = {
    'hazard.finding.list': {'rows': 9},
    }
CREATED = {
    'hazard.finding.list': {'': lambda f, role: {
            'company': company_id(f), 'file_name': 'new.xlsx', 'sha256': 'y',
            'imported_at': dt.datetime(2026, 1, 1),
            'user': f.users[role].id, 'employee': f.employees[role].id,
            **_COUNTS}},
    }
PRESSED = {
    ('hazard.finding.list', 'undo'): ['any', "captain's"],
    }


def _read(f):
    return [('read', {'start': {
                    'file': ledger([open_row()]),
                    'file_name': 'today.xlsx'}})]


def get_wizards(ask):
    "Return what is tried of the wizards; ask fills in the reason."
    return [
        ('hazard.finding.import', None, '', _read),
        ('hazard.finding.list.undo', 'hazard.finding.list', 'any', ask),
        ]


def build_findings(mine, records):
    "Return the records of the mine by model and name."
    List = Pool().get('hazard.finding.list')
    lists = List.create([{
                'company': mine.company.id,
                'file_name': 'today.xlsx',
                'sha256': 'x',
                'imported_at': dt.datetime.now(),
                'user': getattr(mine.users, name).id,
                'employee': getattr(mine.employees, name).id,
                **_COUNTS} for name in ['safety', 'captain']])
    return {
        'hazard.finding.list': dict(zip(['any', "captain's"], lists)),
        }
