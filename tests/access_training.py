# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The part of the access matrix about training: records, values, buttons."

from access_values import company_id, of

from trytond.pool import Pool

WRITTEN = {
    'training.configuration': {'grace_days': 40},
    'training.configuration.settings': {'grace_days': 40},
    }
CREATED = {
    'training.configuration.settings': {'': of(
            company=company_id, grace_days=1)},
    }
NOT_COPIED = {'training.configuration'}
COPIED = {}
PRESSED = {}


def build_training(mine, records):
    "Return the records of the mine by model and name."
    return _build_settings(mine)


def _build_settings(mine):
    pool = Pool()
    Configuration = pool.get('training.configuration')
    Settings = pool.get('training.configuration.settings')
    Configuration(1).save()
    Configuration.write([Configuration(1)], {'grace_days': 20})
    return {
        'training.configuration': {'any': Configuration(1)},
        'training.configuration.settings': {
            'any': Settings.search([('company', '=', mine.company.id)])[0]},
        }
