# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"LibreOffice hangs, and only who prints waits."

import http.client
from concurrent.futures import ThreadPoolExecutor

import pytest
from processes import wait_for
from remote import Remote, RemoteError
from service import PASSWORD

from trytond.exceptions import UserError

THREADS = 4
WORKERS = 2


@pytest.fixture
def hanging(service):
    "The service with an office that never ends"
    office = service.directory / 'office'
    office.write_text('#!/bin/sh\nsleep 600\n')
    office.chmod(0o755)
    service.environment['TRYTOND_HAZARD_REPORT__OFFICE'] = str(office)
    service.start('server')
    return service


def test_hanging_office(hanging, template):
    "Test a user who prints again and again takes no thread of the others"
    login = hanging.port, hanging.database
    reporter = Remote(*login, 'reporter', PASSWORD)
    printers = [reporter.copy() for _ in range(THREADS * WORKERS)]
    with ThreadPoolExecutor(len(printers)) as executor:
        futures = [
            executor.submit(_print, p, template.ids['submit'][0])
            for p in printers]
        try:
            wait_for(
                lambda: sum(f.done() for f in futures)
                >= len(printers) - WORKERS)
            refused = [f.result() for f in futures if f.done()]
            assert set(refused) == {'refused'}

            captain = Remote(*login, 'captain', PASSWORD)
            captain('hazard.hazard.search', [], 0, 10)

            assert not all(f.done() for f in futures)
        finally:
            # Whoever hangs is given up with the server.
            hanging.kill('server')


def _print(remote, id_):
    "Print the card and return how that ended."
    try:
        remote._send('report.hazard.card.execute', [
                [id_], {'format': 'pdf'}, remote.context])
    except UserError:
        return 'refused'
    except (RemoteError, OSError, http.client.HTTPException):
        return 'lost'
    return 'printed'
