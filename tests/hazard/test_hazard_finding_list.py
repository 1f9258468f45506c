# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Findings come in from workbooks as live hazards of their finders."

import datetime as dt
import unittest

from ledger_tools import Import, ledger
from mine import build_mine
from organization import (
    acting, create_company, create_member, create_user, get_kind)
from queries import count_queries
from steps import confirm, report, waiting
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException)
from trytond.modules.hazard.exceptions import LedgerError, LedgerUndoError
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

HEADS = [
    "Date", "Location", "Discipline", "Grade", "Hazard", "Found By",
    "Inspecting Body", "Responsible Unit", "Handling", "Measures",
    "Closing Date"]


def finding(**values):
    "Return a row of what was found two hours ago."
    values = {n.replace('_', ' '): v for n, v in values.items()}
    return [{
            "Date": dt.datetime.now() - dt.timedelta(hours=2),
            "Location": "Return airway 18506",
            "Discipline": "Ventilation and Gas", "Grade": "C",
            "Hazard": "The air door does not close.",
            "Found By": "Worker", **values}.get(h) for h in HEADS]


def create_places(mine, count):
    return Pool().get('hazard.place').create([{
                'name': f"Place {i}", 'company': mine.company.id,
                'unit': mine.units.ventilation.id,
                } for i in range(count)])


class FindingImport(Import):
    wizard = 'hazard.finding.import'


class FindingListTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setup(self):
        self.mine = build_mine()
        self.users = self.mine.users
        self.people = self.mine.employees
        self.Hazard = Pool().get('hazard.hazard')

    def check(self, *rows, user=None, **values):
        return FindingImport(
            user or self.users.safety, ledger(rows, HEADS),
            file_name='today.xlsx').check(**values)

    def bring(self, *rows, user=None, **options):
        before = set(self.Hazard.search([]))
        wizard = self.check(*rows, user=user).import_(**options)
        self.assertEqual(wizard.state, 'result', wizard.values)
        return [
            h for h in self.Hazard.search([], order=[('id', 'ASC')])
            if h not in before]

    @with_transaction()
    def test_reported(self):
        "A finding is reported as if its finder's card had been typed in"
        self.setup()
        member = create_member(
            self.people.worker, 'union', unit=self.mine.units.ventilation)
        member.__class__.activate([member])
        hazard, = self.bring(finding())
        self.assertEqual(hazard.state, 'four_fix')
        self.assertEqual(hazard.found_by, self.people.worker)
        self.assertEqual(hazard.found_as, get_kind('union'))
        self.assertFalse(hazard.imported)
        self.assertFalse(hazard.late)
        self.assertRegex(hazard.number, r'^\d{4}-\d{6}$')
        self.assertEqual(hazard.unit, self.mine.units.ventilation)
        self.assertEqual(
            waiting('hazard.four_fix', hazard).unit, hazard.unit)
        event, = hazard.events
        self.assertEqual(
            (event.action, event.user), ('submit', self.users.safety))
        self.assertIn('today.xlsx', event.note)
        self.assertIn('3', hazard.list_row)
        self.assertEqual(hazard.finding_list.hazards, 1)
        self.assertIsNone(Verifier(self.mine.company).run().problem)

    @with_transaction()
    def test_on_site(self):
        "What was fixed on site comes in as such, with its measures"
        self.setup()
        row = {'Handling': "fixed on site"}
        wizard = self.check(finding(**row))
        self.assertEqual(wizard.values['errors'], 1)
        hazard, = self.bring(finding(Measures="Closed it.", **row))
        self.assertEqual(hazard.handling, 'on_site')
        self.assertEqual(hazard.on_site_measures, "Closed it.")
        self.assertEqual(hazard.on_site_at, hazard.found_at)
        self.assertEqual(hazard.state, 'closed')

    @with_transaction()
    def test_finder(self):
        "The finder is one employee or told to be from outside"
        self.setup()
        row = finding(Found_By="Inspector Sun")
        wizard = self.check(row)
        self.assertEqual(wizard.problems(), [(3, 'F', "Inspector Sun")])
        hazard, = self.bring(row, outside=True)
        self.assertEqual(hazard.outside_finder, "Inspector Sun")
        self.assertEqual(hazard.found_by, self.people.safety)
        self.assertIsNone(hazard.member)
        other, = self.bring(finding(
                Found_By="Inspector Li", Inspecting_Body="The Bureau",
                Hazard="No lamp."))
        self.assertEqual(
            (other.outside_finder, other.inspected_by),
            ("Inspector Li", "The Bureau"))
        own, = self.bring(finding(Found_By=None, Hazard="No rail."))
        self.assertEqual(own.found_by, self.people.safety)

    @with_transaction()
    def test_refused(self):
        "What no card may tell is an error, and nothing is written"
        self.setup()
        tomorrow = dt.datetime.now() + dt.timedelta(days=1)
        for column, values in [
                ('A', {'Date': tomorrow}),
                ('D', {'Grade': "Major"}),
                ('B', {'Location': "Nowhere"}),
                ('', {'Closing_Date': dt.date.today()})]:
            with self.subTest(values=values):
                wizard = self.check(finding(**values))
                self.assertEqual(
                    [c for _, c, _ in wizard.problems()], [column])
                wizard.import_()
                self.assertEqual(wizard.state, 'preview')
        self.assertFalse(self.Hazard.search([]))
        self.assertFalse(Pool().get('hazard.finding.list').search([]))

    @with_transaction()
    def test_late(self):
        "A late report has a reason"
        self.setup()
        row = finding(Date=dt.datetime.now() - dt.timedelta(days=3))
        wizard = self.check(row)
        self.assertEqual(wizard.values['late'], 1)
        self.assertEqual([c for _, c, _ in wizard.problems()], ['A'])
        hazard, = self.bring(row, late_reason="No network.")
        self.assertTrue(hazard.late)
        self.assertEqual(hazard.late_reason, "No network.")

    @with_transaction()
    def test_known(self):
        "What was reported that day is left out, what resembles is told"
        self.setup()
        place = self.mine.place
        same = report(self.mine, place=place, description="No lamp at 18506.")
        wizard = self.check(
            finding(Hazard="No lamp at  18506."), finding(),
            finding(Hazard="No lamp at all at 18506."), finding())
        self.assertEqual(wizard.values['known'], 1)
        self.assertEqual(wizard.values['hazards'], 2)
        self.assertEqual(wizard.values['similar'], 1)
        notes = [
            p['message'] for p in wizard.values['problems']
            if p['kind'] == 'note']
        self.assertEqual(sum(same.number in n for n in notes), 2)
        offered, = wizard.values['offered']
        self.assertEqual((offered['row'], offered['leave_out']), (5, False))
        offered['leave_out'] = True
        wizard.import_()
        self.assertEqual(wizard.values['hazards'], 1)
        again = self.check(finding())
        self.assertEqual(again.values['known'], 1)
        again.import_()
        self.assertEqual(again.state, 'preview')

    @with_transaction()
    def test_twice(self):
        "Who presses twice reports once"
        self.setup()
        wizard = self.check(finding())
        preview = wizard.values
        wizard.import_()
        wizard.step('import_', preview=preview)
        self.assertEqual(wizard.state, 'preview')
        self.assertEqual(
            (wizard.values['known'], wizard.values['hazards']), (1, 0))
        self.assertEqual(self.Hazard.search([], count=True), 1)

    @with_transaction()
    def test_who(self):
        "Who may report for others may import, and forgers may not"
        self.setup()
        hazard, = self.bring(finding(), user=self.users.captain)
        self.assertEqual(hazard.found_by, self.people.worker)
        for name in ['reporter', 'worker', 'station', 'manager']:
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.check(finding(), user=getattr(self.users, name))
        hazard, = self.bring(
            finding(Responsible_Unit="Driving", Hazard="No rail."),
            user=self.users.captain)
        self.assertEqual(hazard.unit, self.mine.units.driving)
        nobody = create_user(
            'nobody', self.mine.company,
            groups=['hazard.group_hazard_safety'])
        with self.assertRaises(LedgerError):
            self.check(finding(), user=nobody)
        List = Pool().get('hazard.finding.list')
        for name, count in [
                ('captain', 2), ('other_captain', 0), ('safety', 2)]:
            with acting(getattr(self.users, name)):
                self.assertEqual(List.search([], count=True), count)
        with acting(self.users.safety), self.assertRaises(AccessError):
            List.write(List.search([]), {'rows': 9})

    @with_transaction()
    def test_meaning(self):
        "What a name means to one user it means to nobody else"
        self.setup()
        row = finding(Location="The airway")
        wizard = self.check(row)
        unknown, = wizard.values['unknown']
        unknown['record'] = str(self.mine.place)
        wizard.step('check_again', preview=wizard.values)
        self.assertEqual(wizard.values['errors'], 0)
        self.assertEqual(self.check(row).values['errors'], 0)
        other = self.check(row, user=self.users.captain)
        self.assertEqual(other.problems(), [(3, 'B', "The airway")])

    @with_transaction()
    def test_put_away(self):
        "What is put away or has left is not named on new cards"
        self.setup()
        self.mine.place.__class__.write([self.mine.place], {'active': False})
        wizard = self.check(finding())
        self.assertEqual([c for _, c, _ in wizard.problems()], ['B'])
        wizard = self.check(
            finding(Location=None), default_place=self.mine.place.id)
        self.assertEqual([c for _, c, _ in wizard.problems()], ['B'])
        worker = self.people.worker
        worker.end_date = dt.date(2026, 1, 1)
        worker.save()
        wizard = self.check(finding())
        self.assertEqual([c for _, c, _ in wizard.problems()], ['B', 'F'])

    @with_transaction()
    def test_other_company(self):
        "Who works elsewhere is no finder here"
        self.setup()
        foreign = build_mine(create_company("Other"), prefix='other-')
        name = "Somebody else"
        foreign.employees.worker.party.name = name
        foreign.employees.worker.party.save()
        wizard = self.check(finding(Found_By=name))
        self.assertEqual(wizard.problems(), [(3, 'F', name)])

    def undo(self, list_, user=None, **context):
        with acting(user or self.users.safety), \
                Transaction().set_context(**context):
            list_.__class__.undo([list_.__class__(list_.id)])

    @with_transaction()
    def test_undo(self):
        "All is cancelled with the reason, and the file comes in anew"
        self.setup()
        rows = finding(), finding(Hazard="No lamp.")
        hazards = self.bring(*rows, user=self.users.captain)
        list_ = hazards[0].finding_list
        with self.assertRaises(ButtonActionException):
            self.undo(list_)
        with self.assertRaises(AccessButtonError):
            self.undo(list_, user=self.users.captain, reason="Wrong.")
        self.undo(list_, reason="Wrong file.")
        for hazard in hazards:
            self.assertEqual(
                (hazard.state, hazard.cancel_reason),
                ('cancelled', "Wrong file."))
        self.assertEqual(list_.undone_by, self.people.safety)
        self.assertEqual(self.check(*rows).values['known'], 0)
        self.assertIsNone(Verifier(self.mine.company).run().problem)

    @with_transaction()
    def test_undo_touched(self):
        "Nothing is undone once somebody has worked on one"
        self.setup()
        one, other = self.bring(
            finding(), finding(Hazard="No lamp.", Found_By="Reporter"))
        confirm(self.mine, other)
        with self.assertRaises(LedgerUndoError) as refused:
            self.undo(one.finding_list, reason="Wrong.")
        self.assertIn(other.number, refused.exception.message)
        self.assertEqual(one.state, 'four_fix')

    @with_transaction()
    def test_undo_on_site(self):
        "What is closed already is not cancelled"
        self.setup()
        closed, _ = self.bring(
            finding(Handling="fixed on site", Measures="Closed it."),
            finding(Hazard="No lamp."))
        with self.assertRaises(LedgerUndoError) as refused:
            self.undo(closed.finding_list, reason="Wrong.")
        self.assertIn(closed.number, refused.exception.message)
        self.assertIn("fixed on site", refused.exception.message)

    @with_transaction()
    def test_queries(self):
        "More findings are checked by no more queries"
        self.setup()
        report(self.mine)
        create_places(self.mine, 40)

        def count(number):
            wizard = self.check(*(
                    finding(Hazard=f"Lamp {i} is dark.", Location=f"Place {i}")
                    for i in range(number)))
            self.assertEqual(wizard.values['errors'], 0)
            with count_queries() as queries:
                wizard.step('check_again', preview=wizard.values)
            return len(queries)
        count(2)
        self.assertEqual(count(2), count(40))
