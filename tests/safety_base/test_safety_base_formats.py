# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Files of tables that are no .xlsx: what is read, refused, and what it costs."

import datetime as dt
import io
import resource
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import openpyxl
import xlwt
from file_formats import archive, ods, ods_of, text_file, xls

from trytond.modules.safety_base import (
    spreadsheet, spreadsheet_bounds, spreadsheet_format, spreadsheet_process)
from trytond.modules.safety_base.exceptions import SpreadsheetError
from trytond.modules.safety_base.spreadsheet import COLUMNS_MAX, read_sheets
from trytond.modules.safety_base.spreadsheet_bounds import SIZE_MAX

ROWS = [["日期", "隐患"], ["2026.5.1", "风门；关不严,\n\"坏\""]]
CELLS = {r: dict(enumerate(v, 1)) for r, v in enumerate(ROWS, 1)}
OLE = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'


class FormatTestCase(unittest.TestCase):

    def setUp(self):
        def gettext(message, **variables):
            return message
        for module in [
                spreadsheet, spreadsheet_bounds, spreadsheet_format,
                spreadsheet_process]:
            patcher = patch.object(module, 'gettext', gettext)
            patcher.start()
            self.addCleanup(patcher.stop)

    def refuse(self, data, message):
        with self.assertRaises(SpreadsheetError) as refused:
            read_sheets(data)
        self.assertEqual(
            refused.exception.message,
            f'safety_base.msg_spreadsheet_{message}')

    def test_xls(self):
        "The visible sheets of an old workbook, with dates and merged cells"
        day = dt.datetime(2026, 5, 1)
        sheet, = read_sheets(xls(
                ("台账", ["", "日期", None], [], [True, day, 12.5, 3.0]),
                ("藏", ["x"]), merged=[(1, 1, 2, 3)], hidden={"藏"}))
        self.assertEqual(sheet.name, "台账")
        self.assertEqual(sheet.rows, {
                1: {2: "日期"}, 3: {1: True, 2: day, 3: 12.5, 4: 3}})
        self.assertEqual(sheet.merged, [[1, 1, 2, 3]])

    def test_first_cell(self):
        "Rows and columns are counted from the first, not from what is filled"
        book = xlwt.Workbook()
        book.add_sheet("a").write(7, 2, "x")
        output = io.BytesIO()
        book.save(output)
        sheet, = read_sheets(output.getvalue())
        self.assertEqual(sheet.rows, {8: {3: "x"}})

    def test_times(self):
        "Times of the day and spans are what openpyxl reads"
        book = xlwt.Workbook()
        sheet = book.add_sheet("a")
        sheet.write(0, 0, dt.time(12, 30), xlwt.easyxf(
                num_format_str='HH:MM'))
        sheet.write(0, 1, 1.5, xlwt.easyxf(num_format_str='[HH]:MM'))
        output = io.BytesIO()
        book.save(output)
        sheet, = read_sheets(output.getvalue())
        self.assertEqual(
            sheet.rows, {1: {1: dt.time(12, 30), 2: dt.timedelta(hours=36)}})

    def test_ods(self):
        sheet, = read_sheets(ods([["a", "b"], ["c", "d"]]))
        self.assertEqual(
            sheet.rows, {1: {1: "a", 2: "b"}, 2: {1: "c", 2: "d"}})

    def test_text(self):
        "Encodings and what sets the columns apart are found"
        for encoding in ['utf-8', 'utf-8-sig', 'gb18030', 'utf-16']:
            for delimiter in ',;\t':
                with self.subTest(encoding=encoding, delimiter=delimiter):
                    sheet, = read_sheets(text_file(ROWS, encoding, delimiter))
                    self.assertEqual(sheet.rows, CELLS)

    def test_delimiter(self):
        "Commas in the texts do not set apart what tabs do"
        rows = [["a", "b"], *[[f"{', x' * n}", "c"] for n in range(9)]]
        data = '\n'.join('\t'.join(r) for r in rows).encode()
        sheet, = read_sheets(data)
        self.assertEqual(sheet.rows[9], {1: ', x' * 7, 2: "c"})

    def test_kept_as_text(self):
        "What exports write to keep leading zeros is taken off"
        sheet, = read_sheets(b'a,b\r\n"=""0012""",=1+1\r\n')
        self.assertEqual(sheet.rows[2], {1: "0012", 2: "=1+1"})

    def test_name_tells_nothing(self):
        "A workbook is told by what is in it"
        output = io.BytesIO()
        openpyxl.Workbook().save(output)
        with patch.object(spreadsheet, 'read_lines') as read_lines:
            read_sheets(output.getvalue())
            read_lines.assert_not_called()

    def test_document(self):
        "Documents are refused with what to do"
        stream = 'WordDocument'.encode('utf-16-le') + b'\0\0'
        for data in [
                b'%PDF-1.7\n', b'{\\rtf1', OLE + stream,
                archive({'word/document.xml': '<a/>'}),
                archive({
                        'mimetype':
                        'application/vnd.oasis.opendocument.text'})]:
            with self.subTest(data=data[:9]):
                self.refuse(data, 'document')

    def test_no_table(self):
        "What is no table at all is refused"
        stream = 'Workbook'.encode('utf-16-le') + b'\0\0'
        for data in [
                b'', b' \n', OLE, OLE + stream, b'PK\x03\x04',
                archive({'a': 'b'}), bytes(range(256)) * 9,
                b'\x89PNG\r\n\x1a\n\0', b'\xef\xbb\xbf\n<html><table>',
                b'a,\xff\xff', b'a,"' + b'x' * 40_000]:
            with self.subTest(data=data[:9]):
                self.refuse(data, 'format')

    def test_password(self):
        self.refuse(
            OLE + 'EncryptedPackage'.encode('utf-16-le') + b'\0\0',
            'password')

    def test_bounds(self):
        "Rows, columns and the file are bounded as those of .xlsx are"
        with patch.object(spreadsheet, 'ROWS_MAX', 3):
            for data in [
                    xls(("a", *[["x"]] * 4)), text_file([["x", "y"]] * 4),
                    ods([["x"]] * 4)]:
                with self.subTest(data=data[:9]):
                    self.refuse(data, 'rows')
            self.assertEqual(
                len(read_sheets(text_file([["x", "y"]] * 3))[0].rows), 3)
        for data in [xls(("a", ["x"] * 150)), text_file([["x"] * 150])]:
            self.assertEqual(
                max(read_sheets(data)[0].rows[1]), COLUMNS_MAX)
        with patch.object(spreadsheet, 'MERGED_MAX', 1):
            self.refuse(
                xls(("a", ["x"]), merged=[(2, 3, 1, 1), (4, 5, 1, 1)]),
                'bounds')
        self.refuse(b'a' * (SIZE_MAX + 1), 'size')

    def test_hostile(self):
        "What grows beyond all bounds costs the server nothing"
        cells = (
            '<table:table-row table:number-rows-repeated="1000000">'
            '<table:table-cell office:value-type="string" '
            'table:number-columns-repeated="100">'
            '<text:p>x</text:p></table:table-cell></table:table-row>')
        corner = xlwt.Workbook()
        corner.add_sheet("a").write(0, 0, "x")
        corner.get_sheet(0).write(65535, 255, "x")
        output = io.BytesIO()
        corner.save(output)
        for data in [
                ods_of(cells), output.getvalue(),
                xls(("a", *[["x" * 32_000] * 5] * 9_000))]:
            with self.subTest(data=data[:9], size=len(data)):
                before, started = _peak(), time.process_time()
                self.refuse(data, 'bounds')
                self.assertLess(time.process_time() - started, 1)
                self.assertLess(_peak() - before, 64 * 1024)

    def test_time(self):
        "What takes too long is given up, by either clock"
        for name in ['WAIT_MAX', 'SECONDS_MAX']:
            with self.subTest(name=name), \
                    patch.object(spreadsheet_process, name, 0):
                self.refuse(text_file([["x", "y"]] * 900_000), 'bounds')

    def test_environment(self):
        "Nothing that the server knows is passed on"
        with patch.object(
                spreadsheet_process.subprocess, 'run',
                wraps=spreadsheet_process.subprocess.run) as run:
            read_sheets(text_file(ROWS))
        self.assertEqual(run.call_args.kwargs['env'], {})

    def test_turns(self):
        "One file is read after the other, and not too many wait"
        run, running, most = spreadsheet_process.subprocess.run, [], []

        def count(*args, **kwargs):
            running.append(None)
            most.append(len(running))
            try:
                return run(*args, **kwargs)
            finally:
                running.pop()

        with patch.object(spreadsheet_process.subprocess, 'run', count), \
                ThreadPoolExecutor(4) as executor:
            for sheet, in executor.map(read_sheets, [text_file(ROWS)] * 4):
                self.assertEqual(sheet.rows, CELLS)
        self.assertEqual(most, [1] * 4)
        with spreadsheet_process.READERS, \
                patch.object(spreadsheet_process, 'TURN_MAX', .01):
            self.refuse(text_file(ROWS), 'busy')
        self.assertTrue(read_sheets(text_file(ROWS)))


def _peak():
    "Return the most memory of this process until now, in kilobytes."
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
