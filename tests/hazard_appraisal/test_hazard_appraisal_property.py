# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What holds for all ledgers, tried with many made-up ones."

import datetime as dt
import unittest
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from points import build_appraisal, create_entry, create_rule, get_period
from sql import Null
from templates import activate_built

from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

CAPS = [None, 'tenday', 'month', 'quarter']
DAYS = [
    dt.date(2026, 3, day) for day in [1, 10, 11, 20, 21, 31]] + [
    dt.date(2026, 4, 1)]
ENTRIES = st.lists(
    st.tuples(
        st.integers(0, len(CAPS) - 1), st.sampled_from(['ann', 'bob']),
        st.sampled_from(DAYS), st.integers(-6, 6)),
    max_size=8)


class PropertyTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(
            'hazard_appraisal', build_appraisal, end=dt.date(2026, 4, 30))

    def build(self):
        self.built = build_appraisal(end=dt.date(2026, 4, 30))
        self.rules = [
            create_rule(
                self.built.company, 'hazard_verified', 1,
                cap=cap and Decimal(5), cap_period=cap)
            for cap in CAPS]

    def empty(self):
        Entry = Pool().get('appraisal.entry')
        cursor = Transaction().connection.cursor()
        table = Entry.__table__()
        cursor.execute(*table.delete(where=table.reversal_of != Null))
        cursor.execute(*table.delete())

    def write(self, entries):
        self.empty()
        return [
            create_entry(
                self.rules[rule], getattr(self.built.members, name), day=day,
                points=points, occurrence=i)
            for i, (rule, name, day, points) in enumerate(entries, 1)]

    def sheets(self):
        Sheet = Pool().get('appraisal.sheet')
        return {
            (s.period.code, s.employee.party.name.lower()):
            (s.points, s.over_cap, s.rank)
            for s in Sheet.search([])}

    @with_transaction()
    def test_order(self):
        "The sheets are the sums of the entries whatever their order"
        self.build()

        @settings(
            max_examples=15, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck))
        @given(ENTRIES, st.randoms(use_true_random=False))
        def check(entries, random):
            self.write(entries)
            sheets = self.sheets()
            for (code, name), (points, over, _) in sheets.items():
                if code == '2026':
                    total = sum(
                        p for _, n, _, p in entries if n == name)
                    self.assertEqual(points + over, total)
            for kind in ['month', 'quarter']:
                self.check_parts(sheets, kind)
            random.shuffle(entries)
            self.write(entries)
            self.assertEqual(self.sheets(), sheets)
        check()

    def check_parts(self, sheets, kind):
        "Check that each period is the sum of its parts."
        Period = Pool().get('appraisal.period')
        for period in Period.search([('kind', '=', kind)]):
            for name in ['ann', 'bob']:
                parts = [sheets[c.code, name] for c in period.children]
                whole = sheets[period.code, name]
                self.assertEqual(whole[0], sum(p for p, _, _ in parts))
                self.assertEqual(whole[1], sum(o for _, o, _ in parts))

    @with_transaction()
    def test_caps(self):
        "A rule gives in the period of its cap no more than the cap"
        self.build()

        @settings(
            max_examples=15, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck))
        @given(ENTRIES, st.integers(0, len(CAPS) - 1))
        def check(entries, rule):
            entries = [(rule, *others) for _, *others in entries]
            self.write(entries)
            sheets = self.sheets()
            kind = CAPS[rule]
            for day in DAYS:
                period = get_period(
                    self.built.company, kind or 'tenday', day)
                for name in ['ann', 'bob']:
                    total = sum(
                        p for _, n, on, p in entries if n == name
                        and period.start_date <= on <= period.end_date)
                    if kind:
                        total = max(min(total, 5), -5)
                    self.assertEqual(sheets[period.code, name][0], total)
        check()

    @with_transaction()
    def test_reversal(self):
        "Reversing all that was added brings back the former sheets"
        self.build()
        Entry = Pool().get('appraisal.entry')

        @settings(
            max_examples=10, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck))
        @given(ENTRIES, ENTRIES)
        def check(before, added):
            self.write(before)
            sheets = self.sheets()
            entries = [
                create_entry(
                    self.rules[rule], getattr(self.built.members, name),
                    day=day, points=points, occurrence=100 + i)
                for i, (rule, name, day, points) in enumerate(added)]
            for entry in entries:
                Entry.create([{
                            **entry._reversal_values(
                                entry.date, entry.period, "Wrong."),
                            }])
            self.assertEqual(self.sheets(), sheets)
        check()
