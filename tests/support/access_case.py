# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Each role calls every method of every model as a client would.

What may be is told by access_matrix.txt: a section for each model, the
wizards, the menus and the reports, a row for each attempt and a column for
each role, with x where the role may and - where it is refused.  Attempts on
records of another company are not in it: they are refused to all.
"""

from copy import copy
from pathlib import Path
from unittest.mock import patch

from access import REFUSED, undone
from access_attempts import (
    CREATED, PRESSED, REPORTS, WIZARDS, WRITTEN, NotDone, attempts,
    menu_attempts, models, report_attempts, reports, wizard_attempts, wizards)
from access_mine import ROLES, build
from decisive import Choice
from pictures import picture
from repository import MODULES
from templates import activate_built

from trytond.model import ModelSingleton
from trytond.model.exceptions import ForeignKeyError
from trytond.modules.hazard.exceptions import AcceptanceError, ReportError
from trytond.modules.hazard_appraisal.exceptions import (
    PayoutStaleError, RuleDateError)
from trytond.modules.hazard_report.engine.bundle import picture_page
from trytond.modules.hazard_report.exceptions import PublicationPrintError
from trytond.modules.hazard_report.major import archive
from trytond.pool import Pool
from trytond.report import Report
from trytond.tests.test_tryton import DB_NAME, drop_db
from trytond.transaction import Transaction, TransactionError

MATRIX = Path(__file__).parent / 'access_matrix.txt'
WIDTH = 40


def is_allowed(attempt, role):
    "Try and undo the attempt."
    with undone():
        try:
            attempt(role)
        except (
                *REFUSED, AcceptanceError, NotDone, PublicationPrintError,
                ReportError):
            return False
        except (
                ForeignKeyError, PayoutStaleError, RuleDateError,
                TransactionError):
            # Access is checked before what is used by others, locked, …
            pass
    return True


def is_run(row):
    "Return if this run tries the row: reading is what rules do by SQL"
    name, _ = row
    return Choice.backend != 'postgresql' or name.startswith('read ')


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


class AccessMatrix:
    "The test of the sections that a subclass includes"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build)
        cls.addClassCleanup(drop_db)
        transaction = Transaction().start(DB_NAME, 1)
        cls.addClassCleanup(transaction.stop)
        cls.mine = build()
        cls.remember('res.user', 'get_preferences')
        cls.remember('ir.model', 'get_name_items')
        cls.spare_conversions()
        cls.models = list(filter(cls.includes, models()))
        cls.sections = {
            name: dict(filter(is_run, rows))
            for name, rows in [
                *((m, attempts(cls.mine, m)) for m in cls.models),
                ('wizards', wizard_attempts(cls.mine)),
                ('menus', menu_attempts(cls.mine)),
                ('reports', report_attempts(cls.mine))]
            if cls.includes(name)}

    @classmethod
    def remember(cls, model, method):
        "Compute once what takes most of the time of an attempt."
        Model = Pool(DB_NAME).get(model)
        function = getattr(Model, method)
        known = {}

        def remembered(*args, **kwargs):
            key = Transaction().user, args, tuple(kwargs.items())
            if key not in known:
                known[key] = function(*args, **kwargs)
            return copy(known[key])
        patched = patch.object(Model, method, remembered)
        patched.start()
        cls.addClassCleanup(patched.stop)

    @classmethod
    def spare_conversions(cls):
        "Let nothing be rendered or converted of what only tells who may."
        page = picture_page(picture())
        for target, name, function in [
                (Report, 'render', lambda *_: b''),
                (archive, 'convert', lambda *_: page),
                (archive, 'convert_all',
                    lambda contents, *_: [page for _ in contents]),
                ]:
            patched = patch.object(target, name, function)
            patched.start()
            cls.addClassCleanup(patched.stop)

    def test_complete(self):
        "Every model, button, wizard and menu is in the matrix"
        pool = Pool()
        matrix = read_matrix()
        self.assertEqual(
            list(matrix), [*models(), 'wizards', 'menus', 'reports'])
        self.assertEqual(list(self.sections), list(filter(
                    self.includes, matrix)))
        for section, rows in self.sections.items():
            self.assertEqual(
                [n for n, _ in filter(is_run, matrix[section].items())],
                [n for n in rows if 'foreign' not in n], section)
        self.assertEqual({n for n, *_ in WIZARDS}, set(wizards()))
        for model in self.models:
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
                    list(format_section(section, dict(
                                filter(is_run, matrix[section].items())))))

    def test_foreign(self):
        "Nobody may anything with the records of another company"
        for section, rows in self.sections.items():
            for name, attempt in rows.items():
                if 'foreign' in name:
                    with self.subTest(section=section, name=name):
                        self.assertEqual(
                            [r for r in ROLES if is_allowed(attempt, r)], [])
