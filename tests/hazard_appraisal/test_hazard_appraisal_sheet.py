# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
import datetime as dt
import unittest
from decimal import Decimal

from organization import acting
from points import (
    build_appraisal, create_entry, create_rule, get_period, get_sheet)
from templates import activate_built

from trytond.modules.hazard_appraisal.score.open_periods import asked
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

MARCH = dt.date(2026, 3, 1)


class SheetTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(
            'hazard_appraisal', build_appraisal, end=dt.date(2026, 4, 30))

    def build(self, **values):
        return build_appraisal(end=dt.date(2026, 4, 30), **values)

    @with_transaction()
    def test_sums(self):
        "Entries add up by group in ten days, month, quarter and year"
        built = self.build()
        verified = create_rule(built.company, 'hazard_verified', 3)
        overdue = create_rule(
            built.company, 'rectification_overdue', -2, group='loop')
        ann = built.members.ann
        create_entry(verified, ann, task=1)
        create_entry(verified, ann, day=dt.date(2026, 3, 15), task=1)
        create_entry(overdue, ann)

        for kind, report, loop, score in [
                ('tenday', 3, -2, 61), ('month', 6, -2, 64),
                ('quarter', 6, -2, '61.33'), ('year', 6, -2, '60.33')]:
            with self.subTest(kind=kind):
                sheet = get_sheet(ann, kind)
                self.assertEqual(sheet.report_points, report)
                self.assertEqual(sheet.loop_points, loop)
                self.assertEqual(sheet.points, report + loop)
                self.assertEqual(sheet.score, Decimal(score))
                self.assertEqual(sheet.rank, 1)
                self.assertEqual(sheet.members, 2)
                self.assertEqual(sheet.state, 'open')
        self.assertEqual(get_sheet(ann, 'month').verified, 2)
        self.assertEqual(get_sheet(built.members.bob, 'month').rank, 2)
        self.assertEqual(get_sheet(built.members.cat, 'month').rank, 1)

    @with_transaction()
    def test_close(self):
        "A sheet is the same before and after its period is closed"
        pool = Pool()
        Period = pool.get('appraisal.period')
        Sheet = pool.get('appraisal.sheet')
        UnitSheet = pool.get('appraisal.unit.sheet')
        built = self.build()
        rule = create_rule(
            built.company, 'hazard_verified', 3, cap=4, cap_period='month')
        create_entry(rule, built.members.ann, task=1)
        create_entry(rule, built.members.ann, task=1)
        create_entry(rule, built.members.bob, task=1)

        def tell(Model, period):
            names = [
                n for n in Model._fields
                if n not in {'state', 'published', 'mine'}
                and not n.startswith('write')
                and not n.startswith('create')]
            return Model.search_read(
                [('period', '=', period.id)], fields_names=names)

        for kind, days in [
                ('tenday', [5, 15, 25]), ('month', [5])]:
            for day in days:
                period = get_period(
                    built.company, kind, dt.date(2026, 3, day))
                before = tell(Sheet, period), tell(UnitSheet, period)
                Period.close([period])
                self.assertEqual(
                    (tell(Sheet, period), tell(UnitSheet, period)), before)
        sheet = get_sheet(built.members.ann, 'month')
        self.assertEqual(sheet.state, 'closed')
        self.assertEqual(sheet.points, 4)
        self.assertEqual(sheet.over_cap, 2)
        self.assertEqual(get_sheet(built.members.ann, 'quarter').points, 4)
        self.assertEqual(get_sheet(built.members.ann, 'quarter').over_cap, 2)

    @with_transaction()
    def test_chosen(self):
        "A sheet computed alone is as the one computed with all others"
        pool = Pool()
        Period = pool.get('appraisal.period')
        built = self.build()
        ann = built.members.ann
        for event, kind in [
                ('hazard_verified', 'month'), ('hazard_on_site', 'quarter'),
                ('hazard_duplicate', 'year'), ('recheck_late', None)]:
            rule = create_rule(
                built.company, event, 3, cap=kind and 7, cap_period=kind)
            for month, day in [(3, 1), (3, 12), (3, 13), (3, 30), (4, 2)]:
                create_entry(rule, ann, day=dt.date(2026, month, day))
        Period.close([get_period(built.company, 'tenday', MARCH)])
        for name in ['appraisal.sheet', 'appraisal.unit.sheet']:
            with self.subTest(model=name):
                Model = pool.get(name)
                ids = list(map(int, Model.search([])))
                names = [
                    n for n in Model._fields
                    if n not in {
                        'create_date', 'write_date', 'rec_name', 'xml_id'}]
                together = {
                    row['id']: row for row in Model.read(ids, names)}
                self.assertGreater(len(together), 6)
                for id_ in ids:
                    self.assertEqual(
                        Model.read([id_], names), [together[id_]])

    @with_transaction()
    def test_asked(self):
        "What a search asks of the period chooses the open ones"
        pool = Pool()
        Period = pool.get('appraisal.period')
        built = self.build()
        march, april = (
            get_period(built.company, 'month', dt.date(2026, month, 1))
            for month in [3, 4])
        months = [
            ('period_kind', '=', 'month'), ('start_date', '>=', MARCH)]
        for domain, periods in [
                ([], None),
                ([('points', '>', 0)], None),
                (['OR', months, [('mine', '=', True)]], None),
                (months, [march, april]),
                (['AND', [('points', '>', 0)], [months]], [march, april]),
                ([months, ['OR', ('rank', '<', 3), ('state', '=', 'x')]],
                    [march, april]),
                ([('period', '=', april.id), ('rank', '=', 1)], [april]),
                ([('period', 'in', [march.id, april.id])], [march, april]),
                ([('period.code', '=', march.code)], [march]),
                ([('period', '=', None)], []),
                ([('period', 'ilike', '%x%')], None),
                ([*months, ('end_date', '<', MARCH)], []),
                ]:
            with self.subTest(domain=domain):
                ids = asked(domain)
                self.assertEqual(
                    ids if ids is None else sorted(ids),
                    periods if periods is None else [
                        p.id for p in periods])
        tenday = get_period(built.company, 'tenday', MARCH)
        Period.close([tenday])
        self.assertEqual(asked([('period', '=', tenday.id)]), [])
        Sheet = pool.get('appraisal.sheet')
        self.assertEqual(
            Sheet.search_count([('period', '=', tenday.id)]), 3)

    @with_transaction()
    def test_published(self):
        "The upper half of a kind is published once the period is closed"
        pool = Pool()
        Period = pool.get('appraisal.period')
        built = self.build()
        rule = create_rule(built.company, 'hazard_verified', 3)
        create_entry(rule, built.members.ann)

        def published():
            return [
                get_sheet(getattr(built.members, n), 'tenday').published
                for n in ['ann', 'bob', 'cat']]
        self.assertEqual(published(), [False, False, False])
        Period.close([get_period(built.company, 'tenday')])
        self.assertEqual(published(), [True, False, True])
        bob = get_sheet(built.members.bob, 'tenday')
        Sheet = pool.get('appraisal.sheet')
        for name, seen in [
                ('cat', False), ('bob', True), ('union', True),
                ('youth', False), ('admin', True)]:
            with self.subTest(user=name), \
                    acting(getattr(built.users, name)):
                self.assertEqual(
                    bob.id in map(int, Sheet.search([])), seen)

    @with_transaction()
    def test_late_entry(self):
        "Who does not serve any more has a sheet of late entries but no rank"
        built = self.build()
        rule = create_rule(built.company, 'hazard_verified', 3)
        ann, bob = built.members.ann, built.members.bob
        ann.until = dt.date(2026, 3, 31)
        ann.save()
        for member in [ann, bob]:
            create_entry(rule, member, day=dt.date(2026, 4, 2), late=True)
        self.assertEqual(get_sheet(ann, 'month').rank, 1)
        april = dt.date(2026, 4, 2)
        sheet = get_sheet(ann, 'month', april)
        self.assertEqual(sheet.points, 3)
        self.assertEqual(
            (sheet.rank, sheet.bottom_rank, sheet.unit_rank, sheet.members),
            (None, None, None, None))
        sheet = get_sheet(bob, 'month', april)
        self.assertEqual((sheet.rank, sheet.members), (1, 1))

    @with_transaction()
    def test_suspended(self):
        "Who was suspended on a day of the period has not missed the task"
        pool = Pool()
        Change = pool.get('safety.member.change')
        Standard = pool.get('appraisal.standard')
        built = self.build()
        Standard.create([{
                    'company': built.company.id, 'kind': kind.id, 'task': 1}
                for kind in {m.kind for m in vars(built.members).values()}])
        ann, bob, cat = (
            getattr(built.members, n) for n in ['ann', 'bob', 'cat'])
        for member, day, back in [
                (ann, dt.date(2026, 3, 3), dt.date(2026, 3, 5)),
                (bob, dt.date(2026, 3, 31), None)]:
            states = ['active', 'suspended', 'active']
            for i, date in enumerate([day, back]):
                if date:
                    Change.create([{
                                'member': member.id, 'date': date,
                                'company': built.company.id,
                                'from_state': states[i],
                                'to_state': states[i + 1],
                                'at': dt.datetime.combine(date, dt.time(12)),
                                }])
        self.assertIsNone(get_sheet(ann, 'month').task_state)
        for member in [bob, cat]:
            self.assertEqual(get_sheet(member, 'month').task_state, 'missed')
        april = dt.date(2026, 4, 2)
        self.assertEqual(get_sheet(ann, 'month', april).task_state, 'missed')
        self.assertIsNone(get_sheet(bob, 'month', april).task_state)
