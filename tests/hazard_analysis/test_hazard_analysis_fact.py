# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from decimal import Decimal

from facts import Spec, Stage, reference, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mine import build_mine
from organization import acting
from queries import count_queries
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.hazard_analysis.fact.selection import former, shifted
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
MAY = dt.datetime(2026, 5, 10, 2)
PERIOD = {
    'analysis_from': dt.date(2026, 5, 1), 'analysis_to': dt.date(2026, 5, 31)}
FIGURES = [
    'number', 'open', 'closed', 'on_site', 'overdue', 'unrectified',
    'to_rectify', 'timed', 'recurrent', 'late_entry', 'extended',
    'extensions', 'cost']
HOURS = [
    'mean_hours', 'median_hours', 'percentile_90_hours', 'mean_waited_hours',
    'mean_recheck_hours']
RATES = {
    'closed_rate': ('closed', 'number'),
    'on_time_rate': ('on_time', 'to_rectify'),
    'on_first_time_rate': ('on_first_time', 'to_rectify'),
    'target_rate': ('in_target', 'timed'),
    'target_unwaited_rate': ('in_target_unwaited', 'timed'),
    'first_pass_rate': ('first_pass', 'checked'),
    'recurrent_rate': ('recurrent', 'number'),
    'late_entry_rate': ('late_entry', 'number'),
    'extended_rate': ('extended', 'number'),
    }
MODELS = ['unit', 'place', 'check_item', 'discipline', 'category', 'cause',
    'kind', 'finder', 'period', 'shift']


def closed(found_at=MAY, hours=(1, 4, 2), **values):
    "Return a hazard that took so many hours for each stage."
    reported_at = found_at + HOUR
    ends = [reported_at]
    for number in hours:
        ends.append(ends[-1] + number * HOUR)
    deadline = ends[1] + 6 * HOUR
    values = {
        'deadline': deadline, 'state': 'closed', 'closed_at': ends[3],
        'stages': [
            Stage('four_fix', 'confirmed', ends[0], ends[1]),
            Stage('rectification', 'done', ends[1], ends[2], deadline,
                cost=Decimal('100.50')),
            Stage('recheck', 'passed', ends[2], ends[3])],
        **values}
    return Spec(found_at, reported_at, **values)


def waiting(stage, due_at, found_at=MAY, **values):
    values = {
        'state': stage, 'deadline': due_at, 'stages': [
            Stage(stage, 'draft', found_at + 2 * HOUR, due_at=due_at)],
        **values}
    return Spec(found_at, found_at + HOUR, **values)


specs = st.builds(
    lambda kind, hours, late, values: (
        closed(MAY, hours, **values) if kind == 'closed'
        else waiting(kind, now() + (-DAY if late else DAY), **values)),
    st.sampled_from([
            'closed', 'four_fix', 'rectification', 'recheck', 'acceptance']),
    st.tuples(*(st.integers(0, 9) for _ in range(3))),
    st.booleans(),
    st.fixed_dictionaries({
            'unit': st.sampled_from(['ventilation', 'driving']),
            'round': st.integers(1, 3),
            'recurrence': st.integers(0, 2),
            'late': st.booleans(),
            'imported': st.booleans(),
            'handling': st.sampled_from(['four_fix', 'on_site']),
            }))


class FactTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_analysis', build_mine)

    def setup_mine(self):
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        return mine

    def rows(self, user, model='unit', **context):
        Model = Pool().get(f'hazard.analysis.by_{model}')
        with acting(user, **{**PERIOD, **context}):
            names = [n for n in Model._fields if n not in {
                    'create_uid', 'create_date', 'write_uid', 'write_date'}]
            return Model.search_read([], fields_names=names)

    def one(self, *args, **context):
        row, = self.rows(*args, **context)
        return row

    @with_transaction()
    def test_figures(self):
        "Figures are those that were worked out by hand"
        mine = self.setup_mine()
        later, before = now() + DAY, now() - DAY
        slow = closed(hours=(1, 7, 10))
        slow.round = 2
        write(mine, [
                closed(),
                slow,
                closed(hours=(1, 1, 1), imported=True),
                waiting('rectification', before, recurrence=1),
                waiting('recheck', before, deadline=None),
                waiting('four_fix', later, late=True),
                waiting('four_fix', later, state='cancelled'),
                waiting('four_fix', later, found_at=MAY - 20 * DAY)])
        row = self.one(mine.users.safety)
        expected = {
            'number': 6, 'before': 1, 'change': 5, 'open': 3, 'closed': 3,
            'closed_rate': .5,
            # The rectification and the recheck are late, only one of them
            # to be rectified
            'overdue': 2, 'unrectified': 1, 'recurrent': 1, 'late_entry': 1,
            # Of three rectified and one late the slow one came an hour late
            'on_time_rate': .5, 'on_first_time_rate': .5,
            # 7 and 18 hours; without the recheck 5 and 8
            'mean_hours': 12.5, 'target_rate': .5,
            'target_unwaited_rate': 1, 'mean_unwaited_hours': 6.5,
            'mean_four_fix_hours': 1, 'mean_rectification_hours': 5.5,
            'mean_recheck_hours': 6, 'mean_lag_hours': 1,
            'first_pass_rate': 2 / 3, 'mean_rounds': 7 / 6,
            'extensions': 0, 'cost': Decimal('301.50'),
            }
        for name, value in expected.items():
            with self.subTest(name=name):
                self.assertAlmostEqual(row[name], value)

    @with_transaction()
    def test_extended(self):
        "What is extended is on time by its deadline, not by its first one"
        mine = self.setup_mine()
        hazard = closed(hours=(1, 7, 1))
        rectification = hazard.stages[1]
        rectification.extended = 4
        rectification.due_at = hazard.deadline = (
            rectification.opened_at + 10 * HOUR)
        write(mine, [hazard])
        row = self.one(mine.users.safety)
        self.assertEqual(
            (row['on_time_rate'], row['on_first_time_rate'],
                row['extensions']), (1, 0, 1))

    @with_transaction()
    def test_overdue_as_listed(self):
        "A hazard is late by the indicator where it is by the list"
        mine = self.setup_mine()
        later, before = now() + DAY, now() - DAY
        write(mine, [
                waiting(stage, due)
                for stage in [
                    'four_fix', 'rectification', 'recheck', 'acceptance']
                for due in [later, before]])
        with acting(mine.users.safety):
            listed = Pool().get('hazard.hazard').search(
                [('overdue', '=', True)], count=True)
        self.assertEqual(listed, 4)
        self.assertEqual(self.one(mine.users.safety)['overdue'], listed)

    @with_transaction()
    def test_days(self):
        "A hazard counts on the day that it is at the mine"
        mine = self.setup_mine()
        write(mine, [
                closed(dt.datetime(2026, 4, 30, 15, 59, 59)),
                closed(dt.datetime(2026, 4, 30, 16)),
                closed(dt.datetime(2026, 5, 31, 15, 59, 59)),
                closed(dt.datetime(2026, 5, 31, 16))])
        row = self.one(mine.users.safety)
        self.assertEqual((row['number'], row['before']), (2, 1))
        self.assertEqual(
            sorted(r['found_hour'] for r in self.rows(
                    mine.users.safety, 'shift')), [0, 23])

    @with_transaction()
    def test_basis(self):
        "The period is of when hazards were found, reported or closed"
        mine = self.setup_mine()
        write(mine, [closed(dt.datetime(2026, 5, 31, 14, 30))])
        for basis, number in [
                ('found_at', 1), ('reported_at', 1), ('closed_at', 0),
                ('write_date', 1), (3, 1)]:
            with self.subTest(basis=basis):
                self.assertEqual(
                    sum(r['number'] for r in self.rows(
                            mine.users.safety, analysis_basis=basis)),
                    number)

    def test_former(self):
        "Months are compared to months, other days to as many before"
        date = dt.date
        for first, last, expected in [
                (date(2026, 3, 1), date(2026, 3, 31),
                    (date(2026, 2, 1), date(2026, 2, 28))),
                (date(2026, 3, 1), date(2026, 3, 10),
                    (date(2026, 2, 1), date(2026, 2, 10))),
                (date(2026, 1, 1), date(2026, 3, 31),
                    (date(2025, 10, 1), date(2025, 12, 31))),
                (date(2026, 3, 11), date(2026, 3, 20),
                    (date(2026, 3, 1), date(2026, 3, 10)))]:
            with self.subTest(first=first, last=last):
                self.assertEqual(former(first, last), expected)
        self.assertEqual(
            shifted(date(2025, 2, 1), date(2025, 2, 28), 12),
            (date(2024, 2, 1), date(2024, 2, 29)))

    @with_transaction()
    def test_filters(self):
        "An analysis is narrowed by what the context asks for"
        mine = self.setup_mine()
        write(mine, [closed(), closed(unit='driving', imported=True)])
        for context, units in [
                ({'analysis_unit': mine.units.mine.id}, 2),
                ({'analysis_unit': mine.units.driving.id}, 1),
                ({'analysis_imported': 'without'}, 1),
                ({'analysis_imported': 'only'}, 1),
                ({'analysis_discipline': 999_999}, 0)]:
            with self.subTest(context=context):
                self.assertEqual(
                    len(self.rows(mine.users.safety, **context)), units)

    @with_transaction()
    def test_drill_down(self):
        "A row opens the hazards that it counts, each of the indicators"
        mine = self.setup_mine()
        write(mine, [
                closed(), closed(cause='person'),
                closed(unit='driving', grade='slight'),
                closed(MAY - 20 * DAY), closed(MAY + 3 * HOUR)])
        for model in MODELS:
            self.check_drill_down(mine.users.safety, model)

    def check_drill_down(self, user, model):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Model = pool.get(f'hazard.analysis.by_{model}')
        with acting(user, **PERIOD):
            rows = Model.search([])
            self.assertEqual(sum(r.number for r in rows), 4)
            for row in rows:
                with self.subTest(model=model, row=row.rec_name):
                    self.assertEqual(
                        Hazard.search(row.get_domain(), count=True),
                        row.number)

    @with_transaction()
    def test_periods(self):
        "Rows are of periods of the calendar, each beside the one before"
        mine = self.setup_mine()
        write(mine, [
                closed(dt.datetime(2026, month, day, 2))
                for month, day in [(4, 2), (4, 25), (5, 9), (5, 11), (5, 31)]])
        date = dt.date
        for frequency, first, expected in [
                ('ten_days', 1, [
                        (date(2026, 5, 1), date(2026, 5, 10), 1, 1),
                        (date(2026, 5, 11), date(2026, 5, 20), 1, 0),
                        (date(2026, 5, 21), date(2026, 5, 31), 1, 1)]),
                ('monthly', 1, [
                        (date(2026, 5, 1), date(2026, 5, 31), 3, 2)]),
                # As many days before begin on 21 April
                ('monthly', 11, [
                        (date(2026, 5, 11), date(2026, 5, 31), 2, 2)])]:
            with self.subTest(frequency=frequency, first=first):
                rows = self.rows(
                    mine.users.safety, 'period',
                    analysis_frequency=frequency,
                    analysis_from=date(2026, 5, first))
                self.assertEqual([
                        (r['start'], r['end'], r['number'], r['before'])
                        for r in rows], expected)

    @with_transaction()
    def test_open(self):
        "The action opens the hazards of the rows, those of nobody else"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        OpenHazards = pool.get('hazard.analysis.open', type='wizard')
        mine = self.setup_mine()
        write(mine, [closed(), closed(unit='driving')])
        with acting(mine.users.safety, **PERIOD):
            row, = pool.get('hazard.analysis.by_unit').search(
                [('unit', '=', mine.units.driving.id)])
        context = {
            **PERIOD, 'active_model': 'hazard.analysis.by_unit',
            'active_id': row.id, 'active_ids': [row.id]}
        with acting(mine.users.safety, **context):
            session, _, _ = OpenHazards.create()
            (action, _), = OpenHazards.execute(
                session, {}, 'open_')['actions']
            domain = PYSONDecoder().decode(action['pyson_domain'])
            hazard, = Hazard.search(domain)
            self.assertEqual(hazard.unit, mine.units.driving)
        for forged in [{}, {'active_model': 'hazard.place'}]:
            with acting(mine.users.safety):
                session, _, _ = OpenHazards.create()
            with acting(mine.users.safety, **forged):
                with self.assertRaises(AccessError):
                    OpenHazards.execute(session, {}, 'open_')
        with acting(mine.users.captain, **context):
            with self.assertRaises(AccessError):
                OpenHazards.create()

    @with_transaction()
    def test_roles(self):
        "Each counts what each may read in the list, and nothing else"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = self.setup_mine()
        write(mine, [
                closed(), closed(unit='driving'),
                closed(unit='driving', found_by='captain'),
                waiting('four_fix', now() - DAY, unit='driving')])
        domain = [('state', 'not in', ['draft', 'cancelled'])]
        for name, number in [
                ('safety', 4), ('station', 4), ('dispatcher', 4),
                ('chief', 4), ('captain', 2), ('other_captain', 3),
                ('head', 4)]:
            user = getattr(mine.users, name)
            with self.subTest(user=name):
                with acting(user):
                    self.assertEqual(
                        Hazard.search(domain, count=True), number)
                self.assertEqual(
                    sum(r['number'] for r in self.rows(user)), number)

    @with_transaction()
    def test_getters(self):
        "Code that runs without access check counts no more"
        mine = self.setup_mine()
        write(mine, [closed(), closed(unit='driving')])
        Model = Pool().get('hazard.analysis.by_unit')
        with acting(mine.users.captain, **PERIOD):
            with Transaction().set_context(_check_access=False):
                self.assertEqual(len(Model.search([])), 1)

    @with_transaction()
    def test_search(self):
        "A search does not work out what the reading after it does"
        mine = self.setup_mine()
        write(mine, [closed()])
        for model in ['by_unit', 'by_stage', 'unit_tree']:
            Model = Pool().get(f'hazard.analysis.{model}')
            with self.subTest(model=model), acting(
                    mine.users.safety, **PERIOD):
                Model.search([])
                with count_queries() as queries:
                    rows = Model.search([])
                columns = str(queries[-1]).split(' FROM ')[0]
                self.assertIn('number', columns)
                self.assertNotIn('median_hours', columns)
                self.assertIsNotNone(rows[-1].median_hours)

    @given(st.lists(specs, max_size=12))
    @settings(
        max_examples=20, deadline=None,
        suppress_health_check=list(HealthCheck))
    def test_reference(self, hazards):
        "Each figure is that of a plain reading of the same hazards"
        self.check_reference(hazards)

    @with_transaction()
    def check_reference(self, hazards):
        mine = self.setup_mine()
        write(mine, hazards)
        rows = {r['unit']: r for r in self.rows(mine.users.safety)}
        for name in ['ventilation', 'driving']:
            expected = reference(
                [h for h in hazards if h.unit == name], now())
            row = rows.get(getattr(mine.units, name).id)
            if not row:
                self.assertEqual(expected['number'], 0)
                continue
            for figure in FIGURES:
                self.assertEqual(
                    row[figure] or 0, expected[figure], figure)
            for figure in HOURS:
                self.assertAlmostEqual(row[figure], expected[figure])
            for figure, (part, whole) in RATES.items():
                self.assertAlmostEqual(
                    row[figure], expected[part] / expected[whole]
                    if expected[whole] else None)
