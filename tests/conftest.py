# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""pytest for trytond: backend, databases of the workers, load_tests.

The tests run on SQLite; with TEST_BACKEND=postgresql on a throw-away
PostgreSQL cluster.  Each worker has a database of its own, but they share the
templates, which live as long as the run, so none is ever older than the
modules.
"""

import fcntl
import io
import os
import pathlib
import shutil
import tempfile
import unittest
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import pytest
from cluster import Cluster

# Templates of modules are made from the template of the one they build upon.
UPON = {
    'hazard': 'safety_organization',
    'hazard_appraisal': 'hazard',
    'hazard_report': 'hazard',
    'hazard_training': 'hazard',
    'safety_feedback': 'safety_organization',
    'safety_organization': 'safety_base',
    }
# The nearest to all first
BASES = ['hazard', 'safety_organization', 'safety_base']


def pytest_configure(config):
    if not hasattr(config, 'workerinput'):
        _share(config)
        if getattr(config.option, 'numprocesses', None):
            return
    # Before collection, because trytond reads the environment once.
    _prepare(config)


def _share(pytest_config):
    "Make what the workers share and tell them by the environment."
    directory = tempfile.mkdtemp(prefix='hazard-test-')
    pytest_config.add_cleanup(
        partial(shutil.rmtree, directory, ignore_errors=True))
    os.environ['TEST_DIRECTORY'] = directory
    if _backend() == 'postgresql':
        cluster = Cluster()
        pytest_config.add_cleanup(cluster.stop)
        cluster.start()
        os.environ.update(cluster.environment)
        os.environ['DB_CACHE'] = 'postgresql://'
    else:
        os.environ['TRYTOND_DATABASE_URI'] = 'sqlite://'
        os.environ['DB_CACHE'] = os.path.join(directory, 'cache')


def _prepare(pytest_config):
    worker = os.environ.get('PYTEST_XDIST_WORKER', '')
    directory = os.path.join(os.environ['TEST_DIRECTORY'], f'files-{worker}')
    os.mkdir(directory)
    os.environ['DB_NAME'] = (
        f'test{worker}' if _backend() == 'postgresql' else ':memory:')

    import trytond.config as config
    from trytond import backend
    config.set('database', 'path', directory)
    if _backend() == 'sqlite':
        # As the demonstration has it
        config.set('cache', 'clean_timeout', '0')
    assert backend.name == _backend(), f"{backend.name} is not wanted"
    _activate_once()


def _backend():
    return os.environ.get('TEST_BACKEND', 'sqlite')


def _activate_once():
    "Make each template once, also those of the scenarios, for all workers."
    from trytond.tests import test_tryton, tools
    activate, get_config = test_tryton.activate_module, tools._get_config

    def activate_module(modules, lang='en'):
        if isinstance(modules, str):
            modules = [modules]
        # As trytond names them
        name = '-'.join(modules) + ('' if lang == 'en' else f'--{lang}')
        with _locked(name):
            if (not test_tryton.db_exist(test_tryton.DB_NAME)
                    and not test_tryton.restore_db_cache(name)
                    and (base := _get_base(modules))):
                activate_module(base, lang=lang)
            with _unvalidated():
                activate(modules, lang=lang)

    def activate_modules(modules, *setup):
        if isinstance(modules, str):
            modules = [modules]
        name = '-'.join(['scenario', *modules, *(s.__name__ for s in setup)])
        with _locked(name):
            if not test_tryton.restore_db_cache(name):
                test_tryton.drop_db()
                activate_module(modules)
                for func in setup:
                    func(config=get_config())
                test_tryton.backup_db_cache(name)
        return get_config()

    test_tryton.activate_module = activate_module
    tools.activate_modules = activate_modules


def _get_base(modules):
    bases = {UPON.get(m) for m in modules}
    return next((b for b in BASES if b in bases), None)


@contextmanager
def _unvalidated():
    """Take the records of the XML files as they are.

    Two thirds of the time of an activation is their validation, one by one;
    test_data validates them all at once.
    """
    from trytond.model import ModelStorage
    with patch.object(
            ModelStorage, '_validate', classmethod(lambda *args, **k: None)):
        yield


@contextmanager
def _locked(name):
    path = os.path.join(os.environ['TEST_DIRECTORY'], f'{name}.lock')
    with open(path, 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope='session')
def cluster():
    "A cluster for the tests of a service"
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope='module', autouse=True)
def empty_database(request):
    "Begin each file without the modules that another one has activated"
    if request.path.parent == pathlib.Path(__file__).parent:
        from trytond.tests.test_tryton import drop_db
        drop_db()


def pytest_pycollect_makemodule(module_path, parent):
    return Module.from_parent(parent, path=module_path)


class Module(pytest.Module):

    def collect(self):
        yield from super().collect()
        if load_tests := getattr(self.obj, 'load_tests', None):
            loader = unittest.TestLoader()
            for case in _flatten(
                    load_tests(loader, unittest.TestSuite(), None)):
                yield Case.from_parent(
                    self, name=os.path.basename(case.id()), case=case)


class Case(pytest.Item):

    def __init__(self, *, case, **kwargs):
        super().__init__(**kwargs)
        self.case = case

    def runtest(self):
        result = unittest.TextTestResult(io.StringIO(), False, 0)
        self.case.run(result)
        for _, text in result.errors + result.failures:
            pytest.fail(text, pytrace=False)
        for _, reason in result.skipped:
            pytest.skip(reason)

    def reportinfo(self):
        return self.path, None, self.name


def _flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flatten(test)
        else:
            yield test
