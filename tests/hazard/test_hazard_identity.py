# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What nobody does alone: who rectified, asked or checked is somebody else."

import datetime as dt
import unittest
from itertools import chain
from unittest.mock import patch

from mine import build_mine
from organization import acting, create_employee, create_user, get_ref
from pictures import picture
from steps import confirm, finish, recheck, report, to_rectify, waiting
from undone import undone

from trytond.model.exceptions import (
    AccessButtonError, AccessError, DomainValidationError)
from trytond.modules.hazard.exceptions import ExtensionError, RecheckError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.hazard.loop import notice
from trytond.modules.safety_base.exceptions import ActorError, IdentityError
from trytond.modules.safety_base.workflow import acting_employee
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction

LEADER = ['hazard.group_hazard_leader']


def set_grade(mine, **values):
    pool = Pool()
    Grade = pool.get('hazard.grade')
    grade = Grade(get_ref('hazard.grade_general'))
    Grade.write([grade], values)


class PeopleTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard')

    def assertOwnWork(self, mine, hazard, user):
        for button in ['pass_', 'fail']:
            with self.subTest(button=button, user=user.login), \
                    self.assertRaises(RecheckError):
                recheck(mine, hazard, button, user=user, reason="Good.")

    @with_transaction()
    def test_earlier_round(self):
        "Who rectified in an earlier round does not recheck a later one"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard, user=mine.users.captain)
        recheck(
            mine, hazard, 'fail', user=mine.users.secretary, reason="Jams.")
        confirm(mine, hazard)
        finish(mine, hazard)

        self.assertEqual(
            waiting('hazard.recheck', hazard).rectified_by,
            mine.employees.worker)
        self.assertOwnWork(mine, hazard, mine.users.captain)
        recheck(mine, hazard, 'pass_', user=mine.users.secretary)

    @with_transaction()
    def test_responsible_earlier(self):
        "Nor does who was responsible for it"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard, responsible=mine.employees.captain.id)
        # The captain's deputy says that it is done.
        finish(mine, hazard, user=mine.users.secretary)
        recheck(mine, hazard, 'fail', user=mine.users.chief, reason="Jams.")
        confirm(mine, hazard)
        finish(mine, hazard)

        self.assertOwnWork(mine, hazard, mine.users.captain)
        self.assertOwnWork(mine, hazard, mine.users.secretary)

    @with_transaction()
    def test_fixed_on_site(self):
        "Who fixed on site does not recheck it, now or in a later round"
        mine = build_mine()
        set_grade(mine, recheck_on_site=True, verifier='unit')
        pool = Pool()
        User = pool.get('res.user')
        User.write([mine.users.captain], {
                'groups': [(
                        'add', [get_ref('hazard.group_hazard_reporter')])]})
        hazard = report(
            mine, user=mine.users.captain,
            found_by=mine.employees.captain, handling='on_site',
            on_site_measures="Closed it.",
            on_site_at=dt.datetime.now() - dt.timedelta(minutes=1))

        self.assertEqual(
            waiting('hazard.recheck', hazard).rectified_by,
            mine.employees.captain)
        self.assertOwnWork(mine, hazard, mine.users.captain)
        recheck(
            mine, hazard, 'fail', user=mine.users.secretary, reason="Open.")
        confirm(mine, hazard)
        finish(mine, hazard)
        self.assertOwnWork(mine, hazard, mine.users.captain)
        recheck(mine, hazard, 'pass_', user=mine.users.secretary)

    @with_transaction()
    def test_user_of_event(self):
        "The login that rectified does not recheck, whatever it is now"
        pool = Pool()
        User = pool.get('res.user')
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard, user=mine.users.captain)
        deputy = create_employee(mine.company, "Deputy")
        Leader = pool.get('safety.unit.leader')
        Leader(
            unit=mine.units.ventilation, employee=deputy,
            function='deputy').save()
        User.write([mine.users.captain], {
                'employees': [
                    ('remove', [mine.employees.captain.id]),
                    ('add', [deputy.id])],
                'employee': deputy.id})

        self.assertOwnWork(mine, hazard, mine.users.captain)

    @with_transaction()
    def test_second_login(self):
        "Neither a second login nor a second employee is another person"
        pool = Pool()
        Employee = pool.get('company.employee')
        Leader = pool.get('safety.unit.leader')
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard, user=mine.users.captain)
        again = Employee(
            party=mine.employees.captain.party, company=mine.company)
        again.save()
        Leader(
            unit=mine.units.ventilation, employee=again,
            function='deputy').save()

        for employee in [mine.employees.captain, again]:
            other = create_user(
                f'login{employee.id}', mine.company, employee, LEADER)
            self.assertOwnWork(mine, hazard, other)

    @with_transaction()
    def test_forged(self):
        "No forged context lets anybody finish and recheck the same"
        pool = Pool()
        Rectification = pool.get('hazard.rectification')
        mine = build_mine()
        rectification = to_rectify(mine)
        hazard = rectification.hazard
        with acting(mine.users.captain):
            Rectification.write(
                [Rectification(rectification.id)], {'actions': "Done."})
            for context in [
                    {'employee': 99999999}, {'company': 99999999},
                    {'employee': mine.employees.chief.id}]:
                with Transaction().set_context(**context), \
                        self.assertRaises(IdentityError):
                    Rectification.finish([Rectification(rectification.id)])
            with Transaction().set_context(employee=None, company=None):
                Rectification.finish([Rectification(rectification.id)])

        self.assertEqual(
            Rectification(rectification.id).done_by, mine.employees.captain)
        self.assertOwnWork(mine, hazard, mine.users.captain)

    @with_transaction()
    def test_several_employees(self):
        "Who is several employees of a company says as which one to act"
        pool = Pool()
        User = pool.get('res.user')
        mine = build_mine()
        user = mine.users.captain
        User.write([user], {
                'employees': [('add', [mine.employees.secretary.id])]})
        with Transaction().set_user(user.id):
            with self.assertRaises(ActorError):
                acting_employee(mine.company)
            for name in ['captain', 'secretary']:
                employee = getattr(mine.employees, name).id
                with Transaction().set_context(employee=employee):
                    self.assertEqual(acting_employee(mine.company), employee)
            with Transaction().set_context(
                        employee=mine.employees.chief.id), \
                    self.assertRaises(IdentityError):
                acting_employee(mine.company)

    @with_transaction()
    def test_own_extension(self):
        "Nobody decides upon an extension that the same login asked for"
        pool = Pool()
        Extension = pool.get('hazard.extension')
        User = pool.get('res.user')
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard, responsible=mine.employees.safety.id)
        rectification = waiting('hazard.rectification', hazard)
        with acting(mine.users.safety):
            extension, = Extension.create([{
                        'rectification': rectification.id,
                        'deadline': (
                            rectification.deadline + dt.timedelta(days=1)),
                        'reason': "Parts are late.",
                        'measures': "Closed off."}])
            for context in [{'employee': 99999999}, {'company': 99999999}]:
                with Transaction().set_context(**context), \
                        self.assertRaises(IdentityError):
                    Extension.request([Extension(extension.id)])
            Extension.request([Extension(extension.id)])
        self.assertEqual(
            Extension(extension.id).requested_by, mine.employees.safety)
        other = create_employee(mine.company, "Deputy")
        User.write([mine.users.safety], {
                'employees': [
                    ('remove', [mine.employees.safety.id]),
                    ('add', [other.id])],
                'employee': other.id})

        with acting(mine.users.safety), Transaction().set_context(
                reason="No."):
            for button in [Extension.approve, Extension.reject]:
                with self.assertRaises(ExtensionError):
                    button([Extension(extension.id)])


class SecondCheckerTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard')

    def build(self, **values):
        "Return the mine and a hazard that two people are to recheck."
        mine = build_mine()
        set_grade(mine, two_checkers=True)
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard)
        return mine, hazard

    def ask(self, mine, hazard, **values):
        values = {
            'reason': "It closes.",
            'second_checker': mine.employees.secretary.id, **values}
        with acting(mine.users.captain):
            stage = waiting('hazard.recheck', hazard)
            stage.__class__.write([stage], values)
        return stage.__class__(stage.id)

    def assertNotPassed(self, mine, hazard, **values):
        with self.assertRaises(RecheckError):
            recheck(mine, hazard, 'pass_', **values)

    @with_transaction()
    def test_confirm(self):
        "The recheck passes once the second checker has confirmed it"
        mine, hazard = self.build()
        self.assertNotPassed(mine, hazard)
        self.ask(mine, hazard)
        self.assertNotPassed(mine, hazard)

        stage = recheck(
            mine, hazard, 'confirm', user=mine.users.secretary)
        self.assertIsNotNone(stage.second_at)
        stage = recheck(mine, hazard, 'pass_')

        self.assertEqual(stage.checked_by, mine.employees.captain)
        self.assertEqual(stage.second_checker, mine.employees.secretary)
        events = stage.hazard.events[-2:]
        self.assertEqual(
            [(e.action, e.user, e.employee) for e in events], [
                ('second', mine.users.secretary, mine.employees.secretary),
                ('pass', mine.users.captain, mine.employees.captain)])
        self.assertEqual(events[0].note, "It closes.")

    @with_transaction()
    def test_others(self):
        "Nobody confirms for the second checker, not even the first one"
        mine, hazard = self.build()
        self.ask(mine, hazard)
        for user in [
                mine.users.captain, mine.users.chief, mine.users.safety]:
            with self.subTest(user=user.login), \
                    self.assertRaises(RecheckError):
                recheck(mine, hazard, 'confirm', user=user)
        with acting(mine.users.captain), Transaction().set_context(
                    employee=mine.employees.secretary.id), \
                self.assertRaises(IdentityError):
            stage = waiting('hazard.recheck', hazard)
            stage.__class__.confirm([stage])
        with self.assertRaises(AccessButtonError):
            recheck(mine, hazard, 'confirm', user=mine.users.worker)
        for forged in [
                {'second_at': dt.datetime.now()},
                {'second_at': dt.datetime.now(),
                    'second_checker': mine.employees.chief.id}]:
            with self.assertRaises(AccessError):
                self.ask(mine, hazard, **forged)
        self.assertNotPassed(mine, hazard)

    @with_transaction()
    def test_changed(self):
        "What changes after the confirmation is confirmed again"
        mine, hazard = self.build()
        for values in [
                {'reason': "It closes now."},
                {'second_checker': mine.employees.chief.id}]:
            self.ask(mine, hazard)
            recheck(mine, hazard, 'confirm', user=mine.users.secretary)
            with self.subTest(values=values):
                stage = self.ask(mine, hazard, **values)
                self.assertIsNone(stage.second_at)
                self.assertNotPassed(mine, hazard)

    @with_transaction()
    def test_reason_changed(self):
        "Who confirmed an opinion is told that it was changed"
        mine, hazard = self.build()
        stage = self.ask(mine, hazard)

        def write(reason):
            tasks = len(Transaction().tasks)
            with acting(mine.users.captain):
                stage.__class__.write([stage], {'reason': reason})
            return self.told_again(tasks)
        self.assertEqual(write("It closes well."), [])
        recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        self.assertEqual(write("It closes."), [(stage.id,)])
        self.assertEqual(write("It shuts."), [])

    @with_transaction()
    def test_named(self):
        "Nor does the confirmation stay where the client names its time"
        mine, hazard = self.build()
        chief = mine.employees.chief.id

        def split(stage, values):
            "Each value in an action of its own, in the given order"
            stage.__class__.write(*chain.from_iterable(
                    ([stage], {n: v}) for n, v in values.items()))

        def whole(stage, values):
            stage.__class__.write([stage], values)

        for write in [whole, split]:
            for changed in [
                    {'reason': "Forged."}, {'second_checker': chief},
                    {'reason': "It closes."}]:
                for first in [False, True]:
                    self.ask(mine, hazard)
                    stage = recheck(
                        mine, hazard, 'confirm', user=mine.users.secretary)
                    named = {'second_at': stage.second_at}
                    values = named | changed if first else changed | named
                    with self.subTest(
                            write=write.__name__, values=list(values)):
                        with acting(mine.users.captain):
                            write(stage, values)
                        self.assertIsNone(
                            stage.__class__(stage.id).second_at)
                        self.assertNotPassed(mine, hazard)

    @with_transaction()
    def test_unchanged(self):
        "A client saves the form with what stands in it"
        mine, hazard = self.build()
        self.ask(mine, hazard)
        stage = recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        at = stage.second_at
        with acting(mine.users.captain):
            stage.__class__.write([stage], {
                    'second_at': at, 'round': stage.round})
            self.assertEqual(stage.__class__(stage.id).second_at, at)
            stage.__class__.write([stage], {
                    'second_checker': stage.second_checker.id,
                    'second_at': at, 'reason': stage.reason})
        recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        recheck(mine, hazard, 'pass_')

    @with_transaction()
    def test_forged(self):
        "What was forged in between is found, though the pass records it too"
        mine, hazard = self.build()
        table = self.ask(mine, hazard).__table__()
        at = waiting('hazard.recheck', hazard).opened_at
        chief = mine.employees.chief.id
        cursor = Transaction().connection.cursor()
        for field, value, confirmed in [
                ('reason', "It closes.", True),
                ('reason', "Forged.", True),
                ('second_checker', chief, True),
                ('second_at', at - dt.timedelta(days=1), True),
                ('second_at', at, False)]:
            with self.subTest(
                    field, value=value, confirmed=confirmed), undone():
                if confirmed:
                    recheck(
                        mine, hazard, 'confirm', user=mine.users.secretary)
                cursor.execute(*table.update([getattr(table, field)], [value]))
                Transaction().cache.clear()
                stage = recheck(mine, hazard, 'pass_')
                verified = Verifier(mine.company).run()
                self.assertEqual(
                    [(p.record, p.field) for p in verified.problems],
                    [] if value == "It closes." else [(str(stage), field)])

    @with_transaction()
    def test_photos_changed(self):
        "Photos that come or go after the confirmation are confirmed again"
        Photo = Pool().get('hazard.photo')
        mine, hazard = self.build()
        photos = []

        def add():
            photos[:] = Photo.create([{
                        'recheck': waiting('hazard.recheck', hazard).id,
                        'filename': 'photo.jpg',
                        'image': picture(),
                        }])

        def add_with_recheck():
            self.ask(mine, hazard, photos=[('create', [{
                                'filename': 'photo.jpg',
                                'image': picture(color='blue'),
                                }])])

        def remove():
            Photo.delete(Photo.browse([p.id for p in photos]))

        for change in [add, add_with_recheck, remove]:
            self.ask(mine, hazard)
            recheck(mine, hazard, 'confirm', user=mine.users.secretary)
            with self.subTest(change=change.__name__):
                tasks = len(Transaction().tasks)
                with acting(mine.users.captain):
                    change()
                stage = waiting('hazard.recheck', hazard)
                self.assertIsNone(stage.second_at)
                self.assertIn((stage.id,), self.told_again(tasks))
                self.assertNotPassed(mine, hazard)

        recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        stage = recheck(mine, hazard, 'pass_')
        self.assertEqual(len(stage.photos), 1)
        self.assertIsNone(Verifier(mine.company).run().problem)

    def told_again(self, tasks):
        "Return of which rechecks second checkers are told since the task"
        Queue = Pool().get('ir.queue')
        return [
            tuple(t.data['instances']) for t in Queue.browse(
                Transaction().tasks[tasks:])
            if t.data['method'] == 'tell_second']

    @with_transaction()
    def test_same_person(self):
        "The second checker does not pass it as the first one too"
        mine, hazard = self.build()
        self.ask(mine, hazard)
        recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        self.assertNotPassed(mine, hazard, user=mine.users.secretary)

    @with_transaction()
    def test_rectifier(self):
        "Nobody who rectified in any round confirms as the second checker"
        mine, _ = self.build()
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard, user=mine.users.secretary)
        recheck(mine, hazard, 'fail', user=mine.users.captain, reason="No.")
        confirm(mine, hazard)
        finish(mine, hazard)
        self.ask(mine, hazard)
        with self.assertRaises(RecheckError):
            recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        with self.assertRaises(DomainValidationError):
            self.ask(mine, hazard, second_checker=mine.employees.worker.id)

    @with_transaction()
    def test_twice(self):
        "A confirmation is given once, while the recheck waits"
        mine, hazard = self.build()
        self.ask(mine, hazard)
        recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        with self.assertRaises(AccessButtonError):
            recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        stage = recheck(mine, hazard, 'pass_')
        with acting(mine.users.secretary), \
                self.assertRaises(AccessButtonError):
            stage.__class__.confirm([stage.__class__(stage.id)])

    @with_transaction()
    def test_failed(self):
        "A failed recheck names the second checker only if he confirmed"
        mine, hazard = self.build()
        self.ask(mine, hazard)
        stage = recheck(mine, hazard, 'fail')
        self.assertIsNone(stage.second_checker)

        confirm(mine, hazard)
        finish(mine, hazard)
        self.ask(mine, hazard)
        recheck(mine, hazard, 'confirm', user=mine.users.secretary)
        stage = recheck(mine, hazard, 'fail')
        self.assertEqual(stage.second_checker, mine.employees.secretary)

    @with_transaction()
    def test_told(self):
        "Who is named as the second checker is told"
        mine, hazard = self.build()
        with patch.object(notice, 'notify') as notify:
            stage = self.ask(mine, hazard)
            stage.__class__.tell_second([stage])
            audience = notify.call_args.args[0]
        self.assertEqual(audience, {stage: {mine.employees.secretary.id}})
