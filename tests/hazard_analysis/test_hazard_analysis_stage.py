# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import unittest
from statistics import median, quantiles

from facts import HOUR, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mine import build_mine
from organization import acting
from sql import Cast, Literal, Select, Union
from templates import activate_built
from test_hazard_analysis_fact import DAY, MAY, PERIOD, closed, specs, waiting

from trytond.modules.hazard_analysis.fact.percentile import percentile
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

STAGES = ['four_fix', 'rectification', 'recheck', 'acceptance']


class StageTestCase(unittest.TestCase):
    "How long the stages take"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_analysis', build_mine)

    def rows(self, user):
        ByStage = Pool().get('hazard.analysis.by_stage')
        with acting(user, **PERIOD):
            return {r.stage: r for r in ByStage.search([])}

    @with_transaction()
    def test_figures(self):
        "Figures are those that were worked out by hand"
        mine = build_mine()
        write(mine, [
                closed(hours=(1, 4, 2)), closed(hours=(1, 7, 10)),
                closed(hours=(2, 1, 3)), closed(imported=True),
                closed(MAY - 20 * DAY, hours=(5, 1, 1)),
                waiting('recheck', now() + DAY)])
        rows = self.rows(mine.users.safety)
        for stage, number, mean, middle, ninety, target, before in [
                ('lag', 4, 1, 1, 1, 1, 1),
                ('four_fix', 3, 4 / 3, 1, 1.8, 1, 5),
                ('rectification', 3, 4, 4, 6.4, 1, 1),
                ('recheck', 3, 5, 3, 8.6, 2 / 3, 1),
                ('acceptance', 0, None, None, None, None, None),
                # The waiting is what the recheck took
                ('waited', 3, 5, 3, 8.6, 2 / 3, 1),
                ('unwaited', 3, 16 / 3, 5, 7.4, 1, 6),
                ('loop', 3, 31 / 3, 7, 15.8, 2 / 3, 7)]:
            row = rows[stage]
            with self.subTest(stage=stage):
                self.assertEqual(row.number, number)
                for name, value in [
                        ('mean_hours', mean), ('median_hours', middle),
                        ('percentile_90_hours', ninety),
                        ('target_rate', target),
                        ('before_median_hours', before)]:
                    self.assertAlmostEqual(getattr(row, name), value)

    @with_transaction()
    def test_opens(self):
        "A row opens the hazards that ended the stage"
        Hazard = Pool().get('hazard.hazard')
        mine = build_mine()
        write(mine, [
                closed(), closed(imported=True),
                waiting('recheck', now() + DAY)])
        numbers = []
        for stage, row in self.rows(mine.users.safety).items():
            with self.subTest(stage=stage), acting(
                    mine.users.safety, **PERIOD):
                self.assertEqual(
                    Hazard.search(row.get_domain(), count=True), row.number)
            numbers.append(row.number)
        self.assertEqual(numbers, [2, 1, 1, 1, 0, 1, 1, 1])

    @given(st.lists(specs, max_size=12))
    @settings(
        max_examples=15, deadline=None,
        suppress_health_check=list(HealthCheck))
    def test_reference(self, hazards):
        "The hours are those of a plain reading of the same hazards"
        self.check_reference(hazards)

    @with_transaction()
    def check_reference(self, hazards):
        mine = build_mine()
        write(mine, hazards)
        rows = self.rows(mine.users.safety)
        for stage in STAGES:
            hours = [
                h.took(stage) / HOUR for h in hazards
                if h.of(stage) and not h.imported]
            self.check(rows[stage], hours)
        self.check(rows['loop'], [
                (h.closed_at - h.reported_at) / HOUR for h in hazards
                if h.closed and not h.imported])

    def check(self, row, hours):
        self.assertEqual(row.number, len(hours))
        if hours:
            self.assertAlmostEqual(row.median_hours, median(hours))
        if len(hours) > 1:
            self.assertAlmostEqual(
                row.percentile_90_hours,
                quantiles(hours, n=10, method='inclusive')[-1])

    @given(
        st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=30),
        st.sampled_from([.5, .9]))
    @settings(max_examples=60, deadline=None)
    def test_percentile(self, values, part):
        "Both databases have the percentiles that Python's own library has"
        self.check_percentile(values, part)

    @with_transaction()
    def check_percentile(self, values, part):
        rows = [Cast(Literal(v), 'FLOAT').as_('value') for v in values]
        query = Union(*([Select([row]) for row in rows] * 2), all_=True)
        cursor = Transaction().connection.cursor()
        cursor.execute(*query.select(percentile(query.value, part)))
        result, = cursor.fetchone()
        known = [v for v in values if v is not None] * 2
        if not known:
            self.assertIsNone(result)
            return
        self.assertAlmostEqual(
            result, quantiles(known, n=10, method='inclusive')[
                round(part * 10) - 1], places=4)
