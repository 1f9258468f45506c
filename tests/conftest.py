# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""pytest for trytond: backend, databases of the workers, load_tests.

The tests run on SQLite; with TEST_BACKEND=postgresql every worker starts a
throw-away PostgreSQL cluster of its own.  Database templates live as long as
the run, so none is ever older than the modules.
"""

import io
import os
import pathlib
import shutil
import tempfile
import unittest
from functools import partial

import pytest
from cluster import Cluster


def pytest_configure(config):
    config.addinivalue_line(
        'markers', "xdist_group(name): tests that one worker runs")
    is_controller = (
        getattr(config.option, 'numprocesses', None)
        and not hasattr(config, 'workerinput'))
    if not is_controller:
        # Before collection, because trytond reads the environment once.
        _prepare(config)


def _prepare(pytest_config):
    directory = tempfile.mkdtemp(prefix='hazard-test-')
    pytest_config.add_cleanup(
        partial(shutil.rmtree, directory, ignore_errors=True))
    wanted = os.environ.get('TEST_BACKEND', 'sqlite')
    if wanted == 'postgresql':
        cluster = Cluster()
        pytest_config.add_cleanup(cluster.stop)
        cluster.start()
        os.environ.update(cluster.environment)
        os.environ['DB_NAME'] = 'test'
        os.environ['DB_CACHE'] = 'postgresql://'
    else:
        os.environ['TRYTOND_DATABASE_URI'] = 'sqlite://'
        os.environ['DB_NAME'] = ':memory:'
        os.environ['DB_CACHE'] = os.path.join(directory, 'cache')

    import trytond.config as config
    from trytond import backend
    config.set('database', 'path', directory)
    # To look for changes of other processes, trytond takes the only
    # connection of a SQLite database in memory out of its transaction.
    config.set('cache', 'clean_timeout', '86400')
    assert backend.name == wanted, f"{backend.name} instead of {wanted}"


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


def pytest_collection_modifyitems(items):
    for item in items:
        if not isinstance(item, Case):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


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
