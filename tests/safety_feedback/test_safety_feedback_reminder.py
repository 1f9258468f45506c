# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from access import REFUSED, call
from feedback import build_office, press, submit
from queries import count_queries
from templates import activate_built

from trytond.model.exceptions import SQLConstraintError
from trytond.modules.safety_feedback.exceptions import ReminderAccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class ReminderTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('safety_feedback', build_office)

    @property
    def Reminder(self):
        return Pool().get('safety.feedback.reminder')

    def submit(self, office, due, submitted=-10):
        feedback = submit(office)
        today = dt.date.today()
        feedback.submitted_on = today + dt.timedelta(days=submitted)
        feedback.due_on = today + dt.timedelta(days=due)
        feedback.save()
        return feedback

    def remind(self):
        "Return the steps taken with the users told."
        Transaction().user_notifications.clear()
        known = set(self.Reminder.search([]))
        self.Reminder.remind()
        told = {n.user.login for n in Transaction().user_notifications}
        Transaction().user_notifications.clear()
        return {
            r.step for r in self.Reminder.search([]) if r not in known}, told

    @with_transaction()
    def test_steps(self):
        "The leader is told before and after, then the administration"
        for due, steps, told in [
                (2, set(), set()),
                (1, {'remind'}, {'leader'}),
                (0, {'remind'}, {'leader'}),
                (-1, {'overdue'}, {'leader'}),
                (-2, {'overdue'}, {'leader'}),
                (-3, {'overdue', 'escalate'}, {'leader', 'administrator'}),
                ]:
            with self.subTest(due=due):
                with Transaction().new_transaction() as transaction:
                    office = build_office()
                    self.submit(office, due)
                    self.assertEqual(self.remind(), (steps, told))
                    self.assertEqual(self.remind(), (set(), set()))
                    transaction.rollback()

    @with_transaction()
    def test_late_submitted(self):
        "Nobody is reminded of what was submitted on that day"
        office = build_office()
        self.submit(office, 1, submitted=0)
        self.assertEqual(self.remind(), (set(), set()))

    @with_transaction()
    def test_answered(self):
        "Nobody is reminded of what is answered"
        office = build_office()
        feedback = self.submit(office, -5)
        press(office.users.leader, feedback, 'answer', reason="Yes.")
        self.assertEqual(self.remind(), (set(), set()))

    @with_transaction()
    def test_recorded(self):
        "Reminders are written by the job only and once for each step"
        office = build_office()
        feedback = self.submit(office, -1)
        self.remind()
        reminder, = self.Reminder.search([])
        with self.assertRaises(ReminderAccessError):
            self.Reminder.write([reminder], {'step': 'escalate'})
        with self.assertRaises(REFUSED):
            call(office.users.administrator,
                'model.safety.feedback.reminder.delete', [reminder.id])
        with self.assertRaises(SQLConstraintError):
            self.Reminder.create([{
                        'feedback': feedback.id,
                        'step': 'overdue',
                        'day': reminder.day,
                        'sent_at': dt.datetime.now(),
                        }])

    @with_transaction()
    def test_queries(self):
        "The job needs no more queries for many than for few"
        office = build_office()

        def count(number):
            for _ in range(number):
                self.submit(office, -1)
            with count_queries() as queries:
                self.Reminder.remind()
            # SQLite inserts one by one.
            return len([q for q in queries if 'INSERT' not in str(q)])

        count(1)
        few = count(2)
        self.assertLessEqual(count(12), few)
