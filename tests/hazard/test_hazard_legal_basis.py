# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The provisions that check items and criteria cite and hazards are against."

import datetime as dt
import unittest

import time_machine
from mine import build_mine, new_hazard
from organization import acting, get_ref
from steps import draft
from templates import activate_built

from trytond.model.exceptions import RequiredValidationError
from trytond.modules.hazard.exceptions import ProvisionError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

BEFORE, AFTER = dt.datetime(2026, 1, 31, 8), dt.datetime(2026, 2, 1, 8)


@time_machine.travel(dt.datetime(2026, 2, 1, 10), tick=False)
class LegalBasisTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_check_items(self):
        "Each check item cites the rules, what matters most first"
        CheckItem = Pool().get('hazard.check_item')
        cited = {
            i.code: [b.article for b in i.legal_bases]
            for i in CheckItem.search([])}
        self.assertEqual(len(cited), 42)
        self.assertTrue(all(cited.values()))
        self.assertEqual(cited['mining_01'], [
                f"Art. {n}" for n in [123, 129, 118, 120, 122, 127]])
        item, = CheckItem.search([('code', '=', 'mining_01')])
        self.assertEqual(
            item.get_legal_basis(AFTER.date()).article, "Art. 123")
        self.assertIsNone(item.get_legal_basis(BEFORE.date()))

    @with_transaction()
    def test_criteria(self):
        "Criteria cite the rules that they refer to"
        Criterion = Pool().get('hazard.criterion')
        criterion = Criterion(get_ref('hazard.criterion_2026_17_16'))
        self.assertEqual(
            [b.citation for b in criterion.legal_bases], [
                "Safety Rules of Coal Mines, Art. 80",
                "Safety Rules of Coal Mines, Art. 123"])

    @with_transaction()
    def test_required(self):
        "A legal basis stands in an edition and is cited by an article"
        LegalBasis = Pool().get('hazard.legal_basis')
        edition = get_ref('hazard.edition_coal_rules_2025')
        for values in [{'edition': edition}, {'article': "Art. 1"}]:
            with self.subTest(values=values), \
                    self.assertRaises(RequiredValidationError):
                LegalBasis.create([{'name': "New", 'code': 'new', **values}])
            # PostgreSQL answers nothing more after the error.
            Transaction().rollback()

    @with_transaction()
    def test_on_change(self):
        "The check item tells the provision that is in force"
        mine = build_mine()
        item = get_ref('hazard.check_item_mining_01')
        for found_at, article in [(BEFORE, None), (AFTER, "Art. 123")]:
            with self.subTest(found_at=found_at), \
                    acting(mine.users.reporter):
                hazard = new_hazard(mine, found_at=found_at, check_item=item)
                hazard.on_change_check_item()
                self.assertEqual(
                    hazard.legal_basis and hazard.legal_basis.article,
                    article)

    @with_transaction()
    def test_chosen(self):
        "A provision that is in force is not replaced by none"
        mine = build_mine()
        CheckItem = Pool().get('hazard.check_item')
        LegalBasis = Pool().get('hazard.legal_basis')
        item = CheckItem(get_ref('hazard.check_item_mining_01'))
        rule = LegalBasis(get_ref('hazard.legal_basis_coal_2025_129'))
        item.legal_bases = []
        item.save()
        with acting(mine.users.reporter):
            hazard = new_hazard(
                mine, found_at=AFTER, check_item=item, legal_basis=rule)
            hazard.on_change_check_item()
            self.assertEqual(hazard.legal_basis, rule)
            hazard.found_at = BEFORE
            hazard.on_change_check_item()
            self.assertIsNone(hazard.legal_basis)

    @with_transaction()
    def test_moved(self):
        "The provision follows the day of discovery"
        mine = build_mine()
        LegalBasis = Pool().get('hazard.legal_basis')
        item = get_ref('hazard.check_item_mining_01')
        chosen = LegalBasis(get_ref('hazard.legal_basis_coal_2025_129'))
        with acting(mine.users.reporter):
            hazard = new_hazard(mine, found_at=AFTER, check_item=item)
            hazard.on_change_check_item()
            hazard.legal_basis = chosen
            hazard.on_change_found_at()
            self.assertEqual(hazard.legal_basis, chosen)
            hazard.found_at = BEFORE
            hazard.on_change_found_at()
            self.assertIsNone(hazard.legal_basis)
            hazard.save()

    @with_transaction()
    def test_violated(self):
        "A hazard is against a criterion and a rule, or one of them"
        mine = build_mine()
        rule = get_ref('hazard.legal_basis_coal_2025_123')
        criterion = get_ref('hazard.criterion_2020_2_3')
        hazard = draft(mine, found_at=AFTER)
        self.assertEqual(hazard.violated, '')
        hazard = draft(
            mine, found_at=AFTER, legal_basis=rule, criterion=criterion)
        self.assertEqual(
            hazard.violated,
            "Criteria of Major Hazards in Coal Mines, Art. 5 (3)\n"
            "Safety Rules of Coal Mines, Art. 123")

    @with_transaction()
    def test_refused(self):
        "What was not in force on the day of discovery is not offered"
        LegalBasis = Pool().get('hazard.legal_basis')
        mine = build_mine()
        rule = LegalBasis(get_ref('hazard.legal_basis_coal_2025_123'))
        with acting(mine.users.reporter), \
                Transaction().set_context(in_force_at=BEFORE):
            self.assertFalse(LegalBasis.search([('in_force', '=', True)]))
        with self.assertRaises(ProvisionError):
            draft(mine, found_at=BEFORE, legal_basis=rule)
