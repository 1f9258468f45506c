# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What happens in the loop is counted, live and by the job, in the same way."

import datetime as dt
import unittest
from decimal import Decimal

from mine import build_mine
from organization import acting, create_member
from points import (
    build_appraisal, count_live, create_entry, create_rule, get_period,
    get_sheet, ledger, rebuild, serve)
from steps import confirm, file_up, finish, major, pass_by_two, recheck, report
from templates import activate_built
from time_machine import travel

from trytond import backend
from trytond.modules.hazard.integrity.verification import Scope, Verified
from trytond.modules.hazard_appraisal.exceptions import EntryReversalError
from trytond.modules.hazard_appraisal.points.entry_check import check_entries
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

NOW = dt.datetime(2026, 3, 5, 2, tzinfo=dt.UTC)


class CollectTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The members are built at the time of the tests.
        activate_built('hazard_appraisal', build_mine)

    def setUp(self):
        self.clock = travel(NOW, tick=False)
        self.traveller = self.clock.start()
        self.addCleanup(self.clock.stop)

    def build(self):
        built = build_appraisal(end=dt.date(2026, 4, 30))
        for event, points in [
                ('hazard_verified', 3), ('hazard_on_site', 1),
                ('hazard_returned', -1), ('hazard_cancelled', -5),
                ('hazard_duplicate', -2), ('recheck_first', 2),
                ('rectification_overdue', -2), ('recheck_late', -1)]:
            create_rule(built.company, event, points)
        for event, values in [
                ('no_report', {'frequency': 'tenday'}),
                ('quota_missed', {'frequency': 'tenday', 'quantity': 2})]:
            create_rule(built.company, event, -4, group='duty', **values)
        return built

    def report(self, built, name='ann', **values):
        member = getattr(built.members, name)
        return report(
            built.mine, user=getattr(built.users, name),
            found_by=member.employee, found_as=member.kind, **values)

    def later(self, **delta):
        self.traveller.shift(dt.timedelta(**delta))

    def told(self, built):
        "Check the rebuilt ledger; return event, member, points of entries."
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        count_live()
        live = ledger()
        Entry.collect(built.company)
        told = [
            (e.rule.event, e.member.employee.party.name, int(e.points))
            for e in Entry.search([], order=[('id', 'ASC')])]
        self.assertEqual(
            [e for e in ledger() if e in live], live)
        complete = ledger()
        rebuild(built.company)
        self.assertEqual(ledger(), complete)
        return told

    @with_transaction()
    def test_quarter(self):
        "A quarter counts though its first months were closed before"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Period = pool.get('appraisal.period')
        built = build_appraisal(
            start=dt.date(2026, 1, 1), end=dt.date(2026, 4, 30))
        create_rule(built.company, 'hazard_verified', 3)
        create_rule(
            built.company, 'quota_missed', -4, group='duty',
            frequency='quarter', quantity=2)
        hazards = [self.report(built) for _ in range(2)]
        for hazard in hazards:
            confirm(
                built.mine, hazard, deadline=dt.datetime(2026, 3, 20))
        self.traveller.move_to(dt.datetime(2026, 4, 1, 2, tzinfo=dt.UTC))
        Period.close(Period.search([
                    ('kind', 'in', ['tenday', 'month']),
                    ('end_date', '<', dt.date(2026, 3, 11))]))

        Entry.collect(built.company, Period.open_since(built.company))

        for collect in [lambda company: None, rebuild]:
            collect(built.company)
            missed = Entry.search([('rule.event', '=', 'quota_missed')])
            self.assertEqual(
                sorted(e.member.employee.party.name for e in missed),
                ['Bob', 'Cat'])

    @with_transaction()
    def test_verified(self):
        "A report counts when the four-fix is confirmed"
        built = self.build()
        hazard = self.report(built)
        self.assertEqual(self.told(built), [])

        self.later(hours=23)
        confirm(
            built.mine, hazard,
            deadline=dt.datetime(2026, 3, 20))

        self.assertEqual(
            self.told(built), [('hazard_verified', 'Ann', 3)])
        Entry = Pool().get('appraisal.entry')
        entry, = Entry.search([])
        self.assertEqual(entry.date, dt.date(2026, 3, 6))
        self.assertEqual(entry.source, hazard)
        self.assertEqual(entry.task, 1)

    @with_transaction()
    def test_verified_by_two_rules(self):
        "A hazard that two rules count is one of the monthly task"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        built = self.build()
        create_rule(
            built.company, 'hazard_verified', 2, name="Extra", group='duty')
        confirm(
            built.mine, self.report(built),
            deadline=dt.datetime(2026, 3, 20))

        self.assertEqual(sorted(self.told(built)), [
                ('hazard_verified', 'Ann', 2), ('hazard_verified', 'Ann', 3)])
        self.assertEqual(
            sorted(e.task for e in Entry.search([])), [0, 1])

    @with_transaction()
    def test_returned(self):
        "What was verified and returned is reversed, and counts once more"
        built = self.build()
        hazard = self.report(built)
        confirm(built.mine, hazard)
        count_live()
        self.later(days=1)
        Hazard = hazard.__class__
        with acting(built.mine.users.safety, reason="Not ours.",
                unit=built.mine.units.driving.id):
            Hazard.reassign([Hazard(hazard.id)])
            self.later(hours=1)
            Hazard.return_([Hazard(hazard.id)])
        count_live()
        self.later(days=10)
        with acting(built.users.ann):
            Hazard.submit([Hazard(hazard.id)])
        count_live()
        confirm(
            built.mine, hazard, user=built.mine.users.other_captain)

        self.assertEqual(
            [t for t in self.told(built) if t[0].startswith('hazard')], [
                ('hazard_verified', 'Ann', 3),
                ('hazard_returned', 'Ann', -1),
                ('hazard_verified', 'Ann', -3),
                ('hazard_verified', 'Ann', 3)])
        Entry = Pool().get('appraisal.entry')
        reversal, = Entry.search([('reversal_of', '!=', None)])
        self.assertEqual(reversal.reason, "Not ours.")
        self.assertEqual(reversal.date, dt.date(2026, 3, 6))

    @with_transaction()
    def test_on_site(self):
        "What is fixed on site counts when its recheck passes"
        built = self.build()
        hazard = self.report(
            built, handling='on_site', on_site_measures="Closed.",
            on_site_at=dt.datetime(2026, 3, 5, 1, 55),
            **major(found_at=dt.datetime(2026, 3, 5, 1, 50)))
        self.assertEqual(hazard.state, 'recheck')
        self.assertEqual(self.told(built), [])

        file_up(built.mine, hazard)
        pass_by_two(
            built.mine, hazard, 'safety', user=built.mine.users.chief)

        self.assertEqual(sorted(self.told(built)), [
                ('hazard_on_site', 'Ann', 1),
                ('hazard_verified', 'Ann', 3)])

    @with_transaction()
    def test_cancelled(self):
        "A report that is cancelled costs points, which nobody gets back"
        built = self.build()
        hazard = self.report(built)
        confirm(built.mine, hazard)
        count_live()
        with acting(built.mine.users.safety, reason="There is none."):
            hazard.__class__.cancel([hazard.__class__(hazard.id)])

        self.assertEqual(self.told(built), [
                ('hazard_verified', 'Ann', 3),
                ('hazard_cancelled', 'Ann', -5),
                ('hazard_verified', 'Ann', -3)])

    @with_transaction()
    def test_duplicate(self):
        "What is reported again while it is not over is a duplicate"
        built = self.build()
        item, = Pool().get('hazard.check_item').create([
                {'name': "Door", 'code': 'door'}])
        self.report(built, check_item=item)
        self.later(hours=1)
        again = self.report(
            built, 'cat', check_item=item,
            found_at=dt.datetime(2026, 3, 5, 2, 30))
        confirm(built.mine, again)

        self.assertEqual(sorted(self.told(built)), [
                ('hazard_duplicate', 'Cat', -2),
                ('hazard_verified', 'Cat', 3)])

    @with_transaction()
    def test_rectification(self):
        "Who rectifies late loses points, who does it well gains some"
        built = self.build()
        bob = built.members.bob.employee
        hazard = self.report(built)
        confirm(built.mine, hazard, responsible=bob.id)
        self.later(days=30)
        Entry = Pool().get('appraisal.entry')
        Entry.collect(built.company)
        finish(built.mine, hazard, user=built.users.bob)
        recheck(built.mine, hazard, 'pass_')

        told = self.told(built)

        self.assertEqual(
            [t for t in told if t[0] in {
                    'rectification_overdue', 'recheck_first'}], [
                ('rectification_overdue', 'Bob', -2),
                ('recheck_first', 'Bob', 2)])
        overdue, = Entry.search([
                ('rule.event', '=', 'rectification_overdue')])
        self.assertLess(overdue.date, dt.date(2026, 3, 30))

    @with_transaction()
    def test_entries_verified(self):
        "Entries are verified by the rules of then, and facts of today told"
        pool = Pool()
        Change = pool.get('safety.member.change')
        Entry = pool.get('appraisal.entry')
        Rule = pool.get('appraisal.rule')
        built = self.build()
        bob = built.members.bob
        hazard = self.report(built)
        confirm(built.mine, hazard, responsible=bob.employee.id)
        self.later(days=30)
        Entry.collect(built.company)
        Rule.search([('event', '=', 'hazard_verified')])[0].new_version(
            dt.date(2026, 4, 1))
        self.assertVerified(built, [], 0)

        # Bob is found to have left before.
        day = dt.date(2026, 3, 6)
        Change.create([{
                    'member': bob.id, 'company': built.company.id,
                    'from_state': 'active', 'to_state': 'dismissed',
                    'date': day, 'at': dt.datetime(2026, 4, 3)}])
        self.assertVerified(
            built, [], Entry.search([
                    ('member', '=', bob.id), ('date', '>', day)], count=True))

        verified, = Entry.search([('rule.event', '=', 'hazard_verified')])
        overdue, = Entry.search([
                ('rule.event', '=', 'rectification_overdue')])
        period = get_period(built.company, 'month')
        # An index of PostgreSQL takes no reference without a number.
        no_source = 'foo' if backend.name == 'sqlite' else 'foo,1'
        for entry, name, forged, field in [
                (verified, 'date', dt.date(2026, 2, 1), 'rule'),
                (verified, 'date', dt.date(2026, 3, 2), 'date'),
                (verified, 'task', 5, 'task'),
                (verified, 'occurrence', 9, 'source'),
                (verified, 'source', no_source, 'source'),
                (verified, 'source', str(period), 'source'),
                (overdue, 'source', str(period), 'source'),
                (overdue, 'source', 'hazard.rectification,999', 'source'),
                (verified, 'points', 7, 'points')]:
            with self.subTest(name=name, forged=forged), \
                    Transaction().connection.cursor() as c:
                table, before = Entry.__table__(), getattr(entry, name)
                if name == 'source':
                    before = str(before)
                column = getattr(table, name)
                where = table.id == entry.id
                c.execute(*table.update([column], [forged], where=where))
                self.assertVerified(built, [field])
                c.execute(*table.update([column], [before], where=where))

    def assertVerified(self, built, fields, remarks=None):
        "Check of which fields of entries verification tells"
        verified = Verified()
        verified.add(check_entries(Scope(built.company)))
        told = [p.field for p in verified.problems]
        self.assertEqual(bool(told), bool(fields), verified.list('problems'))
        self.assertLessEqual(set(fields), set(told))
        if remarks is not None:
            self.assertEqual(
                len(verified.remarks), remarks, verified.list('remarks'))

    @with_transaction()
    def test_recheck_late(self):
        "Who checks late loses points"
        built = self.build()
        serve([create_member(
                    built.mine.employees.captain, 'party',
                    built.mine.units.ventilation)], dt.date(2026, 3, 1))
        hazard = self.report(built)
        confirm(built.mine, hazard)
        finish(built.mine, hazard)
        self.later(days=4)
        recheck(built.mine, hazard, 'pass_')

        self.assertIn(('recheck_late', 'Captain', -1), self.told(built))

    @with_transaction()
    def test_duty(self):
        "Who did not report, or too little, loses points at the end"
        built = self.build()
        confirm(built.mine, self.report(built))
        for _ in range(2):
            confirm(built.mine, self.report(built, 'cat'))
        self.assertEqual(
            {t[0] for t in self.told(built)}, {'hazard_verified'})
        self.later(days=6)
        Entry = Pool().get('appraisal.entry')
        Entry.catch_up()

        told = [
            t for t in self.told(built)
            if t[0] in {'no_report', 'quota_missed'}]

        self.assertEqual(sorted(told), [
                ('no_report', 'Bob', -4),
                ('quota_missed', 'Ann', -4),
                ('quota_missed', 'Bob', -4)])

    @with_transaction()
    def test_closed(self):
        "What becomes void after the closing counts in the next ten days"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Period = pool.get('appraisal.period')
        built = self.build()
        hazard = self.report(built)
        confirm(built.mine, hazard)
        self.later(days=7)
        Period.close([get_period(built.company, 'tenday')])
        before = get_sheet(built.members.ann, 'tenday')
        self.assertEqual(before.report_points, 3)
        Hazard = hazard.__class__
        with acting(built.mine.users.safety, reason="There is none."):
            Hazard.cancel([Hazard(hazard.id)])
        count_live()

        self.assertEqual(
            get_sheet(built.members.ann, 'tenday').report_points, 3)
        after = get_sheet(built.members.ann, 'tenday', dt.date(2026, 3, 15))
        self.assertEqual(after.report_points, -8)
        self.assertEqual(
            get_sheet(built.members.ann, 'month').report_points, -5)
        self.assertEqual(
            {e.late for e in Entry.search([('points', '<', 0)])
                if e.rule.event.startswith('hazard')}, {False})

    @with_transaction()
    def test_late(self):
        "What is counted for closed ten days is late in the next ones"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Period = pool.get('appraisal.period')
        built = self.build()
        hazard = self.report(built)
        self.later(days=7)
        Period.close([get_period(built.company, 'tenday')])
        entry = create_entry(
            create_rule(
                built.company, 'recheck_first', 2,
                valid_from=dt.date(2026, 3, 11)),
            built.members.ann, source=str(hazard))
        self.assertTrue(entry.late)
        self.assertEqual(entry.date, dt.date(2026, 3, 5))
        self.assertEqual(entry.period.start_date, dt.date(2026, 3, 11))
        self.assertEqual(Entry.search([('late', '=', True)]), [entry])

    @with_transaction()
    def test_correction(self):
        "What people reversed is not counted again"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        built = self.build()
        confirm(built.mine, self.report(built))
        count_live()
        entry, = Entry.search([])
        reversal, = Entry.reverse([entry], "It was there before.")
        self.assertEqual(reversal.points, -3)
        self.assertEqual(get_sheet(built.members.ann, 'month').points, 0)

        Entry.collect(built.company)

        self.assertEqual(len(Entry.search([])), 2)
        with self.assertRaises(EntryReversalError):
            Entry.reverse([entry], "Once more.")

    @with_transaction()
    def test_new_version(self):
        "A rule that changes in the middle of a month counts by its dates"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Rule = pool.get('appraisal.rule')
        built = self.build()
        rule, = Rule.search([('event', '=', 'hazard_verified')])
        confirm(built.mine, self.report(built))
        count_live()
        version = rule.new_version(dt.date(2026, 3, 15))
        version.points = Decimal(5)
        version.save()
        self.later(days=8)
        confirm(built.mine, self.report(built))
        count_live()
        self.later(days=3)
        confirm(built.mine, self.report(built))

        self.assertEqual(
            [t for t in self.told(built) if t[0] == 'hazard_verified'], [
                ('hazard_verified', 'Ann', 3),
                ('hazard_verified', 'Ann', 3),
                ('hazard_verified', 'Ann', 5)])
        self.assertEqual(Rule(rule.id).valid_to, dt.date(2026, 3, 14))
        self.assertEqual(version.version, 2)
        self.assertEqual(version.previous, rule)
        Entry.collect(built.company)
        self.assertEqual(
            get_sheet(built.members.ann, 'month').report_points, 11)
