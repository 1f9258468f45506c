# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is left out on PostgreSQL is known to be decided elsewhere"

import ast
import unittest
from pathlib import Path

from decisive import read_traced
from own_sql import find

TESTS = Path(__file__).parent


class DecisiveTestCase(unittest.TestCase):

    def test_files(self):
        "Each file that writes SQL was traced"
        _, files = read_traced()
        self.assertEqual(
            {f.path for f in find()} - set(files), set(),
            "Trace anew, see testing.rst, or name the file in traced.json "
            "once tests of it run on both")

    def test_tests(self):
        "Only what there is is left out"
        tests, _ = read_traced()
        for path, names in tests.items():
            with self.subTest(path=path):
                self.assertTrue((TESTS / path).exists())
                tree = ast.parse((TESTS / path).read_text())
                defined = {
                    n.name for n in ast.walk(tree)
                    if isinstance(n, ast.FunctionDef)}
                self.assertLessEqual(
                    {n.rpartition('.')[2] for n in names}, defined)
