# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Where the heads of old ledgers are found, whatever stands around them."

import unittest

import openpyxl
from ledger_tools import save

from trytond.modules.safety_base.exceptions import SpreadsheetError
from trytond.modules.safety_base.spreadsheet import (
    ROWS_MAX, CellError, read_sheets)
from trytond.modules.safety_base.spreadsheet_bounds import SIZE_MAX
from trytond.modules.safety_base.table_heads import (
    fill_merged, find_table, propose, read_table, signature)
from trytond.tests.test_tryton import activate_module, with_transaction

NAMES = {
    '隐患内容': 'description', '检查日期': 'found_at', '地点': 'place',
    '整改措施': 'measures', '期限': 'deadline', '复查时间': 'checked_at',
    '时间': 'found_at', '级别': 'grade', '责任单位': 'unit'}


def sheets(*tables):
    "Return the sheets of a workbook with the rows and merged ranges."
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows, merged in tables:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        for range_ in merged:
            sheet.merge_cells(range_)
    result = read_sheets(save(book))
    for sheet in result:
        fill_merged(sheet)
    return result


class LedgerTableTestCase(unittest.TestCase):

    def find(self, rows, merged=()):
        sheet, = sheets((rows, merged))
        return find_table(sheet, NAMES)

    def test_first_row(self):
        table = self.find([['地点', '隐患内容'], ['井口', '结冰']])
        self.assertEqual((table.first, table.last), (1, 1))
        self.assertEqual(propose(table, NAMES, {}), {
                '地点': 'place', '隐患内容': 'description'})
        self.assertEqual(list(table.rows()), [(2, {1: '井口', 2: '结冰'})])

    def test_titles(self):
        "Titles and notes stand above the heads"
        table = self.find([
                ['隐患排查治理台账'], [], ['单位：一号井', None, '2025年'],
                ['检查日期', '地点', '隐患内容', '备注'],
                ['2025.7.17', '井口', '结冰', None]], ['A1:D1'])
        self.assertEqual((table.first, table.last), (4, 4))
        self.assertEqual(
            [c.head for c in table.columns],
            ['检查日期', '地点', '隐患内容', '备注'])

    def test_two_rows(self):
        "Heads of two rows are read together"
        table = self.find([
                ['隐患排查治理台账'],
                ['序号', '地点', '隐患内容', '整改', None, '复查', None],
                [None, None, None, '措施', '期限', '时间', '人员'],
                [1, '井口', '结冰', '除冰', '2025.7.18', '2025.7.18', '张三']],
            ['A1:G1', 'A2:A3', 'B2:B3', 'C2:C3', 'D2:E2', 'F2:G2'])
        self.assertEqual((table.first, table.last), (2, 3))
        self.assertEqual(propose(table, NAMES, {}), {
                '地点': 'place', '隐患内容': 'description',
                '整改 / 措施': 'measures', '整改 / 期限': 'deadline',
                '复查 / 时间': 'checked_at'})
        self.assertEqual([n for n, _ in table.rows()], [4])

    def test_group(self):
        "A head over several columns groups the heads below it"
        for merged in [['D1:E1'], ['D1:E1', 'A1:A2', 'B1:B2', 'C1:C2']]:
            with self.subTest(merged=merged):
                table = self.find([
                        ['检查日期', '地点', '隐患内容', '责任单位', None],
                        [None, None, None, '矿方', '施工方'],
                        ['2025.7.17', '井口', '结冰', None, '掘进队'],
                        ['2025.7.18', '井口', '落石', '通风队', '掘进队'],
                        ], merged)
                self.assertEqual((table.first, table.last), (1, 2))
                self.assertEqual(
                    [c.head for c in table.columns][3:],
                    ['责任单位 / 矿方', '责任单位 / 施工方'])
                # Of columns that only their group names the fullest one
                self.assertEqual(
                    propose(table, NAMES, {})['责任单位 / 施工方'], 'unit')
                self.assertEqual([n for n, _ in table.rows()], [3, 4])

    def test_three_rows(self):
        "Heads of three rows are read together"
        table = self.find([
                ['隐患排查治理台账'],
                ['序号', '排查', None, None, '责任单位', None],
                [None, '检查日期', '隐患', None, '建设', '施工'],
                [None, None, '地点', '隐患内容', None, None],
                [1, '2025.7.17', '井口', '结冰', None, '掘进队']], [
                'A1:F1', 'A2:A4', 'B2:D2', 'E2:F2', 'B3:B4', 'C3:D3',
                'E3:E4', 'F3:F4'])
        self.assertEqual((table.first, table.last), (2, 4))
        self.assertEqual(propose(table, NAMES, {}), {
                '排查 / 检查日期': 'found_at', '排查 / 隐患 / 地点': 'place',
                '排查 / 隐患 / 隐患内容': 'description',
                '责任单位 / 施工': 'unit'})
        self.assertEqual([n for n, _ in table.rows()], [5])

    def test_wide_head(self):
        "A head that is merged over columns without cells is one"
        table = self.find([
                ['检查日期', '隐患内容', None, None, '地点'],
                ['2025.7.17', '结冰', None, None, '井口']],
            ['B1:D1', 'B2:D2'])
        self.assertEqual(
            [c.head for c in table.columns], ['检查日期', '隐患内容', '地点'])

    def test_first_row_below(self):
        "A row of the table that tells little is no head"
        table = self.find([
                ['检查日期', '地点', '隐患内容', '责任单位', None],
                ['2025.7.17', '井口', '结冰', '通风队', None],
                [None, None, '落石', '掘进队', None]], ['D1:E1'])
        self.assertEqual((table.first, table.last), (1, 1))

    def test_added(self):
        "Units and remarks in a head do not hide what it is"
        table = self.find([
                ['检查日期：', '地点（部位）', '*隐患内容'],
                [1, '井口', '结冰']])
        self.assertEqual(
            list(propose(table, NAMES, {}).values()),
            ['found_at', 'place', 'description'])

    def test_any_order(self):
        "The order of the columns does not matter"
        heads = ['级别', '隐患内容', '责任单位', '检查日期']
        for order in [heads, heads[::-1]]:
            table = self.find([order, ['x'] * 4])
            self.assertEqual(
                propose(table, NAMES, {}),
                {h: NAMES[h] for h in heads})
        self.assertEqual(signature(heads), signature(heads[::-1]))
        self.assertNotEqual(signature(heads), signature(heads[1:]))

    def test_merged_rows(self):
        "What is merged over rows is told of each"
        table = self.find([
                ['检查日期', '地点', '隐患内容'],
                ['2025.7.17', '井口', '结冰'], [None, None, '落石'],
                [None, '井底', '积水'], [None, None, None]],
            ['A2:A5', 'B2:B3', 'C4:C5'])
        self.assertEqual([c for _, c in table.rows()], [
                {1: '2025.7.17', 2: '井口', 3: '结冰'},
                {1: '2025.7.17', 2: '井口', 3: '落石'},
                {1: '2025.7.17', 2: '井底', 3: '积水'}])

    def test_repeated_heads(self):
        "Heads that are repeated on a page are no row"
        heads = ['地点', '隐患内容']
        table = self.find([heads, ['井口', '结冰'], heads, ['井底', '积水']])
        self.assertEqual([n for n, _ in table.rows()], [2, 4])

    def test_same_heads(self):
        "Columns with the same head are told apart and proposed once"
        table = self.find([['地点', '时间', '时间'], ['井口', 1, 2]])
        self.assertEqual(
            [c.head for c in table.columns], ['地点', '时间', '时间 (2)'])
        self.assertEqual(propose(table, NAMES, {}), {
                '地点': 'place', '时间': 'found_at'})

    def test_kept(self):
        "What people chose before comes first"
        table = self.find([['时间', '检查日期', '地点'], [1, 2, '井口']])
        self.assertEqual(
            propose(table, NAMES, {'检查日期': 'found_at', '地点': None}),
            {'检查日期': 'found_at', '地点': None})
        # Not twice, though each was chosen in another ledger
        self.assertEqual(
            propose(table, NAMES, {
                    '时间': 'found_at', '检查日期': 'found_at'}),
            {'时间': 'found_at', '地点': 'place'})

    def test_unknown_heads(self):
        "Without any known head the fullest row is proposed"
        table = self.find([['Title'], ['a', 'b', 'c'], ['d', 'e', None]])
        self.assertEqual((table.first, table.last), (2, 2))

    def test_chosen_rows(self):
        "The user can say where the heads are"
        sheet, = sheets(([['a', 'b'], ['c', 'd'], ['e', 'f']], []))
        table = read_table(sheet, 1, 2)
        self.assertEqual([c.head for c in table.columns], ['a / c', 'b / d'])

    def test_hidden_and_empty(self):
        "Only visible sheets with cells are read"
        book = openpyxl.Workbook()
        book.active['A1'] = 'a'
        book.create_sheet('empty')
        hidden = book.create_sheet('hidden')
        hidden['A1'] = 'b'
        hidden.sheet_state = 'hidden'
        self.assertEqual(
            [s.name for s in read_sheets(save(book))], ['Sheet'])

    def test_errors(self):
        "Errors of Excel are told apart from texts"
        book = openpyxl.Workbook()
        book.active['A1'] = '#REF!'
        book.active['A1'].data_type = 'e'
        sheet, = read_sheets(save(book))
        self.assertIsInstance(sheet.rows[1][1], CellError)


class LedgerFileTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('safety_organization')

    @with_transaction()
    def test_refused(self):
        "What is no workbook, too large or too long is refused"
        long = openpyxl.Workbook(write_only=True)
        sheet = long.create_sheet()
        for number in range(ROWS_MAX + 1):
            sheet.append([number])
        for data in [
                b'', b'Date;Hazard\0', b'PK\x03\x04', b'\xd0\xcf\x11\xe0' * 9,
                b' ' * (SIZE_MAX + 1), save(long)]:
            with self.subTest(size=len(data)):
                with self.assertRaises(SpreadsheetError):
                    read_sheets(data)
