# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Certificates are sealed before the first event and long after the last one."

import datetime as dt

from forgery import ForgedMine
from mine import build_mine
from school import create_course, create_session, hold
from steps import report

from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class SealedForgeryTestCase(ForgedMine):

    def certify(self):
        "Let somebody earn a certificate now and return it."
        mine = self.mine
        course = create_course(mine.company, kinds=[])
        session = create_session(
            course, units=[mine.units.ventilation], kinds=[])
        session.attendances = [{'employee': mine.employees.worker.id}]
        session.save()
        hold(session)
        certificate, = Pool().get('training.certificate').search(
            [('course', '=', course.id)])
        Transaction().tasks.clear()
        return certificate

    def days(self):
        return [s.day.day for s in Pool().get('hazard.seal').search(
                [('company', '=', self.company.id)],
                order=[('day', 'ASC')])]

    def assertDeletionFound(self, certificate, day):
        with self.forged(lambda: self.delete(
                    'training.certificate', lambda t: t.id == certificate.id)):
            self.assertFound(self.verify(), day, None)

    @with_transaction()
    def test_no_event(self):
        "What is certified where nothing happened yet is sealed"
        self.mine = build_mine()
        self.company = self.mine.company
        certificate = self.certify()
        self.night()
        self.assertEqual(self.days(), [10])
        self.assertEqual(self.verify().list('problems'), [])
        self.assertDeletionFound(certificate, dt.date(2026, 3, 10))
        with self.forged(lambda: self.delete_seals(lambda t: t.day.in_([
                            dt.date(2026, 3, 10)]))):
            self.assertFound(self.verify(), dt.date(2026, 3, 10), None)

    @with_transaction()
    def test_before_first_event(self):
        "What is certified on days before the first event is sealed"
        self.mine = build_mine()
        self.company = self.mine.company
        certificate = self.certify()
        self.traveller.shift(dt.timedelta(days=1))
        report(self.mine)
        Transaction().tasks.clear()
        self.night()
        self.assertEqual(self.days(), [10, 11])
        self.assertDeletionFound(certificate, dt.date(2026, 3, 10))

    @with_transaction()
    def test_quiet(self):
        "What is certified long after the last event is sealed"
        self.mine = build_mine()
        self.company = self.mine.company
        report(self.mine)
        Transaction().tasks.clear()
        for _ in range(10):
            self.night()
        self.assertEqual(self.days()[-1], 17)
        certificate = self.certify()
        self.night()
        self.assertEqual(self.days()[-1], 20)
        self.assertEqual(self.verify().list('problems'), [])
        self.assertDeletionFound(certificate, dt.date(2026, 3, 20))
