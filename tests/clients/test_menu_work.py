# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import pytest
from menus import open_paths
from test_menu_administration import ADMINISTRATION

from demo.logins import LOGINS


@pytest.mark.parametrize(
    'login', [x.login for x in LOGINS if x.login not in ADMINISTRATION])
def test_menu_in_browser(sao, paths, login):
    "Each role at work opens what it uses"
    open_paths(sao, login, paths(login))
