# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import ast
import subprocess
import unittest
from collections import defaultdict
from configparser import ConfigParser
from itertools import chain
from runpy import run_path
from xml.etree import ElementTree

from decisive import LONGEST, ONCE
from repository import DIRECTORIES, ROOT

MODULES = sorted(DIRECTORIES.values())
FUNCTION, COLUMNS = 60, 79
HEADER = [
    '# This file is part of the Tryton hazard suite.  The COPYRIGHT file at '
    'the top',
    '# level of this repository contains the full copyright notices.']
# A test file is read from the case that failed, a module as a whole.
LINES = {'tests': 900}


def sources(*suffixes):
    names = subprocess.run(
        ['git', 'ls-files', '-z'], cwd=ROOT, check=True, text=True,
        capture_output=True).stdout.split('\0')
    return [ROOT / name for name in names if name.endswith(suffixes)]


def functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node.end_lineno - node.lineno + 1


def rooms(directory):
    "Yield the directory of a module and those that it includes."
    yield directory
    config = ConfigParser()
    config.read(directory / 'tryton.cfg')
    for name in config.get('tryton', 'include_dirs', fallback='').split():
        yield from rooms(directory / name)


def data_files(module):
    return [
        path for path in module.rglob('*.xml') if path.parent.name != 'view']


class StyleTestCase(unittest.TestCase):

    def test_header(self):
        for path in sources('.py'):
            with self.subTest(path=path):
                self.assertEqual(
                    [line for line in path.read_text().splitlines()
                        if not line.startswith('#!')][:2], HEADER)

    def test_file_length(self):
        for path in sources('.py'):
            with self.subTest(path=path):
                self.assertLessEqual(
                    len(path.read_text().splitlines()),
                    LINES.get(path.relative_to(ROOT).parts[0], 600))

    def test_function_length(self):
        for path in sources('.py'):
            for name, length in functions(path):
                with self.subTest(path=path, name=name):
                    self.assertLessEqual(length, FUNCTION)

    def test_scenario_width(self):
        for path in sources('.rst'):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                with self.subTest(path=path, line=number):
                    self.assertLessEqual(len(line), COLUMNS)

    def test_no_unfinished_work(self):
        words = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X']
        for path in sources('.py', '.xml', '.rst', '.sh'):
            text = path.read_text()
            for word in words:
                with self.subTest(path=path, word=word):
                    self.assertNotIn(word, text)


class ExtensionTestCase(unittest.TestCase):

    def test_page(self):
        "The page of extensions is what script/extensions.py writes"
        page = run_path(str(ROOT / 'script' / 'extensions.py'))
        self.assertEqual(page['PAGE'].read_text(), page['get_page']())


class DecisiveTestCase(unittest.TestCase):

    def test_files(self):
        "What is left out, and what begins first, is there"
        names = {path.stem for path in ROOT.glob('tests/**/test_*.py')}
        self.assertLessEqual({*LONGEST, *chain(*ONCE.values())}, names)

    def test_no_database(self):
        "What is left out for want of a database has none"
        for name in ONCE["no database"]:
            with self.subTest(name=name):
                path, = ROOT.glob(f'tests/**/{name}.py')
                self.assertNotRegex(path.read_text(), r'activate_\w+\(')


class RegistrationTestCase(unittest.TestCase):

    def test_data_files(self):
        "Each XML file stands in tryton.cfg and each that stands there is"
        for module in MODULES:
            listed = set()
            for room in rooms(module):
                config = ConfigParser()
                config.read(room / 'tryton.cfg')
                listed |= {
                    room / name for name in config.get(
                        'tryton', 'xml', fallback='').split()}
            with self.subTest(module=module.name):
                self.assertEqual(listed, set(data_files(module)))

    def test_rooms(self):
        "Each package of a module is among its include_dirs"
        for module in MODULES:
            with self.subTest(module=module.name):
                self.assertEqual(
                    set(rooms(module)),
                    {path.parent for path in module.rglob('__init__.py')})

    def test_views(self):
        "Each view file is the arch of a record and each record has its file"
        for module in MODULES:
            registered = set()
            for path in data_files(module):
                for record in ElementTree.parse(path).iter('record'):
                    if record.get('model') == 'ir.ui.view':
                        registered |= {
                            field.text for field in record.iter('field')
                            if field.get('name') == 'name'}
            with self.subTest(module=module.name):
                self.assertEqual(
                    registered,
                    {path.stem for path in module.glob('view/*.xml')})

    def test_menus(self):
        "The order of menus is told by their sequences alone"
        sequences = defaultdict(list)
        for name, module in DIRECTORIES.items():
            for path in data_files(module):
                for menu in ElementTree.parse(path).iter('menuitem'):
                    parent = menu.get('parent', '')
                    if parent and '.' not in parent:
                        parent = f'{name}.{parent}'
                    sequences[parent, menu.get('sequence')].append(
                        menu.get('id'))
        for (parent, sequence), menus in sequences.items():
            with self.subTest(parent=parent, menus=menus):
                self.assertIsNotNone(sequence)
                self.assertEqual(len(menus), 1)

    def test_icons(self):
        for module in MODULES:
            registered = set()
            for path in data_files(module):
                for record in ElementTree.parse(path).iter('record'):
                    if record.get('model') == 'ir.ui.icon':
                        registered |= {
                            field.text for field in record.iter('field')
                            if field.get('name') == 'path'}
            with self.subTest(module=module.name):
                self.assertEqual(
                    registered,
                    {f'icons/{path.name}'
                        for path in module.glob('icons/*.svg')})
