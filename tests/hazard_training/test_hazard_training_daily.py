# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import random
import unittest
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

import time_machine
from access import call
from bank import (
    create_admin, create_exam, create_people, create_question, fill_bank)
from mine import build_mine, new_hazard
from organization import acting, create_user, get_ref
from templates import activate_built

from trytond.backend import name as backend_name
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.company.tests import create_employee
from trytond.modules.hazard_training.daily.daily_draw import Draw, weights
from trytond.modules.hazard_training.exceptions import (
    DailyAccessError, DailyAnswerError)
from trytond.modules.hazard_training.question.answer_key import right_letters
from trytond.modules.safety_base.exceptions import DomainValueError
from trytond.pool import Pool
from trytond.tests.test_tryton import drop_db, with_transaction
from trytond.transaction import Transaction

DAY = dt.date(2026, 3, 2)


def at(day, hour=8):
    return time_machine.travel(
        dt.datetime.combine(day, dt.time(hour), dt.UTC), tick=False)


@contextmanager
def counted():
    "Count the statements that are executed inside."
    if backend_name == 'sqlite':
        statements = []
        connection = Transaction().connection
        connection.set_trace_callback(statements.append)
        try:
            yield statements
        finally:
            connection.set_trace_callback(None)
    else:
        from psycopg import Cursor
        statements, execute = [], Cursor.execute

        def count(self, query, *args, **kwargs):
            statements.append(query)
            return execute(self, query, *args, **kwargs)
        with patch.object(Cursor, 'execute', count):
            yield statements


class DailyTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_built('hazard_training', build_mine)

    def build(self, questions=40, people=2):
        self.mine = build_mine()
        self.company = self.mine.company
        Transaction().set_context(company=self.company.id)
        self.questions = fill_bank(self.company, questions)
        self.people = create_people(
            self.company, people, self.mine.units.ventilation)
        self.member, self.other = [
            create_user(f'member{n}', self.company, e)
            for n, e in enumerate(self.people[:2])]

    def draw(self, day=DAY):
        pool = Pool()
        Daily = pool.get('training.daily')
        Daily.draw_day(self.company, day)
        return {
            d.employee: d for d in Daily.search([('day', '=', day)])}

    def answer(self, daily, right=True, user=None):
        pool = Pool()
        Daily = pool.get('training.daily')
        key = self.key(daily)
        if not right:
            key = next(x for x in 'ABCD' if x not in key)
        with acting(user or self.member):
            Daily.answer(Daily(daily.id), key)
        return Daily(daily.id)

    def question(self, daily):
        pool = Pool()
        Key = pool.get('training.daily.key')
        question, _ = Key.of_dailies([daily])[daily.id]
        return question

    def key(self, daily):
        pool = Pool()
        Key = pool.get('training.daily.key')
        _, options = Key.of_dailies([daily])[daily.id]
        return right_letters(options)

    def test_weights(self):
        "Questions of the discipline and category of hazards are likelier"
        questions = [
            (1, 'gas', 'fire'), (2, 'gas', None), (3, 'roof', 'fall')]
        self.assertEqual(weights(questions, {}), [1, 2, 3])
        self.assertEqual(
            weights(questions, {('gas', 'fire'): 3, ('belt', None): 1}),
            [1 + 6 + 9, 16 + 1 + 6, 23 + 1])

    @with_transaction()
    def test_one_each(self):
        "Each active member has one question a day, however often it runs"
        pool = Pool()
        Daily = pool.get('training.daily')
        Member = pool.get('safety.member')
        self.build(people=4)
        employee = create_employee(self.company, "Candidate")
        Member.create([{
                    'company': self.company.id, 'employee': employee.id,
                    'kind': get_ref('safety_organization.member_kind_union'),
                    'unit': self.mine.units.ventilation.id}, {
                    'company': self.company.id,
                    'employee': self.people[0].id,
                    'kind': get_ref('safety_organization.member_kind_party'),
                    'unit': self.mine.units.ventilation.id,
                    'state': 'active'}])
        self.assertEqual(set(self.draw()), set(self.people))
        before = {d.id: self.question(d) for d in Daily.search([])}
        self.draw()
        self.assertEqual(
            {d.id: self.question(d) for d in Daily.search([])}, before)
        self.assertEqual(len(before), 4)

    @with_transaction()
    def test_time(self):
        "The questions are drawn from the time that the company has set"
        pool = Pool()
        Configuration = pool.get('training.configuration')
        Daily = pool.get('training.daily')
        self.build()
        self.company.timezone = 'Asia/Shanghai'
        self.company.save()
        configuration = Configuration(1)
        configuration.daily_at = dt.time(6)
        configuration.save()
        for day, hour, number in [(1, 21, 0), (1, 22, 2), (2, 15, 2),
                (2, 21, 2), (2, 22, 4)]:
            with self.subTest(day=day, hour=hour):
                with at(dt.date(2026, 3, day), hour):
                    Daily.draw()
                self.assertEqual(Daily.search([], count=True), number)
        self.assertEqual(
            {d.day for d in Daily.search([])},
            {dt.date(2026, 3, 2), dt.date(2026, 3, 3)})
        configuration = Configuration(1)
        configuration.daily_at = None
        configuration.save()
        with at(dt.date(2026, 3, 4), 22):
            Daily.draw()
        self.assertEqual(Daily.search([], count=True), 4)

    @with_transaction()
    def test_not_within_30_days(self):
        "None is asked the same within 30 days"
        pool = Pool()
        Daily = pool.get('training.daily')
        self.build(questions=31, people=2)
        for n in range(35):
            self.draw(DAY + dt.timedelta(days=n))
        for employee in self.people:
            dailies = Daily.search(
                [('employee', '=', employee.id)], order=[('day', 'ASC')])
            self.assertEqual(len(dailies), 35)
            for index in range(6):
                asked = [
                    self.question(d) for d in dailies[index:index + 30]]
                self.assertEqual(len(set(asked)), 30)

    @with_transaction()
    def test_none_left(self):
        "Who was asked all in 30 days is asked none until then"
        self.build(questions=2)
        self.assertEqual(
            [len(self.draw(DAY + dt.timedelta(days=n)))
                for n in [0, 1, 2, 29, 30]],
            [2, 2, 0, 0, 2])

    @with_transaction()
    def test_weighted(self):
        "Hazards of the unit make their discipline likelier"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        self.build(questions=0)
        for n in range(20):
            create_question(
                self.company, f"Gas {n}", category=get_ref(
                    'hazard.category_gas'))
            create_question(
                self.company, f"Coal {n}", discipline=get_ref(
                    'hazard.discipline_mining'))
        hazard = new_hazard(
            self.mine, category=get_ref('hazard.category_gas'))
        hazard.save()
        Hazard.submit([hazard])
        people = create_people(
            self.company, 100, self.mine.units.ventilation)
        others = create_people(self.company, 100, self.mine.units.driving)
        day = dt.date.today()
        values = Draw(self.company, day, random.Random(1)).values()
        found = Counter()
        names = {q.id: q.text for q in Pool().get(
                'training.question').search([])}
        groups = {
            **dict.fromkeys((e.id for e in people), 'own'),
            **dict.fromkeys((e.id for e in others), 'other')}
        for value, key in values:
            if value['employee'] in groups:
                found[groups[value['employee']],
                    names[key['question']].split()[0]] += 1
        self.assertGreater(found['own', "Gas"], 85)
        self.assertLess(found['other', "Gas"], 70)

    @with_transaction()
    def test_queries(self):
        "The number of queries does not grow with the number of people"
        self.build(people=20)
        self.draw(DAY - dt.timedelta(days=1))
        with counted() as few:
            self.draw()
        create_people(
            self.company, 100, self.mine.units.ventilation)
        with counted() as many:
            drawn = self.draw(DAY + dt.timedelta(days=1))
        self.assertEqual(len(drawn), 120)
        if backend_name == 'sqlite':
            # SQLite inserts row by row, and constraints are checked there
            # for a few rows at once, see modules/safety_base/sqlite.py
            few, many = [
                [s for s in x if not s.startswith('INSERT')
                    and 'last_insert_rowid' not in s
                    and not ('"id" < 0' in s and s.endswith('LIMIT 1'))]
                for x in [few, many]]
        self.assertGreater(len(few), 5)
        self.assertLessEqual(len(many), len(few) + 2, Counter(many))

    @with_transaction()
    def test_answer(self):
        "The answer is right or wrong, and the days in a row count"
        self.build()
        for n, (right, streak) in enumerate([
                    (True, 1), (False, 2), (None, None), (True, 1)]):
            day = DAY + dt.timedelta(days=n)
            with at(day):
                daily = self.draw(day)[self.people[0]]
                if right is not None:
                    daily = self.answer(daily, right)
            with self.subTest(day=day):
                self.assertEqual(
                    (bool(daily.right), daily.streak),
                    (bool(right), streak))

    @with_transaction()
    def test_days_without(self):
        "Days on which nobody was asked end the days in a row"
        self.build()
        for n, streak in [(0, 1), (1, 2), (3, 1)]:
            day = DAY + dt.timedelta(days=n)
            with self.subTest(day=day), at(day):
                daily = self.answer(self.draw(day)[self.people[0]])
                self.assertEqual(daily.streak, streak)

    @with_transaction()
    def test_refused(self):
        "Answered once, by oneself, on the day"
        pool = Pool()
        Daily = pool.get('training.daily')
        self.build()
        dailies = self.draw()
        mine, others = [dailies[e] for e in self.people]
        with at(DAY):
            self.answer(mine)
            with self.assertRaises(DailyAnswerError):
                self.answer(mine)
            with self.assertRaises(DailyAccessError):
                self.answer(others)
            with acting(self.other):
                with self.assertRaises(DailyAnswerError):
                    Daily.answer(Daily(others.id), '')
                with self.assertRaises(DailyAnswerError):
                    Daily.answer(Daily(others.id), 'XYZ')
        with at(DAY + dt.timedelta(days=1)):
            with self.assertRaises(DailyAnswerError):
                self.answer(others, user=self.other)

    @with_transaction()
    def test_written_by_server(self):
        "Nobody writes daily questions or wrong answers"
        pool = Pool()
        Daily = pool.get('training.daily')
        Mistake = pool.get('training.mistake')
        self.build()
        with at(DAY):
            daily = self.answer(self.draw()[self.people[0]], right=False)
        mistake, = Mistake.search([])
        admin = create_admin(self.company)
        for user in [self.member, admin]:
            with acting(user):
                for act in [
                        lambda: Daily.write(
                            [Daily(daily.id)], {'right': True}),
                        lambda: Daily.delete([Daily(daily.id)]),
                        lambda: Mistake.write(
                            [Mistake(mistake.id)], {'state': 'mastered'}),
                        lambda: Mistake.delete([Mistake(mistake.id)])]:
                    with self.assertRaises(AccessError):
                        act()

    @with_transaction()
    def test_secret(self):
        "What is right is told only when it is answered, and by no search"
        pool = Pool()
        Daily = pool.get('training.daily')
        self.build()
        dailies = self.draw()
        mine = dailies[self.people[0]]
        shown = ['right_answer', 'explanation', 'source', 'right']
        with acting(self.member):
            self.assertEqual(
                Daily.search([]), [Daily(mine.id)])
            values, = Daily.read([mine.id], [*shown, 'text', 'options'])
            self.assertTrue(values['text'] and values['options'])
            self.assertFalse(any(values[n] for n in shown))
        for name in shown[:3]:
            with self.assertRaises(DomainValueError):
                call(
                    self.member, 'model.training.daily.search',
                    [(name, '!=', None)])
        with at(DAY):
            self.answer(mine)
        with acting(self.member):
            values, = Daily.read([mine.id], shown)
            self.assertEqual(values['right_answer'], self.key(mine))
            self.assertTrue(values['explanation'])

    @with_transaction()
    def test_wrong_comes_back(self):
        "A wrong answer comes back after 1, 3, 7 and 15 days"
        pool = Pool()
        Daily = pool.get('training.daily')
        Mistake = pool.get('training.mistake')
        self.build(people=2)
        wrong, asked = None, []
        for n in range(40):
            day = DAY + dt.timedelta(days=n)
            with at(day):
                daily = self.draw(day)[self.people[0]]
                if wrong is None:
                    wrong = self.question(daily)
                    self.answer(daily, right=False)
                    continue
                self.answer(daily)
            if self.question(daily) == wrong:
                self.assertTrue(daily.repeated)
                asked.append(n)
        self.assertEqual(asked, [1, 4, 11, 26])
        mistake, = Mistake.search([])
        self.assertEqual(
            (mistake.state, mistake.times, mistake.due_on),
            ('mastered', 1, None))
        self.assertEqual(Daily.search([
                    ('repeated', '=', True)], count=True), 4)

    @with_transaction()
    def test_wrong_again(self):
        "A wrong answer to what came back begins anew"
        pool = Pool()
        Mistake = pool.get('training.mistake')
        self.build()
        for n, right in enumerate([False, True, None, None, False]):
            day = DAY + dt.timedelta(days=n)
            with at(day):
                daily = self.draw(day)[self.people[0]]
                if right is not None:
                    self.answer(daily, right)
        mistake, = Mistake.search([])
        self.assertEqual(
            (mistake.times, mistake.step, mistake.due_on, mistake.state),
            (2, 0, DAY + dt.timedelta(days=5), 'open'))

    @with_transaction()
    def test_wrong_book(self):
        "Everybody reads the own wrong answers with what is right"
        pool = Pool()
        Mistake = pool.get('training.mistake')
        self.build()
        with at(DAY):
            self.answer(self.draw()[self.people[0]], right=False)
        with acting(self.member):
            mistake, = Mistake.search([])
            self.assertTrue(mistake.right_answer.endswith(' B'))
            self.assertTrue(mistake.explanation)
            with self.assertRaises(AccessError):
                Mistake.search([('question.options.right', '=', True)])
            with self.assertRaises(AccessError):
                Mistake.read([mistake.id], ['question'])
        with acting(self.other):
            self.assertEqual(Mistake.search([]), [])

    @with_transaction()
    def test_no_looking_up(self):
        "The book tells nothing of the question of the day until it is over"
        pool = Pool()
        Mistake = pool.get('training.mistake')
        self.build()
        day = DAY + dt.timedelta(days=1)

        def tell():
            with acting(self.member):
                mistake, = Mistake.search([])
                return bool(mistake.right_answer or mistake.explanation)
        with at(DAY):
            self.answer(self.draw()[self.people[0]], right=False)
            self.assertTrue(tell())
        with at(day):
            daily = self.draw(day)[self.people[0]]
            self.assertTrue(daily.repeated)
            self.assertFalse(tell())
            self.answer(daily)
            self.assertTrue(tell())

    @with_transaction()
    def test_in_open_paper(self):
        "What an open paper asks too is explained when that is handed in"
        pool = Pool()
        Paper = pool.get('training.paper')
        self.build(questions=2)
        create_exam(self.company, number=2)
        with at(DAY), acting(self.member):
            paper = Paper.take(
                pool.get('training.exam').search([])[0], self.people[0])
        with at(DAY):
            daily = self.answer(self.draw()[self.people[0]])
            with acting(self.member):
                daily = type(daily)(daily.id)
                self.assertFalse(daily.right_answer)
                self.assertEqual(daily.explanation, gettext(
                        'hazard_training.msg_daily_in_paper'))
                Paper.hand_in([Paper(paper.id)])
                daily = type(daily)(daily.id)
                self.assertTrue(daily.right_answer)
                self.assertNotEqual(daily.explanation, gettext(
                        'hazard_training.msg_daily_in_paper'))

    @with_transaction()
    def test_board(self):
        "The boards tell how many answered and were right, by unit and day"
        pool = Pool()
        Board = pool.get('training.daily.board')
        Day = pool.get('training.daily.day')
        self.build(people=2)
        create_people(self.company, 1, self.mine.units.driving)
        with at(DAY):
            dailies = self.draw()
            self.answer(dailies[self.people[0]])
            self.answer(
                dailies[self.people[1]], right=False, user=self.other)
        boards = {b.unit: b for b in Board.search([])}
        own = boards[self.mine.units.ventilation]
        self.assertEqual(
            (own.asked, own.answered, own.right, own.answer_rate,
                own.right_rate),
            (2, 2, 1, 100, 50))
        other = boards[self.mine.units.driving]
        self.assertEqual((other.answer_rate, other.right_rate), (0, None))
        day, = Day.search([])
        self.assertEqual((day.asked, float(day.answer_rate)), (3, 66.7))
        with acting(self.member):
            for Model in [Board, Day]:
                with self.assertRaises(AccessError):
                    Model.search([])

    @with_transaction()
    def test_board_of_today(self):
        "Today is that of the company, not that of the reader's computer"
        pool = Pool()
        Board = pool.get('training.daily.board')
        self.build()
        self.company.timezone = 'Asia/Shanghai'
        self.company.save()
        admin = create_admin(self.company)
        tomorrow = DAY + dt.timedelta(days=1)
        for day in [DAY, tomorrow]:
            self.draw(day)
        for hour, day in [(15, DAY), (16, tomorrow)]:
            with at(DAY, hour), acting(admin):
                board, = Board.search([('is_today', '=', True)])
                self.assertEqual(board.day, day)
                self.assertTrue(board.is_today)
                other, = Board.search([('is_today', '=', False)])
                self.assertFalse(other.is_today)

    def notices(self):
        "Store the notifications and return their users and days."
        pool = Pool()
        Notification = pool.get('res.notification')
        transaction = Transaction()
        Notification.save(transaction.user_notifications)
        transaction.user_notifications.clear()
        return sorted(
            (n.user.login, n.description) for n in Notification.search([
                    ('action.name', '=', "Question of the Day")]))

    @with_transaction()
    def test_notice(self):
        "Each is told that the question waits, until it is answered"
        self.build()
        dailies = self.draw()
        self.assertEqual(self.notices(), [
                ('member0', '2026-03-02'), ('member1', '2026-03-02')])
        notice, = call(self.member, 'model.res.notification.get')
        self.assertEqual(
            (notice['model'], notice['action']['wiz_name']),
            (None, 'training.daily.take'))
        with at(DAY):
            self.answer(dailies[self.people[0]])
        self.assertEqual(self.notices(), [('member1', '2026-03-02')])
        self.draw(DAY + dt.timedelta(days=1))
        self.assertEqual(self.notices(), [
                ('member0', '2026-03-03'), ('member1', '2026-03-03')])
        self.draw(DAY + dt.timedelta(days=1))
        self.assertEqual(len(self.notices()), 2)

    def run_wizard(self, session, state, data=None):
        pool = Pool()
        Take = pool.get('training.daily.take', type='wizard')
        with acting(self.member):
            with Transaction().set_context(_check_access=False):
                return Take.execute(session, data or {}, state)['view']

    @with_transaction()
    def test_wizard(self):
        "A tap chooses, another one answers; then it is explained"
        pool = Pool()
        Take = pool.get('training.daily.take', type='wizard')
        self.build()
        daily = self.draw()[self.people[0]]
        with at(DAY):
            with acting(self.member):
                session, start, _ = Take.create()
            view = self.run_wizard(session, start)
            self.assertEqual(view['defaults']['text'], daily.text)
            self.assertNotIn('●', view['defaults']['options'])
            right = self.key(daily)
            number = 'ABCD'.index(right) + 1
            view = self.run_wizard(session, f'choose_{5 - number}')
            view = self.run_wizard(session, f'choose_{number}')
            self.assertEqual(view['defaults']['chosen'], right)
            self.assertEqual(view['defaults']['options'].count('●'), 1)
            self.assertFalse(daily.__class__(daily.id).answered_at)
            view = self.run_wizard(session, 'answer')
            self.assertEqual(view['state'], 'result')
            self.assertEqual(view['defaults']['right_answer'], right)
            self.assertTrue(view['defaults']['explanation'])
            with acting(self.member):
                session, start, _ = Take.create()
            self.assertEqual(
                self.run_wizard(session, start)['state'], 'result')
        with at(DAY + dt.timedelta(days=1)):
            self.assertEqual(
                self.run_wizard(session, start)['state'], 'nothing')
            with self.assertRaises(DailyAnswerError):
                self.run_wizard(session, 'answer')
