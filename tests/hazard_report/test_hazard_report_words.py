# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest
from decimal import Decimal

from trytond.modules.hazard_report.engine.capital_amount import capital_amount


class CapitalAmountTestCase(unittest.TestCase):

    def test_amounts(self):
        for value, text in [
                ('0', "零元整"),
                ('0.05', "伍分"),
                ('0.50', "伍角整"),
                ('1', "壹元整"),
                ('10', "壹拾元整"),
                ('100', "壹佰元整"),
                ('1005', "壹仟零伍元整"),
                ('1050', "壹仟零伍拾元整"),
                ('1200.5', "壹仟贰佰元伍角整"),
                ('1200.05', "壹仟贰佰元零伍分"),
                ('1409.50', "壹仟肆佰零玖元伍角整"),
                ('6007.14', "陆仟零柒元壹角肆分"),
                ('10000', "壹万元整"),
                ('107000.53', "壹拾万柒仟元伍角叁分"),
                ('10010000', "壹仟零壹万元整"),
                ('100000001', "壹亿零壹元整"),
                ('100005000', "壹亿零伍仟元整"),
                ('120000000', "壹亿贰仟万元整"),
                ('-3.14', "负叁元壹角肆分"),
                ]:
            with self.subTest(value=value):
                self.assertEqual(capital_amount(Decimal(value)), text)

    def test_rounding(self):
        self.assertEqual(capital_amount(Decimal('1.005')), "壹元零壹分")
        self.assertEqual(capital_amount(3), "叁元整")

    def test_nothing(self):
        self.assertEqual(capital_amount(None), '')

    def test_too_large(self):
        self.assertTrue(capital_amount(Decimal('999999999999.99')))
        with self.assertRaises(ValueError):
            capital_amount(10 ** 12)
