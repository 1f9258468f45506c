# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest

from access import call, run
from bank import create_question
from organization import acting, create_employee, create_member, create_user
from school import build_school, certify
from templates import activate_built

from trytond.model.exceptions import AccessError, ButtonActionException
from trytond.modules.company.tests import create_company, set_company
from trytond.modules.hazard_training.exceptions import (
    CaseAccessError, CaseAnswerError, CaseError, QuestionAskedError)
from trytond.modules.safety_base.exceptions import DomainValueError
from trytond.pool import Pool
from trytond.tests.test_tryton import drop_db, with_transaction
from trytond.transaction import Transaction

MODEL = 'model.training.case'
SHOWN = ['right_answer', 'explanation', 'source', 'answered_right']


class CaseQuestionTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_built('hazard_training', build_school)

    @property
    def Case(self):
        return Pool().get('training.case')

    def build(self, right='B', type='single', publish=True):
        "Publish a case with a question to two readers."
        self.school = build_school()
        self.company = self.school.company
        Transaction().set_context(company=self.company.id)
        self.reader = self.school.users.candidate
        other = create_employee(self.company, "Other")
        self.other = create_user('other', self.company, other)
        certify([self.school.employees.candidate, other])
        foreign = create_member(
            other, 'union', self.school.mine.units.ventilation)
        for member in [self.school.member, foreign]:
            member.__class__.activate([member])
        self.question = create_question(
            self.company, "Which door?", right, type)
        with acting(self.school.users.admin):
            case, = self.Case.create([{
                        'company': self.company.id,
                        'title': "A door",
                        'found': "A door did not close.",
                        'lesson': "Try each door.",
                        'question': self.question.id,
                        }])
            if publish:
                self.Case.publish([case])
        self.case = self.Case(case.id)

    def answer(self, letters, user=None):
        return run(
            user or self.reader, 'training.case.answer', [
                *((f'choose_{"ABCD".index(x) + 1}', {}) for x in letters),
                ('answer', {}),
                ], active_model='training.case', active_id=self.case.id,
            active_ids=[self.case.id])

    def read(self, user, names):
        values, = call(user, f'{MODEL}.read', [self.case.id], names)
        return values

    def reading(self, user):
        reading, = [
            r for r in self.Case(self.case.id).readings
            if r.employee == user.employee]
        return reading

    @with_transaction()
    def test_answer(self):
        "The server marks the answer, which confirms the reading"
        self.build()
        values = self.read(
            self.reader, ['question_text', 'question_options', 'unread'])
        self.assertEqual(values['question_text'], "Which door?")
        self.assertEqual(
            values['question_options'].splitlines()[1],
            "○ B. Which door? B")
        with acting(self.reader):
            with self.assertRaises(ButtonActionException):
                self.Case.acknowledge([self.Case(self.case.id)])
        self.assertFalse(self.reading(self.reader).read_at)
        result = self.answer('B')['view']
        self.assertEqual(result['state'], 'result')
        self.assertEqual(result['defaults']['right_answer'], 'B')
        self.assertEqual(result['defaults']['chosen'], 'B')
        self.assertEqual(
            result['defaults']['explanation'], "Because of Which door?")
        reading = self.reading(self.reader)
        self.assertTrue(reading.read_at and reading.right)
        values = self.read(self.reader, [*SHOWN, 'unread'])
        self.assertEqual(
            [values[n] for n in SHOWN],
            ['B', "Because of Which door?", "The rules", True])
        self.assertFalse(values['unread'])

    @with_transaction()
    def test_wrong(self):
        "A wrong answer confirms the reading too, and counts as wrong"
        self.build('AC', 'multiple')
        result = self.answer('A')['view']
        self.assertEqual(result['defaults']['right_answer'], 'AC')
        reading = self.reading(self.reader)
        self.assertTrue(reading.read_at)
        self.assertFalse(reading.right)
        question = self.question.__class__(self.question.id)
        self.assertEqual(
            (question.asked, question.answered_right), (1, 0))
        self.answer('AC', self.other)
        question = self.question.__class__(self.question.id)
        self.assertEqual(
            (question.asked, question.answered_right), (2, 1))

    @with_transaction()
    def test_once(self):
        "The question is answered once and with a letter"
        self.build()
        with acting(self.reader):
            for letters in ['', 'XYZ']:
                with self.assertRaises(CaseAnswerError):
                    self.Case(self.case.id).answer(letters)
            self.Case(self.case.id).answer('A')
            with self.assertRaises(CaseAnswerError):
                self.Case(self.case.id).answer('B')
        self.assertFalse(self.reading(self.reader).right)

    @with_transaction()
    def test_no_question(self):
        "A case that asks nothing is not answered"
        pool = Pool()
        Key = pool.get('training.case.key')
        self.build()
        Key.delete(Key.search([]))
        with self.assertRaises(CaseAnswerError):
            self.answer('B')

    @with_transaction()
    def test_not_addressed(self):
        "Who is not to read the case does not answer"
        self.build()
        stranger = create_user(
            'stranger', self.company,
            create_employee(self.company, "Stranger"))
        for user, error in [
                (stranger, AccessError),
                (self.school.mine.users.captain, CaseAccessError),
                (self.school.users.admin, CaseAccessError)]:
            with self.assertRaises(error):
                self.answer('B', user)
        with self.assertRaises(AccessError):
            run(self.reader, 'training.case.answer', [],
                active_model='res.user', active_id=self.reader.id,
                active_ids=[self.reader.id])

    @with_transaction()
    def test_nothing_before_answering(self):
        "What is right is told to those who answered, by no way to others"
        self.build()
        self.answer('B', self.other)
        for user in [self.reader, self.school.mine.users.captain]:
            values = self.read(user, SHOWN)
            self.assertFalse(any(values[n] for n in SHOWN))
            values, = call(
                user, f'{MODEL}.export_data', [self.case.id], SHOWN[:3])
            self.assertFalse(any(values))
        for name in [*SHOWN, 'question_text']:
            with self.assertRaises(DomainValueError):
                call(self.reader, f'{MODEL}.search', [(name, '!=', None)])
        for method, *arguments in [
                ('read', [self.case.id], ['question']),
                ('read', [self.case.id], ['question.explanation']),
                ('search_read', [], 0, None, None, ['question']),
                ('export_data', [self.case.id], ['question/explanation']),
                ('export_data_domain', [], ['question/explanation']),
                ]:
            with self.subTest(method=method, arguments=arguments):
                with self.assertRaises(AccessError):
                    call(self.reader, f'{MODEL}.{method}', *arguments)
        for domain in [
                [('question', '=', self.question.id)],
                [('question.options.right', '=', True)],
                [('readings', 'where', [
                            ('case.question.options.right', '=', True)])],
                [('readings', 'where', [
                            ('case', 'where', [
                                ('question', 'where', [
                                    ('options.right', '=', True)])])])]]:
            with self.subTest(domain=domain):
                with self.assertRaises((AccessError, DomainValueError)):
                    call(self.reader, f'{MODEL}.search', domain)

    @with_transaction()
    def test_key_is_out_of_reach(self):
        "No field that is searched leads from a case to its question"
        pool = Pool()
        seen, models = set(), ['training.case']
        while models:
            name = models.pop()
            seen.add(name)
            self.assertNotIn(
                name, ['training.case.key', 'training.question'])
            for field in pool.get(name)._fields.values():
                target = (
                    field.get_target().__name__
                    if hasattr(field, 'get_target') else '')
                if (target not in seen and target.startswith('training.')
                        and (field.searchable(pool.get(name)))):
                    models.append(target)
        self.assertIn('training.case.reading', seen)

    @with_transaction()
    def test_keep(self):
        "A question that readers have answered is not exchanged"
        self.build()
        with acting(self.school.users.admin):
            with self.assertRaises(QuestionAskedError):
                option = self.question.options[0]
                option.__class__.write([option], {'right': True})
        other = create_question(self.company, "Which window?")
        with acting(self.school.users.admin):
            case = self.Case(self.case.id)
            with self.assertRaises(AccessError):
                self.Case.write([case], {'question': other.id})
            self.Case.withdraw([case])
            self.Case.write([case], {'question': other.id})
            self.Case.publish([case])
        self.answer('A')
        with acting(self.school.users.admin):
            case = self.Case(self.case.id)
            self.Case.withdraw([case])
            with self.assertRaises(CaseError):
                self.Case.write([case], {'question': None})

    @with_transaction()
    def test_foreign(self):
        "A question of another company is none for the case"
        self.build(publish=False)
        company = create_company("Other")
        with set_company(company):
            other = create_question(company, "Which secret?")
        with acting(self.school.users.admin):
            case = self.Case(self.case.id)
            for values in [
                    {'question': other.id},
                    {'question': other.id, 'title': "Doors"}]:
                with self.assertRaises(CaseError):
                    self.Case.write([case], values)
            with self.assertRaises(CaseError):
                self.Case.create([
                        {'title': "x", 'found': "y", 'question': other.id}])

    @with_transaction()
    def test_set(self):
        "Only the training administration chooses the question"
        self.build(publish=False)
        safety = self.school.mine.users.safety
        with acting(safety):
            self.Case.write([self.Case(self.case.id)], {'title': "Doors"})
            for value in [None, self.question.id]:
                with self.assertRaises(AccessError):
                    self.Case.write(
                        [self.Case(self.case.id)], {'question': value})
        with acting(self.school.users.admin):
            case = self.Case(self.case.id)
            self.assertEqual(case.question, self.question)
            copy, = self.Case.copy([case])
            self.assertFalse(copy.question)
            self.Case.write([case], {'question': None})
            self.Case.publish([case])
        with acting(self.reader):
            self.Case.acknowledge([self.Case(self.case.id)])
        self.assertTrue(self.reading(self.reader).read_at)
