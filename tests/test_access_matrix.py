# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Each role calls every method of every model as a client would.

What may be is told by access_matrix.txt: a section for each model, the
wizards, the menus and the reports, a row for each attempt and a column for
each role, with x where the role may and - where it is refused.  Attempts on
records of another company are not in it: they are refused to all.
"""

import unittest
from pathlib import Path
from unittest.mock import patch

from access import REFUSED, undone
from access_attempts import (
    CREATED, PRESSED, REPORTS, WIZARDS, WRITTEN, NotDone, attempts,
    menu_attempts, models, report_attempts, reports, run_wizard,
    wizard_attempts, wizards)
from access_mine import ROLES, build
from completion import complete, wizard_fields
from repository import MODULES

from trytond.model import ModelSingleton
from trytond.model.exceptions import ForeignKeyError
from trytond.modules.hazard.exceptions import ReportError
from trytond.modules.hazard_appraisal.exceptions import (
    PayoutStaleError, RuleDateError)
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction, TransactionError

MATRIX = Path(__file__).parent / 'access_matrix.txt'
WIDTH = 40


def is_allowed(attempt, role):
    "Try and undo the attempt."
    with undone():
        try:
            attempt(role)
        except (*REFUSED, NotDone, ReportError):
            return False
        except (
                ForeignKeyError, PayoutStaleError, RuleDateError,
                TransactionError):
            # Access is checked before what is used by others, locked, …
            pass
    return True


def read_matrix():
    "Return the roles that may by section and row."
    matrix = {}
    for line in MATRIX.read_text().splitlines():
        if line.startswith('['):
            section, *roles = line.split()
            assert roles == ROLES, line
            rows = matrix[section.strip('[]')] = {}
        elif line.strip() and not line.startswith('#'):
            cells = line[WIDTH:].split()
            rows[line[:WIDTH].strip()] = {
                r for r, c in zip(ROLES, cells, strict=True) if c == 'x'}
    return matrix


def format_section(section, rows):
    "Return the lines of the section of the matrix."
    yield f'[{section}] '.ljust(WIDTH) + ' '.join(ROLES)
    for name, allowed in rows.items():
        cells = ' '.join(
            ('x' if r in allowed else '-').ljust(len(r)) for r in ROLES)
        yield name.ljust(WIDTH) + cells.rstrip()


class AccessMatrixTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module(MODULES)
        cls.addClassCleanup(drop_db)
        cls.mine = cls.build()
        cls.remember_preferences()
        cls.sections = {
            **{m: dict(attempts(cls.mine, m)) for m in models()},
            'wizards': dict(wizard_attempts(cls.mine)),
            'menus': dict(menu_attempts(cls.mine)),
            'reports': dict(report_attempts(cls.mine)),
            }

    @classmethod
    def remember_preferences(cls):
        "Reckon those of each role once, they take most of the time."
        User = Pool(DB_NAME).get('res.user')
        get_preferences = User.get_preferences
        known = {}

        def remembered(context_only=False):
            key = Transaction().user, context_only
            if key not in known:
                known[key] = get_preferences(context_only=context_only)
            return known[key].copy()
        patched = patch.object(User, 'get_preferences', remembered)
        patched.start()
        cls.addClassCleanup(patched.stop)

    @classmethod
    def build(cls):
        "Start the transaction of the tests and return the mine committed."
        extras = {}
        while True:
            transaction = Transaction().start(DB_NAME, 1, **extras)
            try:
                mine = build()
            except TransactionError as exception:
                transaction.stop()
                exception.fix(extras)
                continue
            transaction.commit()
            cls.addClassCleanup(transaction.stop)
            return mine

    def test_complete(self):
        "Every model, button, wizard and menu is in the matrix"
        pool = Pool()
        matrix = read_matrix()
        self.assertEqual(
            list(matrix), [*models(), 'wizards', 'menus', 'reports'])
        for section, rows in self.sections.items():
            self.assertEqual(
                list(matrix[section]),
                [n for n in rows if 'foreign' not in n], section)
        self.assertEqual({n for n, *_ in WIZARDS}, set(wizards()))
        for model in models():
            Model = pool.get(model)
            with self.subTest(model=model):
                self.assertTrue(self.mine.records[model])
                for button in getattr(Model, '_buttons', []):
                    self.assertIn((model, button), PRESSED)
                if not (callable(getattr(Model, 'table_query', None))
                        or issubclass(Model, ModelSingleton)):
                    self.assertIn(model, CREATED)
                self.assertTrue(model in WRITTEN or 'name' in Model._fields
                    or callable(getattr(Model, 'table_query', None)))
        self.assertEqual({n for n, *_ in REPORTS}, set(reports()))

    def test_matrix(self):
        "Each role may what the matrix tells and nothing else"
        matrix = read_matrix()
        for section, rows in self.sections.items():
            with self.subTest(section=section):
                found = {
                    name: {r for r in ROLES if is_allowed(attempt, r)}
                    for name, attempt in rows.items()
                    if 'foreign' not in name}
                self.assertEqual(
                    list(format_section(section, found)),
                    list(format_section(section, matrix[section])))

    def test_completion(self):
        "Whoever may open a wizard may type into all of its fields"
        opened = set()
        for name, *wizard, _ in WIZARDS:
            attempt = run_wizard(self.mine, name, *wizard, [])
            for role in ROLES:
                if (name, role) in opened or not is_allowed(attempt, role):
                    continue
                opened.add((name, role))
                user = self.mine.users[role]
                for model, field, method in wizard_fields(user, name):
                    with self.subTest(
                            wizard=name, role=role, field=field['name']):
                        complete(user, model, field, method, "一")
        self.assertEqual({n for n, _ in opened}, set(wizards()))

    def test_foreign(self):
        "Nobody may anything with the records of another company"
        for section, rows in self.sections.items():
            for name, attempt in rows.items():
                if 'foreign' in name:
                    with self.subTest(section=section, name=name):
                        self.assertEqual(
                            [r for r in ROLES if is_allowed(attempt, r)], [])
