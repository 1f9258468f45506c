# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Worker and cron are killed in the middle, and others do their work once."""

import signal
from contextlib import contextmanager

import pytest
from conftest import stock
from processes import children, kill, wait_for

COUNT = 20
STEPS = {'overdue', 'escalate_leader', 'escalate_safety', 'escalate_mine'}


def kill_worker(service):
    service.kill('worker')


def kill_child(service):
    "Kill only the process that runs the task"
    worker = service.processes['worker'].pid
    kill(children(worker), signal.SIGKILL)


@pytest.fixture
def work(service):
    "Ids of aged hazards, and a task for each of the closed ones"
    service.environment['TRYTOND_QUEUE__ABANDONED_AFTER'] = '1'
    ids = stock(service, 'age', COUNT)
    with service.connect() as connection:
        connection.execute('DELETE FROM ir_queue')
    assert stock(service, 'queue') == COUNT
    return ids


@pytest.mark.parametrize('fault', [kill_worker, kill_child])
def test_worker(fault, service, work):
    "Test tasks whose worker dies are taken up again and done once"
    with service.connect(autocommit=True) as connection:
        with held(service, 'res_notification'):
            service.start('worker')
            wait_for(lambda: is_blocked(connection))
            fault(service)
        assert read(connection, UNFINISHED) == [(COUNT,)]
        assert told(connection) == []

        service.start('worker')
        wait_for(lambda: finished(service, connection))

        assert told(connection) == [1] * COUNT
        assert read(connection, 'SELECT sum(taken_up) FROM ir_queue') == [
            (1,)]
        service.kill('worker')


def test_database(service, cluster, work):
    "Test worker and cron go on after PostgreSQL was restarted"
    schedule(service, None)
    service.start('worker', 'cron')
    with service.connect(autocommit=True) as connection:
        wait_for(lambda: told(connection))
    cluster.restart()
    with service.connect(autocommit=True) as connection:
        wait_for(lambda: finished(service, connection))
        assert told(connection) == [1] * COUNT

        method = 'hazard.reminder|remind'
        schedule(service, method)
        # The cron looks once a minute.
        wait_for(lambda: logged(service, connection, method), deadline=150)
        assert count(connection, 'overdue') == dict.fromkeys(
            work['overdue'], 1)


def test_cron(service):
    "Test each job does what a killed cron has begun, and does it once"
    ids = stock(service, 'age', COUNT)
    with service.connect(autocommit=True) as connection:
        for method, table in [
                ('hazard.reminder|remind', 'hazard_event'),
                ('hazard.seal|seal_days', 'hazard_seal'),
                ('hazard.hazard|archive_closed', 'hazard_event'),
                ]:
            before = traces(connection)
            schedule(service, method)
            with held(service, table):
                service.start('cron')
                wait_for(lambda: is_blocked(connection))
                service.kill('cron')
            assert traces(connection) == before

            service.start('cron')
            wait_for(lambda: logged(service, connection, method))
            service.kill('cron')
            after = traces(connection)
            assert after != before
            schedule(service, method)
            service.run('trytond-cron', '-1', '-d', service.database)
            assert traces(connection) == after

        for step in STEPS:
            assert count(connection, step) == dict.fromkeys(
                ids['overdue'], 1)
        assert count(connection, 'archive') == dict.fromkeys(
            ids['closed'], 1)
        assert not read(connection, 'SELECT "user", label FROM '
            'res_notification WHERE icon = \'tryton-warning\' '
            'GROUP BY "user", label HAVING count(*) > 1')
    verified = stock(service, 'verify')
    assert verified['problem'] is None
    assert verified['days'] >= 39


UNFINISHED = (
    'SELECT count(*) FROM ir_queue '
    'WHERE finished_at IS NULL AND failed_at IS NULL')


def read(connection, query, parameters=None):
    return connection.execute(query, parameters).fetchall()


def count(connection, action):
    "Return how many events of the action there are, by hazard"
    return dict(read(
            connection, 'SELECT hazard, count(*) FROM hazard_event '
            'WHERE action = %s GROUP BY hazard', [action]))


def told(connection):
    "Return how often somebody was told of each hazard that was closed"
    return [n for n, in read(
            connection, 'SELECT count(*) FROM res_notification '
            "WHERE icon = 'tryton-ok' GROUP BY \"user\", label")]


def traces(connection):
    "Return how many rows of each kind the jobs have left"
    return [
        read(connection, f'SELECT count(*) FROM {table}') for table in [
            'hazard_event', 'hazard_reminder', 'hazard_seal',
            'res_notification']]


@contextmanager
def held(service, table):
    "Let nobody write the table"
    with service.connect() as connection:
        connection.execute(f'LOCK TABLE {table} IN SHARE MODE')
        yield


def is_blocked(connection):
    "Return whether somebody waits for a lock, in the middle of his work"
    return read(
        connection, 'SELECT pid FROM pg_stat_activity '
        "WHERE wait_event_type = 'Lock' AND datname = current_database()")


def schedule(service, method):
    "Let the cron run only the method, now"
    with service.connect() as connection:
        connection.execute(
            'UPDATE ir_cron SET next_call = CASE WHEN method = %s '
            "THEN NULL ELSE timestamp '2100-01-01' END", [method or ''])


def finished(service, connection):
    service.revive()
    return read(connection, UNFINISHED) == [(0,)]


def logged(service, connection, method):
    "Return whether the cron has run the method to its end"
    service.revive()
    return read(
        connection, 'SELECT log.id FROM ir_cron_log AS log '
        'JOIN ir_cron ON ir_cron.id = log.cron WHERE method = %s', [method])
