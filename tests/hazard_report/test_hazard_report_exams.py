# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import io
import unittest
import zipfile

from access import call
from bank import create_admin, create_exam, create_question
from documents import (
    create_printer, print_as, read_paragraphs, read_part, read_sheets)
from organization import (
    acting, create_employee, create_member, create_unit, create_user)
from pictures import picture
from repository import MODULES

from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction

IMAGE = '{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}image'


class ExamDocumentsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module(MODULES)

    def build(self, **exam):
        self.company = create_printer()
        Transaction().set_context(company=self.company.id)
        create_question(
            self.company, "Which door?", 'AC', 'multiple', picture=picture())
        create_question(self.company, "Is it shut?", 'A', 'true_false')
        gas = create_question(self.company, "What gas?", 'B')
        gas.text = "What gas?\nName one."
        gas.save()
        self.exam = create_exam(self.company, 3, pass_mark=4, **exam)
        self.unit = create_unit(self.company, "Ventilation")
        self.member = self.create_person('member', "Member")
        self.other = self.create_person('other', "Other")
        self.admin = create_admin(self.company)

    def create_person(self, login, name):
        employee = create_employee(self.company, name)
        employee.unit = self.unit
        employee.save()
        create_member(employee, 'union', self.unit)
        return create_user(login, self.company, employee)

    def take(self, user, right=0, handed_in=True):
        "Return the paper of the user, who answers so many items right."
        pool = Pool()
        Exam = pool.get('training.exam')
        Item = pool.get('training.paper.item')
        Key = pool.get('training.paper.key')
        Paper = pool.get('training.paper')
        with acting(user):
            paper = Paper.take(Exam(self.exam.id), user.employee)
            for item in paper.items[:right]:
                Item.answer(item, Key.of_items([item])[item.id][1])
            if handed_in:
                Paper.hand_in([Paper(paper.id)])
        return Paper(paper.id)

    def read(self, user, report, records, format='odt', extension=None):
        found, content = print_as(user, report, records, format=format)
        self.assertEqual(found, extension or format)
        return content

    def text(self, *args):
        return ' | '.join(read_paragraphs(self.read(*args)))

    def draw(self):
        "Return the paper and its answers, as they are in one archive."
        archive = zipfile.ZipFile(io.BytesIO(
                self.read(self.admin, 'training.exam.draw', [self.exam],
                    'odt', 'zip')))
        blank, answers = sorted(archive.namelist())
        self.assertIn("Answers", answers)
        return archive.read(blank), archive.read(answers)

    @with_transaction()
    def test_draw(self):
        "A paper is drawn to be filled in, and its answers for the teacher"
        self.build(note="Use a pen.")
        content, answers = self.draw()
        texts, answers = map(read_paragraphs, [content, answers])
        blank = ' | '.join(texts)
        for part in [
                "Induction", "Name | Unit", "Questions: 3. Points: 6",
                "Use a pen.", "What gas? (Single Choice, points: 2)",
                "Name one.", "Which door? (Multiple Choice, points: 2)",
                "A. Which door?", "D. Which door?"]:
            self.assertIn(part, blank)
        for secret in ["Right", "Because of", "The rules"]:
            self.assertNotIn(secret, blank)
        for part in [
                "Right: A", "Because of Is it shut?", "Source: The rules"]:
            self.assertIn(part, answers)
        number, = {t for t in texts if t.startswith("Paper No.")}
        self.assertIn(number, answers)
        self.assertEqual(len(list(read_part(content).iter(IMAGE))), 1)
        self.assertFalse(Pool().get('training.paper').search([]))

    @with_transaction()
    def test_draw_right(self):
        "The answers are those of the options in the order of the paper"
        self.build()
        blank, answers = map(read_paragraphs, self.draw())
        gas, = [n for n, t in enumerate(answers) if "What gas? (" in t]
        option, = [t for t in answers[gas:gas + 6] if t.endswith(" B")]
        right, = [t for t in answers[gas:gas + 8] if t.startswith("Right")]
        self.assertEqual(right, f"Right: {option[0]}")
        self.assertIn(option, blank)

    @with_transaction()
    def test_blank(self):
        "The paper of a person is printed without what was answered"
        self.build()
        for handed_in in [False, True]:
            paper = self.take(self.member, right=2, handed_in=handed_in)
            text = self.text(self.admin, 'training.paper.blank', [paper])
            for part in ["Member", "Ventilation", "Attempt 1", "What gas?"]:
                self.assertIn(part, text)
            for secret in ["Right", "Because of", "The rules", "4 of 6"]:
                self.assertNotIn(secret, text)

    @with_transaction()
    def test_answers(self):
        "A closed paper is printed with answers, points and explanations"
        self.build()
        paper = self.take(self.member, right=2)
        text = self.text(self.admin, 'training.paper.answers', [paper])
        for part in [
                "Induction: Answers", "4 of 6, Passed", "Points: 2",
                "Answered: —. Points: 0", "Because of What gas?",
                "Source: The rules"]:
            self.assertIn(part, text)

    @with_transaction()
    def test_answers_running(self):
        "The answers of a paper that is open are printed by nobody"
        self.build()
        paper = self.take(self.member, handed_in=False)
        closed = self.take(self.other)
        for papers in [[paper], [closed, paper]]:
            with self.assertRaises(AccessError):
                self.read(self.admin, 'training.paper.answers', papers)

    @with_transaction()
    def test_refused(self):
        "Only the training administration prints papers and results"
        pool = Pool()
        Action = pool.get('ir.action.report')
        self.build()
        paper = self.take(self.member)
        book, = Action.search([('report_name', '=', 'training.mistake.book')])
        for report, record in [
                ('training.exam.draw', self.exam),
                ('training.exam.results', self.exam),
                ('training.paper.answers', paper),
                ('training.paper.blank', paper)]:
            action, *_ = Action.search([('report_name', '=', report)])
            for data in [
                    {'action_id': action.id}, {}, {'action_id': book.id},
                    {'model': 'training.exam'}]:
                with self.subTest(report=report, data=data):
                    with self.assertRaises(AccessError):
                        call(
                            self.member, f'report.{report}.execute',
                            [record.id], {**data, 'format': 'odt'})

    @with_transaction()
    def test_action_of_another(self):
        "The groups of a document are not those of another's action"
        pool = Pool()
        Action = pool.get('ir.action.report')
        self.build()
        paper = self.take(self.member)
        book, = Action.search([('report_name', '=', 'training.mistake.book')])
        with self.assertRaises(AccessError):
            call(
                self.admin, 'report.training.paper.blank.execute',
                [paper.id], {'action_id': book.id, 'format': 'odt'})

    @with_transaction()
    def test_results(self):
        "The results tell each closed paper and the sums by unit"
        self.build(waiting_days=0)
        self.take(self.member)
        self.take(self.member, right=3)
        self.take(self.other, handed_in=False)
        sheets = read_sheets(self.read(
                self.admin, 'training.exam.results', [self.exam], 'ods'))
        results, units = sheets.values()
        self.assertEqual(
            list(sheets), ['Results of "Induction"', "By Unit"])
        rows = [r for r in results if r[0].isdecimal()]
        today = dt.date.today().isoformat()
        self.assertEqual(
            [[r[n] for n in [1, 2, 3, 4, 6, 7, 8]] for r in rows], [
                ["Member", "Ventilation", "Mass Supervision Member",
                    '1', '0', '6', "Failed"],
                ["Member", "Ventilation", "Mass Supervision Member",
                    '2', '6', '6', "Passed"]])
        self.assertEqual(len(today), len(rows[0][5]))
        text = str(results)
        self.assertIn("People: 1, papers: 2. Passed: 1 people, 100.0%", text)
        self.assertIn("Average of the papers: 50.0%", text)
        self.assertIn(
            ["Ventilation", '1', '2', '1', '0.5', '0.5', '1.0'], units)

    @with_transaction()
    def test_results_none(self):
        "An exam that nobody has taken has no results"
        self.build()
        sheets = read_sheets(self.read(
                self.admin, 'training.exam.results', [self.exam], 'ods'))
        self.assertIn("Nobody has taken the exam.", str(sheets))

    @with_transaction()
    def test_book(self):
        "Each prints the own book of wrong answers, the administration all"
        pool = Pool()
        Mistake = pool.get('training.mistake')
        self.build()
        self.take(self.member)
        self.take(self.other)
        mistakes = Mistake.search([])
        own = [m for m in mistakes if m.employee == self.member.employee]
        text = self.text(self.member, 'training.mistake.book', own)
        for part in [
                "Member, Ventilation: 3 questions", "Right: Is it shut? A",
                "Because of What gas?", "Times wrong: 1, last on"]:
            self.assertIn(part, text)
        with self.assertRaises(AccessError):
            self.read(self.member, 'training.mistake.book', mistakes)
        text = self.text(self.admin, 'training.mistake.book', mistakes)
        self.assertEqual(text.count("Book of Wrong Answers"), 2)
        self.assertIn("Other, Ventilation: 3 questions", text)
