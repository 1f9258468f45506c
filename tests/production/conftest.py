# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""One database with a mine, served as in production, for all tests."""

import psycopg
import pytest
from service import Service
from web import Nginx

ROLE = 'hazard'


@pytest.fixture(scope='session')
def service(cluster, tmp_path_factory):
    "The service of a mine, whose role is no superuser; nothing is started"
    service = Service(
        cluster, tmp_path_factory.mktemp('service'),
        session={'max_attempt': '5'})
    with psycopg.connect(
            host=service.environment['PGHOST'],
            user=service.environment['PGUSER'],
            dbname='postgres', autocommit=True) as connection:
        connection.execute(f'CREATE ROLE {ROLE} LOGIN CREATEDB')
    service.environment['PGUSER'] = ROLE
    service.create()
    service.run('python', 'tests/production/people.py', service.database)
    yield service
    service.stop()


@pytest.fixture(scope='session')
def connection(service):
    "A connection to the database"
    with psycopg.connect(
            host=service.environment['PGHOST'], user=ROLE,
            dbname=service.database, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope='session')
def nginx(service, tmp_path_factory):
    "nginx in front of the server, the worker and the cron"
    service.start('server', 'worker', 'cron')
    nginx = Nginx(tmp_path_factory.mktemp('nginx'), service)
    yield nginx
    nginx.stop()
    service.stop()
