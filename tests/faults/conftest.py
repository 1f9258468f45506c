# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""A cluster that keeps what it acknowledges, and a service for each test."""

import json
from types import SimpleNamespace

import pytest
from service import Service

# How many records wait at each step, enough for all races
COUNTS = {'submit': 200, 'confirm': 400, 'finish': 200, 'pass_': 200}
# Nothing acknowledged may be lost once the database is made.
DURABLE = {'fsync': 'on', 'full_page_writes': 'on', 'synchronous_commit': 'on'}


@pytest.fixture(scope='session')
def template(cluster, tmp_path_factory):
    """A database with a mine: its name, the ids of records by step.

    gone matches what users are told when somebody else was faster.
    """
    service = Service(
        cluster, tmp_path_factory.mktemp('template'), database='template')
    service.create()
    stocked = stock(service, 'build', *COUNTS.values())
    cluster.options.update(DURABLE)
    cluster.restart()
    return SimpleNamespace(name=service.database, **stocked)


@pytest.fixture
def service(cluster, template, request, tmp_path):
    "A service of two processes on a database of its own, not started"
    service = Service(
        cluster, tmp_path, database=request.node.name, workers=2)
    service.copy(template.name)
    try:
        yield service
    finally:
        # Without the grace that people need, as nobody is left.
        for name in list(service.processes):
            service.kill(name)


def stock(service, *arguments):
    return json.loads(service.run(
            'python', 'tests/faults/stock.py', *map(str, arguments),
            PYTHONPATH='tests/support'))
