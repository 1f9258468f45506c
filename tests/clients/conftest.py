# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""A demonstration server of the tests' own, and browsers on it."""

import fcntl
import os
import shutil
import socket
import sys
from pathlib import Path

import pytest
from entries import get_entries, share

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


def pytest_addoption(parser):
    parser.addoption(
        '--demonstration', type=Path,
        help="the directory of a demonstration that is prepared already")


def pytest_sessionstart(session):
    from sao import SCREENSHOTS
    if not hasattr(session.config, 'workerinput'):
        shutil.rmtree(SCREENSHOTS, ignore_errors=True)


def pytest_collection_modifyitems(items):
    "Begin with what takes longest, so that no worker is left alone with it"
    items.sort(key=lambda item: not item.path.name.startswith('test_menu'))


@pytest.fixture(scope='session')
def server(tmp_path_factory, pytestconfig):
    from demo.instance import Instance
    directory = tmp_path_factory.mktemp('server')
    shutil.copytree(
        pytestconfig.option.demonstration or _prepare_once(tmp_path_factory),
        directory, dirs_exist_ok=True)
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    instance = Instance(directory, port)
    instance.prepare()
    instance.start(cron=False)
    yield instance
    instance.stop()


def _prepare_once(tmp_path_factory):
    "Return the directory of an instance of which each worker has a copy"
    from demo.instance import Instance
    base = tmp_path_factory.getbasetemp()
    if 'PYTEST_XDIST_WORKER' in os.environ:
        base = base.parent
    directory = base / 'prepared'
    with (base / 'prepared.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Instance(directory, 0).prepare()
    return directory


@pytest.fixture(scope='session')
def browser():
    from playwright.sync_api import sync_playwright
    from sao import launch
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def sao(server, browser):
    "Return a function that logs in and returns the client"
    from sao import DESKTOP, Sao

    from demo.instance import DATABASE
    from demo.logins import PASSWORD
    clients = []

    def login(login, size=DESKTOP, **options):
        client = Sao(browser, server.url, DATABASE, size)
        clients.append(client)
        client.login(login, PASSWORD, **options)
        return client
    yield login
    for client in clients:
        client.close()


@pytest.fixture
def remote(server):
    "Return a function that logs in and returns a client without screen"
    from remote import Remote

    from demo.instance import DATABASE
    from demo.logins import PASSWORD
    clients = []

    def login(login):
        clients.append(Remote(server.port, DATABASE, login, PASSWORD))
        return clients[-1]
    yield login
    for client in clients:
        client.close()


@pytest.fixture
def paths(request):
    "Return a function that returns the paths a login opens, None for all"
    def paths(login):
        if request.config.option.decisive:
            return request.getfixturevalue('shared')[login]
    return paths


@pytest.fixture(scope='session')
def shared(server):
    "The paths of the menu that each login opens, so that each is opened once"
    from remote import Remote

    from demo.instance import DATABASE
    from demo.logins import LOGINS, PASSWORD
    entries = {}
    for login in LOGINS:
        client = Remote(server.port, DATABASE, login.login, PASSWORD)
        entries[login.login] = get_entries(client)
        client.close()
    return share(entries)
