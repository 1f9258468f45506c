# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is left out on PostgreSQL is known to be decided elsewhere"

import ast
import unittest
from collections import defaultdict

from decisive import read_traced
from own_sql import ROOT, find


class DecisiveTestCase(unittest.TestCase):

    def test_files(self):
        "Each file that writes SQL was traced"
        _, files = read_traced()
        self.assertEqual(
            {f.path for f in find()} - files, set(),
            "Trace anew, see testing.rst, or name the file in traced.json "
            "once tests of it run on both")

    def test_tests(self):
        "Only what there is is left out"
        tests, _ = read_traced()
        names = defaultdict(set)
        for test in tests:
            names[test.split('::')[0]].add(test.split('::')[-1])
        for path, left in names.items():
            with self.subTest(path=path):
                tree = ast.parse((ROOT / path).read_text())
                self.assertLessEqual(left, {
                        n.name for n in ast.walk(tree)
                        if isinstance(n, ast.FunctionDef)})
