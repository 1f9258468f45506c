# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import pytest
from entries import get_entries, open_entry

from demo.logins import LOGINS


@pytest.mark.parametrize('login', [x.login for x in LOGINS])
def test_every_entry_opens(remote, login):
    "Each role opens by remote calls all that it sees"
    client = remote(login)
    entries = get_entries(client)
    assert entries
    for path, menu in entries.items():
        try:
            open_entry(client, menu)
        except Exception as exception:
            raise AssertionError(path) from exception
