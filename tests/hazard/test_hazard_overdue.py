# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"How late a hazard is told to be, in hours and minutes."

import datetime as dt

from mine import build_mine
from organization import acting
from pictures import picture
from queries import count_queries
from steps import confirm, finish, major, recheck, report, step, waiting
from templates import activate_built

from trytond.modules.hazard.loop.time_left import TimeLeft
from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.tools import timezone as tz
from trytond.transaction import Transaction

NOW = dt.datetime(2026, 12, 1, 6, 30)


def hours(number):
    return dt.timedelta(hours=number)


class OverdueTestCase(TestCase):
    "How late hazards are"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_words(self):
        "Test deadlines are told by the clock, delays by hours and minutes"
        words = TimeLeft()
        words.now, words.zone = NOW, tz.ZoneInfo('Asia/Shanghai')
        words.today = dt.date(2026, 12, 1)
        late = dt.timedelta(hours=5, minutes=51)
        for due_at, ended_at, expected in [
                (None, None, None),
                (NOW - late, None, "5 h 51 min late"),
                (NOW - dt.timedelta(minutes=3), None, "3 min late"),
                (NOW - dt.timedelta(seconds=3), None, "1 min late"),
                (NOW - hours(50), None, "2 d 2 h late"),
                (NOW + hours(1), None, "Today 15:30"),
                # It is tomorrow in Shanghai, not yet in UTC.
                (NOW + hours(10), None, "Tomorrow 00:30"),
                (NOW + hours(72), None, "12/4 14:30"),
                (NOW, NOW + late, "5 h 51 min late"),
                (NOW, NOW - late, None),
                ]:
            with self.subTest(due_at=due_at, ended_at=ended_at):
                self.assertEqual(words.tell(due_at, ended_at), expected)

    def be_late(self, model, hazard):
        "Let what waits have been due some time ago."
        stage = waiting(model, hazard)
        due_at = dt.datetime.now().replace(microsecond=0) - hours(6)
        stage.__class__.write([stage], {'due_at': due_at})
        if model == 'hazard.rectification':
            hazard.__class__.write([hazard], {'deadline': due_at})

    def search_overdue(self, mine):
        Hazard = Pool().get('hazard.hazard')
        with acting(mine.users.safety):
            found = Hazard.search([('overdue', '=', True)])
            self.assertFalse(
                set(found) & set(Hazard.search([('overdue', '!=', True)])))
            rows = Hazard.read(
                list(map(int, found)), ['overdue', 'time_left'])
        self.assertTrue(all(r['overdue'] for r in rows))
        self.assertTrue(all("6 h" in r['time_left'] for r in rows))
        return {h.id for h in found}

    @with_transaction()
    def test_each_stage(self):
        "Test whatever stage is late makes the hazard late"
        mine = build_mine()
        hazards = [report(mine) for _ in range(4)]
        self.assertEqual(self.search_overdue(mine), set())
        for hazard in hazards[1:]:
            confirm(mine, hazard)
        for hazard in hazards[2:]:
            finish(mine, hazard)
        self.be_late('hazard.four_fix', hazards[0])
        self.be_late('hazard.rectification', hazards[1])
        self.be_late('hazard.recheck', hazards[2])
        self.assertEqual(
            self.search_overdue(mine), {h.id for h in hazards[:3]})

    @with_transaction()
    def test_plan(self):
        "Test a major hazard whose plan is late is late too"
        Plan = Pool().get('hazard.plan')
        mine = build_mine()
        hazard = report(mine, **major())
        plan, = Plan.search([('hazard', '=', hazard.id)])
        Plan.write([plan], {
                'due_at': (
                    dt.datetime.now().replace(microsecond=0) - hours(6))})
        self.assertEqual(self.search_overdue(mine), {hazard.id})

    @with_transaction()
    def test_closed_late(self):
        "Test what is closed keeps how late it was rectified"
        mine = build_mine()
        late, in_time = report(mine), report(mine)
        for hazard in [late, in_time]:
            confirm(mine, hazard)
        self.be_late('hazard.rectification', late)
        late.__class__.write([late], {
                'found_at': dt.datetime.now() - hours(48)})
        for hazard in [late, in_time]:
            finish(mine, hazard)
            recheck(mine, hazard, 'pass_')
        with acting(mine.users.safety):
            rows = late.__class__.read(
                [late.id, in_time.id],
                ['state', 'time_left', 'overdue', 'overdue_days'])
        told = {r['id']: r for r in rows}
        self.assertEqual(told[late.id]['state'], 'closed')
        self.assertRegex(told[late.id]['time_left'], '^6 h . min late$')
        self.assertEqual(told[late.id]['overdue_days'], 1)
        self.assertFalse(told[late.id]['overdue'])
        self.assertIsNone(told[in_time.id]['time_left'])

    @with_transaction()
    def test_queries(self):
        "Test a list costs as many queries whatever its rows"
        Hazard = Pool().get('hazard.hazard')
        mine = build_mine()
        counts = []
        # What is asked only once is known after the first.
        for count in [1, 2, 6]:
            ids = [report(mine).id for _ in range(count)]
            confirm(mine, Hazard(ids[0]))
            Transaction().cache.clear()
            with acting(mine.users.safety), count_queries() as queries:
                Hazard.read(ids, ['time_left', 'overdue_days', 'place_name'])
            counts.append(len(queries))
        self.assertEqual(*counts[1:])

    @with_transaction()
    def test_timeline(self):
        "Test the timeline tells of each step what it fixed and showed"
        Event = Pool().get('hazard.event')
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        rectification = waiting('hazard.rectification', hazard)
        with acting(mine.users.worker):
            rectification.__class__.write([rectification], {
                    'photos': [('create', [{
                                    'hazard': hazard.id,
                                    'stage': 'rectified',
                                    'image': picture(),
                                    'filename': 'after.jpg'}])]})
        step('hazard.rectification', hazard, 'finish', mine.users.worker,
            actions="Hung anew.")
        with acting(mine.users.station):
            rows = Event.read(
                [e.id for e in Event.search([('hazard', '=', hazard.id)])],
                ['action', 'round', 'responsible', 'deadline', 'thumbnail'])
        told = {r['action']: r for r in rows}
        worker = mine.employees.worker.id
        self.assertIsNone(told['submit']['round'])
        self.assertIsNone(told['submit']['thumbnail'])
        self.assertEqual(told['confirm']['round'], 1)
        self.assertEqual(told['confirm']['responsible'], worker)
        self.assertIsNotNone(told['confirm']['deadline'])
        self.assertEqual(told['finish']['responsible'], worker)
        self.assertTrue(told['finish']['thumbnail'])
