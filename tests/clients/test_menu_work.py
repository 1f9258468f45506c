# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import pytest
from menus import open_all

from demo.logins import LOGINS

# The departments of the members see the same, the others are with the
# administration.
OTHERS = {
    'union', 'youth', 'admin', 'organization', 'hazard', 'training'}


@pytest.mark.parametrize(
    'login', [x.login for x in LOGINS if x.login not in OTHERS])
def test_every_menu_entry_opens(sao, login):
    "Each role at work opens all that it sees"
    open_all(sao, login)
