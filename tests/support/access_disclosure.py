# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about what is reported up and published."

import datetime as dt

from access_values import first, of
from steps import file_up, major, publish, report

from trytond.pool import Pool

WRITTEN = {
    'hazard.filing': {'authority': "Office"},
    'hazard.publication': {'where': "Office"},
    }
CREATED = {
    'hazard.filing': {
        n: of(hazard=first('hazard.hazard', n), recipient='group')
        for n in ['four_fix', 'elsewhere', 'foreign']},
    'hazard.publication': {
        n: of(hazard=first('hazard.hazard', n))
        for n in ['four_fix', 'elsewhere', 'foreign']},
    }
PRESSED = {
    ('hazard.filing', 'file'): ['draft'],
    ('hazard.filing', 'receive'): ['filed'],
    ('hazard.publication', 'publish'): ['draft'],
    ('hazard.publication', 'take_down'): ['published'],
    }


def get_context():
    "Return what the buttons find in the context."
    return {
        'receipt_number': "R-1", 'received_at': dt.datetime.now(),
        'to_date': dt.date.today()}


def _receive(f):
    return [('receive', {'ask': {
                    'receipt_number': "R-1",
                    'received_at': dt.datetime.now()}})]


def _take_down(f):
    return [('take_down', {'ask': {
                    'to_date': dt.date.today(), 'acknowledged': 25}})]


WIZARDS = [
    ('hazard.filing.receive', 'hazard.filing', 'filed', _receive),
    ('hazard.publication.take_down', 'hazard.publication', 'published',
        _take_down),
    ]


def build_disclosure(mine, records):
    "Return the records of the mine by model and name."
    pool = Pool()
    Filing = pool.get('hazard.filing')
    hazard = report(mine, **major())
    filed = file_up(mine, hazard)[0]
    published = publish(mine, hazard)
    records['hazard.hazard']['major'] = hazard
    hazard = report(mine, **major())
    draft, *_ = hazard.filings
    Filing.write([draft], {
            'authority': "Bureau", 'content': "Water.", 'method': 'letter',
            'filed_at': dt.datetime.now(),
            'filed_by': mine.employees.safety.id})
    publication, = hazard.publications
    publication.__class__.write([publication], {
            'kind': 'board', 'where': "Pit head",
            'from_date': dt.date.today(), 'reach': 30})
    return {
        'hazard.filing': {'filed': filed, 'draft': draft},
        'hazard.publication': {
            'published': published, 'draft': publication},
        }
