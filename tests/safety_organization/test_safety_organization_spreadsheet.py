# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Workbooks that are made to cost more than they are worth."

import io
import time
import unittest
import zipfile
from unittest.mock import patch

import openpyxl

from trytond.modules.safety_base import (
    spreadsheet, spreadsheet_bounds, spreadsheet_format, spreadsheet_process,
    table_rows)
from trytond.modules.safety_base.exceptions import SpreadsheetError
from trytond.modules.safety_base.spreadsheet import (
    Column, read_sheets, write_table)
from trytond.modules.safety_base.table_rows import read_rows

COLUMNS = [Column('name', ["Name"], required=True)]
HEAD = '<row r="1"><c r="A1" t="str"><v>Name</v></c></row>'
ROW = '<row r="2"><c r="A2" t="str"><v>Li</v></c></row>'


def workbook(rows, parts=()):
    "Return a workbook whose only sheet has the rows, and other parts."
    book = openpyxl.Workbook()
    source, target = io.BytesIO(), io.BytesIO()
    book.save(source)
    with zipfile.ZipFile(source) as before, \
            zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name).decode()
            if name == 'xl/worksheets/sheet1.xml':
                text = text.replace(
                    '</sheetData>', f'{rows}</sheetData>')
            after.writestr(name, text)
        for name, text in parts:
            after.writestr(name, text)
    return target.getvalue()


class SpreadsheetTestCase(unittest.TestCase):

    def setUp(self):
        def gettext(message, **variables):
            return message
        for module in [
                spreadsheet, spreadsheet_bounds, spreadsheet_format,
                spreadsheet_process, table_rows]:
            patcher = patch.object(module, 'gettext', gettext)
            patcher.start()
            self.addCleanup(patcher.stop)

    def refuse(self, data, message='bounds'):
        for read in [read_sheets, lambda data: read_rows(data, COLUMNS)]:
            started = time.process_time()
            with self.assertRaises(SpreadsheetError) as refused:
                read(data)
            self.assertEqual(
                refused.exception.message,
                f'safety_base.msg_spreadsheet_{message}')
            self.assertLess(time.process_time() - started, 1)

    def test_row_nowhere(self):
        "A row that Excel does not have is refused at once"
        for number in [
                '2000000000', ' 2000000000', '+1048577', '１０４８５７７']:
            with self.subTest(number=number):
                self.refuse(workbook(
                        HEAD + f'<row r="{number}"><c t="str"><v>x</v></c>'
                        '</row>'))

    def test_last_row(self):
        "A cell in the last row and column costs nothing"
        for cell in [
                '<c r="A1048576" s="0"/>', '<c r="XFD1048576" s="0"/>',
                '<c r="XFD1048576" t="str"><v>x</v></c>']:
            data = workbook(
                HEAD + ROW + f'<row r="1048576">{cell}</row>')
            started = time.process_time()
            self.assertEqual(
                read_rows(data, COLUMNS).rows,
                [(2, {'name': "Li"}, "Sheet")])
            sheet, = read_sheets(data)
            self.assertEqual(sheet.rows, {1: {1: "Name"}, 2: {1: "Li"}})
            self.assertLess(time.process_time() - started, 1)

    def test_cells(self):
        "Neither a row nor the whole workbook may have any number of cells"
        self.refuse(workbook(HEAD + f'<row r="2">{"<c/>" * 50_000}</row>'))
        with patch.object(spreadsheet_bounds, 'ELEMENTS_MAX', 1000):
            self.refuse(workbook(HEAD + '<row/>' * 1000))
            self.refuse(workbook(HEAD + ROW, [
                        ('xl/other.xml', f'<a>{"<b/>" * 1000}</a>')]))

    def test_expanded(self):
        "What grows when it is unpacked is refused before"
        with patch.object(spreadsheet_bounds, 'EXPANDED_MAX', 100_000):
            self.refuse(workbook(HEAD + ROW + ' ' * 100_000))

    def test_entities(self):
        "Entities are refused"
        self.refuse(workbook(HEAD + ROW, [
                    ('xl/other.xml', '<!DOCTYPE a [<!ENTITY b "c">]><a/>')]))

    def test_title(self):
        "The name of a sheet neither begins nor ends with an apostrophe"
        data = write_table(COLUMNS, title="'Shift'")
        self.assertEqual(
            openpyxl.load_workbook(io.BytesIO(data)).sheetnames, ["Shift"])
