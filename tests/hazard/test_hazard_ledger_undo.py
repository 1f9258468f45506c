# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Imports of old ledgers are taken back as a whole, or refused to be."

import unittest

from ledger_tools import Import, bring_in, ledger, open_row, row
from mine import build_mine
from organization import acting, create_user
from steps import confirm
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException)
from trytond.modules.hazard.exceptions import (
    LedgerError, LedgerUndoError, MajorError)
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.hazard.old_ledger.undo import LedgerUndo
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction, inactive_records

REASON = "It was the wrong file."


def press(user, button, record, reason):
    with acting(user), Transaction().set_context(reason=reason):
        Model = Pool().get(record.__name__)
        getattr(Model, button)([Model(record.id)])


class LedgerUndoTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setup(self, *rows, **options):
        "Bring in the rows and return the record of the import."
        self.mine = build_mine()
        self.safety = self.mine.users.safety
        self.data = ledger(rows)
        bring_in(self.safety, self.data, **options)
        ledger_, = Pool().get('hazard.ledger').search([])
        self.hazards = Pool().get('hazard.hazard').search(
            [('ledger', '=', ledger_.id)], order=[('id', 'ASC')])
        return ledger_

    def undo(self, ledger_, user=None, reason=REASON):
        press(user or self.safety, 'undo', ledger_, reason=reason)

    def verify(self):
        self.assertEqual(
            Verifier(self.mine.company).run().list('problems'), [])

    @with_transaction()
    def test_undo(self):
        "Everything is cancelled, nothing waits, and the file comes in anew"
        rows = [
            row(), open_row(Hazard="The lamp is dark."),
            open_row(Hazard="Rectified.", Date_Rectified="2025-07-18")]
        done = self.setup(*rows)
        self.assertEqual(
            [h.state for h in self.hazards],
            ['archived', 'four_fix', 'recheck'])
        self.undo(done)
        for hazard in self.hazards:
            self.assertEqual(hazard.state, 'cancelled')
            self.assertEqual(hazard.cancel_reason, REASON)
            self.assertIsNone(hazard.ledger_fingerprint)
            self.assertEqual(
                [(e.action, e.to_state, e.note) for e in hazard.events[1:]],
                [('undo', 'cancelled', REASON)])
            stages = [
                *hazard.four_fixes, *hazard.rectifications, *hazard.rechecks]
            self.assertNotIn('draft', {s.state for s in stages})
        self.assertEqual(done.undone_by, self.mine.employees.safety)
        self.assertEqual(done.undo_reason, REASON)
        self.assertIsNotNone(done.undone_at)
        self.verify()
        wizard = bring_in(self.safety, self.data)
        self.assertEqual(
            (wizard.values['hazards'], wizard.values['known']), (3, 0))
        self.verify()

    @with_transaction()
    def test_touched(self):
        "What somebody has worked on is named, and nothing is undone"
        done = self.setup(
            open_row(), open_row(Hazard="The lamp is dark."))
        confirm(self.mine, self.hazards[1])
        with self.assertRaises(LedgerUndoError) as refused:
            self.undo(done)
        self.assertIn(self.hazards[1].number, refused.exception.message)
        self.assertNotIn(self.hazards[0].number, refused.exception.message)
        self.assertEqual(self.hazards[0].state, 'four_fix')
        self.assertIsNone(done.undone_at)

    @with_transaction()
    def test_twice(self):
        "What was undone is not undone again, by no button and by no race"
        done = self.setup(row())
        self.undo(done)
        with self.assertRaises(AccessButtonError):
            self.undo(done)
        with acting(self.safety), self.assertRaises(LedgerUndoError):
            LedgerUndo(done, REASON).run()

    @with_transaction()
    def test_cancelled(self):
        "What was cancelled already stays so, for its own reason"
        done = self.setup(open_row(), row())
        hazard, = [h for h in self.hazards if h.state == 'four_fix']
        press(self.safety, 'cancel', hazard, reason="No hazard.")
        self.undo(done)
        self.assertEqual(hazard.cancel_reason, "No hazard.")
        self.assertIsNone(hazard.ledger_fingerprint)
        self.verify()

    @with_transaction()
    def test_major(self):
        "The head alone cancels what is major and open, before"
        done = self.setup(open_row(Grade="Major"))
        with self.assertRaises(MajorError):
            self.undo(done)
        self.assertEqual(self.hazards[0].state, 'four_fix')

    @with_transaction()
    def test_made(self):
        "Places and units that nothing else names are put away, and used again"
        pool = Pool()
        Place, Unit = pool.get('hazard.place'), pool.get('safety.unit')
        rows = [
            open_row(Location=place, Responsible_Unit=unit, Hazard=place)
            for place, unit in [
                ("New airway", "New team"), ("Old airway", "Old team")]]
        done = self.setup(*rows, create_places=True, create_units=True)
        places = {h.place.name: h.place for h in self.hazards}
        units = {h.unit.name: h.unit for h in self.hazards}
        Place.create([{
                    'name': "Corner", 'company': self.mine.company.id,
                    'parent': places["Old airway"].id,
                    'unit': units["Old team"].id}])
        self.undo(done)
        self.assertEqual(
            [(r.name, r.active) for r in [*places.values(), *units.values()]],
            [("New airway", False), ("Old airway", True),
                ("New team", False), ("Old team", True)])
        bring_in(self.safety, self.data, create_places=True)
        with inactive_records():
            self.assertEqual(Place.search([
                        ('name', '=', "New airway")]), [places["New airway"]])
        self.assertTrue(Place(places["New airway"].id).active)
        self.assertTrue(Unit(units["New team"].id).active)
        again, = pool.get('hazard.ledger').search([('undone_at', '=', None)])
        self.assertEqual(again.get_made(), {
                'hazard.place': [places["New airway"].id],
                'safety.unit': [units["New team"].id]})

    @with_transaction()
    def test_access(self):
        "Who may import may undo it, with a reason and as an employee"
        done = self.setup(row())
        for name in ['reporter', 'captain', 'worker', 'station', 'chief']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.undo(done, getattr(self.mine.users, name))
        clerk = create_user('clerk', self.mine.company, groups=[
                'hazard.group_hazard_safety'])
        with self.assertRaises(LedgerError):
            self.undo(done, clerk)
        with self.assertRaises(ButtonActionException):
            self.undo(done, reason=" ")
        with acting(self.safety), self.assertRaises(AccessError):
            Pool().get('hazard.ledger').write([done], {'undo_reason': "x"})
        self.undo(done, self.mine.users.manager)
        self.assertEqual(done.undone_by, self.mine.employees.manager)

    @with_transaction()
    def test_others(self):
        "The import of another ledger is not touched"
        done = self.setup(row())
        Import(self.safety, ledger([open_row(Hazard="Else.")])).check(
            ).import_()
        self.undo(done)
        other, = Pool().get('hazard.hazard').search(
            [('state', '=', 'four_fix')])
        self.assertEqual(other.description, "Else.")
        self.assertTrue(other.ledger_fingerprint)
