# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Caches of what the modules define, kept from one test to the next.

Each test ends by a rollback, and trytond drops all caches of the database
then.  What comes from the XML files and the catalogues is the same for the
next test: whoever changes it in a test clears the cache for the transaction,
which then has one of its own.  What is told of users and of other records is
dropped, since the next test gives their ids to others.
"""

from trytond.cache import Cache
from trytond.tests import test_tryton

__all__ = ['install']

KEPT = {
    'ir.action.get_groups',
    'ir.lang', 'ir.lang.code',
    'ir.message',
    'ir.model.button.groups', 'ir.model.button.reset',
    'ir.model.button.rules', 'ir.model.button.view_attributes',
    'ir.model.field.get_name', 'ir.model.get_names',
    'ir.translation', 'ir.translation.get_language',
    'ir_action_keyword.get_keyword',
    'ir_action_wizard.get_models', 'ir_action_wizard.get_name',
    'ir_configuration.get_language',
    'ir_model_access.get_access', 'ir_model_field_access.check',
    'ir_model_data.get_id', 'ir_model_data.has_model',
    'ir_trigger.get_triggers',
    'ir_ui_view.view_get',
    'modelview.fields_view_get', 'modelview.view_toolbar_get',
    }

_drop_db = test_tryton.drop_db


class _TestCache:
    "The cache as the end of a test sees it"

    @staticmethod
    def drop(name):
        instances = Cache._instances
        kept = {n: instances.pop(n) for n in KEPT & instances.keys()}
        try:
            Cache.drop(name)
        finally:
            instances.update(kept)


def drop_db(name=test_tryton.DB_NAME):
    "Drop the database and all that is remembered of it"
    _drop_db(name)
    Cache.drop(name)


def install():
    test_tryton.Cache = _TestCache
    test_tryton.drop_db = drop_db
