# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from access import call
from bank import create_admin, create_exam, create_question, fill_bank
from organization import acting, create_company, create_user, get_ref
from pictures import picture
from school import create_course, create_session, hold

from trytond.filestore import filestore
from trytond.model.exceptions import AccessError
from trytond.modules.company.tests import create_employee
from trytond.modules.hazard_training.exceptions import (
    ExamAttemptError, ExamBlueprintError, PaperAccessError, PaperClosedError)
from trytond.modules.safety_base.exceptions import (
    DomainFormError, DomainValueError)
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction

# The models that tell what is right, with fields of theirs
SECRETS = {
    'training.question': ['text', 'rec_name'],
    'training.question.option': ['right', 'question'],
    'training.paper.key': ['letters', 'item', 'explanation'],
    'training.daily.key': ['question', 'order'],
    }


class ExamTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_module('hazard_training')

    def build(self, **exam):
        self.company = create_company()
        Transaction().set_context(company=self.company.id)
        self.questions = fill_bank(self.company, 6)
        self.exam = create_exam(self.company, **exam)
        self.member = create_user(
            'member', self.company, create_employee(self.company, "Member"))
        self.other = create_user(
            'other', self.company, create_employee(self.company, "Other"))

    def take(self, user=None):
        pool = Pool()
        Exam = pool.get('training.exam')
        Paper = pool.get('training.paper')
        user = user or self.member
        with acting(user):
            paper = Paper.take(Exam(self.exam.id), user.employee)
        return Paper(paper.id)

    def key(self, item):
        "Return the id of the question and the letters of what is right"
        pool = Pool()
        Key = pool.get('training.paper.key')
        question, letters, *_ = Key.of_items([item])[item.id]
        return question, letters

    def answer(self, paper, user=None, right=True):
        pool = Pool()
        Item = pool.get('training.paper.item')
        for item in paper.items:
            _, letters = self.key(item)
            if not right:
                letters = next(x for x in 'ABCD' if x not in letters)
            with acting(user or self.member):
                Item.answer(Item(item.id), letters)

    def finish(self, right=True):
        pool = Pool()
        Paper = pool.get('training.paper')
        paper = self.take()
        self.answer(paper, right=right)
        with acting(self.member):
            Paper.hand_in([Paper(paper.id)])
        return Paper(paper.id)

    def let_time_pass(self, paper, **delta):
        "Move the paper's times into the past."
        delta = dt.timedelta(**delta)
        for name in ['started_at', 'due_at', 'closed_at']:
            if time := getattr(paper, name):
                setattr(paper, name, time - delta)
        paper.save()

    @with_transaction()
    def test_blueprint(self):
        "A paper has the questions that the lines tell, none twice"
        self.build(lines=[('create', [
                        {'number': 2, 'points': 1},
                        {'number': 2, 'points': 5, 'type': 'multiple',
                            'difficulty': 'hard'},
                        {'number': 1, 'points': 3,
                            'discipline': get_ref(
                                'hazard.discipline_mining')},
                        ])])
        with self.assertRaises(ExamBlueprintError):
            self.take()
        for n in range(2):
            create_question(
                self.company, f"Hard {n}", 'AC', 'multiple',
                difficulty='hard')
        create_question(
            self.company, "Coal", discipline=get_ref(
                'hazard.discipline_mining'))
        paper = self.take()
        self.assertEqual(paper.total, 15)
        self.assertEqual(len({self.key(i)[0] for i in paper.items}), 5)
        self.assertEqual(
            sorted(i.points for i in paper.items), [1, 1, 3, 5, 5])
        self.assertEqual(
            {i.type for i in paper.items if i.points == 5}, {'multiple'})

    @with_transaction()
    def test_blueprint_checks(self):
        "An exam can be passed and has questions"
        pool = Pool()
        Exam = pool.get('training.exam')
        self.build()
        with self.assertRaises(ExamBlueprintError):
            create_exam(self.company, pass_mark=7)
        Exam.write([self.exam], {
                'lines': [('delete', [x.id for x in self.exam.lines])]})
        with self.assertRaises(ExamBlueprintError):
            self.take()

    @with_transaction()
    def test_drawn_once(self):
        "A paper is drawn once and kept, whatever becomes of the bank"
        pool = Pool()
        Question = pool.get('training.question')
        self.build()
        paper = self.take()
        before = [(i.text, i.options, self.key(i)) for i in paper.items]
        Question.write(self.questions, {'text': "Changed?"})
        again = self.take()
        self.assertEqual(again, paper)
        self.assertEqual(
            [(i.text, i.options, self.key(i)) for i in again.items], before)

    @with_transaction()
    def test_shuffled(self):
        "The order of questions and options differs from paper to paper"
        self.build()
        orders, keys = set(), set()
        for n in range(12):
            user = create_user(
                f'person{n}', self.company,
                create_employee(self.company, f"Person {n}"))
            paper = self.take(user)
            orders.add(tuple(i.text for i in paper.items))
            keys.update(self.key(i)[1] for i in paper.items)
            for item in paper.items:
                right, = [
                    text for letter, text in zip(
                        'ABCD', item.options.splitlines())
                    if letter in self.key(item)[1]]
                self.assertTrue(right.endswith(' B'))
        self.assertGreater(len(orders), 1)
        self.assertGreater(len(keys), 1)

    @with_transaction()
    def test_true_false_order(self):
        "True stays before false"
        self.build()
        for question in self.questions:
            question.active = False
            question.save()
        for n in range(3):
            create_question(
                self.company, f"It is so {n}.", 'A', 'true_false')
        paper = self.take()
        self.assertEqual({self.key(i)[1] for i in paper.items}, {'A'})

    @with_transaction()
    def test_mark(self):
        "The server marks; who has the points passes"
        self.build(pass_mark=4)
        pool = Pool()
        Item = pool.get('training.paper.item')
        Paper = pool.get('training.paper')
        paper = self.take()
        for item, is_right in zip(paper.items, [True, True, False]):
            _, letters = self.key(item)
            with acting(self.member):
                Item.answer(Item(item.id), letters if is_right else '')
        with acting(self.member):
            Paper.hand_in([Paper(paper.id)])
        paper = Paper(paper.id)
        self.assertEqual(
            [(i.right, i.score) for i in paper.items],
            [(True, 2), (True, 2), (False, 0)])
        self.assertEqual((paper.score, paper.state), (4, 'passed'))
        self.assertFalse(paper.timed_out)
        self.assertTrue(paper.closed_at)

    @with_transaction()
    def test_multiple(self):
        "All right options and no other make a multiple choice right"
        pool = Pool()
        Item = pool.get('training.paper.item')
        self.build(lines=[('create', [{
                            'number': 1, 'points': 6, 'type': 'multiple'}])])
        create_question(self.company, "Which two?", 'AC', 'multiple')
        item, = self.take().items
        _, key = self.key(item)
        wrong = next(x for x in 'ABCD' if x not in key)
        for letters, right in [
                (key[0], False), (key + wrong, False),
                (key[::-1], True), (key + 'XYZ', True)]:
            with self.subTest(letters=letters):
                with acting(self.member):
                    Item.answer(Item(item.id), letters)
                Item.mark([Item(item.id)])
                self.assertEqual(Item(item.id).right, right)

    @with_transaction()
    def test_after_time(self):
        "No answer is taken when the time is over, and the paper is closed"
        pool = Pool()
        Item = pool.get('training.paper.item')
        Paper = pool.get('training.paper')
        self.build()
        paper = self.take()
        with acting(self.member):
            Item.answer(
                Item(paper.items[0].id), self.key(paper.items[0])[1])
        self.let_time_pass(paper, minutes=31)
        for act in [
                lambda: Item.answer(Item(paper.items[1].id), 'A'),
                lambda: Paper.hand_in([Paper(paper.id)])]:
            with acting(self.member):
                with self.assertRaises(PaperClosedError):
                    act()
        self.assertEqual(Paper.close_overdue(), 1)
        self.assertEqual(Paper.close_overdue(), 0)
        paper = Paper(paper.id)
        self.assertEqual(
            (paper.state, paper.score, paper.timed_out, paper.closed_at),
            ('failed', 2, True, paper.due_at))

    @with_transaction()
    def test_closed_at_next_touch(self):
        "A paper of which the time is over is closed before the next"
        self.build(waiting_days=0)
        paper = self.take()
        self.let_time_pass(paper, minutes=31)
        again = self.take()
        self.assertNotEqual(again, paper)
        self.assertEqual(again.attempt, 2)
        self.assertEqual(paper.__class__(paper.id).state, 'failed')

    @with_transaction()
    def test_twice(self):
        "A paper that is handed in is neither answered nor handed in again"
        pool = Pool()
        Item = pool.get('training.paper.item')
        Paper = pool.get('training.paper')
        self.build()
        paper = self.finish()
        with acting(self.member):
            with self.assertRaises(PaperClosedError):
                Item.answer(Item(paper.items[0].id), 'A')
            with self.assertRaises(PaperClosedError):
                Paper.hand_in([Paper(paper.id)])

    @with_transaction()
    def test_other(self):
        "Nobody answers or hands in for another, not even the administration"
        pool = Pool()
        Item = pool.get('training.paper.item')
        Paper = pool.get('training.paper')
        self.build()
        paper = self.take()
        admin = create_admin(self.company)
        for user in [self.other, admin]:
            with acting(user):
                with self.assertRaises(PaperAccessError):
                    Item.answer(Item(paper.items[0].id), 'A')
                with self.assertRaises(PaperAccessError):
                    Paper.hand_in([Paper(paper.id)])
        with acting(self.other):
            self.assertEqual(Paper.search([]), [])
            self.assertEqual(Item.search([]), [])
            with self.assertRaises(AccessError):
                Item.read([paper.items[0].id], ['text'])

    @with_transaction()
    def test_retake(self):
        "A failed exam is taken again after the days, so often as allowed"
        self.build()
        first = self.finish(right=False)
        self.assertEqual(first.state, 'failed')
        with self.assertRaises(ExamAttemptError):
            self.take()
        self.let_time_pass(first, days=1)
        second = self.finish(right=False)
        self.assertEqual(second.attempt, 2)
        self.let_time_pass(second, days=5)
        with self.assertRaises(ExamAttemptError):
            self.take()

    @with_transaction()
    def test_retake_passed(self):
        "Attempts count from the last pass"
        self.build()
        self.assertEqual(self.finish().state, 'passed')
        self.assertEqual(self.finish().attempt, 1)

    @with_transaction()
    def test_closed_exam(self):
        "An exam is taken between its days and while it is in use"
        self.build()
        today = dt.date.today()
        for values in [
                {'opens_on': today + dt.timedelta(days=2)},
                {'closes_on': today - dt.timedelta(days=2)},
                {'active': False}]:
            with self.subTest(values=values):
                self.exam.__class__.write([self.exam], {
                        'opens_on': None, 'closes_on': None, 'active': True,
                        **values})
                with self.assertRaises(ExamAttemptError):
                    self.take()

    @with_transaction()
    def test_days_of_exam(self):
        "An exam is open on its first and its last day, and closed outside"
        self.build()
        day, one = self.exam.day, dt.timedelta(days=1)
        for opens_on, closes_on, is_open in [
                (day, day, True), (day, None, True), (None, day, True),
                (day + one, None, False), (None, day - one, False)]:
            with self.subTest(opens_on=opens_on, closes_on=closes_on):
                self.exam.opens_on = opens_on
                self.exam.closes_on = closes_on
                self.assertEqual(self.exam.is_open(), is_open)

    @with_transaction()
    def test_written_by_server(self):
        "Nobody writes papers or items, not even the administration"
        pool = Pool()
        Item = pool.get('training.paper.item')
        Paper = pool.get('training.paper')
        self.build()
        paper = self.take()
        admin = create_admin(self.company)
        for user in [self.member, admin]:
            with acting(user):
                for act in [
                        lambda: Paper.write(
                            [Paper(paper.id)], {'state': 'passed'}),
                        lambda: Item.write(
                            [Item(paper.items[0].id)], {'right': True}),
                        lambda: Paper.delete([Paper(paper.id)]),
                        lambda: Paper.copy([Paper(paper.id)])]:
                    with self.assertRaises(AccessError):
                        act()

    # What tells the right answers

    def assert_denied(self, calls):
        "Each call, as a client sends it, is refused"
        for method, *arguments in calls:
            with self.subTest(method=method, arguments=arguments):
                with self.assertRaises(AccessError):
                    call(self.member, f'model.{method}', *arguments)

    @with_transaction()
    def test_bank_secret(self):
        "Who takes exams reads nothing of the bank, by no way"
        pool = Pool()
        self.build()
        self.take()
        for model in ['training.question', 'training.question.option']:
            Model = pool.get(model)
            record, = Model.search([], limit=1)
            self.assert_denied([
                    (f'{model}.search', []),
                    (f'{model}.search_count', []),
                    (f'{model}.search_read', [], 0, None, None, ['text']),
                    (f'{model}.read', [record.id], ['text']),
                    (f'{model}.read', [record.id], ['rec_name']),
                    (f'{model}.export_data', [record.id], ['text']),
                    (f'{model}.export_data_domain', [], ['text']),
                    (f'{model}.copy', [record.id]),
                    ])

    @with_transaction()
    def test_key_secret(self):
        "The right answers of a paper are read, exported and searched by none"
        self.build()
        paper = self.take()
        admin = create_admin(self.company)
        self.assert_denied([
                (f'{model}.{method}', *arguments)
                for model, names in SECRETS.items() for name in names
                for method, *arguments in [
                    ('search', []),
                    ('search_count', []),
                    ('search_read', [], 0, None, None, [name]),
                    ('read', [1], [name]),
                    ('export_data', [1], [name]),
                    ('export_data_domain', [], [name]),
                    ]])
        with self.assertRaises(AccessError):
            call(admin, 'model.training.paper.key.search', [])
        # As trytond does not check what the operator where looks into,
        # nothing that leads from a paper may lead to the keys or the bank.
        seen, models = set(), ['training.paper', 'training.daily']
        while models:
            name = models.pop()
            self.assertNotIn(name, SECRETS)
            seen.add(name)
            for field in Pool().get(name)._fields.values():
                target = (
                    field.get_target().__name__
                    if hasattr(field, 'get_target') else '')
                if (field._type != 'reference' and target not in seen
                        and target.startswith('training.')):
                    models.append(target)
        self.assertIn('training.paper.item', seen)
        for domain in [
                [('items.key', '!=', None)],
                [('items', 'where', [('key', '!=', None)])]]:
            with self.assertRaises(DomainFormError):
                call(self.member, 'model.training.paper.search', domain)
        self.assertTrue(paper)

    @with_transaction()
    def test_nothing_before_closing(self):
        "What shows the right answers is empty until the paper is closed"
        self.build()
        paper = self.take()
        item = paper.items[0]
        model = 'model.training.paper.item'
        shown = ['right_answer', 'explanation', 'source', 'right', 'score']
        values, = call(self.member, f'{model}.read', [item.id], shown)
        self.assertFalse(any(values[n] for n in shown))
        values, = call(
            self.member, f'{model}.export_data', [item.id], shown[:3])
        self.assertFalse(any(values))
        for domain in [('right', '=', True), ('score', '>', 0)]:
            self.assertEqual(
                call(self.member, f'{model}.search', [domain]), [])
        for name in shown[:3]:
            with self.assertRaises(DomainValueError):
                call(
                    self.member, f'{model}.search', [(name, '!=', None)])

    @with_transaction()
    def test_answers_after_closing(self):
        "The right answers and explanations are shown when it is closed"
        pool = Pool()
        Item = pool.get('training.paper.item')
        self.build()
        paper = self.finish(right=False)
        item = paper.items[0]
        with acting(self.member):
            values, = Item.read(
                [item.id], ['right_answer', 'explanation', 'source'])
        self.assertEqual(values['right_answer'], self.key(item)[1])
        self.assertTrue(values['explanation'].startswith("Because of"))
        self.assertEqual(values['source'], "The rules")
        self.assertNotIn(item.chosen, [None, self.key(item)[1]])

    @with_transaction()
    def test_no_looking_up(self):
        """Neither the mistakes nor former papers tell of one that is open

        No other user is kept from them.
        """
        pool = Pool()
        Item = pool.get('training.paper.item')
        Mistake = pool.get('training.mistake')
        self.build(
            waiting_days=0, pass_mark=12,
            lines=[('create', [{'number': 6, 'points': 2}])])
        shown = ['right_answer', 'explanation', 'source']

        def tell(user):
            with acting(user):
                mistakes = [m.id for m in Mistake.search([])]
                told = [
                    [any(r[n] for n in shown) for r in Model.read(ids, shown)]
                    for Model, ids in [(Mistake, mistakes), (Item, former)]]
            self.assertEqual(*told)
            return told[0]
        former = [i.id for i in self.finish(right=False).items]
        self.assertEqual(tell(self.member), [True] * 6)
        paper = self.take()
        self.assertEqual(tell(self.member), [False] * 6)
        self.assertEqual(tell(create_admin(self.company)), [True] * 6)
        with acting(self.member):
            paper.__class__.hand_in([paper.__class__(paper.id)])
        self.assertEqual(tell(self.member), [True] * 6)

    # The wizard

    def run_wizard(self, session, state, data=None):
        pool = Pool()
        Take = pool.get('training.exam.take', type='wizard')
        with acting(self.member):
            with Transaction().set_context(_check_access=False):
                result = Take.execute(session, data or {}, state)
        return result['view']

    def start_wizard(self):
        pool = Pool()
        Take = pool.get('training.exam.take', type='wizard')
        with acting(self.member):
            session, start, _ = Take.create()
        return session, self.run_wizard(session, start)

    @with_transaction()
    def test_wizard(self):
        "An exam by taps: begin, choose, hand in"
        pool = Pool()
        Paper = pool.get('training.paper')
        self.build()
        session, view = self.start_wizard()
        self.assertEqual(view['state'], 'start')
        exam = view['defaults']['exam']
        self.assertEqual(exam, str(self.exam.id))
        view = self.run_wizard(session, 'draw', {'start': {'exam': exam}})
        self.assertEqual(view['state'], 'question')
        paper, = Paper.search([])
        for item in paper.items:
            self.assertEqual(view['defaults']['record'], item.id)
            self.assertNotIn('key', view['defaults'])
            number = 'ABCD'.index(self.key(item)[1]) + 1
            view = self.run_wizard(
                session, f'choose_{number}',
                {'question': {'record': item.id}})
        self.assertEqual(view['defaults']['record'], item.id)
        self.assertIn('●', view['defaults']['options'])
        view = self.run_wizard(session, 'previous')
        self.assertEqual(view['defaults']['record'], paper.items[1].id)
        view = self.run_wizard(session, 'next')
        self.assertEqual(view['defaults']['record'], item.id)
        view = self.run_wizard(session, 'ask_hand_in')
        self.assertEqual(view['defaults']['heading'], '3 / 3')
        view = self.run_wizard(session, 'hand_in')
        self.assertEqual(view['state'], 'result')
        self.assertEqual(view['defaults']['score'], '6 / 6')
        self.assertEqual(Paper(paper.id).state, 'passed')

    @with_transaction()
    def test_wizard_resumes(self):
        "Who comes back goes on with the running paper"
        self.build()
        paper = self.take()
        self.answer(paper.__class__(paper.id))
        session, view = self.start_wizard()
        self.assertEqual(view['state'], 'question')
        self.assertEqual(view['defaults']['record'], paper.items[0].id)

    @with_transaction()
    def test_wizard_over(self):
        "A tap after the time shows the result of what was answered before"
        self.build()
        paper = self.take()
        session, view = self.start_wizard()
        self.let_time_pass(paper, minutes=31)
        view = self.run_wizard(
            session, 'choose_1', {'question': {
                    'record': paper.items[0].id}})
        self.assertEqual(view['state'], 'result')
        self.assertTrue(view['defaults']['timed_out'])
        self.assertEqual(view['defaults']['score'], '0 / 6')

    @with_transaction()
    def test_wizard_other(self):
        "The wizard shows no item of somebody else"
        self.build()
        paper = self.take(self.other)
        session, _ = self.start_wizard()
        for state in ['choose_1', 'next', 'hand_in', 'question']:
            with self.subTest(state=state):
                with self.assertRaises(PaperAccessError):
                    self.run_wizard(session, state, {'question': {
                                'record': paper.items[0].id}})

    @with_transaction()
    def test_results_by_unit(self):
        "Papers, passes and averages are told by unit"
        pool = Pool()
        Result = pool.get('training.result.unit')
        self.build(waiting_days=0, attempts=5)
        self.finish()
        self.finish(right=False)
        self.take()
        result, = Result.search([])
        self.assertEqual(
            (result.papers, result.passed, result.pass_rate, result.average,
                result.best),
            (2, 1, 50, 50, 100))
        with acting(self.member):
            with self.assertRaises(AccessError):
                Result.search([])

    @with_transaction()
    def test_certificate(self):
        "Who attended the course and passes is certified, once for the paper"
        pool = Pool()
        Certificate = pool.get('training.certificate')
        self.build(waiting_days=0, attempts=5)
        course = create_course(
            self.company, kinds=[], exam_required=True)
        self.exam.course = course
        self.exam.save()
        self.finish()
        self.assertEqual(Certificate.search([]), [])
        session = create_session(course, kinds=[])
        session.attendances = [
            {'company': self.company, 'employee': self.member.employee}]
        session.save()
        hold(session)
        certificate, = Certificate.search([])
        self.assertEqual(certificate.employee, self.member.employee)
        self.assertEqual(certificate.origin.exam, self.exam)
        self.finish()
        self.assertEqual(Certificate.search([], count=True), 1)

    @with_transaction()
    def test_no_certificate(self):
        "Who attended and fails is not certified until passing"
        pool = Pool()
        Certificate = pool.get('training.certificate')
        self.build(waiting_days=0, attempts=5)
        course = create_course(
            self.company, kinds=[], exam_required=True)
        self.exam.course = course
        self.exam.save()
        session = create_session(course, kinds=[])
        session.attendances = [
            {'company': self.company, 'employee': self.member.employee}]
        session.save()
        hold(session)
        self.finish(right=False)
        self.assertEqual(Certificate.search([]), [])
        paper = self.finish()
        certificate, = Certificate.search([])
        self.assertEqual(certificate.origin, paper)

    def remove_files(self):
        "Remove the files that are not in use, as after the retention"
        pool = Pool()
        Queue = pool.get('ir.filestore.queue')
        table = Queue.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [table.create_date], [dt.datetime(2001, 1, 1)]))
        Queue.remove()

    @with_transaction()
    def test_picture_kept(self):
        "A paper keeps the picture that its question had, whatever replaces it"
        pool = Pool()
        Item = pool.get('training.paper.item')
        Question = pool.get('training.question')
        self.build()
        questions = self.questions
        Question.write(questions, {'picture': picture()})
        items = self.take().items
        pictures = [i.picture for i in items]
        self.assertTrue(all(pictures))
        Question.write(questions[:3], {'picture': None})
        Question.write(questions[3:], {'picture': picture(color='yellow')})
        self.remove_files()
        self.assertEqual(
            [i.picture for i in Item.browse(items)], pictures)

    @with_transaction()
    def test_picture_of_deleted_paper(self):
        "What becomes of a paper leaves the picture of its question"
        pool = Pool()
        Paper = pool.get('training.paper')
        Question = pool.get('training.question')
        self.build()
        Question.write(self.questions, {'picture': picture()})
        Paper.delete([self.take()])
        self.remove_files()
        for question in Question.browse(self.questions):
            self.assertTrue(question.picture)

    @with_transaction()
    def test_picture_removed(self):
        "The picture goes when neither a question nor a paper names it"
        pool = Pool()
        Paper = pool.get('training.paper')
        Question = pool.get('training.question')
        self.build()
        Question.write(self.questions, {'picture': picture()})
        paper = self.take()
        files = {q.picture_id for q in Question.browse(self.questions)}
        Question.write(self.questions, {'picture': None})
        self.remove_files()
        self.assertEqual(
            {f for f in files if self.has_file(f)},
            {i.picture_id for i in paper.items})
        Paper.delete([paper])
        self.remove_files()
        self.assertFalse([f for f in files if self.has_file(f)])

    def has_file(self, id_):
        try:
            return bool(filestore.size(id_, Transaction().database.name))
        except FileNotFoundError:
            return False
