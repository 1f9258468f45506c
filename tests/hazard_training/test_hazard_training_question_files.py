# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Banks of questions as people have them, in Chinese and without a template."

import io
import unittest

import openpyxl
from file_formats import text_file, xls
from organization import acting, create_company, create_user, get_ref
from repository import MODULES

from trytond.modules.company.tests import create_employee, set_company
from trytond.modules.hazard_training.question.question_import import (
    QuestionCheck)
from trytond.modules.hazard_training.question.question_table import (
    split_options)
from trytond.modules.safety_base.exceptions import SpreadsheetError
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction

LETTERS = "ABCD"
HEADS = ["序号", "题型", "题干", *[f"选项{c}" for c in LETTERS], "正确答案"]


def bank(*sheets):
    "Return the workbook of the sheets: names and rows."
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, *rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


class QuestionFileTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_module(MODULES, lang='zh_CN')

    def check(self, data, **options):
        self.company = create_company()
        check = QuestionCheck(
            self.company, discipline=get_ref('hazard.discipline_other'),
            **options)
        check.read(data)
        return check

    @with_transaction()
    def test_heads(self):
        "Titles, usual heads and names of kinds, and several sheets"
        check = self.check(bank(
                ("单选", ["安全题库"], HEADS,
                    [1, "单选", "瓦斯超限怎么办？", "撤人", "等待", "", "",
                        "A"],
                    [2, "多选", "有哪些气体？", "瓦斯", "氧气", "水", "煤",
                        "A,B"]),
                ("判断", ["题目", "题型", "答案"],
                    ["井下可以吸烟。", "判断题", "×"])))
        self.assertEqual(check.errors, [])
        self.assertEqual(
            [(r.sheet, r.type, r.right, len(r.options)) for r in check.rows],
            [("单选", 'single', 'A', 2), ("单选", 'multiple', 'AB', 4),
                ("判断", 'true_false', 'B', 2)])
        with set_company(self.company):
            self.assertEqual(check.write(), 3)

    @with_transaction()
    def test_formats(self):
        "Banks are read from old workbooks and texts as from new ones"
        row = ["1", "单选", "瓦斯超限怎么办？", "撤人", "等待", "", "", "A"]
        for data in [
                xls(("题库", HEADS, row)),
                text_file([HEADS, row], 'gb18030')]:
            with self.subTest(data=data[:9]):
                check = self.check(data)
                self.assertEqual(check.errors, [])
                self.assertEqual(check.rows[0].options, ["撤人", "等待"])

    @with_transaction()
    def test_kind_not_told(self):
        "The right answer tells the kind where no column does"
        check = self.check(bank(("题库", HEADS[2:],
                    ["甲？", "是的", "不是", "也许", "", "C"],
                    ["乙？", "是的", "不是", "也许", "", "AC"],
                    ["丙。", "", "", "", "", "正确"],
                    ["丁。", "", "", "", "", "也许"])))
        self.assertEqual(
            [r.type for r in check.rows],
            ['single', 'multiple', 'true_false', None])
        self.assertEqual({e.row for e in check.errors}, {5})

    @with_transaction()
    def test_options_in_one_cell(self):
        "Options that stand in one cell are told apart by their letters"
        heads = ["题目", "选项", "答案"]
        check = self.check(bank(("题库", heads,
                    ["甲？", "A.风门；B.风墙；C.风桥", "B"],
                    ["乙？", "风门或风墙", "A"])))
        self.assertEqual(check.rows[0].options, ["风门", "风墙", "风桥"])
        self.assertEqual(
            {(e.row, e.column) for e in check.errors},
            {(3, "选项"), (3, "正确选项")})

    def test_split_options(self):
        for text, options in [
                ("A.甲 B.乙", ["甲", "乙"]), ("A、甲\nB、乙\nC、丙",
                    ["甲", "乙", "丙"]), ("Ａ．甲；Ｂ．乙", ["甲", "乙"]),
                ("A.甲 C.乙", []), ("甲 A.乙 B.丙", []), ("A.甲", []),
                ("", [])]:
            with self.subTest(text=text):
                self.assertEqual(split_options(text), options)

    @with_transaction()
    def test_discipline(self):
        "Without a discipline for those that tell none the column is missing"
        check = QuestionCheck(create_company())
        with self.assertRaises(SpreadsheetError):
            check.read(bank(("题库", HEADS, [
                            1, "单选", "甲？", "是", "否", "", "", "A"])))

    @with_transaction()
    def test_wizard(self):
        "Duplicates are told, or left out on wish, the rest comes in"
        Question = Pool().get('training.question')
        company = create_company()
        with set_company(company):
            admin = create_user(
                'training', company, create_employee(company, "Training"),
                ['hazard_training.group_training_admin'])
        row = [1, "单选", "甲？", "是的", "不是", "", "", "A"]
        data = bank(("题库", HEADS, row, [2, *row[1:]], ["制表人：张三"]))
        options = {'discipline': get_ref('hazard.discipline_other')}
        state, values = self.import_(admin, data, **options)
        self.assertEqual(state, 'errors')
        self.assertEqual([e['row'] for e in values['errors']], [3, 4])
        options.update(duplicates='skip', skip_notes=True)
        for created in [1, 0]:
            state, values = self.import_(admin, data, **options)
            self.assertEqual(state, 'result')
            self.assertEqual(
                (values['created'], values['known'], values['notes']),
                (created, 2 - created, 1))
        self.assertEqual(Question.search([], count=True), 1)

    def import_(self, user, data, **options):
        pool = Pool()
        Wizard = pool.get('training.question.import', type='wizard')
        with acting(user):
            session, start, _ = Wizard.create()
            with Transaction().set_context(_check_access=False):
                start = Wizard.execute(session, {}, start)
                view = Wizard.execute(session, {'start': {
                            **start['view']['defaults'], **options,
                            'template': None, 'file': data}},
                    'import_')['view']
        return view['state'], view['defaults']
