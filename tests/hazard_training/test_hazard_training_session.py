# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from organization import (
    acting, create_employee, create_member, create_unit, get_kind)
from school import build_school, create_course, create_session, hold
from templates import activate_built

from trytond.model.exceptions import (
    AccessError, ButtonActionException, SQLConstraintError)
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_training.exceptions import (
    AttendanceAccessError, SessionError)
from trytond.modules.safety_base.exceptions import StepError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class SessionTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_training', build_school)

    @property
    def Attendance(self):
        return Pool().get('training.attendance')

    @property
    def Session(self):
        return Pool().get('training.session')

    @with_transaction()
    def test_invited(self):
        "Members of the kinds in the units are invited, dismissed ones not"
        school = build_school()
        with set_company(school.company):
            sub_unit = create_unit(
                school.company, "Drillers",
                parent=school.mine.units.ventilation)
            below, elsewhere, other_kind, dismissed, left = [
                create_employee(school.company, name) for name in [
                    "Below", "Elsewhere", "Other", "Dismissed", "Left"]]
            create_member(below, 'union', sub_unit)
            create_member(elsewhere, 'union', school.mine.units.driving)
            create_member(other_kind, 'party', sub_unit)
            create_member(left, 'union', sub_unit)
            left.end_date = dt.date.today() - dt.timedelta(days=1)
            left.save()
            gone = create_member(dismissed, 'union', sub_unit)
            with Transaction().set_context(reason="Moved"):
                gone.__class__.dismiss([gone])
            session = create_session(
                create_course(school.company),
                units=[school.mine.units.ventilation])
            self.Session.plan([session])
            self.assertEqual(
                {a.employee for a in session.attendances},
                {school.employees.candidate, below})
            self.assertEqual(session.invited, 2)

    @with_transaction()
    def test_invited_unit(self):
        "Without kinds all employees of the units are invited"
        school = build_school()
        with set_company(school.company):
            session = create_session(
                create_course(school.company), kinds=[],
                units=[school.mine.units.ventilation])
            self.Session.plan([session])
            self.assertEqual(
                [a.employee for a in session.attendances],
                [school.employees.candidate])

    @with_transaction()
    def test_invite_anew(self):
        "Who came to the kinds since is added, nobody twice"
        school = build_school()
        with set_company(school.company):
            session = create_session(create_course(school.company))
            with acting(school.users.admin):
                self.Session.plan([session])
                self.Session.invite([session])
            self.assertEqual(len(session.attendances), 1)
            new = create_employee(school.company, "New")
            create_member(new, 'union', school.mine.units.driving)
            with acting(school.users.admin):
                self.Session.invite([self.Session(session.id)])
            session = self.Session(session.id)
            self.assertEqual(len(session.attendances), 2)

    @with_transaction()
    def test_told(self):
        "Who is invited is told, and told again when it is cancelled"
        school = build_school()
        with set_company(school.company):
            session = create_session(create_course(school.company))
            with acting(school.users.admin):
                self.Session.plan([session])
                with self.assertRaises(ButtonActionException):
                    self.Session.cancel([session])
            with acting(school.users.admin, reason="No room"):
                self.Session.cancel([session])
            self.assertEqual(session.cancel_reason, "No room")
            told = [
                n for n in Transaction().user_notifications
                if n.user == school.users.candidate]
            self.assertEqual(len(told), 2)

    @with_transaction()
    def test_capacity(self):
        "A session is not planned with more people than it takes"
        school = build_school()
        with set_company(school.company):
            other = create_employee(school.company, "Other")
            create_member(other, 'union', school.mine.units.driving)
            session = create_session(
                create_course(school.company), capacity=1)
            with self.assertRaises(SessionError):
                self.Session.plan([session])

    @with_transaction()
    def test_early(self):
        "A session does not start before its day"
        school = build_school()
        with set_company(school.company):
            session = create_session(create_course(school.company), days=-3)
            self.Session.plan([session])
            with self.assertRaises(SessionError):
                self.Session.start([session])

    @with_transaction()
    def test_unmarked(self):
        "A session is not finished while somebody is not marked"
        school = build_school()
        with set_company(school.company):
            session = create_session(create_course(school.company))
            self.Session.plan([session])
            self.Session.start([session])
            with self.assertRaises(SessionError):
                self.Session.finish([session])

    @with_transaction()
    def test_nobody(self):
        "A session that nobody attended is not finished"
        school = build_school()
        with set_company(school.company):
            session = create_session(
                create_course(school.company), kinds=[])
            self.Session.plan([session])
            self.Session.start([session])
            with self.assertRaises(SessionError):
                self.Session.finish([session])

    @with_transaction()
    def test_attendance_running(self):
        "Attendance is taken while the session is running only"
        school = build_school()
        with set_company(school.company):
            session = create_session(create_course(school.company))
            self.Session.plan([session])
            attendance, = session.attendances
            with acting(school.users.admin):
                with self.assertRaises(AttendanceAccessError):
                    self.Attendance.write(
                        [attendance], {'status': 'present'})
                self.Session.start([session])
                self.Attendance.write([attendance], {'status': 'present'})
                self.Session.finish([self.Session(session.id)])
                for values in [{'status': 'absent'}, {'arrived_at': None}]:
                    with self.assertRaises(AttendanceAccessError):
                        self.Attendance.write([attendance], values)
                with self.assertRaises(AccessError):
                    self.Session.write([session], {'place': "Elsewhere"})
                with self.assertRaises(StepError):
                    self.Session.finish([self.Session(session.id)])

    @with_transaction()
    def test_attendance_unique(self):
        "Nobody is invited twice to a session"
        school = build_school()
        with set_company(school.company):
            session = create_session(create_course(school.company))
            self.Session.plan([session])
            with self.assertRaises(SQLConstraintError):
                self.Attendance.create([{
                            'session': session.id,
                            'employee': school.employees.candidate.id,
                            }])

    @with_transaction()
    def test_scan(self):
        "Scanning a code marks who was invited and adds who was not"
        school = build_school()
        with set_company(school.company):
            walk_in = create_employee(school.company, "Walk-in")
            for number, employee in enumerate(
                    [school.employees.candidate, walk_in]):
                employee.party.code = f'E{number}'
                employee.party.save()
            session = create_session(
                create_course(school.company),
                trainer=school.employees.trainer)
            self.Session.plan([session])
            with self.assertRaises(SessionError):
                session.on_scan_code('E0')
            with acting(school.users.trainer):
                self.Session.start([session])
                session = self.Session(session.id)
                session.on_scan_code('E0')
                session.on_scan_code(' E1 ')
                with self.assertRaises(SessionError):
                    session.on_scan_code('E2')
                session.save()
            session = self.Session(session.id)
            self.assertEqual(
                {(a.employee, a.status) for a in session.attendances},
                {(school.employees.candidate, 'present'),
                    (walk_in, 'present')})
            self.assertTrue(all(a.arrived_at for a in session.attendances))

    @with_transaction()
    def test_trainer(self):
        "The trainer takes the attendance of the own sessions only"
        school = build_school()
        with set_company(school.company):
            course = create_course(school.company)
            own = create_session(course, trainer=school.employees.trainer)
            other = create_session(course)
            self.Session.plan([own, other])
            with acting(school.users.trainer):
                self.Session.start([own])
                self.Session.attend_all([own])
                self.Session.finish([self.Session(own.id)])
                with self.assertRaises(AccessError):
                    self.Session.start([other])
                with self.assertRaises(AccessError):
                    self.Session.attend_all([other])
            self.assertEqual(self.Session(own.id).state, 'done')

    @with_transaction()
    def test_seen(self):
        "Members see their own attendance, leaders that of their unit"
        Certificate = Pool().get('training.certificate')
        school = build_school()
        with set_company(school.company):
            session = hold(create_session(create_course(school.company)))
            attendance, = session.attendances
            mine = school.mine
            for user, seen in [
                    (school.users.candidate, True),
                    (mine.users.captain, True),
                    (mine.users.chief, True),
                    (school.users.union, True),
                    (school.users.admin, True),
                    (mine.users.other_captain, False),
                    (school.users.party, False),
                    (school.users.trainer, False),
                    ]:
                with self.subTest(user=user.login), acting(user):
                    self.assertEqual(
                        bool(self.Attendance.search([])), seen)
                    self.assertEqual(
                        bool(Certificate.search([])), seen)

    @with_transaction()
    def test_draft_hidden(self):
        "Only the training administration sees drafts"
        school = build_school()
        with set_company(school.company):
            session = create_session(create_course(school.company))
            with acting(school.users.candidate):
                self.assertFalse(self.Session.search([]))
            with acting(school.users.admin):
                self.assertEqual(self.Session.search([]), [session])

    @with_transaction()
    def test_delete(self):
        "Only drafts are deleted"
        school = build_school()
        with set_company(school.company):
            session = create_session(create_course(school.company))
            other = create_session(create_course(school.company, "Other"))
            self.Session.plan([session])
            with acting(school.users.admin):
                self.Session.delete([other])
                with self.assertRaises(AccessError):
                    self.Session.delete([session])

    @with_transaction()
    def test_kind_unused(self):
        "The kinds of the course are proposed"
        school = build_school()
        with set_company(school.company):
            session = self.Session(
                company=school.company, course=create_course(school.company))
            session.on_change_course()
            self.assertEqual(list(session.kinds), [get_kind('union')])

    @with_transaction()
    def test_unit(self):
        "The attendance and the certificates are counted by unit"
        TrainingUnit = Pool().get('training.unit')
        school = build_school()
        with set_company(school.company):
            absent = create_employee(school.company, "Absent")
            create_member(absent, 'union', school.mine.units.ventilation)
            absent.unit = school.mine.units.ventilation
            absent.save()
            hold(create_session(create_course(school.company)), [absent])
            for user in [school.users.admin, school.mine.users.captain]:
                with acting(user):
                    row, = TrainingUnit.search([])
                    self.assertEqual(row.unit, school.mine.units.ventilation)
                    self.assertEqual(
                        (row.invited, row.present, row.absent, row.rate,
                            row.certified, row.expired),
                        (2, 1, 1, 0.5, 1, 0))
            with acting(school.mine.users.other_captain):
                self.assertFalse(TrainingUnit.search([]))
