# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""pytest for trytond: backend, databases of the workers, load_tests.

The tests run on SQLite; with TEST_BACKEND=postgresql on a throw-away
PostgreSQL cluster.  Each worker has a database of its own, but they share the
templates, which live as long as the run, so none is ever older than the
modules.
"""

import gc
import io
import os
import shutil
import tempfile
import unittest
from functools import partial

import pytest
from cluster import COPYING, Cluster
from decisive import Choice, is_left_out, rank, select

# What these start has databases of its own.
SERVERS = {'clients', 'faults', 'production'}


def pytest_addoption(parser):
    parser.addoption(
        '--decisive', action='store_true',
        help="leave out what another test decides, see decisive.py")


def pytest_configure(config):
    Choice.backend = _backend() if config.option.decisive else None
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
        cluster = Cluster(**COPYING)
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

    import templates
    templates.install()
    # Setting up a pool makes many objects that live as long as it does.
    gc.set_threshold(100_000, 50, 100)


def _backend():
    return os.environ.get('TEST_BACKEND', 'sqlite')


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
    if request.path.parent.name not in SERVERS:
        from trytond.tests.test_tryton import drop_db
        drop_db()


def pytest_ignore_collect(collection_path):
    if is_left_out(collection_path):
        return True


def pytest_collection_modifyitems(config, items):
    items[:], left = select(items)
    if left:
        config.hook.pytest_deselected(items=left)
    items.sort(key=lambda item: rank(item.path))


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
