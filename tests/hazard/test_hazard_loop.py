# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The loop and what it refuses, by people acting under the access rules."

import datetime as dt
import unittest
from unittest.mock import patch

from mine import build_mine, new_hazard
from organization import (
    acting, create_company, create_employee, create_user, get_ref)
from steps import confirm, draft, finish, recheck, report, waiting
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException,
    RequiredValidationError)
from trytond.modules.hazard.exceptions import (
    FourFixError, ReassignError, RecheckError, RectificationError, ReportError,
    ReportTimeError)
from trytond.modules.safety_base.exceptions import IdentityError, StepError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


def hours(number):
    return dt.timedelta(hours=number)


class LoopTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_loop(self):
        "A hazard goes through all stages and closes"
        mine = build_mine()

        hazard = report(mine)
        self.assertEqual(hazard.state, 'four_fix')
        self.assertRegex(hazard.number, r'^20\d\d-000001$')
        self.assertFalse(hazard.late)
        four_fix = confirm(mine, hazard)
        self.assertEqual(four_fix.confirmed_by, mine.employees.captain)
        self.assertIsNotNone(four_fix.confirmed_at)
        hazard = four_fix.hazard
        self.assertEqual(hazard.state, 'rectification')
        self.assertEqual(hazard.responsible, mine.employees.worker)
        rectification = finish(mine, hazard)
        self.assertEqual(rectification.done_by, mine.employees.worker)
        self.assertEqual(rectification.hazard.state, 'recheck')
        checked = recheck(mine, hazard, 'pass_')
        self.assertEqual(checked.checked_by, mine.employees.captain)
        self.assertEqual(checked.hazard.state, 'closed')
        self.assertIsNotNone(checked.hazard.closed_at)
        self.assertEqual(
            [e.action for e in checked.hazard.events],
            ['submit', 'confirm', 'finish', 'pass'])

    @with_transaction()
    def test_second_round(self):
        "A failed recheck starts a second round and keeps the first"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard)

        with self.assertRaises(RecheckError):
            recheck(mine, hazard, 'fail')
        checked = recheck(mine, hazard, 'fail', reason="It still jams.")

        hazard = checked.hazard
        self.assertEqual(hazard.state, 'four_fix')
        self.assertEqual(hazard.round, 2)
        self.assertEqual(
            [(f.round, f.state) for f in hazard.four_fixes],
            [(1, 'confirmed'), (2, 'draft')])
        self.assertEqual(
            hazard.four_fixes[1].responsible, mine.employees.worker)

    @with_transaction()
    def test_on_site(self):
        "What was fixed on the spot closes at once where the grade lets it"
        mine = build_mine()
        at = dt.datetime.now() - dt.timedelta(minutes=1)

        hazard = report(
            mine, handling='on_site', on_site_measures="Closed it.",
            on_site_at=at)

        self.assertEqual(hazard.state, 'closed')
        self.assertFalse(hazard.four_fixes)

    @with_transaction()
    def test_on_site_recheck(self):
        "An on-site fix of a higher grade is rechecked by somebody else"
        pool = Pool()
        Grade = pool.get('hazard.grade')
        mine = build_mine()
        grade, = Grade.search([('code', '=', 'B')])
        at = dt.datetime.now() - dt.timedelta(minutes=1)

        hazard = report(
            mine, handling='on_site', on_site_measures="Closed it.",
            on_site_at=at, grade=grade)

        self.assertEqual(hazard.state, 'recheck')
        with self.assertRaises(AccessError):
            recheck(mine, hazard, 'pass_')
        checked = recheck(
            mine, hazard, 'pass_', user=mine.users.safety)
        self.assertEqual(checked.hazard.state, 'closed')

    @with_transaction()
    def test_on_site_incomplete(self):
        "An on-site fix says what was done and when"
        mine = build_mine()

        with self.assertRaises(RequiredValidationError):
            report(mine, handling='on_site')

    @with_transaction()
    def test_found_in_future(self):
        "A hazard cannot have been found in the future"
        mine = build_mine()

        with self.assertRaises(ReportTimeError):
            report(mine, found_at=dt.datetime.now() + hours(1))

    @with_transaction()
    def test_late(self):
        "A late report needs a reason and is marked"
        mine = build_mine()
        found_at = dt.datetime.now() - hours(30)

        with self.assertRaises(ReportTimeError):
            report(mine, found_at=found_at)
        hazard = report(
            mine, found_at=found_at, late_reason="No signal underground.")

        self.assertTrue(hazard.late)

    @with_transaction()
    def test_late_entry(self):
        "Who fills in a card is told that it will be late"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Settings = pool.get('hazard.configuration.settings')
        mine = build_mine()
        Settings._settings_cache.clear()

        with acting(mine.users.reporter):
            for lag, late in [(1, False), (30, True)]:
                with self.subTest(lag=lag):
                    hazard = Hazard(
                        company=mine.company,
                        found_at=dt.datetime.now() - hours(lag))
                    self.assertEqual(
                        hazard.on_change_with_late_entry(), late)

    @with_transaction()
    def test_numbers(self):
        "Numbers go on within the company and its year"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='foreign_')

        first = report(mine)
        second = report(mine)
        foreign = report(other)

        self.assertEqual(
            [h.number[-6:] for h in [first, second, foreign]],
            ['000001', '000002', '000001'])

    @with_transaction()
    def test_number_of_new_year(self):
        "The year of a number begins in the time zone of the company"
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()

        with patch('trytond.modules.hazard.loop.steps.now') as server_now:
            server_now.return_value = dt.datetime(2025, 12, 31, 15, 59)
            old = report(
                mine, found_at=dt.datetime(2025, 12, 31, 15),
                late_reason="Brought in later.")
            server_now.return_value = dt.datetime(2025, 12, 31, 16, 1)
            new = report(
                mine, found_at=dt.datetime(2025, 12, 31, 15),
                late_reason="Brought in later.")

        self.assertEqual(
            [old.number, new.number], ['2025-000001', '2026-000001'])

    @with_transaction()
    def test_server_fields(self):
        "What the server fills in cannot be set by a client"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        values = new_hazard(mine)._save_values()
        hazard, = Hazard.create([values])

        with acting(mine.users.reporter):
            for forged in [
                    {'state': 'closed'}, {'number': '2026-000001'},
                    {'reported_at': dt.datetime(2026, 1, 1)}, {'round': 7},
                    {'closed_at': dt.datetime(2026, 1, 1)}]:
                with self.subTest(forged=forged):
                    with self.assertRaises(AccessError):
                        Hazard.create([{**values, **forged}])
                    with self.assertRaises(AccessError):
                        Hazard.write([Hazard(hazard.id)], forged)

    @with_transaction()
    def test_recorded(self):
        "A reported card is neither edited nor deleted"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine)

        for user in [mine.users.reporter, mine.users.captain,
                mine.users.safety]:
            with self.subTest(user=user.login), acting(user):
                with self.assertRaises(AccessError):
                    Hazard.write(
                        [Hazard(hazard.id)], {'description': "Nothing."})
                with self.assertRaises((AccessError, ReportError)):
                    Hazard.delete([Hazard(hazard.id)])

    @with_transaction()
    def test_return(self):
        "A returned card is corrected by its reporter and reported again"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine)

        with acting(mine.users.captain):
            with self.assertRaises(ButtonActionException):
                Hazard.return_([Hazard(hazard.id)])
            with Transaction().set_context(reason="Wrong place."):
                Hazard.return_([Hazard(hazard.id)])
        hazard = Hazard(hazard.id)
        self.assertEqual(hazard.state, 'returned')
        self.assertEqual(hazard.return_reason, "Wrong place.")
        self.assertEqual(
            [f.state for f in hazard.four_fixes], ['cancelled'])
        with acting(mine.users.reporter):
            Hazard.write(
                [Hazard(hazard.id)], {'description': "The inner door."})
            Hazard.submit([Hazard(hazard.id)])

        again = Hazard(hazard.id)
        self.assertEqual(again.state, 'four_fix')
        self.assertEqual(again.number, hazard.number)
        self.assertEqual(
            [e.action for e in again.events],
            ['submit', 'return', 'resubmit'])

    @with_transaction()
    def test_reassign(self):
        "A leader passes a hazard on to the unit that it belongs to"
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine)

        with acting(mine.users.captain):
            four_fix, = FourFix.search([])
            with Transaction().set_context(
                    reason="Not ours.", unit=mine.units.ventilation.id):
                with self.assertRaises(ReassignError):
                    Hazard.reassign([Hazard(hazard.id)])
        with acting(mine.users.captain), Transaction().set_context(
                reason="Not ours.", unit=mine.units.driving.id):
            FourFix.reassign([FourFix(four_fix.id)])

        self.assertEqual(Hazard(hazard.id).unit, mine.units.driving)
        with acting(mine.users.captain):
            self.assertEqual(
                Hazard(hazard.id).unit.name, mine.units.driving.name)
            with Transaction().set_context(
                    reason="Ours.", unit=mine.units.ventilation.id), \
                    self.assertRaises(AccessError):
                Hazard.reassign([Hazard(hazard.id)])
        confirm(mine, hazard, user=mine.users.other_captain)

    @with_transaction()
    def test_reassign_elsewhere(self):
        "The refusal tells nothing of a unit of another company"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='x_')
        other.units.driving.name = "Secret Team"
        other.units.driving.save()
        hazard = report(mine)
        with acting(mine.users.captain), Transaction().set_context(
                reason="Not ours.", unit=other.units.driving.id), \
                self.assertRaises(AccessError) as raised:
            hazard.__class__.reassign([hazard.__class__(hazard.id)])
        self.assertNotIn("Secret Team", str(raised.exception))

    @with_transaction()
    def test_reassign_nowhere(self):
        "To reassign names another unit that is in use"
        mine = build_mine()
        hazard = report(mine)
        mine.units.driving.active = False
        mine.units.driving.save()

        for unit in [None, mine.units.ventilation, mine.units.driving]:
            with self.subTest(unit=unit), acting(mine.users.captain), \
                    Transaction().set_context(
                        reason="Not ours.", unit=unit and unit.id), \
                    self.assertRaises(ReassignError):
                Hazard = hazard.__class__
                Hazard.reassign([Hazard(hazard.id)])

    @with_transaction()
    def test_cancel(self):
        "Only the safety department cancels, and with a reason"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine)

        with acting(mine.users.captain), \
                Transaction().set_context(reason="Double."):
            with self.assertRaises(AccessButtonError):
                Hazard.cancel([Hazard(hazard.id)])
        with acting(mine.users.safety):
            with self.assertRaises(ButtonActionException):
                Hazard.cancel([Hazard(hazard.id)])
            with Transaction().set_context(reason="Double."):
                Hazard.cancel([Hazard(hazard.id)])

        hazard = Hazard(hazard.id)
        self.assertEqual(hazard.state, 'cancelled')
        self.assertEqual(hazard.cancel_reason, "Double.")

    @with_transaction()
    def test_four_fix_incomplete(self):
        "A four-fix says what the formula asks for"
        mine = build_mine()
        hazard = report(mine)

        for missing in [
                {'measures': None}, {'responsible': None},
                {'deadline': None}, {'funding': None},
                {'deadline': dt.datetime.now() - hours(1)}]:
            with self.subTest(missing=missing):
                with self.assertRaises(FourFixError):
                    confirm(mine, hazard, **missing)

    @with_transaction()
    def test_four_fix_formula(self):
        "The five-fix asks for a supervisor too"
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        mine = build_mine()
        with Transaction().set_context(company=mine.company.id):
            configuration = Configuration(1)
            configuration.formula = 'five'
            configuration.save()
        hazard = report(mine)

        with self.assertRaises(FourFixError):
            confirm(mine, hazard, deadline=dt.datetime.now() + hours(9))
        four_fix = confirm(
            mine, hazard, deadline=dt.datetime.now() + hours(9),
            supervisor=mine.employees.safety.id)

        self.assertEqual(four_fix.state, 'confirmed')

    @with_transaction()
    def test_named_twice(self):
        "A record that a client names twice takes the step once"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        FourFix = pool.get('hazard.four_fix')
        mine = build_mine()
        hazard = draft(mine)
        with acting(mine.users.reporter):
            Hazard.submit([Hazard(hazard.id), Hazard(hazard.id)])
        self.assertEqual(
            [e.action for e in Hazard(hazard.id).events], ['submit'])
        four_fix = waiting('hazard.four_fix', hazard)
        with acting(mine.users.captain):
            FourFix.write([four_fix], {
                    'measures': "Hang the door anew.",
                    'responsible': mine.employees.worker.id,
                    })
            FourFix.confirm([FourFix(four_fix.id), FourFix(four_fix.id)])
        self.assertEqual(len(Hazard(hazard.id).rectifications), 1)

    @with_transaction()
    def test_confirm_twice(self):
        "Who comes second is told so"
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        mine = build_mine()
        four_fix = confirm(mine, report(mine))

        with acting(mine.users.secretary):
            with self.assertRaises(StepError):
                FourFix.confirm([FourFix(four_fix.id)])

        self.assertEqual(len(four_fix.hazard.rectifications), 1)

    @with_transaction()
    def test_confirm_by_others(self):
        "Nobody four-fixes for a unit that is not led by them"
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        mine = build_mine()
        hazard = report(mine)
        four_fix, = FourFix.search([('hazard', '=', hazard.id)])

        for name in [
                'reporter', 'worker', 'other_captain', 'safety', 'station']:
            with self.subTest(user=name), \
                    acting(getattr(mine.users, name)):
                with self.assertRaises((AccessError, AccessButtonError)):
                    FourFix.confirm([FourFix(four_fix.id)])

    @with_transaction()
    def test_finish_by_others(self):
        "Only the responsible and the unit's leaders finish a rectification"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        rectification, = hazard.rectifications

        Rectification = rectification.__class__
        for name in [
                'reporter', 'other_captain', 'safety', 'station']:
            with self.subTest(user=name), \
                    acting(getattr(mine.users, name)):
                with self.assertRaises((AccessError, AccessButtonError)):
                    Rectification.finish([Rectification(rectification.id)])

    @with_transaction()
    def test_finish_incomplete(self):
        "A rectification says what was done and at a possible time"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)

        for values in [
                {'actions': None},
                {'rectified_at': dt.datetime.now() + hours(1)},
                {'rectified_at': hazard.found_at - hours(1)}]:
            with self.subTest(values=values):
                with self.assertRaises(RectificationError):
                    finish(mine, hazard, **values)

    @with_transaction()
    def test_recheck_own_work(self):
        "Nobody rechecks what they rectified"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard, responsible=mine.employees.captain.id)
        finish(mine, hazard, user=mine.users.captain)

        with self.assertRaises(RecheckError):
            recheck(mine, hazard, 'pass_')
        with acting(mine.users.captain), \
                Transaction().set_context(employee=None):
            Recheck = waiting('hazard.recheck', hazard).__class__
            with self.assertRaises(RecheckError):
                Recheck.pass_([waiting('hazard.recheck', hazard)])
        checked = recheck(
            mine, hazard, 'pass_', user=mine.users.secretary)

        self.assertEqual(checked.state, 'passed')

    @with_transaction()
    def test_read_in_any_state(self):
        "Whatever the state of a hazard, a list shows all of it"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazards = [draft(mine), report(mine)]
        with acting(mine.users.reporter):
            rows = Hazard.read(
                [h.id for h in hazards], ['state', 'overdue_days'])
        self.assertEqual({r['overdue_days'] for r in rows}, {None})

    @with_transaction()
    def test_late_entry_without_access_to_settings(self):
        "The settings rule also those who may not read them"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Settings = pool.get('hazard.configuration.settings')
        mine = build_mine()
        Settings.create([
                {'company': mine.company.id, 'entry_lag_hours': 2}])
        with acting(mine.users.reporter):
            hazard = Hazard(company=mine.company)
            hazard.found_at = dt.datetime.now() - hours(3)
            self.assertTrue(hazard.on_change_with_late_entry())

    @with_transaction()
    def test_recurrence_of_unreadable(self):
        "A card opens for who may not read the one that came before"
        pool = Pool()
        CheckItem = pool.get('hazard.check_item')
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        item, = CheckItem.search([
                ('discipline.code', '=', 'ventilation')], limit=1)
        first = report(mine, unit=mine.units.driving, check_item=item)
        second = report(mine, check_item=item)
        with acting(mine.users.captain):
            with self.assertRaises(AccessError):
                Hazard.read([first.id], ['number'])
            row, = Hazard.read([second.id], ['recurrence_number'])
        self.assertEqual(row['recurrence_number'], first.number)

    @with_transaction()
    def test_recurrence(self):
        "The same item at the same place is linked and counted"
        pool = Pool()
        CheckItem = pool.get('hazard.check_item')
        mine = build_mine()
        item, = CheckItem.search([
                ('discipline.code', '=', 'ventilation')], limit=1)

        first = report(mine, check_item=item)
        report(mine)
        second = report(mine, check_item=item)
        third = report(mine, check_item=item)

        self.assertIsNone(first.recurrence_of)
        self.assertEqual(second.recurrence_of, first)
        self.assertEqual(third.recurrence_of, second)
        self.assertEqual(third.recurrence, 2)

    @with_transaction()
    def test_recurrence_of_what_came_before(self):
        "A hazard recurs only from one found before it, and not too long"
        pool = Pool()
        CheckItem = pool.get('hazard.check_item')
        mine = build_mine()
        item, = CheckItem.search([
                ('discipline.code', '=', 'ventilation')], limit=1)
        now = dt.datetime.now().replace(microsecond=0)

        old, late, new = [
            report(
                mine, check_item=item, late_reason="Told by phone.",
                found_at=now - dt.timedelta(days=days))
            for days in [100, 5, 1]]
        between = report(
            mine, check_item=item, late_reason="Told by phone.",
            found_at=now - dt.timedelta(days=3))

        self.assertIsNone(late.recurrence_of)
        self.assertEqual(new.recurrence_of, late)
        self.assertEqual(between.recurrence_of, late)
        self.assertIsNone(old.recurrence_of)

    @with_transaction()
    def test_resubmit(self):
        "What is corrected counts anew: time of finding, grade and place"
        pool = Pool()
        CheckItem = pool.get('hazard.check_item')
        mine = build_mine()
        item, = CheckItem.search([
                ('discipline.code', '=', 'ventilation')], limit=1)
        report(mine, check_item=item)
        hazard = report(mine, check_item=item)
        Hazard, deadline = hazard.__class__, hazard.deadline
        with acting(mine.users.captain), \
                Transaction().set_context(reason="Found yesterday."):
            Hazard.return_([Hazard(hazard.id)])

        with acting(mine.users.reporter):
            Hazard.write([Hazard(hazard.id)], {
                    'found_at': dt.datetime.now() - hours(30),
                    'check_item': None,
                    'grade': get_ref('hazard.grade_larger'),
                    })
            with self.assertRaises(ReportTimeError):
                Hazard.submit([Hazard(hazard.id)])
            Hazard.write(
                [Hazard(hazard.id)], {'late_reason': "No signal."})
            Hazard.submit([Hazard(hazard.id)])

        again = Hazard(hazard.id)
        self.assertTrue(again.late)
        self.assertIsNone(again.recurrence_of)
        self.assertGreater(again.deadline, deadline + hours(1))

    @with_transaction()
    def test_spoofed_finder(self):
        "A reporter reports under the own name only"
        mine = build_mine()

        with self.assertRaises(AccessError):
            report(mine, found_by=mine.employees.worker)

    @with_transaction()
    def test_readers(self):
        "Each role sees what concerns it, and no other company"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        stranger = create_user(
            'stranger', other := create_company("Other"),
            create_employee(other, "Stranger"),
            ['hazard.group_hazard_safety', 'hazard.group_hazard_leader'])
        hazard = report(mine)
        confirm(mine, hazard)

        for user, seen in [
                (mine.users.reporter, True), (mine.users.captain, True),
                (mine.users.worker, True), (mine.users.safety, True),
                (mine.users.station, True), (mine.users.chief, True),
                (mine.users.other_captain, False), (stranger, False)]:
            with self.subTest(user=user.login), acting(user):
                self.assertEqual(
                    bool(Hazard.search([('id', '=', hazard.id)])), seen)

    @with_transaction()
    def test_draft_private(self):
        "A draft is seen by who writes it"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        with acting(mine.users.reporter):
            hazard, = Hazard.create([new_hazard(mine)._save_values()])

        for user in [mine.users.captain, mine.users.safety,
                mine.users.station]:
            with self.subTest(user=user.login), acting(user):
                self.assertFalse(Hazard.search([('id', '=', hazard.id)]))

    @with_transaction()
    def test_no_employee_chosen(self):
        "Who sends no employee acts as the own one"
        mine = build_mine()
        hazard = report(mine)
        with acting(mine.users.captain):
            FourFix = waiting('hazard.four_fix', hazard).__class__
            four_fix = waiting('hazard.four_fix', hazard)
            FourFix.write([four_fix], {
                    'measures': "Hang the door anew.",
                    'responsible': mine.employees.worker.id,
                    })
            with Transaction().set_context(employee=None, company=None):
                FourFix.confirm([FourFix(four_fix.id)])

        self.assertEqual(
            FourFix(four_fix.id).confirmed_by, mine.employees.captain)

    @with_transaction()
    def test_forged_employee(self):
        "A client cannot act as an employee that is not the user's"
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        mine = build_mine()
        hazard = report(mine)
        with acting(mine.users.captain):
            four_fix, = FourFix.search([('hazard', '=', hazard.id)])
            FourFix.write([four_fix], {
                    'measures': "Hang the door anew.",
                    'responsible': mine.employees.worker.id,
                    })

        for forged in [
                {'employee': mine.employees.chief.id},
                {'employee': 99999999}, {'company': 99999999}]:
            with acting(mine.users.captain), \
                    Transaction().set_context(**forged), \
                    self.assertRaises(IdentityError):
                FourFix.confirm([FourFix(four_fix.id)])

        self.assertEqual(FourFix(four_fix.id).state, 'draft')
