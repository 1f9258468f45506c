# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from organization import acting, create_employee, get_kind
from school import (
    build_school, certify, create_course, create_session, hold, in_days)
from templates import activate_built

from trytond.model.exceptions import AccessError, ButtonActionException
from trytond.modules.company.tests import create_company, set_company
from trytond.modules.hazard_training.exceptions import CertificateError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction


class CertificateTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_training', build_school)

    @property
    def Certificate(self):
        return Pool().get('training.certificate')

    @with_transaction()
    def test_attended(self):
        "Who attended a course without exam is certified, who did not is not"
        school = build_school()
        with set_company(school.company):
            session = create_session(
                create_course(school.company),
                units=[school.mine.units.ventilation], kinds=[])
            absent = create_employee(school.company, "Absent")
            absent.unit = school.mine.units.ventilation
            absent.save()
            with acting(school.users.admin):
                hold(session, absent=[absent])
            certificate, = self.Certificate.search([])
            self.assertEqual(certificate.employee, school.employees.candidate)
            self.assertEqual(certificate.issued_on, in_days())
            self.assertEqual(
                certificate.valid_until,
                in_days() + relativedelta(months=12, days=-1))
            self.assertEqual(list(certificate.kinds), [get_kind('union')])
            self.assertEqual(certificate.unit, school.mine.units.ventilation)
            self.assertEqual(certificate.issued_by, school.employees.admin)
            self.assertIn(
                f'model/training.certificate/{certificate.id}',
                certificate.href)

    @with_transaction()
    def test_uncertified(self):
        "A course without certificate gives none"
        school = build_school()
        with set_company(school.company):
            hold(create_session(
                    create_course(school.company, certified=False)))
            self.assertFalse(self.Certificate.search([]))

    @with_transaction()
    def test_exam(self):
        "A course with exam certifies who attended and passed, once"
        school = build_school()
        candidate = school.employees.candidate
        with set_company(school.company):
            course = create_course(school.company, exam_required=True)
            passed = {candidate.id: None}
            with patch.object(
                    self.Certificate, '_get_passed', return_value=passed):
                # Passed before the course was attended
                self.assertFalse(
                    self.Certificate.issue_earned(course, [candidate]))
            hold(create_session(course))
            self.assertFalse(self.Certificate.search([]))
            with patch.object(
                    self.Certificate, '_get_passed', return_value=passed):
                certificate, = self.Certificate.issue_earned(
                    course, [candidate])
                self.assertFalse(
                    self.Certificate.issue_earned(course, [candidate]))
            self.assertEqual(self.Certificate.search([]), [certificate])

    @with_transaction()
    def test_numbers(self):
        "Numbers go on without gap by company and year of issue"
        school = build_school()
        other_company = create_company("Other")
        candidate = school.employees.candidate
        last_year = in_days().replace(month=1, day=1) - dt.timedelta(days=1)
        with set_company(school.company):
            first, second = certify([candidate, candidate])
            old, = certify([candidate], issued_on=last_year)
            third, = certify([candidate])
        with set_company(other_company):
            other, = certify([create_employee(other_company, "Other")])
        self.assertEqual(
            [c.number for c in [first, second, third, old, other]], [
                f'{in_days().year}-00001', f'{in_days().year}-00002',
                f'{in_days().year}-00003', f'{last_year.year}-00001',
                f'{in_days().year}-00001'])

    @with_transaction()
    def test_recorded_once(self):
        "A certificate is neither changed nor deleted"
        school = build_school()
        with set_company(school.company):
            with acting(school.users.admin):
                certificate, = certify(
                    [school.employees.candidate],
                    create_course(school.company), number='1', serial=7)
                self.assertEqual(certificate.serial, 1)
                for values in [
                        {'valid_until': in_days()}, {'number': '2'},
                        {'state': 'revoked'}]:
                    with self.assertRaises(AccessError):
                        self.Certificate.write([certificate], values)
                with self.assertRaises(AccessError):
                    self.Certificate.delete([certificate])
            with self.assertRaises(AccessError):
                self.Certificate.delete([certificate])

    @with_transaction()
    def test_recorded_by_administration(self):
        "Only the training administration records certificates"
        school = build_school()
        with set_company(school.company):
            course = create_course(school.company)
            for user in [
                    school.users.candidate, school.users.union,
                    school.mine.users.captain]:
                with acting(user), self.assertRaises(AccessError):
                    certify([school.employees.candidate], course)
            with acting(school.users.admin):
                certificate, = certify([school.employees.candidate], course)
            self.assertEqual(
                certificate.employee, school.employees.candidate)

    @with_transaction()
    def test_issued_by(self):
        "Nobody records in the name of somebody else"
        school = build_school()
        with set_company(school.company):
            course = create_course(school.company)
        with acting(school.users.admin):
            certificate, = self.Certificate.create([{
                        'employee': school.employees.candidate.id,
                        'course': course.id,
                        'issued_on': in_days(0),
                        'issued_by': school.mine.employees.head.id}])
        self.assertEqual(certificate.issued_by, school.employees.admin)

    @with_transaction()
    def test_future(self):
        "Nothing is certified before its day"
        school = build_school()
        with set_company(school.company):
            with self.assertRaises(CertificateError):
                certify([school.employees.candidate],
                    issued_on=in_days(2))

    @with_transaction()
    def test_status(self):
        "The status follows from the day, the renewal and the revocation"
        school = build_school()
        employees = [
            create_employee(school.company, str(i)) for i in range(5)]
        with set_company(school.company):
            course = create_course(school.company)
            statuses = {}
            for status, employee, days in zip(
                    ['valid', 'expiring', 'expired'], employees,
                    [31, 30, -1]):
                statuses[status], = certify(
                    [employee], course, issued_on=in_days(-400),
                    valid_until=in_days(days))
            statuses['renewed'], = certify(
                [employees[3]], course, issued_on=in_days(-400))
            certify([employees[3]], course)
            statuses['revoked'], = certify([employees[4]], course)
            with acting(school.users.admin):
                with self.assertRaises(ButtonActionException):
                    self.Certificate.revoke([statuses['revoked']])
            with acting(school.users.admin, reason="Wrong person"):
                self.Certificate.revoke([statuses['revoked']])
            for status, certificate in statuses.items():
                with self.subTest(status=status):
                    certificate = self.Certificate(certificate.id)
                    self.assertEqual(certificate.status, status)
                    self.assertIn(certificate, self.Certificate.search(
                            [('status', '=', status)]))
                    self.assertNotIn(certificate, self.Certificate.search(
                            [('status', '!=', status)]))
            self.assertEqual(
                self.Certificate(statuses['revoked'].id).revoke_reason,
                "Wrong person")

    @with_transaction()
    def test_renewed(self):
        "A refresher renews the induction for the same kinds"
        school = build_school()
        candidate = school.employees.candidate
        with set_company(school.company):
            issued_on = in_days(-300)
            union, = certify(
                [candidate], create_course(school.company),
                issued_on=issued_on)
            other, = certify(
                [candidate], create_course(
                    school.company, "Blasting", kind='special'),
                issued_on=issued_on)
            every, = certify([candidate], issued_on=issued_on)
            refresher, = certify(
                [candidate], create_course(
                    school.company, "Refresher", kind='refresher'))
            self.assertEqual(
                self.Certificate(union.id).renewed_by, refresher)
            self.assertIsNone(self.Certificate(other.id).renewed_by)
            self.assertIsNone(self.Certificate(every.id).renewed_by)
            with acting(school.users.admin, reason="Mistake"):
                self.Certificate.revoke([refresher])
            self.assertIsNone(self.Certificate(union.id).renewed_by)
