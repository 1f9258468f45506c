# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is refused: rules, entries and periods are not changed any more."

import datetime as dt
import unittest
from decimal import Decimal

import time_machine
from mine import build_mine
from organization import acting, create_company, get_kind
from points import (
    build_appraisal, create_entry, create_rule, get_period, get_sheet)
from repository import MODULES
from templates import activate_built

from trytond.model.exceptions import (
    AccessError, RequiredValidationError, SQLConstraintError)
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_appraisal.exceptions import (
    EntryAccessError, PeriodAccessError, PeriodCloseError, RuleDateError,
    RuleUsedError, SchemeError)
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

APRIL = dt.date(2026, 4, 30)


class RuleTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_mine)

    @with_transaction()
    def test_used(self):
        "A rule that has counted is not changed, another one is"
        pool = Pool()
        Rule = pool.get('appraisal.rule')
        built = build_appraisal()
        used = create_rule(built.company, 'hazard_verified', 3)
        free = create_rule(built.company, 'hazard_on_site', 1)
        create_entry(used, built.members.ann)

        with acting(built.users.admin):
            Rule.write([Rule(free.id)], {'points': Decimal(2)})
            for call in [
                    lambda: Rule.write([Rule(used.id)], {'points': 2}),
                    lambda: Rule.write([Rule(used.id)], {
                            'kinds': [('add', [get_kind('union').id])]}),
                    lambda: Rule.delete([Rule(used.id)])]:
                with self.assertRaises(RuleUsedError):
                    call()
        with acting(built.users.ann), self.assertRaises(AccessError):
            Rule.write([Rule(free.id)], {'points': Decimal(9)})

    @with_transaction()
    def test_dates(self):
        "A version begins after what was counted, a rule after what is closed"
        pool = Pool()
        Period = pool.get('appraisal.period')
        Rule = pool.get('appraisal.rule')
        built = build_appraisal(end=APRIL)
        rule = create_rule(built.company, 'hazard_verified', 3)
        create_entry(rule, built.members.ann, day=dt.date(2026, 3, 12))
        with self.assertRaises(RuleDateError):
            rule.new_version(dt.date(2026, 3, 12))
        version = rule.new_version(dt.date(2026, 3, 13))
        with self.assertRaises(RuleDateError):
            Rule(rule.id).new_version(dt.date(2026, 3, 20))
        self.assertEqual(version.rec_name, 'hazard_verified v2')
        Period.close([get_period(built.company, 'tenday')])
        with self.assertRaises(RuleDateError):
            create_rule(
                built.company, 'no_report', -1, frequency='month',
                valid_from=dt.date(2026, 3, 10))

    @with_transaction()
    def test_closed(self):
        "What is closed gets no other rules, though one has never counted"
        built = build_appraisal(end=dt.date(2026, 3, 31))
        rule = create_rule(built.company, 'hazard_verified', 3)
        Rule = rule.__class__
        with time_machine.travel(dt.datetime(2026, 3, 12), tick=False):
            Pool().get('appraisal.period').close([
                    get_period(built.company, 'tenday')])
        with acting(built.users.admin):
            for values in [
                    {'event': 'hazard_on_site'},
                    {'kinds': [('add', [built.members.ann.kind.id])]}]:
                with self.subTest(values=values), \
                        self.assertRaises(RuleDateError):
                    Rule.write([Rule(rule.id)], values)

    @with_transaction()
    def test_required(self):
        "What an event or a cap needs is required"
        built = build_appraisal()
        for event, values in [
                ('quota_missed', {'frequency': 'month'}),
                ('quota_missed', {'quantity': 3}),
                ('no_report', {})]:
            with self.subTest(event=event, values=values), \
                    self.assertRaises(RequiredValidationError):
                create_rule(built.company, event, 1, **values)
        # The database may refuse it first.
        with self.assertRaises(
                (RequiredValidationError, SQLConstraintError)):
            create_rule(
                built.company, 'hazard_verified', 1, cap=Decimal(3))

    @with_transaction()
    def test_entry(self):
        "Nobody changes or deletes what is in the ledger"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        built = build_appraisal()
        rule = create_rule(built.company, 'hazard_verified', 3)
        entry = create_entry(rule, built.members.ann)
        for call in [
                lambda: Entry.write([entry], {'points': Decimal(9)}),
                lambda: Entry.delete([entry])]:
            with self.assertRaises(EntryAccessError):
                call()
        with self.assertRaises(SQLConstraintError):
            create_entry(
                rule, built.members.ann, source=str(entry.source),
                occurrence=entry.occurrence)

    @with_transaction()
    def test_period(self):
        "Periods are closed in order, once, when they are over"
        pool = Pool()
        Period = pool.get('appraisal.period')
        built = build_appraisal(end=dt.date(2026, 3, 31))
        Period.generate(
            built.company, dt.date(2099, 1, 1), dt.date(2099, 1, 1))
        first = get_period(built.company, 'tenday')
        second = get_period(built.company, 'tenday', dt.date(2026, 3, 15))
        month = get_period(built.company, 'month')
        self.assertEqual(first.parent, month)
        self.assertEqual(second.former, first)
        with acting(built.users.admin):
            with self.assertRaises(PeriodAccessError):
                Period.write([Period(first.id)], {'code': 'x'})
            with self.assertRaises(AccessError):
                Period.delete([Period(first.id)])
        for period in [second, month]:
            with self.assertRaises(PeriodCloseError):
                Period.close([period])
        Period.close([first])
        with self.assertRaises(PeriodCloseError):
            Period.close([first])
        far = Period.search([('start_date', '>=', dt.date(2099, 1, 1))])
        with self.assertRaises(PeriodCloseError):
            Period.close([far[0]])

    @with_transaction()
    def test_close_together(self):
        "A month is closed together with its ten days"
        pool = Pool()
        Period = pool.get('appraisal.period')
        built = build_appraisal(end=dt.date(2026, 3, 31))
        month = get_period(built.company, 'month')
        Period.close([month, *month.children])
        self.assertEqual(Period(month.id).state, 'closed')

    @with_transaction()
    def test_companies(self):
        "Who appraises one company sees nothing of another"
        pool = Pool()
        built = build_appraisal()
        create_entry(
            create_rule(built.company, 'hazard_verified', 3),
            built.members.ann)
        other = create_company("Other")
        with set_company(other):
            foreign = build_appraisal(
                build_mine(other, prefix='foreign_'), prefix='foreign_')
            create_entry(
                create_rule(other, 'hazard_verified', 3),
                foreign.members.ann)
        for name in [
                'appraisal.entry', 'appraisal.rule', 'appraisal.sheet',
                'appraisal.period', 'appraisal.unit.sheet']:
            for own, others in [(built, foreign), (foreign, built)]:
                with self.subTest(model=name, company=own.company.id), \
                        acting(own.users.admin):
                    self.assertTrue(pool.get(name).search([
                                ('company', '=', own.company.id)]))
                    self.assertFalse(pool.get(name).search([
                                ('company', '=', others.company.id)]))

    @with_transaction()
    def test_roles(self):
        "Each sees own, managed or led sheets and the first ten of closed ones"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Period = pool.get('appraisal.period')
        Sheet = pool.get('appraisal.sheet')
        built = build_appraisal()
        rule = create_rule(built.company, 'hazard_verified', 3)
        members = vars(built.members)
        for member in members.values():
            create_entry(rule, member)
        period = get_period(built.company, 'tenday')

        def seen(Model, domain):
            return {r.member for r in Model.search(domain)}
        expected = {
            'ann': ['ann'], 'bob': ['bob'], 'union': ['ann', 'bob'],
            'youth': ['cat'], 'admin': ['ann', 'bob', 'cat'],
            'captain': ['ann', 'cat'], 'other_captain': ['bob'],
            'worker': []}
        users = {**vars(built.mine.users), **vars(built.users)}
        for name, names in expected.items():
            with self.subTest(user=name), acting(users[name]):
                wanted = {members[n] for n in names}
                self.assertEqual(
                    seen(Sheet, [('period', '=', period.id)]), wanted)
                self.assertEqual(seen(Entry, []), wanted)
        Period.close([period])
        with acting(users['worker']):
            self.assertEqual(
                seen(Sheet, [('period', '=', period.id)]),
                set(members.values()))
            self.assertEqual(seen(Entry, []), set())

    @with_transaction()
    def test_sheet_entries(self):
        "A sheet opens the entries behind its figures"
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        built = build_appraisal()
        rule = create_rule(built.company, 'hazard_verified', 3)
        entry = create_entry(rule, built.members.ann)
        create_entry(rule, built.members.bob)
        for kind in ['tenday', 'month', 'quarter', 'year']:
            sheet = get_sheet(built.members.ann, kind)
            with self.subTest(kind=kind):
                self.assertEqual(
                    Entry.search([('sheet', 'in', [sheet.id])]), [entry])
                self.assertEqual(
                    len(Entry.search([('sheet', 'not in', [sheet.id])])), 1)
                # One condition for each would be too much for a database.
                many = [sheet.id, *range(sheet.id + 1000, sheet.id + 6000)]
                self.assertEqual(Entry.search([('sheet', 'in', many)]), [
                        entry])
                for operator, value, count in [
                        ('=', sheet.id, 1), ('!=', sheet.id, 1), ('in', [], 0),
                        ('not in', [], 2), ('=', None, 0), ('!=', None, 2)]:
                    self.assertEqual(len(Entry.search([
                                    ('sheet', operator, value)])), count)

    @with_transaction()
    def test_scheme(self):
        "The default rules are loaded once"
        pool = Pool()
        Rule = pool.get('appraisal.rule')
        Standard = pool.get('appraisal.standard')
        built = build_appraisal()
        self.load(built)
        rules = Rule.search([])
        self.assertEqual(
            {r.event for r in rules}, {e for e, _ in Rule.get_events()})
        self.assertEqual(len(Standard.search([])), 3)
        with self.assertRaises(SchemeError):
            self.load(built)
        self.assertEqual(Rule.search([]), rules)

    def load(self, built):
        pool = Pool()
        Load = pool.get('appraisal.scheme.load', type='wizard')
        with acting(built.users.admin):
            session, _, _ = Load.create()
            with Transaction().set_context(_check_access=False):
                return Load.execute(session, {'start': {
                            'company': built.company.id,
                            'valid_from': dt.date(2026, 3, 1)}}, 'load')
