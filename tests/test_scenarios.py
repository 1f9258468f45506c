# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import doctest
from pathlib import Path

from trytond import backend
from trytond.tests.test_tryton import (
    STRIP_DECIMAL, doctest_checker, doctest_setup, doctest_teardown)

SCENARIOS = Path(__file__).parent.parent / 'scenarios'


def load_tests(loader, tests, pattern):
    options = (
        doctest.REPORT_ONLY_FIRST_FAILURE
        | doctest.ELLIPSIS
        | doctest.IGNORE_EXCEPTION_DETAIL)
    if backend.name == 'sqlite':
        options |= STRIP_DECIMAL
    for path in sorted(SCENARIOS.glob('*.rst')):
        tests.addTests(doctest.DocFileSuite(
                str(path), module_relative=False, encoding='utf-8',
                setUp=doctest_setup, tearDown=doctest_teardown,
                checker=doctest_checker, optionflags=options))
    return tests
