# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The READMEs in English and Chinese say the same, and what is true."

import re
import unittest
from pathlib import Path

from demo.instance import MODULES
from demo.logins import LOGINS

ROOT = Path(__file__).parent.parent
CODE = re.compile(r'`[^`]+`')
# What is told one after the other, by the commas of each language
PARTS = re.compile(r'[,、]')


def read(name):
    return (ROOT / name).read_text(encoding='utf-8')


def get_tables(text):
    "Return the rows of cells of each table."
    tables = re.findall(r'(?:^\|.*\n)+', text, re.MULTILINE)
    return [
        [re.split(r'\s*\|\s*', row.strip().strip('|').strip())
            for row in table.splitlines()]
        for table in tables]


def get_code(row):
    "Return the code in the row, which calls a directory by its language."
    return CODE.findall(' '.join(row).replace(" 目录", " DIRECTORY"))


class ReadmeTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.english, cls.chinese = read('README.md'), read('README.zh_CN.md')

    def test_tables(self):
        "The tables have the same rows, which name the same code"
        tables = get_tables(self.english), get_tables(self.chinese)
        self.assertEqual(*map(len, tables))
        for english, chinese in zip(*tables, strict=True):
            self.assertEqual(len(english), len(chinese))
            for rows in zip(english, chinese, strict=True):
                with self.subTest(row=rows[0]):
                    self.assertEqual(*map(len, rows))
                    self.assertEqual(*map(get_code, rows))

    def test_documents(self):
        "Each document to print is named in both"
        counts = {
            len(PARTS.split(row[1]))
            for text in [self.english, self.chinese]
            for table in get_tables(text) for row in table
            if row[0] == '`hazard_report`'}
        self.assertEqual(len(counts), 1, counts)

    def test_commands(self):
        "The commands are the same"
        commands = [
            [re.sub(r'<.*?>', '<>', c)
                for c in re.findall(r'^    (\S.*)$', text, re.MULTILINE)
                if not re.match(r'\w+/  ', c)]
            for text in [self.english, self.chinese]]
        self.assertEqual(*commands)

    def test_headings(self):
        "The chapters are the same"
        self.assertEqual(*(
                re.findall(r'^(#+) ', text, re.MULTILINE)
                for text in [self.english, self.chinese]))

    def test_modules(self):
        "All modules are told"
        rows = {row[0] for table in get_tables(self.english) for row in table}
        self.assertLessEqual({f'`{m}`' for m in MODULES}, rows)

    def test_logins(self):
        "All logins of the demonstration are told"
        rows = ' '.join(
            row[0] for table in get_tables(self.english) for row in table)
        for login in LOGINS:
            with self.subTest(login=login.login):
                self.assertIn(f'`{login.login}`', rows)

    def test_links(self):
        "Each file that is linked is there"
        for text in [self.english, self.chinese]:
            for link in re.findall(r'\]\(([^)#:]+)\)', text):
                with self.subTest(link=link):
                    self.assertTrue((ROOT / link).exists())
