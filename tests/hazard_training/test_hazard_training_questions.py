# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from collections import Counter
from io import BytesIO

from bank import create_question
from organization import acting, create_company, create_user
from pictures import picture
from PIL import Image
from repository import MODULES

from trytond.modules.company.tests import create_employee, set_company
from trytond.modules.hazard_training.exceptions import (
    QuestionAskedError, QuestionDuplicateWarning, QuestionImportError,
    QuestionOptionsError)
from trytond.modules.hazard_training.question.question import (
    question_key, right_number)
from trytond.modules.hazard_training.question.question_delivery import (
    read_delivered, update_bank)
from trytond.modules.hazard_training.question.question_import import (
    OPTIONS, QuestionCheck, get_template)
from trytond.modules.hazard_training.question.question_table import COLUMNS
from trytond.modules.hazard_training.question.statistics import correlation
from trytond.modules.safety_base.exceptions import (
    PhotoFormatError, SpreadsheetError)
from trytond.modules.safety_base.spreadsheet import Column, write_table
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction

ROW = {
    'type': 'single', 'discipline': 'ventilation', 'difficulty': 'easy',
    'text': "What closes?", 'option_1': "A door", 'option_2': "A wall",
    'right': 'A', 'explanation': "Doors do."}


def workbook(*rows):
    return write_table(
        [Column(n, [n]) for n in COLUMNS],
        [[{**ROW, **r}.get(n, '') for n in COLUMNS] for r in rows])


class QuestionTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_module('hazard_training')

    def create_admin(self, company):
        return create_user(
            'training', company, create_employee(company, "Training"),
            ['hazard_training.group_training_admin'])

    @with_transaction()
    def test_picture(self):
        "A picture is one, and kept without the data of the camera"
        company = create_company()
        with set_company(company):
            exif = Image.Exif()
            exif[271] = "Camera"
            question = create_question(
                company, "What is this?", picture=picture(exif=exif))
            kept = Image.open(BytesIO(question.picture))
            self.assertFalse(kept.getexif())
            with self.assertRaises(PhotoFormatError):
                create_question(company, "And this?", picture=b'%PDF-1.4')

    def test_right_number(self):
        "How many options and right ones make a question"
        for arguments, expected in [
                (('single', 2, 1), True),
                (('single', 1, 1), False),
                (('single', 4, 2), False),
                (('single', 4, 0), False),
                (('single', 10, 1), True),
                (('single', 11, 1), False),
                (('multiple', 4, 2), True),
                (('multiple', 4, 4), True),
                (('multiple', 4, 1), False),
                (('true_false', 2, 1), True),
                (('true_false', 3, 1), False)]:
            with self.subTest(arguments=arguments):
                self.assertIs(right_number(*arguments), expected)

    def test_key(self):
        "Punctuation, width, case and spaces make no other question"
        self.assertEqual(
            question_key("Gas above 1 ％ ?"), question_key("gas above １%"))
        self.assertNotEqual(question_key("Gas"), question_key("Dust"))

    def test_correlation(self):
        "The discrimination is the correlation of being right and the score"
        self.assertEqual(correlation(4, 2, 2, 2, 2), 1.0)
        self.assertEqual(correlation(4, 2, 2, 2, 0), -1.0)
        self.assertEqual(correlation(4, 2, 2, 2, 1), 0.0)
        self.assertIsNone(correlation(4, 4, 2, 2, 2))
        self.assertIsNone(correlation(1, 1, 1, 1, 1))

    @with_transaction()
    def test_options(self):
        "A question has the number of right options of its type"
        company = create_company()
        with set_company(company):
            for type, right in [
                    ('single', ''), ('single', 'AB'), ('multiple', 'A'),
                    ('true_false', 'AB')]:
                with self.subTest(type=type, right=right):
                    with self.assertRaises(QuestionOptionsError):
                        create_question(company, "Which?", right, type)

    @with_transaction()
    def test_incomplete_not_asked(self):
        "What options of their own have broken is not asked"
        pool = Pool()
        Option = pool.get('training.question.option')
        Question = pool.get('training.question')
        company = create_company()
        with set_company(company):
            question = create_question(company, "Which?")
            other = create_question(company, "What?")
            Option.write(list(question.options), {'right': True})
            self.assertEqual(
                [q for q, *_ in Question.askable(company)], [other.id])

    @with_transaction()
    def test_same(self):
        "A question with the text of another one is pointed out"
        pool = Pool()
        Question = pool.get('training.question')
        company = create_company()
        with set_company(company):
            first = create_question(company, "Which gas?")
            third = create_question(company, "Which dust?")
            second = create_question(company, "which  GAS")
            self.assertEqual(
                [q.same for q in Question.browse([first, second, third])],
                [1, 1, 0])
            self.assertEqual(
                Question.search([('same', '>', 0)], order=[('id', 'ASC')]),
                [first, second])
            self.assertEqual(Question.search([('same', '=', 0)]), [third])
            with acting(self.create_admin(company)):
                with self.assertRaises(QuestionDuplicateWarning):
                    Question.write([Question(third.id)], {
                            'text': "Which gas!"})
                with self.assertRaises(QuestionDuplicateWarning):
                    create_question(company, "WHICH DUST")

    @with_transaction()
    def test_asked(self):
        "Options of a question that was asked stay as they are"
        pool = Pool()
        Exam = pool.get('training.exam')
        Option = pool.get('training.question.option')
        Paper = pool.get('training.paper')
        Question = pool.get('training.question')
        company = create_company()
        with set_company(company):
            admin = self.create_admin(company)
            question = create_question(company, "Which?")
            exam, = Exam.create([{
                        'name': "Exam", 'pass_mark': 1,
                        'lines': [('create', [{'number': 1}])]}])
            Paper.take(exam, admin.employee)
            with acting(admin):
                question = Question(question.id)
                option = Option(question.options[0].id)
                for name, change in [
                        ('right', lambda: Option.write(
                                [option], {'right': True})),
                        ('new', lambda: Option.create([{
                                        'question': question.id,
                                        'text': "E"}])),
                        ('delete', lambda: Option.delete([option])),
                        ('type', lambda: Question.write(
                                [question], {'type': 'multiple'}))]:
                    with self.subTest(change=name):
                        with self.assertRaises(QuestionAskedError):
                            change()
                Question.write([question], {'explanation': "Better."})
                with self.assertRaises(QuestionDuplicateWarning):
                    Question.copy([question])
            copy, = Question.copy([question])
            with acting(admin):
                Option.write(
                    [Option(copy.options[0].id)], {'text': "Another"})

    @with_transaction()
    def test_statistics(self):
        "How often a question was asked and right, and whom it tells apart"
        pool = Pool()
        Exam = pool.get('training.exam')
        Item = pool.get('training.paper.item')
        Key = pool.get('training.paper.key')
        Paper = pool.get('training.paper')
        Question = pool.get('training.question')
        company = create_company()
        with set_company(company):
            questions = [
                create_question(company, f"Question {n}") for n in range(3)]
            exam, = Exam.create([{
                        'name': "Exam", 'pass_mark': 1,
                        'lines': [('create', [{'number': 2}])]}])
            questions[2].active = False
            questions[2].save()
            for number in range(4):
                paper = Paper.take(
                    exam, create_employee(company, f"Person {number}"))
                keys = Key.of_items(paper.items)
                for item in paper.items:
                    question, letters, *_ = keys[item.id]
                    is_right = number < 2 or question != questions[0].id
                    item.chosen = letters if is_right else 'X'
                    Item.save([item])
                Paper.close([Paper(paper.id)])
            first, second, third = Question.browse(questions)
            self.assertEqual(
                (first.asked, first.answered_right, first.right_rate,
                    first.discrimination),
                (4, 2, 50.0, 1.0))
            self.assertEqual(
                (second.asked, second.right_rate, second.discrimination),
                (4, 100.0, None))
            self.assertEqual((third.asked, third.right_rate), (0, None))


class ImportTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_module(MODULES, lang='zh_CN')

    def check(self, *rows):
        check = QuestionCheck(create_company())
        check.read(workbook(*rows))
        return check

    @with_transaction()
    def test_import(self):
        "The rows become questions with their options"
        pool = Pool()
        Question = pool.get('training.question')
        check = self.check({}, {
                'type': 'true_false', 'text': "Doors close.", 'option_1': '',
                'option_2': '', 'right': 'false'}, {
                'type': 'multiple', 'text': "Which?", 'option_3': "Both",
                'right': 'a, C', 'edition': "Rules (2025)",
                'checked': '2026-12-01 00:00:00'})
        with set_company(check.company):
            self.assertEqual(check.errors, [])
            self.assertEqual(check.write(), 3)
            single, boolean, multiple = Question.search(
                [], order=[('id', 'ASC')])
            self.assertEqual(
                [o.right for o in single.options], [True, False])
            self.assertEqual(
                [o.right for o in boolean.options], [False, True])
            self.assertEqual(
                [o.right for o in multiple.options], [True, False, True])
            self.assertEqual(single.explanation, "Doors do.")
            self.assertIsNone(single.checked)
            self.assertEqual(multiple.edition, "Rules (2025)")
            self.assertEqual(multiple.checked, dt.date(2026, 12, 1))

    @with_transaction()
    def test_errors(self):
        "Each error names its row and column"
        for column, row in [
                ('type', {'type': "riddle"}),
                ('discipline', {'discipline': "cooking"}),
                ('category', {'category': "cooking"}),
                ('difficulty', {'difficulty': "odd"}),
                ('text', {'text': ''}),
                ('text', {'text': "x" * 2001}),
                ('option_2', {'option_2': '', 'option_3': "A wall"}),
                ('option_2', {'option_2': "a  DOOR"}),
                ('checked', {'checked': "yesterday"}),
                ('right', {'right': ''}),
                ('right', {'right': 'C'}),
                ('right', {'right': 'AB'}),
                ('right', {'type': 'multiple'}),
                ('right', {'type': 'true_false', 'right': "maybe"})]:
            with self.subTest(column=column, row=row):
                check = self.check(row)
                self.assertEqual(
                    {(e.row, e.column) for e in check.errors},
                    {(2, check.labels[column])})
        check = self.check({}, {'text': "what  closes"})
        self.assertEqual(
            [(e.row, e.column) for e in check.errors],
            [(3, check.labels['text'])])

    @with_transaction()
    def test_known(self):
        "A question of the bank is an error, or left out if wanted"
        pool = Pool()
        Question = pool.get('training.question')
        company = create_company()
        with set_company(company):
            create_question(company, "What closes")
            check = QuestionCheck(company)
            check.read(workbook({}))
            self.assertEqual([e.row for e in check.errors], [2])
            check = QuestionCheck(company, skip_known=True)
            check.read(workbook({}, {'text': "What opens?"}))
            self.assertEqual(check.errors, [])
            self.assertEqual(check.write(), 1)
            self.assertEqual(Question.search([], count=True), 2)

    @with_transaction()
    def test_update(self):
        "Retired questions go out of use, untouched ones get their new basis"
        pool = Pool()
        Exam = pool.get('training.exam')
        Paper = pool.get('training.paper')
        Question = pool.get('training.question')
        company = create_company()
        first, second = [
            {**texts, 'explanation': "Old.", 'edition': '', 'checked': ''}
            for _, texts in read_delivered() if texts['checked']][:2]
        retired = {
            **ROW, 'difficulty': 'hard',
            'text': "提升钢丝绳直径减小量达到多少时，必须更换？",
            'option_1': "5%", 'option_2': "10%", 'option_3': "20%",
            'option_4': "25%", 'right': 'B'}
        with set_company(company):
            check = QuestionCheck(company)
            check.run(list(enumerate([retired, first, second, ROW], 2)))
            check.write()
            old, _, edited, _ = Question.search([], order=[('id', 'ASC')])
            Question.write([edited], {'explanation': "Ours."})
            exam, = Exam.create([{
                        'name': "Exam", 'pass_mark': 1,
                        'lines': [('create', [{
                                        'number': 1,
                                        'difficulty': 'hard'}])]}])
            employee = create_employee(company, "Person")
            paper = Paper.take(exam, employee)
            update_bank()
            questions = Question.search([
                    ('active', 'in', [True, False])], order=[('id', 'ASC')])
            self.assertEqual(
                [q.active for q in questions], [False, True, True, True])
            _, refreshed, edited, own = questions
            self.assertNotEqual(refreshed.explanation, "Old.")
            self.assertTrue(refreshed.checked)
            self.assertEqual(edited.explanation, "Ours.")
            self.assertEqual(own.explanation, ROW['explanation'])
            paper = Paper(paper.id)
            self.assertEqual(
                [i.text for i in paper.items], [old.text])
            # An import replaces the retired one, not that of the company
            check = QuestionCheck(company, skip_known=True)
            check.run([(2, {**retired, 'right': 'A'}), (3, ROW)])
            self.assertEqual(check.write(), 1)

    @with_transaction()
    def test_wizard(self):
        "Only the training administration imports, all or nothing"
        pool = Pool()
        Question = pool.get('training.question')
        company = create_company()
        with set_company(company):
            admin = create_user(
                'training', company, create_employee(company, "Training"),
                ['hazard_training.group_training_admin'])
            name = 'training.question.import'
            result = self.run_wizard(
                admin, name, 'import_', workbook({}, {'text': ''}))
            self.assertEqual(result['view']['state'], 'errors')
            self.assertEqual(Question.search([], count=True), 0)
            result = self.run_wizard(
                admin, name, 'import_', workbook({}))
            self.assertEqual(
                result['view']['defaults'],
                {'rows': 1, 'created': 1, 'known': 0, 'notes': 0,
                    'left_out': ''})
            with self.assertRaises(QuestionImportError):
                self.run_wizard(admin, name, 'import_', None)
            with self.assertRaises(SpreadsheetError):
                self.run_wizard(admin, name, 'import_', b'no workbook')
            for created in [len(read_delivered()), 0]:
                result = self.run_wizard(admin, name, 'delivered', None)
                self.assertEqual(
                    result['view']['defaults']['created'], created)

    def run_wizard(self, user, name, state, data):
        pool = Pool()
        Wizard = pool.get(name, type='wizard')
        with acting(user):
            session, start, _ = Wizard.create()
            with Transaction().set_context(_check_access=False):
                Wizard.execute(session, {}, start)
                return Wizard.execute(
                    session, {'start': {'file': data}}, state)

    @with_transaction()
    def test_template(self):
        "The template is a workbook that the import reads"
        check = QuestionCheck(create_company())
        with self.assertRaises(SpreadsheetError):
            # It has no rows yet
            check.read(get_template())

    @with_transaction()
    def test_delivered(self):
        "The delivered questions are many, complete and all different"
        rows = read_delivered()
        self.assertGreaterEqual(len(rows), 200)
        check = QuestionCheck(create_company())
        check.run(rows)
        self.assertEqual(check.errors, [])
        types = Counter(r.type for r in check.rows)
        self.assertEqual(set(types), {'single', 'multiple', 'true_false'})
        self.assertGreaterEqual(min(types.values()), 40)
        disciplines = Counter(r.discipline for r in check.rows)
        self.assertGreaterEqual(len(disciplines), 8)
        self.assertGreaterEqual(min(disciplines.values()), 20)
        self.assertGreaterEqual(
            min(Counter(r.difficulty for r in check.rows).values()), 30)
        for row in check.rows:
            with self.subTest(row=row.number):
                self.assertTrue(row.explanation)
                self.assertTrue(row.source)
                self.assertTrue(row.category)
                self.assertNotIn('?', row.text)

    def test_delivered_letters(self):
        "The right option is not always the same"
        for type in ['single', 'true_false']:
            right = Counter(
                texts['right'] for _, texts in read_delivered()
                if texts['type'] == type)
            number = sum(right.values())
            with self.subTest(type=type):
                self.assertLess(max(right.values()), number * .65)
        self.assertEqual(len(OPTIONS), 10)
