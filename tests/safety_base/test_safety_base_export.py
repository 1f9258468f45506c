# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Exports, which spreadsheets must not take for formulas."

import csv
import io
import unittest

from mine import build_mine, new_hazard

from trytond.modules.safety_base.guard.export import neutralize, restore
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction

FORMULAS = [
    "=cmd|' /C calc'!A0", '+1+cmd', '-1+cmd|x', '@SUM(1)', '\t=1', '\r=1',
    '-', '+', '-1-2', '+86-138', '-1\n=2', '\n=1',
    '＝1+1', '＠SUM(1)', '＋1＋cmd', '－1－2', "'=1", "''=1", "'＝1", "'-x"]
HARMLESS = [
    '', '风门', 'a=b', '1', '-1', '-1.5', '-1,234.50', '+86 138 1234 5678',
    "'", "'quoted'", "'-5", '＋8６ 138', '－1', -5, 1.5, None, True, b'=1']


class ExportTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard')

    def test_values(self):
        "Only texts that begin like a formula change, and not for good"
        for text in FORMULAS:
            with self.subTest(text=text):
                self.assertEqual(neutralize(text), f"'{text}")
                self.assertEqual(restore(f"'{text}"), text)
        for value in HARMLESS:
            with self.subTest(value=value):
                self.assertIs(neutralize(value), value)
                self.assertIs(restore(value), value)

    @with_transaction()
    def test_export(self):
        "The export of each model is neutralized, with what relations lead to"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Party = pool.get('party.party')
        mine = build_mine()
        hazard = new_hazard(mine, description="=HYPERLINK(1)")
        hazard.save()
        self.assertEqual(
            Hazard.export_data_domain([], ['description'], header=False),
            [["'=HYPERLINK(1)"]])
        party = mine.employees.reporter.party
        Party.write([party], {'name': "@SUM(1)"})
        row, = Hazard.export_data(
            [hazard], ['found_by/party/name', 'company/rec_name'])
        self.assertEqual(row[0], "'@SUM(1)")
        file = io.StringIO()
        csv.writer(file).writerow(row)
        self.assertFalse(file.getvalue().startswith('@'))

    @with_transaction()
    def test_import(self):
        "What was exported is imported as it was"
        pool = Pool()
        Party = pool.get('party.party')
        for name in ["=1+1", "'=1+1", "''＝1", "'quoted'"]:
            party = Party(name=name)
            party.save()
            row, = Party.export_data([party], ['name'])
            Party.import_data(['id', 'name'], [[party.id, *row]])
            self.assertEqual(Party(party.id).name, name)
