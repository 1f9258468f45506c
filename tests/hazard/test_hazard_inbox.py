# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What waits for whom, and that it leaves the list once it is done."

from mine import build_mine
from organization import acting
from steps import report, waiting
from templates import activate_built

from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.transaction import Transaction


class InboxTestCase(TestCase):
    "What waits for whom"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_step_reloads(self):
        "Test a step asks the client to read the list again"
        mine = build_mine()
        four_fix = waiting('hazard.four_fix', report(mine))
        FourFix = four_fix.__class__
        with acting(mine.users.captain):
            FourFix.write([four_fix], {
                    'measures': "Hang the door anew.",
                    'responsible': mine.employees.worker.id})
            self.assertEqual(FourFix.confirm([four_fix]), 'reload')

    @with_transaction()
    def test_step_of_nothing(self):
        "Test no step asks for nothing"
        mine = build_mine()
        FourFix = Pool().get('hazard.four_fix')
        with acting(mine.users.captain):
            self.assertIsNone(FourFix.confirm([]))

    @with_transaction()
    def test_wizard_reloads(self):
        "Test the wizard that asks for a reason does likewise at its end"
        mine = build_mine()
        Return = Pool().get('hazard.hazard.return', type='wizard')
        four_fix = waiting('hazard.four_fix', report(mine))
        with acting(mine.users.captain), Transaction().set_context(
                active_model='hazard.four_fix', active_id=four_fix.id,
                active_ids=[four_fix.id]):
            session, start, _ = Return.create()
            Return.execute(
                session, {start: {'reason': "Which door?"}}, 'press')
            self.assertEqual(Return.delete(session), 'reload')
        self.assertEqual(four_fix.__class__(four_fix.id).state, 'cancelled')
