# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The pay-out sheet shows what each member is due and what it comes to."

import datetime as dt
import io
import unittest
from decimal import Decimal

from documents import build_printed_mine, print_as, read_sheets
from openpyxl import load_workbook
from points import JANUARY, build_appraisal, close_quarter
from repository import MODULES
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

REPORT = 'appraisal.payout.sheet'


class PayoutSheetTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_printed_mine)

    def build(self):
        pool = Pool()
        Member = pool.get('safety.member')
        Payout = pool.get('appraisal.payout')
        built = build_appraisal(
            build_printed_mine(), start=JANUARY, end=dt.date(2026, 3, 31))
        Member.write([built.members.ann], {'allowance': Decimal(1200)})
        payout, = Payout.create([{
                    'company': built.company.id,
                    'period': close_quarter(built.company).id,
                    'kind': built.members.ann.kind.id,
                    'budget': Decimal(5000)}])
        Payout.compute([payout])
        return built, payout

    @with_transaction()
    def test_rows(self):
        "A row for each member, the total in figures and in capitals"
        built, payout = self.build()
        extension, content = print_as(
            built.users.union, REPORT, [payout], format='ods')
        self.assertEqual(extension, 'ods')
        rows, = read_sheets(content).values()
        text = [' '.join(row) for row in rows]
        self.assertIn('Quarter 1/2026', text[0])
        ann, = [row for row in rows if 'Ann' in row]
        self.assertEqual(ann[1:3], ['Ventilation', 'Ann'])
        self.assertIn('1.00', ann)
        self.assertTrue(any('\N{CJK UNIFIED IDEOGRAPH-53C1}' in t
                for t in text), text)

    @with_transaction()
    def test_excel(self):
        "Amounts stay numbers in Excel"
        built, payout = self.build()
        _, content = print_as(
            built.users.admin, REPORT, [payout], format='xlsx')
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        values = {c.value for row in sheet.iter_rows() for c in row}
        self.assertIn(3600, values)

    @with_transaction()
    def test_access(self):
        "Neither members nor other departments print it"
        built, payout = self.build()
        for user in [built.users.ann, built.users.youth]:
            with self.subTest(user=user.login), \
                    self.assertRaises(AccessError):
                print_as(user, REPORT, [payout], format='ods')
