# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Who guesses passwords keeps neither threads nor the right user."

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from remote import Remote
from service import PASSWORD

ATTEMPTS = 200
THREADS = 16
# Seconds on a busy machine; threads that sleep take up to 31
LONGEST = 15


@pytest.fixture
def server(service):
    "The server without nginx, which would stop most of the attempts"
    if 'server' not in service.processes:
        service.start('server')
    yield service
    with service.connect(autocommit=True) as connection:
        connection.execute('DELETE FROM res_user_login_attempt')


def log_in(server, login, password, **parameters):
    "Return the status of a login."
    connection = http.client.HTTPConnection(
        '127.0.0.1', server.port, timeout=120)
    connection.request(
        'POST', f'/{server.database}/session/login',
        json.dumps({
                'id': 0, 'method': 'common.db.login', 'params': [
                    login, {'password': password, **parameters}]}),
        {'Content-Type': 'application/json'})
    status = connection.getresponse().status
    connection.close()
    return status


def test_flood(server):
    "Others work on, and the right user gets in from a known device"
    captain = Remote(server.port, server.database, 'captain', PASSWORD)
    device = captain('res.user.device.renew', None)
    reporter = Remote(server.port, server.database, 'reporter', PASSWORD)
    durations = []
    with ThreadPoolExecutor(THREADS) as executor:
        attempts = [
            executor.submit(log_in, server, 'captain', f'wrong-{i}')
            for i in range(ATTEMPTS)]
        while not all(a.done() for a in attempts):
            started = time.monotonic()
            reporter('hazard.hazard.search', [], 0, 10)
            durations.append(time.monotonic() - started)
            known = log_in(
                server, 'captain', PASSWORD, device_cookie=device)
            assert known == 200
    statuses = [a.result() for a in attempts]

    assert set(statuses) == {401, 429}
    # More only as far as they were under way at the same time
    assert statuses.count(401) <= 6 + THREADS
    assert max(durations) < LONGEST, durations
    assert log_in(server, 'captain', PASSWORD) == 429
