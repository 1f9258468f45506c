# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Handing over the work that waits to another person."

import datetime as dt
import unittest

from mine import build_mine
from organization import acting, create_company, create_employee, create_user
from steps import (
    accept, can_see, confirm, finish, hand_over, recheck, report, to_accept,
    to_rectify, waiting, waits_for)
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException)
from trytond.modules.hazard.exceptions import (
    AcceptanceError, FinderRectifiesWarning, HandOverError, RecheckError)
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.hazard.loop.notice import actors
from trytond.modules.safety_base.exceptions import StepError
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class HandOverTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_rectification(self):
        "Another person of the unit rectifies until the same deadline"
        mine = build_mine()
        rectification = to_rectify(mine)
        secretary = mine.employees.secretary

        handed = hand_over(rectification, secretary, mine.users.captain)

        self.assertEqual(handed.responsible, secretary)
        self.assertEqual(handed.hazard.responsible, secretary)
        self.assertEqual(handed.deadline, rectification.deadline)
        self.assertEqual(handed.unit, rectification.unit)
        self.assertEqual(handed.state, 'draft')
        self.assertEqual(
            handed.hazard.formerly_responsible, (mine.employees.worker,))
        event = handed.hazard.events[-1]
        self.assertEqual(event.action, 'hand_over')
        self.assertEqual(event.note, "Secretary: On leave.")
        self.assertEqual(event.employee, mine.employees.captain)
        self.assertEqual(event.stage, handed)
        self.assertFalse(can_see(mine.users.worker, rectification))
        finish(mine, rectification.hazard, user=mine.users.secretary)

    @with_transaction()
    def test_other_unit(self):
        "Somebody of another unit without a group sees and rectifies it"
        mine = build_mine()
        rectification = to_rectify(mine)
        hazard = rectification.hazard
        fitter = create_employee(mine.company, "Fitter")
        user = create_user('fitter', mine.company, fitter)
        self.assertFalse(can_see(user, hazard))

        hand_over(hazard, fitter, mine.users.safety)

        self.assertTrue(can_see(user, hazard))
        self.assertTrue(waits_for(user, rectification))
        done = finish(mine, hazard, user=user)
        self.assertEqual(done.done_by, fitter)

    @with_transaction()
    def test_former_does_not_check(self):
        "Nobody hands over the own rectification to check it, nor is asked to"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard, responsible=mine.employees.captain.id)
        rectification = waiting('hazard.rectification', hazard)
        for employee in [mine.employees.secretary, mine.employees.worker]:
            hand_over(rectification, employee, mine.users.captain)
        finish(mine, hazard)

        for user in [mine.users.captain, mine.users.secretary]:
            with self.assertRaises(RecheckError):
                recheck(mine, hazard, 'pass_', user=user)
        check = waiting('hazard.recheck', hazard)
        for employee in [
                mine.employees.captain, mine.employees.secretary,
                mine.employees.worker]:
            with self.assertRaises(HandOverError):
                hand_over(check, employee, mine.users.chief)
        recheck(mine, hazard, 'pass_', user=mine.users.safety)

    @with_transaction()
    def test_four_fix(self):
        "A leader of another unit fixes what was handed over to him alone"
        mine = build_mine()
        hazard = report(mine)
        four_fix = waiting('hazard.four_fix', hazard)
        other = mine.users.other_captain
        self.assertFalse(can_see(other, four_fix))

        handed = hand_over(
            four_fix, mine.employees.other_captain, mine.users.captain)

        self.assertEqual(handed.due_at, four_fix.due_at)
        self.assertEqual(
            actors([handed]), {handed: {mine.employees.other_captain.id}})
        self.assertTrue(can_see(other, hazard))
        self.assertTrue(waits_for(other, four_fix))
        self.assertFalse(waits_for(mine.users.captain, four_fix))
        self.assertFalse(waits_for(mine.users.secretary, four_fix))
        confirmed = confirm(mine, hazard, user=other)
        self.assertEqual(
            confirmed.confirmed_by, mine.employees.other_captain)
        self.assertTrue(can_see(other, hazard))

    @with_transaction()
    def test_recheck(self):
        "A leader of another unit checks what was handed over to him alone"
        mine = build_mine()
        hazard = to_rectify(mine).hazard
        finish(mine, hazard)
        check = waiting('hazard.recheck', hazard)
        check.verifier = 'unit'
        check.save()

        hand_over(check, mine.employees.other_captain, mine.users.captain)

        self.assertFalse(waits_for(mine.users.captain, check))
        self.assertFalse(waits_for(mine.users.safety, check))
        passed = recheck(
            mine, hazard, 'pass_', user=mine.users.other_captain)
        self.assertEqual(passed.checked_by, mine.employees.other_captain)

    @with_transaction()
    def test_checker_not_chosen(self):
        "The checked unit does not choose who checks for the department"
        mine = build_mine()
        colleague = create_employee(mine.company, "Colleague")
        create_user(
            'colleague', mine.company, colleague,
            ['hazard.group_hazard_safety'])
        hazard = to_rectify(mine).hazard
        finish(mine, hazard)
        check = waiting('hazard.recheck', hazard)
        check.verifier = 'safety'
        check.save()

        for record in [hazard, check]:
            with self.assertRaises(AccessError):
                hand_over(record, colleague, mine.users.captain)
        with self.assertRaises(HandOverError):
            hand_over(check, mine.employees.chief, mine.users.safety)
        handed = hand_over(check, colleague, mine.users.safety)
        self.assertEqual(handed.assignee, colleague)

    @with_transaction()
    def test_acceptance(self):
        "The head hands an acceptance over to another head, nobody else does"
        mine = build_mine()
        second = create_employee(mine.company, "Second Head")
        user = create_user(
            'head2', mine.company, second, ['hazard.group_hazard_head'])
        hazard = to_accept(mine)
        acceptance = waiting('hazard.acceptance', hazard)

        with self.assertRaises(AcceptanceError):
            hand_over(acceptance, second, mine.users.safety)
        with self.assertRaises(AccessButtonError):
            hand_over(acceptance, second, mine.users.captain)
        with self.assertRaises(HandOverError):
            hand_over(acceptance, mine.employees.safety, mine.users.head)
        hand_over(acceptance, second, mine.users.head)

        self.assertFalse(waits_for(mine.users.head, acceptance))
        self.assertTrue(waits_for(user, acceptance))
        passed = accept(mine, hazard, user=user)
        self.assertEqual(passed.decided_by, second)

    @with_transaction()
    def test_refused(self):
        "Only who works here and could do it takes over, with a reason"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='x_')
        gone = create_employee(mine.company, "Gone")
        gone.end_date = dt.date.today() - dt.timedelta(days=1)
        gone.save()
        rectification = to_rectify(mine)
        four_fix = waiting('hazard.four_fix', report(mine))

        for stage, employee in [
                (rectification, None), (rectification, gone),
                (rectification, mine.employees.worker),
                (four_fix, mine.employees.worker)]:
            with self.subTest(stage=stage, employee=employee), \
                    self.assertRaises(HandOverError):
                hand_over(stage, employee, mine.users.captain)
        with self.assertRaises(AccessError):
            hand_over(
                rectification, other.employees.worker, mine.users.captain)
        with self.assertRaises(ButtonActionException):
            hand_over(
                rectification, mine.employees.secretary, mine.users.captain,
                reason=None)

    @with_transaction()
    def test_who(self):
        "Neither who has the work nor a leader of another unit hands it over"
        mine = build_mine()
        rectification = to_rectify(mine)
        for record in [rectification, rectification.hazard]:
            for user in [
                    mine.users.worker, mine.users.other_captain,
                    mine.users.station, mine.users.reporter]:
                with self.subTest(record=record, user=user.login), \
                        self.assertRaises((AccessError, AccessButtonError)):
                    hand_over(record, mine.employees.secretary, user)

    @with_transaction()
    def test_ended(self):
        "What is done is not handed over"
        mine = build_mine()
        hazard = to_rectify(mine).hazard
        finish(mine, hazard)
        recheck(mine, hazard, 'pass_')
        with self.assertRaises(StepError):
            hand_over(hazard, mine.employees.secretary, mine.users.safety)

    @with_transaction()
    def test_finder(self):
        "To hand over to who found the hazard warns"
        mine = build_mine()
        rectification = to_rectify(mine)
        with self.assertRaises(FinderRectifiesWarning):
            hand_over(
                rectification, mine.employees.reporter, mine.users.captain)

    @with_transaction()
    def test_notices(self):
        "Who had the work and who has it are told"
        mine = build_mine()
        rectification = to_rectify(mine)
        hand_over(rectification, mine.employees.secretary, mine.users.captain)
        Stage = rectification.__class__
        with acting(mine.users.captain):
            Stage.tell_handed(
                [Stage(rectification.id)], [[mine.employees.worker.id]],
                "Secretary", "On leave.")
        told = {
            n.user.id: n for n in Transaction().user_notifications}
        self.assertEqual(told.keys(), {
                mine.users.worker.id, mine.users.secretary.id})
        former = told[mine.users.worker.id]
        self.assertIn("no more", former.label)
        self.assertIn("Secretary: On leave.", former.description)

    @with_transaction()
    def test_verified(self):
        "The chain proves who was responsible, in which order"
        mine = build_mine()
        rectification = to_rectify(mine)
        hazard = rectification.hazard
        hand_over(rectification, mine.employees.secretary, mine.users.captain)
        with acting(mine.users.secretary):
            rectification.__class__.write(
                [rectification.__class__(rectification.id)],
                {'actions': "Half of it."})
        self.assertEqual(Verifier(mine.company).run().problems, [])

        hazard = hazard.__class__(hazard.id)
        hazard.responsible = mine.employees.worker
        hazard.save()
        problem, = Verifier(mine.company).run().problems
        self.assertEqual(problem.record, str(hazard))
        self.assertEqual(problem.field, 'responsible')
