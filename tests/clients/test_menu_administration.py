# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import pytest
from menus import open_all


@pytest.mark.parametrize(
    'login', ['admin', 'organization', 'hazard', 'training'])
def test_every_menu_entry_opens(sao, login):
    "Who sets up, and so sees most, opens all of it"
    open_all(sao, login)
