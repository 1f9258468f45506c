# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a former course and exam are worth when a certificate is to be renewed."

import datetime as dt
import unittest

from bank import create_exam, fill_bank
from organization import acting
from school import (
    build_school, certify, create_course, create_session, hold, in_days)
from templates import activate_built

from trytond.modules.hazard_training.exceptions import ExamAttemptError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class RenewalTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_training', build_school)

    def setup(self, attempts=5, **course):
        self.school = build_school()
        self.candidate = self.school.employees.candidate
        Transaction().set_context(company=self.school.company.id)
        fill_bank(self.school.company, 6)
        self.course = create_course(
            self.school.company, exam_required=True, **course)
        self.exam = create_exam(
            self.school.company, course=self.course.id, attempts=attempts,
            waiting_days=0)

    def attend(self, days=0):
        with acting(self.school.users.admin):
            hold(create_session(self.course, days=days))

    def take(self, right=True):
        pool = Pool()
        Exam = pool.get('training.exam')
        Item = pool.get('training.paper.item')
        Key = pool.get('training.paper.key')
        Paper = pool.get('training.paper')
        with acting(self.school.users.candidate):
            paper = Paper.take(Exam(self.exam.id), self.candidate)
        letters = Key.of_items(Item.search([('paper', '=', paper.id)]))
        with acting(self.school.users.candidate):
            for item in paper.items:
                if right:
                    Item.answer(item, letters[item.id][1])
            Paper.hand_in([paper])
        return Paper(paper.id)

    def move(self, days):
        "Move all that has been issued, taken and attended into the past."
        pool = Pool()
        delta = dt.timedelta(days=days)
        for name, fields in [
                ('training.certificate', ['issued_on', 'valid_until']),
                ('training.paper', ['started_at', 'due_at', 'closed_at']),
                ('training.session', ['starts_at', 'ends_at'])]:
            Model = pool.get(name)
            for record in Model.search([]):
                for field in fields:
                    setattr(record, field, getattr(record, field) - delta)
                record.save()

    @property
    def certificates(self):
        return Pool().get('training.certificate').search(
            [], order=[('id', 'ASC')])

    @with_transaction()
    def test_issued_by(self):
        "An exam that is passed makes its taker no issuer"
        self.setup()
        self.attend()
        self.take()
        certificate, = self.certificates
        self.assertIsNone(certificate.issued_by)
        self.move(days=300)
        self.take()
        self.attend()
        _, certificate = self.certificates
        self.assertEqual(certificate.issued_by, self.school.employees.admin)

    @with_transaction()
    def test_attended_twice(self):
        "Attending twice before one exam gives no second certificate"
        self.setup()
        self.attend(days=2)
        self.attend(days=1)
        self.take()
        certificate, = self.certificates
        self.assertEqual(certificate.attendance.session.starts_at.date(),
            (dt.datetime.now() - dt.timedelta(days=1)).date())
        self.move(days=300)
        self.take()
        self.assertEqual(self.certificates, [certificate])

    @with_transaction()
    def test_passed_twice(self):
        "Passing twice before attending gives no second certificate"
        self.setup()
        self.take()
        last = self.take()
        self.attend()
        certificate, = self.certificates
        self.assertEqual(certificate.origin, last)
        self.move(days=300)
        self.attend()
        self.assertEqual(self.certificates, [certificate])
        self.take()
        self.assertEqual(len(self.certificates), 2)

    @with_transaction()
    def test_revoked(self):
        "What led to a revoked certificate leads to no other"
        self.setup()
        self.attend()
        self.take()
        certificate, = self.certificates
        self.move(days=300)
        certificate.state = 'revoked'
        certificate.save()
        self.take()
        self.assertEqual(self.certificates, [certificate])
        self.attend()
        self.assertEqual(len(self.certificates), 2)

    @with_transaction()
    def test_issued_elsewhere(self):
        "A certificate from elsewhere ends what was attended before"
        self.setup()
        self.attend(days=10)
        external, = certify(
            [self.candidate], self.course,
            issued_on=in_days(-5))
        self.take()
        self.assertEqual(self.certificates, [external])
        external.state = 'revoked'
        external.save()
        self.take()
        self.assertEqual(len(self.certificates), 2)

    @with_transaction()
    def test_attempts_again(self):
        "Who has failed every attempt may try again after attending again"
        self.setup(attempts=2)
        self.attend(days=1)
        for attempt in [1, 2]:
            self.assertEqual(self.take(right=False).attempt, attempt)
        with self.assertRaises(ExamAttemptError):
            self.take()
        self.move(days=3)
        self.attend(days=1)
        self.assertEqual(self.take().attempt, 1)
        self.assertEqual(len(self.certificates), 1)
