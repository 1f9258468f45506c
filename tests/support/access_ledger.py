# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about the ledger and the log of prints."

import datetime as dt

from access_values import company_id, of

from trytond.pool import Pool
from trytond.transaction import Transaction

LEDGER = {
    'from_date': dt.date(2001, 1, 1), 'to_date': dt.date(2001, 12, 31),
    'state': 'all', 'format': 'ods'}
WRITTEN = {
    'hazard.export': {'title': "None."},
    'hazard.print': {'title': "None."},
    }
CREATED = {
    'hazard.export': {'': of(
            company=company_id, user=1, queued_at=dt.datetime(2026, 1, 1),
            report='hazard.ledger.table', title="None", state='queued')},
    'hazard.print': {'': of(
            company=company_id, user=1, printed_at=dt.datetime(2026, 1, 1),
            report='x', title="None", format='pdf', count=0)},
    }
WIZARDS = [
    ('hazard.ledger.print', None, '', [('choose', {'start': LEDGER})]),
    ]
# The documents with the record that they show and their data
REPORTS = [
    ('hazard.ledger.table', None, '', LEDGER),
    ('hazard.ledger.table', 'hazard.hazard', 'closed', {'format': 'ods'}),
    ('hazard.ledger.table', 'hazard.hazard', 'foreign', {'format': 'ods'}),
    ]


def build_ledger(mine, records):
    "Return the records of the mine by model and name."
    pool = Pool()
    Export = pool.get('hazard.export')
    Print = pool.get('hazard.print')
    with Transaction().set_user(mine.users.captain.id):
        Print.log(
            'hazard.card', 'hazard.hazard',
            [records['hazard.hazard']['closed'].id], company=mine.company,
            title="Card", format='pdf')
    export, = Export.create([{
                'company': mine.company.id,
                'user': mine.users.captain.id,
                'title': "Ledger",
                'report': 'hazard.ledger.table',
                'queued_at': dt.datetime(2026, 1, 1),
                'state': 'done',
                }])
    return {
        'hazard.export': {"captain's": export},
        'hazard.print': {
            'any': Print.search([('company', '=', mine.company.id)])[0]},
        }
