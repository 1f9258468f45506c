# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import pytest
from menus import open_paths

ADMINISTRATION = ['admin', 'organization', 'hazard', 'training']


@pytest.mark.parametrize('login', ADMINISTRATION)
def test_menu_in_browser(sao, paths, login):
    "Who sets up, and so sees most, opens what nobody at work opens"
    open_paths(sao, login, paths(login))
