# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import subprocess
import sys
import tempfile
import tomllib
import unittest
import zipfile
from pathlib import Path

from repository import DIRECTORIES, ROOT


class PackagingTestCase(unittest.TestCase):

    def test_packages(self):
        "The packages listed are the modules and their rooms"
        listed = tomllib.loads(
            (ROOT / 'pyproject.toml').read_text())['tool']['setuptools'][
                'packages']
        wanted = {
            '.'.join(['trytond', 'modules', name, *path.parent.relative_to(
                directory).parts])
            for name, directory in DIRECTORIES.items()
            for path in directory.rglob('__init__.py')}
        self.assertEqual(sorted(listed), sorted(wanted))

    def test_wheel(self):
        "A wheel carries every file of the modules"
        with tempfile.TemporaryDirectory() as directory:
            source = Path(directory) / 'source'
            subprocess.run(
                ['git', 'clone', '--quiet', ROOT, source], check=True)
            subprocess.run(
                [sys.executable, '-m', 'pip', 'wheel', '--quiet', '--no-deps',
                    '--wheel-dir', directory, source], check=True)
            wheel, = Path(directory).glob('*.whl')
            carried = set(zipfile.ZipFile(wheel).namelist())
            wanted = set()
            for name, directory in DIRECTORIES.items():
                directory = source / directory.relative_to(ROOT)
                wanted |= {
                    f'trytond/modules/{name}/{path.relative_to(directory)}'
                    for path in directory.rglob('*') if path.is_file()}
        self.assertTrue(wanted)
        self.assertEqual(wanted - carried, set())
