# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Databases that are made once in a run and copied for each file.

The workers share them; one makes a template while the others wait for it.
"""

import fcntl
import os
import pathlib
import shutil
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

import kept_caches
from built import BUILT, freeze, get_call
from repository import MODULES

import trytond.config as config
from trytond.cache import Cache
from trytond.model import ModelStorage
from trytond.tests import test_tryton, tools
from trytond.tools import misc
from trytond.transaction import Transaction, TransactionError

__all__ = ['activate_built', 'install']

# Templates of modules are made from the template of the one they build upon.
UPON = {
    'hazard': 'safety_organization',
    'hazard_analysis': 'hazard',
    'hazard_appraisal': 'hazard',
    'hazard_report': 'hazard',
    'hazard_supervision': 'hazard',
    'hazard_training': 'hazard',
    'safety_feedback': 'safety_organization',
    'safety_organization': 'safety_base',
    }
# The nearest to all first
BASES = ['hazard', 'safety_organization', 'safety_base']

_activate_module = test_tryton.activate_module


def install():
    "Let trytond make each template once, also those of the scenarios."
    # Half of the time that a restored database takes goes into looking for
    # the entry point of each class.
    misc.import_module = cache(misc.import_module)
    test_tryton.activate_module = activate_module
    tools.activate_modules = activate_modules
    kept_caches.install()


def activate_module(modules, lang='en'):
    modules = _listed(modules)
    _forget()
    name = _get_name(modules, lang)
    with _locked(name):
        if (not test_tryton.db_exist(test_tryton.DB_NAME)
                and not test_tryton.restore_db_cache(name)
                and (base := _get_base(modules))):
            activate_module(base, lang=lang)
        with _unvalidated():
            _activate_module(modules, lang=lang)


def activate_built(modules, build, lang='en', **values):
    """Activate the modules in a database where build(**values) was called.

    The same call finds its records in each test; the function must be kept.
    """
    modules = _listed(modules)
    call = get_call(build, **values)
    name = _get_name([*modules, call], lang)
    path = pathlib.Path(os.environ['TEST_DIRECTORY'], f'{name}.built')
    test_tryton.drop_db()
    BUILT.clear()
    with _locked(name):
        if not path.exists() or not test_tryton.restore_db_cache(name):
            activate_module(modules, lang=lang)
            path.write_bytes(_build(build, values))
            test_tryton.backup_db_cache(name)
            _copy(_get_files(), path.with_suffix('.files'))
    _copy(path.with_suffix('.files'), _get_files())
    BUILT[call] = path.read_bytes()


def _get_files():
    "Return the directory of the files that the database names"
    return pathlib.Path(config.get('database', 'path'), test_tryton.DB_NAME)


def _copy(source, destination):
    if source.exists():
        shutil.copytree(source, destination, dirs_exist_ok=True)


def activate_modules(modules, *setup):
    modules = _listed(modules)
    _forget()
    name = '-'.join(['scenario', *modules, *(s.__name__ for s in setup)])
    with _locked(name):
        if not test_tryton.restore_db_cache(name):
            test_tryton.drop_db()
            activate_module(modules)
            for func in setup:
                func(config=tools._get_config())
            test_tryton.backup_db_cache(name)
    return tools._get_config()


def _forget():
    "Leave a database that holds more than modules"
    if BUILT:
        test_tryton.drop_db()
        BUILT.clear()


def _build(build, values):
    extras = {}
    while True:
        with Transaction().start(
                test_tryton.DB_NAME, 1, **extras) as transaction:
            try:
                built = freeze(build(**values))
            except TransactionError as exception:
                transaction.rollback()
                exception.fix(extras)
                continue
            transaction.commit()
            transaction.tasks.clear()
        Cache.drop(test_tryton.DB_NAME)
        return built


def _listed(modules):
    return [modules] if isinstance(modules, str) else list(modules)


def _get_name(words, lang):
    # As trytond names them
    return '-'.join(words) + ('' if lang == 'en' else f'--{lang}')


def _get_base(modules):
    "Return the modules whose template is the next smaller one"
    ours = [m for m in modules if m in MODULES]
    if len(ours) < len(modules):
        return ours
    bases = {UPON.get(m) for m in modules}
    return next((b for b in BASES if b in bases), None)


@contextmanager
def _unvalidated():
    """Take the records of the XML files as they are.

    Two thirds of the time of an activation is their validation, one by one;
    test_data validates them all at once.
    """
    with patch.object(
            ModelStorage, '_validate', classmethod(lambda *args, **k: None)):
        yield


@contextmanager
def _locked(name):
    path = os.path.join(os.environ['TEST_DIRECTORY'], f'{name}.lock')
    with open(path, 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
