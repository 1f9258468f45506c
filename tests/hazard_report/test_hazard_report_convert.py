# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import os
import subprocess
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from repository import MODULES

import trytond.config as config
from trytond.modules.hazard_report.engine import convert as convert_module
from trytond.modules.hazard_report.engine.convert import (
    FONTS, convert, converting_queued)
from trytond.modules.hazard_report.engine.template import Template
from trytond.modules.hazard_report.exceptions import (
    ConversionBusyError, ConversionError, OfficeMissingError)
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction

TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document
    xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
    xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
    xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    office:version="1.3"
    office:mimetype="application/vnd.oasis.opendocument.text">
    <office:automatic-styles>
        <style:style style:name="First" style:family="paragraph"
            style:parent-style-name="Official_20_Text"
            style:master-page-name="Official"/>
    </office:automatic-styles>
    <office:body>
        <office:text>
            <text:p text:style-name="First">直令误遍关骨述</text:p>
            <text:p text:style-name="Official_20_Title">通知</text:p>
            <text:p text:style-name="Official_20_Heading">要求</text:p>
            <text:p text:style-name="Cell_20_Text">地点</text:p>
        </office:text>
    </office:body>
</office:document>
"""


def document():
    template = Template(TEXT.encode())
    return template.generate(
        company=None, page_words=['', '', '']).render().getvalue()


def temporary():
    return set(Path(tempfile.gettempdir()).glob('hazard-convert-*'))


class ConvertTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module(MODULES)
        if not config.has_section('hazard_report'):
            config.add_section('hazard_report')

    def setUp(self):
        super().setUp()
        # Other workers convert at the same time.
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        patcher = patch.object(tempfile, 'tempdir', directory.name)
        patcher.start()
        self.addCleanup(patcher.stop)

    def set_office(self, command):
        config.set('hazard_report', 'office', command)
        self.addCleanup(config.set, 'hazard_report', 'office', '')

    def office(self, body):
        "Use a script instead of LibreOffice."
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        path = Path(directory.name) / 'office'
        path.write_text(f'#!/bin/sh\n{body}\n')
        path.chmod(0o755)
        self.set_office(str(path))
        return path

    @with_transaction()
    def test_pdf(self):
        "A PDF has the fonts named or their stand-ins and leaves nothing"
        before = temporary()
        content = convert(document(), 'odt', 'pdf')
        self.assertTrue(content.startswith(b'%PDF'))
        self.assertEqual(temporary(), before)
        fonts = subprocess.run(
            ['pdffonts', '-'], input=content, stdout=subprocess.PIPE,
            check=True).stdout.decode()
        for name in ['LXGWWenKai', 'SerifCJK', 'SansCJK']:
            self.assertIn(name, fonts)
        text = subprocess.run(
            ['pdftotext', '-', '-'], input=content, stdout=subprocess.PIPE,
            check=True).stdout.decode()
        self.assertIn("直令误遍关骨述", text)

    @contextmanager
    def converting(self, user):
        "Let the user convert until the block ends."
        with Transaction().set_user(user), convert_module.place():
            yield

    @with_transaction()
    def test_places(self):
        "Only some requests convert at once, and each user once"
        self.office('exit 1')
        with self.converting(2):
            with Transaction().set_user(2):
                with self.assertRaises(ConversionBusyError):
                    convert(b'', 'odt', 'pdf')
            with self.converting(3), Transaction().set_user(4):
                with self.assertRaises(ConversionBusyError):
                    convert(b'', 'odt', 'pdf')
                with patch.object(config, 'getboolean', return_value=True), \
                        converting_queued():
                    with self.assertRaisesRegex(ConversionError, 'Try again'):
                        convert(b'', 'odt', 'pdf')
        for _ in range(3):
            with self.assertRaisesRegex(ConversionError, 'Try again'):
                convert(b'', 'odt', 'pdf')

    @with_transaction()
    def test_times(self):
        "Who waits for a document waits shorter than the queue"
        self.assertEqual(convert_module._timeout(), 60)
        with patch.object(config, 'getboolean', return_value=True), \
                converting_queued():
            self.assertEqual(convert_module._timeout(), 300)
        # Without worker the queue is run in the requests.
        with converting_queued():
            self.assertEqual(convert_module._timeout(), 60)

    def test_fonts(self):
        "The names of the fonts lead to those installed"
        for name, family in [
                ("仿宋", "LXGW WenKai"), ("楷体", "LXGW WenKai"),
                ("宋体", "Noto Serif CJK SC"),
                ("方正小标宋简体", "Noto Serif CJK SC"),
                ("黑体", "Noto Sans CJK SC")]:
            matched = subprocess.run(
                ['fc-match', '-f', '%{family}', name], check=True,
                stdout=subprocess.PIPE,
                env={**os.environ, 'FONTCONFIG_FILE': str(FONTS)}).stdout
            self.assertIn(family, matched.decode())

    def test_two_at_once(self):
        content = document()
        with ThreadPoolExecutor(2) as executor:
            results = list(executor.map(
                    lambda _: convert(content, 'odt', 'pdf'), range(2)))
        self.assertTrue(all(r.startswith(b'%PDF') for r in results))

    @with_transaction()
    def test_missing(self):
        self.set_office('/nowhere/soffice')
        with self.assertRaisesRegex(OfficeMissingError, 'libreoffice'):
            convert(document(), 'odt', 'pdf')

    @with_transaction()
    def test_failure(self):
        self.office('exit 1')
        with self.assertRaises(ConversionError):
            convert(document(), 'odt', 'pdf')
        # LibreOffice also succeeds without doing anything.
        self.office('exit 0')
        with self.assertRaises(ConversionError):
            convert(document(), 'odt', 'pdf')

    @with_transaction()
    def test_timeout(self):
        "What takes too long is ended with all that it started"
        path = self.office(
            'sleep 600 &\necho $! > "$(dirname "$0")/pid"\nwait')
        before = temporary()
        with self.assertRaisesRegex(ConversionError, '1 second'):
            convert(document(), 'odt', 'pdf', timeout=1)
        pid = (path.parent / 'pid').read_text().strip()
        for _ in range(100):
            stat = Path(f'/proc/{pid}/stat')
            if not stat.exists() or ') Z ' in stat.read_text():
                break
            time.sleep(.05)
        else:
            self.fail(f"process {pid} still runs")
        self.assertEqual(temporary(), before)
