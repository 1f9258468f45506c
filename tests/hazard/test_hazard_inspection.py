# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import functools
import unittest
from unittest.mock import patch

from organization import (
    acting, create_company, create_employee, create_unit, create_user, lead)

from trytond.model.exceptions import (
    AccessError, ButtonActionException, SQLConstraintError)
from trytond.modules.company.tests import set_company
from trytond.modules.hazard.exceptions import InspectionError
from trytond.modules.hazard.inspection import inspection as inspection_module
from trytond.modules.safety_base.calendar_period import (
    FREQUENCIES, get_period, get_periods, to_utc)
from trytond.modules.safety_base.clock import today
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction


class ScheduleTestCase(unittest.TestCase):

    def test_period(self):
        "A day belongs to one period of each frequency"
        for frequency, day, key, start, end in [
                ('shift', '2026-02-28', '2026-02-28',
                    '2026-02-28', '2026-02-28'),
                ('daily', '2026-02-28', '2026-02-28',
                    '2026-02-28', '2026-02-28'),
                ('weekly', '2027-01-03', '2026-W53',
                    '2026-12-28', '2027-01-03'),
                ('ten_days', '2026-02-10', '2026-02-T1',
                    '2026-02-01', '2026-02-10'),
                ('ten_days', '2026-02-11', '2026-02-T2',
                    '2026-02-11', '2026-02-20'),
                ('ten_days', '2026-01-31', '2026-01-T3',
                    '2026-01-21', '2026-01-31'),
                ('half_month', '2026-02-15', '2026-02-H1',
                    '2026-02-01', '2026-02-15'),
                ('half_month', '2028-02-16', '2028-02-H2',
                    '2028-02-16', '2028-02-29'),
                ('monthly', '2026-12-31', '2026-12',
                    '2026-12-01', '2026-12-31'),
                ('quarterly', '2026-05-20', '2026-Q2',
                    '2026-04-01', '2026-06-30'),
                ('yearly', '2026-05-20', '2026',
                    '2026-01-01', '2026-12-31'),
                ]:
            with self.subTest(frequency=frequency, day=day):
                self.assertEqual(
                    get_period(frequency, dt.date.fromisoformat(day)),
                    (key, dt.date.fromisoformat(start),
                        dt.date.fromisoformat(end)))

    def test_periods(self):
        "Periods follow each other without gap"
        for frequency, _ in FREQUENCIES:
            with self.subTest(frequency=frequency):
                periods = list(get_periods(
                        frequency, dt.date(2027, 12, 20),
                        dt.date(2028, 3, 10)))
                self.assertLessEqual(
                    periods[0].start, dt.date(2027, 12, 20))
                self.assertGreaterEqual(
                    periods[-1].end, dt.date(2028, 3, 10))
                self.assertGreater(len(periods), 1)
                for one, two in zip(periods, periods[1:]):
                    self.assertEqual(
                        one.end + dt.timedelta(days=1), two.start)

    def test_to_utc(self):
        "Local times are converted to UTC"
        self.assertEqual(
            to_utc(dt.date(2026, 1, 1), dt.time(0), 'Asia/Shanghai'),
            dt.datetime(2025, 12, 31, 16))
        self.assertEqual(
            to_utc(dt.date(2026, 1, 1), dt.time(8), None),
            dt.datetime(2026, 1, 1, 8))


def with_organization(func):
    "Run the test in a company with a led unit and an inspector"
    @functools.wraps(func)
    def wrapper(self):
        self.company = create_company()
        with set_company(self.company):
            self.create_organization()
            func(self)
    return with_transaction()(wrapper)


class HazardInspectionTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        activate_module('hazard')

    def create_organization(self):
        pool = Pool()
        Place = pool.get('hazard.place')
        self.captain = create_employee(self.company, "Captain")
        self.inspector = create_employee(self.company, "Inspector")
        self.unit = create_unit(self.company, "Team 1", kind='team')
        lead(self.unit, self.captain)
        self.place, = Place.create([{
                    'name': "Face 1", 'unit': self.unit.id}])
        self.captain_user = self.create_user(
            'captain', self.captain, 'leader')
        self.inspector_user = self.create_user(
            'inspector', self.inspector, 'reporter')

    def create_user(self, login, employee, group):
        return create_user(
            login, self.company, employee, [f'hazard.group_hazard_{group}'])

    def create_checklist(self, frequency='daily', **values):
        pool = Pool()
        Checklist = pool.get('hazard.checklist')
        Item = pool.get('hazard.check_item')
        items = Item.search([], limit=2)
        checklist, = Checklist.create([{
                    'name': f"Checklist {frequency}",
                    'unit': self.unit.id,
                    'place': self.place.id,
                    'frequency': frequency,
                    'inspectors': [('add', [self.inspector.id])],
                    'lines': [('create', [{'item': i.id} for i in items])],
                    **values}])
        return checklist

    def create_round(self, **values):
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        if 'checklist' not in values:
            values['checklist'] = self.create_checklist().id
        inspection, = Inspection.create([{
                    'unit': self.unit.id,
                    'place': self.place.id,
                    'inspectors': [('add', [self.inspector.id])],
                    **values}])
        return inspection

    def create_hazard(self, inspection, item, **values):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        hazard, = Hazard.create([{
                    'found_by': self.inspector.id,
                    'place': self.place.id,
                    'unit': self.unit.id,
                    'discipline': item.discipline.id,
                    'check_item': item.id,
                    'description': "Broken",
                    'inspection': inspection.id,
                    **values}])
        return hazard

    def start(self, **values):
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        inspection = self.create_round(**values)
        with acting(self.inspector_user):
            Inspection.start([inspection])
        return Inspection(inspection.id)

    def check(self, inspection, *results):
        pool = Pool()
        Line = pool.get('hazard.inspection.line')
        for line, result in zip(inspection.lines, results):
            line.result = result
        Line.save(inspection.lines)
        return pool.get('hazard.inspection')(inspection.id)

    @with_organization
    def test_plan(self):
        "Rounds are planned once for each period"
        pool = Pool()
        Checklist = pool.get('hazard.checklist')
        Date = pool.get('ir.date')
        Inspection = pool.get('hazard.inspection')
        today = Date.today()
        for frequency, _ in FREQUENCIES:
            with self.subTest(frequency=frequency):
                checklist = self.create_checklist(frequency)
                domain = [('checklist', '=', checklist.id)]
                Checklist.plan([checklist])
                rounds = Inspection.search(domain)
                self.assertTrue(rounds)
                Checklist.plan([checklist])
                Checklist.plan_rounds()
                self.assertEqual(Inspection.search(domain), rounds)
                for round_ in rounds:
                    self.assertLess(round_.opens_at, round_.due_at)
                    self.assertNotEqual(round_.timing, 'missed')
                    self.assertEqual(round_.inspectors, (self.inspector,))
                    self.assertFalse(round_.lines)
                if frequency == 'daily':
                    self.assertEqual(
                        {r.planned_on for r in rounds},
                        {today + dt.timedelta(days=d) for d in range(8)})
                elif frequency == 'shift':
                    self.assertGreaterEqual(len(rounds), 3 * 7)
                    self.assertEqual(len({r.shift for r in rounds}), 3)

    @with_organization
    def test_plan_cancelled(self):
        "A round that was cancelled is not planned again"
        pool = Pool()
        Checklist = pool.get('hazard.checklist')
        Inspection = pool.get('hazard.inspection')
        checklist = self.create_checklist()
        Checklist.plan([checklist])
        rounds = Inspection.search([])
        with Transaction().set_context(reason="Holiday"):
            Inspection.cancel(rounds[-1:])
        Checklist.plan([checklist])
        self.assertEqual(Inspection.search([]), rounds)
        self.assertEqual(rounds[-1].state, 'cancelled')
        self.assertEqual(rounds[-1].cancel_reason, "Holiday")

    @with_organization
    def test_plan_obsolete(self):
        "Coming rounds go with their checklist, those of today stay"
        pool = Pool()
        Checklist = pool.get('hazard.checklist')
        Inspection = pool.get('hazard.inspection')
        checklist = self.create_checklist()
        Checklist.plan([checklist])
        checklist.active = False
        checklist.save()
        Checklist.plan_rounds()
        round_, = Inspection.search([])
        self.assertEqual(round_.planned_on, Pool().get('ir.date').today())

    @with_organization
    def test_plan_start_on(self):
        "Nothing is planned before the checklist starts"
        pool = Pool()
        Checklist = pool.get('hazard.checklist')
        Date = pool.get('ir.date')
        Inspection = pool.get('hazard.inspection')
        start_on = Date.today() + dt.timedelta(days=5)
        checklist = self.create_checklist(start_on=start_on)
        Checklist.plan([checklist])
        self.assertEqual(
            min(r.planned_on for r in Inspection.search([])), start_on)

    @with_organization
    def test_period_unique(self):
        "A period cannot have two rounds"
        pool = Pool()
        Checklist = pool.get('hazard.checklist')
        Inspection = pool.get('hazard.inspection')
        checklist = self.create_checklist()
        Checklist.plan([checklist])
        period = Inspection.search([], limit=1)[0].period
        with self.assertRaises(SQLConstraintError):
            Inspection.planned(
                checklist, period, planned_on=dt.date.today()).save()

    @with_organization
    def test_timing(self):
        "Rounds are listed as planned, due, missed and late"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        checklist = self.create_checklist()
        now = inspection_module.now()
        hour = dt.timedelta(hours=1)
        _, end = today()
        values = {
            'missed': {'due_at': now - hour},
            'due': {'due_at': end},
            'planned': {'due_at': end + hour},
            'late': {
                'due_at': now - hour, 'done_at': now, 'state': 'done'},
            None: {
                'due_at': now + hour, 'done_at': now, 'state': 'done'},
            }
        rounds = {
            timing: self.create_round(checklist=checklist.id, **v)
            for timing, v in values.items()}
        for timing, round_ in rounds.items():
            with self.subTest(timing=timing):
                self.assertEqual(round_.timing, timing)
                self.assertEqual(
                    Inspection.search([('timing', '=', timing)]), [round_])
                self.assertEqual(
                    Inspection.search_count([('timing', '!=', timing)]), 4)
        self.assertEqual(
            Inspection.search_count([
                    ('timing', 'in', ['due', 'missed'])]), 2)

    @with_organization
    def test_remind(self):
        "Inspectors are reminded once, leaders are told what was missed"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        Notification = pool.get('res.notification')
        now = inspection_module.now()
        hour = dt.timedelta(hours=1)
        checklist = self.create_checklist()
        due, missed = (
            self.create_round(
                checklist=checklist.id, opens_at=now - 4 * hour,
                due_at=due_at)
            for due_at in [now + hour, now - hour])
        self.create_round(
            checklist=checklist.id, opens_at=now + hour,
            due_at=now + 2 * hour)
        transaction = Transaction()

        def remind():
            Inspection.remind_rounds()
            notifications = [
                (n.user, n.records) for n in transaction.user_notifications]
            transaction.user_notifications.clear()
            return notifications

        with patch.object(
                transaction, 'user_notifications', [], create=True):
            self.assertCountEqual(remind(), [
                    (self.inspector_user, f'[{due.id}]'),
                    (self.inspector_user, f'[{missed.id}]'),
                    (self.captain_user, f'[{missed.id}]'),
                    ])
            self.assertEqual(remind(), [])
        self.assertFalse(Notification.search([]))

    @with_organization
    def test_start(self):
        "Starting copies the lines and says who and when"
        inspection = self.start()
        self.assertEqual(inspection.state, 'running')
        self.assertEqual(inspection.started_by, self.inspector)
        self.assertTrue(inspection.started_at)
        self.assertEqual(
            [ln.item for ln in inspection.lines],
            [ln.item for ln in inspection.checklist.lines])

    @with_organization
    def test_start_early(self):
        "A round cannot be done in advance"
        pool = Pool()
        Date = pool.get('ir.date')
        Inspection = pool.get('hazard.inspection')
        now = inspection_module.now()
        for values in [
                {'opens_at': now + dt.timedelta(hours=1)},
                {'planned_on': Date.today() + dt.timedelta(days=1)},
                ]:
            with self.subTest(**values):
                inspection = self.create_round(**values)
                with self.assertRaises(InspectionError):
                    Inspection.start([inspection])

    @with_organization
    def test_start_without_lines(self):
        "There must be something to check"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        checklist = self.create_checklist(lines=None)
        with self.assertRaises(InspectionError):
            Inspection.start([self.create_round(checklist=checklist.id)])

    @with_organization
    def test_finish_refused(self):
        "A round without hazard is not finished but stated to be one"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        inspection = self.start()
        with acting(self.inspector_user):
            with self.assertRaises(InspectionError):
                Inspection.zero_report([inspection])
            inspection = self.check(inspection, 'ok')
            with self.assertRaises(InspectionError):
                Inspection.zero_report([inspection])
            inspection = self.check(
                inspection, 'not_applicable', 'not_applicable')
            with self.assertRaises(InspectionError):
                Inspection.zero_report([inspection])
            inspection = self.check(inspection, 'ok', 'hazard')
            with self.assertRaises(InspectionError):
                Inspection.zero_report([inspection])
            inspection = self.check(inspection, 'ok', 'ok')
            with self.assertRaises(InspectionError):
                Inspection.finish([inspection])
        with self.assertRaises(InspectionError):
            Inspection.zero_report([inspection])

    @with_organization
    def test_zero_report(self):
        "Nothing found is a statement by someone at a time"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        inspection = self.check(self.start(), 'ok', 'not_applicable')
        with acting(self.inspector_user):
            Inspection.zero_report([inspection])
        self.assertEqual(inspection.state, 'done')
        self.assertEqual(inspection.stated_by, self.inspector)
        self.assertEqual(inspection.stated_at, inspection.done_at)

    @with_organization
    def test_finish(self):
        "A round ends when each hazard found is reported"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Inspection = pool.get('hazard.inspection')
        inspection = self.check(self.start(), 'hazard', 'hazard')
        first, second = (ln.item for ln in inspection.lines)
        hazard = self.create_hazard(inspection, first)
        with self.assertRaises(InspectionError):
            Inspection.finish([Inspection(inspection.id)])
        Hazard.write([hazard], {'state': 'four_fix'})
        with self.assertRaises(InspectionError):
            Inspection.finish([Inspection(inspection.id)])
        self.create_hazard(inspection, second, state='closed')
        inspection = Inspection(inspection.id)
        with acting(self.inspector_user):
            Inspection.finish([inspection])
        self.assertEqual(inspection.state, 'done')
        self.assertEqual(inspection.done_by, self.inspector)
        self.assertFalse(inspection.stated_by)
        self.assertEqual(inspection.hazard_count, 2)

    @with_organization
    def test_report(self):
        "A hazard is reported with what the line knows"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Line = pool.get('hazard.inspection.line')
        inspection = self.start()
        line = inspection.lines[0]
        line.note = "Cable on the ground"
        line.save()
        action = Line.report([line])
        self.assertEqual(line.result, 'hazard')
        context = PYSONDecoder().decode(action['pyson_context'])
        with Transaction().set_context(context):
            values = Hazard.default_get(list(Hazard._fields))
        self.assertEqual(values['inspection'], inspection.id)
        self.assertEqual(values['check_item'], line.item.id)
        self.assertEqual(values['place'], self.place.id)
        self.assertEqual(values['unit'], self.unit.id)
        self.assertEqual(
            values['source'], inspection.checklist.source.id)
        self.assertEqual(values['description'], "Cable on the ground")

    @with_organization
    def test_ended(self):
        "A round that has ended stays as it is"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        Line = pool.get('hazard.inspection.line')
        inspection = self.check(self.start(), 'ok', 'ok')
        with acting(self.inspector_user):
            Inspection.zero_report([inspection])
        with self.assertRaises(AccessError):
            Inspection.write([inspection], {'note': "Changed"})
        with self.assertRaises(AccessError):
            Inspection.delete([inspection])
        with acting(self.inspector_user):
            with self.assertRaises(AccessError):
                Line.write(list(inspection.lines), {'result': 'hazard'})

    @with_organization
    def test_cancel_reason(self):
        "Cancelling asks for a reason"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        inspection = self.create_round()
        with self.assertRaises(ButtonActionException):
            Inspection.cancel([inspection])

    @with_organization
    def test_delete_planned(self):
        "A planned round cannot be deleted to hide that it was missed"
        pool = Pool()
        Checklist = pool.get('hazard.checklist')
        Inspection = pool.get('hazard.inspection')
        Checklist.plan([self.create_checklist()])
        planned = Inspection.search([], limit=1)
        unplanned = self.create_round(
            checklist=planned[0].checklist.id).id
        with acting(self.inspector_user):
            with self.assertRaises(AccessError):
                Inspection.delete(planned)
            Inspection.delete(Inspection.browse([unplanned]))

    @with_organization
    def test_stamps_refused(self):
        "Who, when and the period are written by the server alone"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        inspection = self.start()
        planned = self.create_round(period='2026')
        day = dt.date.today() + dt.timedelta(days=30)
        with acting(self.inspector_user):
            for record, values in [
                    (inspection, {'state': 'done'}),
                    (inspection, {'done_at': dt.datetime(2026, 1, 1)}),
                    (inspection, {'stated_by': self.inspector.id}),
                    (inspection, {'due_at': dt.datetime(2099, 1, 1)}),
                    (inspection, {'planned_on': day}),
                    (planned, {'planned_on': day}),
                    ]:
                with self.subTest(**values):
                    with self.assertRaises(AccessError):
                        Inspection.write([record], values)
            with self.assertRaises(AccessError):
                self.create_round(
                    checklist=planned.checklist.id, state='done')

    @with_organization
    def test_lines_refused(self):
        "Lines neither go nor come back as others"
        pool = Pool()
        Line = pool.get('hazard.inspection.line')
        line, other = self.start().lines
        with acting(self.inspector_user):
            with self.assertRaises(AccessError):
                Line.delete([line])
            with self.assertRaises(AccessError):
                Line.write([line], {'item': other.item.id})
            Line.write([line], {'result': 'ok', 'note': "Seen"})

    @with_organization
    def test_access(self):
        "Inspectors run their rounds, leaders those of the unit"
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        Line = pool.get('hazard.inspection.line')
        stranger = self.create_user(
            'stranger', self.captain, 'reporter')
        safety = self.create_user(
            'safety', self.captain, 'safety')
        station = self.create_user(
            'station', self.captain, 'station')
        checklist = self.create_checklist()
        for user, reads, runs in [
                (self.inspector_user, True, True),
                (self.captain_user, True, True),
                (safety, True, True),
                (station, True, False),
                (stranger, False, False),
                ]:
            inspection = self.create_round(checklist=checklist.id)
            with self.subTest(user=user.login), acting(user):
                self.assertEqual(
                    bool(Inspection.search([('id', '=', inspection.id)])),
                    reads)
                inspection = Inspection(inspection.id)
                if runs:
                    Inspection.start([inspection])
                    line = Inspection(inspection.id).lines[0]
                    Line.report([line])
                else:
                    with self.assertRaises(AccessError):
                        Inspection.start([inspection])
