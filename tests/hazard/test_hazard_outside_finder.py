# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Hazards that inspectors found who are no employees."

import unittest

from ledger_tools import bring_in, ledger, open_row
from mine import build_mine
from organization import acting
from steps import confirm, draft, finish, recheck, report
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.hazard.exceptions import ReportError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

INSPECTOR = "Inspector Sun"


class OutsideFinderTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_finder(self):
        "The finder is whom the card names, else the ledger or the employee"
        mine = build_mine()
        Hazard = Pool().get('hazard.hazard')
        outside = report(
            mine, outside_finder=INSPECTOR, inspected_by="The Bureau")
        own = report(mine)
        bring_in(mine.users.safety, ledger([
                    open_row(Found_By="Old Zhao")]))
        old, = Hazard.search([('imported', '=', True)])
        self.assertEqual(
            [h.finder for h in Hazard.browse([outside, own, old])],
            [INSPECTOR, "Reporter", "Old Zhao"])
        self.assertEqual(outside.found_by, mine.employees.reporter)
        for clause, found in [
                (('finder', '=', INSPECTOR), [outside]),
                (('finder', '=', "Reporter"), [own]),
                (('finder', 'not ilike', "%o%"), []),
                (('finder', 'not ilike', "%Zhao%"), [outside, own]),
                (('rec_name', 'ilike', "%Sun%"), [outside])]:
            with self.subTest(clause=clause):
                self.assertEqual(
                    Hazard.search([clause], order=[('id', 'ASC')]), found)

    @with_transaction()
    def test_loop(self):
        "Such a hazard goes its way, and its name is part of the record"
        mine = build_mine()
        hazard = report(mine, outside_finder=INSPECTOR)
        self.assertIn(INSPECTOR, hazard.events[0].content)
        with acting(mine.users.reporter), self.assertRaises(AccessError):
            hazard.__class__.write([hazard], {'outside_finder': "Else"})
        confirm(mine, hazard)
        finish(mine, hazard)
        recheck(mine, hazard, 'pass_')
        self.assertIsNone(Verifier(mine.company).run().problem)
        table = hazard.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.outside_finder], ["Forged"],
                where=table.id == hazard.id))
        self.assertIsNotNone(Verifier(mine.company).run().problem)

    @with_transaction()
    def test_no_role(self):
        "Nobody gets the finding of another as that of his role"
        mine = build_mine()
        Hazard = Pool().get('hazard.hazard')
        hazard = draft(mine)
        kind, = Pool().get('safety.member.kind').search([], limit=1)
        member, = Pool().get('safety.member').create([{
                    'company': mine.company.id,
                    'employee': mine.employees.reporter.id,
                    'kind': kind.id, 'unit': mine.units.ventilation.id}])
        Pool().get('safety.member').activate([member])
        Hazard.write([hazard], {'member': member.id})
        with self.assertRaises(ReportError):
            Hazard.write([hazard], {'outside_finder': INSPECTOR})
        Hazard.write(
            [hazard], {'outside_finder': INSPECTOR, 'member': None})
        card = Hazard(outside_finder=INSPECTOR, found_as=kind)
        card.on_change_outside_finder()
        self.assertIsNone(card.found_as)
