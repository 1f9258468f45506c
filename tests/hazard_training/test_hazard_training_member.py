# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest

from organization import (
    acting, create_employee, create_member, get_kind, get_shift)
from school import build_school, certify, create_course, in_days
from templates import activate_built

from trytond.modules.company.tests import set_company
from trytond.modules.hazard_training.exceptions import MemberCertificateError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class MemberTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_training', build_school)

    @property
    def Member(self):
        return Pool().get('safety.member')

    def activate(self, school, members=None):
        with acting(school.users.union):
            self.Member.activate(members or [school.member])

    def check(self):
        "Run the job as the scheduler and return whom it told about what."
        told = Transaction().user_notifications
        before = len(told)
        with Transaction().set_user(0), \
                Transaction().set_context(company=None):
            self.Member.check_certificates()
        return {(n.user.login, n.icon) for n in told[before:]}

    def expire(self, school, until):
        "Return the member active with a certificate that ends on the day."
        certificate, = certify(
            [school.employees.candidate], issued_on=in_days(-200),
            valid_until=in_days(400))
        self.activate(school)
        table = certificate.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.valid_until], [until],
                where=table.id == certificate.id))
        Transaction().counter += 1
        return certificate

    @with_transaction()
    def test_refused(self):
        "Nobody becomes active without a certificate"
        school = build_school()
        with set_company(school.company):
            with self.assertRaises(MemberCertificateError):
                self.activate(school)
            self.assertEqual(self.Member(school.member.id).state, 'candidate')

    @with_transaction()
    def test_activated(self):
        "A valid certificate for the kind or for all kinds is enough"
        for kinds in [['union'], ['party', 'union'], []]:
            with self.subTest(kinds=kinds):
                school = build_school()
                with set_company(school.company):
                    certify([school.employees.candidate], create_course(
                            school.company, kinds=list(map(get_kind, kinds))))
                    self.activate(school)
                    self.assertEqual(
                        self.Member(school.member.id).state, 'active')
                Transaction().rollback()

    @with_transaction()
    def test_other_certificates(self):
        "Neither another kind nor a special course nor an expired one counts"
        school = build_school()
        candidate = school.employees.candidate
        with set_company(school.company):
            certify([candidate], create_course(
                    school.company, kinds=[get_kind('party')]))
            certify([candidate], create_course(
                    school.company, "Blasting", kind='special', kinds=[]))
            certify([candidate], create_course(school.company, "Old"),
                issued_on=in_days(-400), valid_until=in_days(-1))
            revoked, = certify([candidate])
            with Transaction().set_context(reason="Wrong"):
                revoked.__class__.revoke([revoked])
            certify([create_employee(school.company, "Other")])
            with self.assertRaises(MemberCertificateError):
                self.activate(school)

    @with_transaction()
    def test_last_day(self):
        "A certificate counts on its last day"
        school = build_school()
        with set_company(school.company):
            certify([school.employees.candidate],
                issued_on=in_days(-300), valid_until=in_days())
            self.activate(school)
            member = self.Member(school.member.id)
            self.assertEqual(member.certification, 'expiring')
            self.assertEqual(member.certified_until, in_days())
            self.assertEqual(self.check(), {
                    ('candidate', 'tryton-warning'),
                    ('union', 'tryton-warning')})
            self.assertEqual(self.Member(member.id).state, 'active')

    @with_transaction()
    def test_reminded_once(self):
        "Who expires within the days is reminded once, others are not"
        for end, reminded in [(31, False), (30, True), (0, True)]:
            with self.subTest(end=end):
                school = build_school()
                with set_company(school.company):
                    self.expire(school, in_days(end))
                    self.assertEqual(bool(self.check()), reminded)
                    self.assertFalse(self.check())
                    self.assertEqual(
                        self.Member(school.member.id).state, 'active')
                Transaction().rollback()

    @with_transaction()
    def test_renewed_not_reminded(self):
        "Who holds a newer certificate is not reminded of the older"
        school = build_school()
        with set_company(school.company):
            self.expire(school, in_days(5))
            certify([school.employees.candidate])
            self.assertFalse(self.check())

    @with_transaction()
    def test_suspended(self):
        "Who is expired is suspended once, with the reason"
        school = build_school()
        with set_company(school.company):
            self.expire(school, in_days(-1))
            self.assertEqual(self.check(), {
                    ('candidate', 'tryton-warning'),
                    ('union', 'tryton-warning')})
            self.assertFalse(self.check())
            member = self.Member(school.member.id)
            self.assertEqual(member.state, 'suspended')
            self.assertEqual(member.certification, 'expired')
            change = member.changes[0]
            self.assertEqual(change.to_state, 'suspended')
            self.assertIn(str(in_days(-1).year), change.reason)
            with acting(school.users.union):
                with self.assertRaises(MemberCertificateError):
                    self.Member.resume([self.Member(member.id)])
            certify([school.employees.candidate])
            with acting(school.users.union):
                self.Member.resume([self.Member(member.id)])
            self.assertEqual(self.Member(member.id).state, 'active')

    @with_transaction()
    def test_revoked(self):
        "Who loses the certificate is suspended at once"
        school = build_school()
        with set_company(school.company):
            certificate, = certify([school.employees.candidate])
            self.activate(school)
            with acting(school.users.admin, reason="Copied the exam"):
                certificate.__class__.revoke([certificate])
            member = self.Member(school.member.id)
            self.assertEqual(member.state, 'suspended')
            self.assertIn("revoked", member.changes[0].reason)

    @with_transaction()
    def test_revoked_in_grace(self):
        "The grace period is for nobody whose certificate was revoked"
        Certificate = Pool().get('training.certificate')
        Configuration = Pool().get('training.configuration')
        school = build_school()
        with set_company(school.company):
            configuration = Configuration(1)
            configuration.required_since = in_days(1)
            configuration.save()
            candidate = school.employees.candidate
            other = create_member(
                create_employee(school.company, "Other"), 'union',
                school.mine.units.ventilation)
            self.activate(school, [school.member, other])
            first, = certify([candidate])
            second, = certify([candidate])
            for certificate, expected in [
                    (first, ('active', 'valid')),
                    (second, ('suspended', 'none'))]:
                with acting(school.users.admin, reason="Copied the exam"):
                    Certificate.revoke([Certificate(certificate.id)])
                member = self.Member(school.member.id)
                self.assertEqual(
                    (member.state, member.certification), expected)
            self.assertIn("revoked", member.changes[0].reason)
            with acting(school.users.union):
                with self.assertRaises(MemberCertificateError):
                    self.Member.resume([member])
            self.assertFalse(self.check())
            other = self.Member(other.id)
            self.assertEqual(
                (other.state, other.certification), ('active', 'grace'))

    @with_transaction()
    def test_other_revoked_in_grace(self):
        "A revoked certificate for another kind leaves the grace period"
        Certificate = Pool().get('training.certificate')
        Configuration = Pool().get('training.configuration')
        school = build_school()
        with set_company(school.company):
            configuration = Configuration(1)
            configuration.required_since = in_days(1)
            configuration.save()
            self.activate(school)
            certificate, = certify(
                [school.employees.candidate], create_course(
                    school.company, "Party", kinds=[get_kind('party')]))
            with acting(school.users.admin, reason="Copied the exam"):
                Certificate.revoke([certificate])
            member = self.Member(school.member.id)
            self.assertEqual(
                (member.state, member.certification), ('active', 'grace'))

    @with_transaction()
    def test_grace(self):
        "Who was active before the requirement keeps the place for a while"
        Configuration = Pool().get('training.configuration')
        school = build_school()
        with set_company(school.company):
            certificate = self.expire(school, in_days(-1))
            new = create_member(
                create_employee(school.company, "New"), 'union',
                school.mine.units.ventilation)
            configuration = Configuration(1)
            configuration.required_since = in_days(1)
            configuration.grace_days = 10
            configuration.save()
            self.assertFalse(self.check())
            member = self.Member(school.member.id)
            self.assertEqual(
                (member.certification, member.certified_until),
                ('grace', in_days(10)))
            configuration.required_since = in_days()
            configuration.save()
            # Active since today, so not before the requirement
            self.assertTrue(self.check())
            table = member.__table__()
            Transaction().connection.cursor().execute(*table.update(
                    [table.since], [in_days(-20)],
                    where=table.id == member.id))
            Transaction().counter += 1
            with acting(school.users.union):
                self.Member.resume([self.Member(member.id)])
                with self.assertRaises(MemberCertificateError):
                    self.Member.activate([new])
            configuration.required_since = in_days(-9)
            configuration.save()
            self.assertFalse(self.check())
            configuration.required_since = in_days(-10)
            configuration.save()
            self.assertTrue(self.check())
            self.assertEqual(self.Member(member.id).state, 'suspended')
            self.assertTrue(certificate)

    @with_transaction()
    def test_search(self):
        "Members are found by the state of their certificate"
        school = build_school()
        with set_company(school.company):
            for state, expected in [
                    ('none', [school.member]), ('valid', [])]:
                self.assertEqual(
                    self.Member.search([('certification', '=', state)]),
                    expected)
            certify([school.employees.candidate])
            self.assertEqual(
                self.Member.search([('certification', 'in', ['valid'])]),
                [school.member])
            self.assertFalse(
                self.Member.search([('certification', '!=', 'valid')]))

    @with_transaction()
    def test_coverage(self):
        "The coverage counts who expires and who was suspended for it"
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        Requirement = pool.get('safety.coverage.requirement')
        school = build_school()
        unit, shift = school.mine.units.ventilation, get_shift('clock_0')
        with set_company(school.company):
            Requirement.create([{
                        'company': school.company.id, 'unit': unit.id,
                        'shift': shift.id, 'kind': get_kind('union').id}])
            school.member.shift = shift
            school.member.save()
            self.expire(school, in_days(5))
            for expected in [(1, 0), (0, 1)]:
                with acting(school.users.union):
                    coverage, = Coverage.search([])
                    self.assertEqual(
                        (coverage.expiring, coverage.uncertified), expected)
                self.expire_now(school)
                self.check()

    def expire_now(self, school):
        Certificate = Pool().get('training.certificate')
        table = Certificate.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.valid_until], [in_days(-1)]))
        Transaction().counter += 1
