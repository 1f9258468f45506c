# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Nobody certifies himself."

import datetime as dt
import unittest

from dateutil.relativedelta import relativedelta
from organization import acting, create_user
from school import (
    build_school, certify, create_course, create_session, in_days)

from trytond.modules.company.tests import create_employee, set_company
from trytond.modules.hazard_training.exceptions import (
    AttendanceAccessError, CertificateError, SessionError)
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction


class OwnTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard_training')

    def start(self, school):
        "Return a running session of the trainer."
        Session = Pool().get('training.session')
        session = create_session(
            create_course(school.company), trainer=school.employees.trainer)
        Session.plan([session])
        with acting(school.users.trainer):
            Session.start([Session(session.id)])
        return Session(session.id)

    def mark(self, session, employee, **values):
        Attendance = Pool().get('training.attendance')
        attendance, = Attendance.create([{
                    'session': session.id, 'employee': employee.id, **values}])
        return Attendance(attendance.id)

    @with_transaction()
    def test_invited(self):
        "The trainer does not add himself as present"
        school = build_school()
        with set_company(school.company):
            session = self.start(school)
            with acting(school.users.trainer), \
                    self.assertRaises(AttendanceAccessError):
                self.mark(
                    session, school.employees.trainer, status='present')

    @with_transaction()
    def test_marked(self):
        "Nor marks himself, by the attendance or by the session"
        Attendance = Pool().get('training.attendance')
        Session = Pool().get('training.session')
        school = build_school()
        with set_company(school.company):
            session = self.start(school)
            with acting(school.users.trainer):
                own = self.mark(session, school.employees.trainer)
                with self.assertRaises(AttendanceAccessError):
                    Attendance.write([own], {'status': 'present'})
                with self.assertRaises(AttendanceAccessError):
                    Session.write([session], {'attendances': [
                                ('write', [own.id], {'status': 'present'})]})

    @with_transaction()
    def test_all_present(self):
        "Somebody else marks who marks all others as present"
        Attendance = Pool().get('training.attendance')
        Session = Pool().get('training.session')
        school = build_school()
        with set_company(school.company):
            session = self.start(school)
            with acting(school.users.trainer):
                own = self.mark(session, school.employees.trainer)
                Session.attend_all([session])
                self.assertIsNone(Attendance(own.id).status)
                with self.assertRaises(SessionError):
                    Session.finish([Session(session.id)])
            with acting(school.users.admin):
                Attendance.write([Attendance(own.id)], {'status': 'present'})
            with acting(school.users.trainer):
                Session.finish([Session(session.id)])

    @with_transaction()
    def test_absent(self):
        "Who is absent may say so"
        Attendance = Pool().get('training.attendance')
        school = build_school()
        with set_company(school.company):
            session = self.start(school)
            with acting(school.users.trainer):
                own = self.mark(session, school.employees.trainer)
                Attendance.write(
                    [own], {'status': 'absent', 'absence': 'sick'})
            self.assertEqual(Attendance(own.id).status, 'absent')

    @with_transaction()
    def test_certificate(self):
        "Nobody records an own certificate, with another login neither"
        Employee = Pool().get('company.employee')
        school = build_school()
        with set_company(school.company):
            course = create_course(school.company)
            again = Employee(
                party=school.employees.admin.party, company=school.company)
            again.save()
            other = create_user(
                'other', school.company, again,
                ['hazard_training.group_training_admin'])
            for user in [school.users.admin, other]:
                for employee in [school.employees.admin, again]:
                    with acting(user), self.assertRaises(CertificateError):
                        certify([employee], course)
            colleague = create_user(
                'colleague', school.company,
                create_employee(school.company, "Colleague"),
                ['hazard_training.group_training_admin'])
            with acting(colleague):
                certify([school.employees.admin], course)

    @with_transaction()
    def test_validity(self):
        "A certificate is valid no longer than its course gives"
        school = build_school()
        candidate = [school.employees.candidate]
        with set_company(school.company):
            year = create_course(school.company, validity_months=12)
            free = create_course(
                school.company, name="Free", validity_months=None)
            end = in_days() + relativedelta(months=12, days=-1)
            with acting(school.users.admin):
                for late in [
                        end + dt.timedelta(days=1), dt.date(2099, 12, 31)]:
                    with self.assertRaises(CertificateError):
                        certify(candidate, year, valid_until=late)
                for until in [end, in_days()]:
                    certificate, = certify(candidate, year, valid_until=until)
                    self.assertEqual(certificate.valid_until, until)
                certificate, = certify(candidate, year)
                self.assertEqual(certificate.valid_until, end)
                certify(candidate, free, valid_until=dt.date(2099, 12, 31))
