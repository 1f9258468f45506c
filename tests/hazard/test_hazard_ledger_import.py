# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Bringing in old ledgers: what is checked, what is written and what is not."

import datetime as dt
import hashlib
import io
import unittest
from unittest.mock import patch

import openpyxl
from file_formats import text_file, xls
from ledger_tools import HEADS, Import, bring_in, ledger, open_row, row, save
from mine import build_mine
from organization import (
    acting, create_company, create_employee, create_user, get_ref)
from queries import count_queries
from steps import confirm, finish, recheck, report, waiting
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.hazard.exceptions import (
    LedgerAccessError, LedgerError, LedgerMappingError)
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.safety_base.exceptions import SpreadsheetError
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class LedgerImportTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setup(self):
        self.mine = build_mine()
        self.safety = self.mine.users.safety
        self.Hazard = Pool().get('hazard.hazard')

    def bring(self, *rows, **options):
        "Return the hazards that the ledger of the rows brings in."
        before = self.hazards()
        wizard = bring_in(self.safety, ledger(rows), **options)
        self.assertEqual(wizard.state, 'result', wizard.values)
        return [h for h in self.hazards() if h not in before]

    def hazards(self, *domain):
        return self.Hazard.search(list(domain), order=[('id', 'ASC')])

    def check(self, *rows, heads=HEADS, **values):
        return Import(self.safety, ledger(rows, heads)).check(**values)

    @with_transaction()
    def test_closed(self):
        "What was closed comes in archived, with its stages and dates"
        self.setup()
        people = self.mine.employees
        hazard, = self.bring(row())
        self.assertEqual(hazard.number, '2025-L00001')
        self.assertEqual(hazard.ledger_number, '17')
        self.assertEqual(hazard.state, 'archived')
        self.assertTrue(hazard.imported)
        self.assertEqual(hazard.source.code, 'historical')
        self.assertEqual(hazard.found_by, people.reporter)
        self.assertIsNone(hazard.ledger_found_by)
        self.assertIsNone(hazard.reported_at)
        self.assertFalse(hazard.late)
        self.assertEqual(hazard.found_at, dt.datetime(2025, 7, 17))
        self.assertEqual(
            hazard.deadline, dt.datetime(2025, 7, 20, 23, 59, 59))
        self.assertEqual(hazard.closed_at, dt.datetime(2025, 7, 18, 12))
        self.assertEqual(hazard.responsible, people.worker)
        self.assertEqual(hazard.grade.code, 'C')
        self.assertIn("Measures: Hang it anew.", hazard.ledger_text)
        four_fix, = hazard.four_fixes
        self.assertEqual(four_fix.state, 'confirmed')
        self.assertEqual(four_fix.measures, "Hang it anew.")
        self.assertIsNone(four_fix.waiting)
        rectification, = hazard.rectifications
        self.assertEqual(rectification.state, 'done')
        self.assertEqual(
            rectification.rectified_at, dt.datetime(2025, 7, 18, 10))
        check, = hazard.rechecks
        self.assertEqual(check.state, 'passed')
        self.assertEqual(check.checked_by, people.captain)
        self.assertEqual(check.rectified_by, people.worker)

    @with_transaction()
    def test_formats(self):
        "Ledgers come in from old workbooks and texts as from new ones"
        self.setup()
        values = [None, *row()[1:]]
        for number, data in enumerate([
                    xls(("Ledger", ["Ledger of 2025"], HEADS, values)),
                    text_file([["Ledger of 2025"], HEADS, row()], 'gb18030')]):
            with self.subTest(number=number):
                wizard = Import(self.safety, data).check()
                self.assertEqual(wizard.problems(), [])
                wizard.import_()
                self.assertEqual(
                    (wizard.values['hazards'], wizard.values['known']),
                    (0, 1) if number else (1, 0))

    @with_transaction()
    def test_zone(self):
        "The times of the ledger are those of the company"
        self.setup()
        self.mine.company.timezone = 'Asia/Shanghai'
        self.mine.company.save()
        hazard, = self.bring(row())
        self.assertEqual(hazard.found_at, dt.datetime(2025, 7, 16, 16))
        self.assertEqual(
            hazard.rectifications[0].rectified_at, dt.datetime(2025, 7, 18, 2))

    @with_transaction()
    def test_recently_closed(self):
        "What was closed a few days ago is left to the job that archives"
        self.setup()
        today = dt.date.today()
        hazard, = self.bring(open_row(
                Date=today - dt.timedelta(days=3),
                Closing_Date=today - dt.timedelta(days=2)))
        self.assertEqual(hazard.state, 'closed')
        self.assertEqual(len(hazard.four_fixes), 1)
        self.assertFalse(hazard.rectifications)
        self.assertFalse(hazard.rechecks)

    @with_transaction()
    def test_chain(self):
        "One event begins the chain of each; chains and seals verify"
        self.setup()
        Event = Pool().get('hazard.event')
        hazards = self.bring(
            row(), open_row(Hazard="No light."), row(Hazard="No rail."))
        for hazard in hazards:
            event, = hazard.events
            self.assertEqual(event.action, 'import')
            self.assertEqual(event.to_state, hazard.state)
            self.assertIsNone(event.previous)
            self.assertEqual(event.employee, self.mine.employees.safety)
            self.assertIn('old.xlsx, sheet "Ledger", row ', event.note)
        tomorrow = dt.datetime.combine(
            dt.date.today() + dt.timedelta(days=1), dt.time(3))
        Seal = Pool().get('hazard.seal')
        with patch.object(Seal, '_now', return_value=tomorrow):
            Seal.seal_days()
        verified = Verifier(self.mine.company).run()
        self.assertIsNone(verified.problem)
        self.assertEqual((verified.hazards, verified.events), (3, 3))
        self.assertEqual(verified.days, 1)
        event = hazards[0].events[0]
        cursor = Transaction().connection.cursor()
        table = Event.__table__()
        cursor.execute(*table.update(
                [table.note], ["Nothing"], where=table.id == event.id))
        self.assertTrue(Verifier(self.mine.company).run().problem)

    @with_transaction()
    def test_open(self):
        "What is open waits where the ledger left it"
        self.setup()
        people = self.mine.employees
        told, later = "2099-01-01", dt.datetime(2099, 1, 1, 23, 59, 59)
        found, fixed, rectified, failed = self.bring(
            open_row(Hazard="a", Date="2025-1-1"),
            open_row(
                Hazard="b", Responsible_Person="Worker", Date="2025-1-2",
                Measures="Mend it.", Deadline=told),
            open_row(Hazard="c", Date="2025-1-3", Date_Rectified="2025-1-4"),
            open_row(
                Hazard="d", Date="2025-1-4", Date_Rectified="2025-1-5",
                Recheck_Date="2025-1-6", Result="Not Passed"))
        self.assertEqual(
            [h.state for h in [found, fixed, rectified, failed]],
            ['four_fix', 'rectification', 'recheck', 'four_fix'])
        self.assertGreater(found.deadline, dt.datetime.now())
        rectification = waiting('hazard.rectification', fixed)
        self.assertEqual(rectification.responsible, people.worker)
        self.assertEqual(rectification.due_at, later)
        self.assertEqual(rectification.four_fix.state, 'confirmed')
        waiting('hazard.recheck', rectified)
        self.assertEqual(failed.round, 2)
        self.assertEqual([r.state for r in failed.rechecks], ['failed'])
        self.assertEqual(
            [(f.state, f.round) for f in failed.four_fixes],
            [('confirmed', 1), ('draft', 2)])
        # They go on like any other
        confirm(self.mine, found)
        finish(self.mine, found)
        recheck(self.mine, found, 'pass_', user=self.mine.users.secretary)
        found = self.Hazard(found.id)
        self.assertEqual(found.state, 'closed')
        self.assertEqual(
            [e.action for e in found.events],
            ['import', 'confirm', 'finish', 'pass'])
        self.assertIsNone(Verifier(self.mine.company).run().problem)

    @with_transaction()
    def test_overdue(self):
        "A deadline that has passed stays the hazard's but can be confirmed"
        self.setup()
        hazard, = self.bring(
            open_row(Date="2025-1-1", Deadline="2025-1-9"))
        self.assertEqual(
            hazard.deadline, dt.datetime(2025, 1, 9, 23, 59, 59))
        confirm(self.mine, hazard)

    @with_transaction()
    def test_returned(self):
        "A returned hazard goes back to who imported it and keeps its number"
        self.setup()
        hazard, = self.bring(open_row(Found_By="Nobody"))
        with acting(self.mine.users.captain, reason="Where?"):
            self.Hazard.return_([self.Hazard(hazard.id)])
        with acting(self.safety):
            self.Hazard.submit([self.Hazard(hazard.id)])
        hazard = self.Hazard(hazard.id)
        self.assertEqual(hazard.state, 'four_fix')
        self.assertEqual(hazard.number, '2025-L00001')
        self.assertFalse(hazard.late)

    @with_transaction()
    def test_major(self):
        "A closed major hazard has one checker, an open one gets its plan"
        self.setup()
        closed, opened = self.bring(
            row(Grade="Major"),
            open_row(
                Hazard="b", Grade="Major", Responsible_Person="Worker",
                Measures="Mend it.", Deadline="2099-1-1"))
        self.assertEqual(closed.rechecks[0].state, 'passed')
        self.assertFalse(closed.plans)
        self.assertEqual(opened.state, 'four_fix')
        self.assertEqual([p.state for p in opened.plans], ['draft'])
        self.assertTrue(opened.plans[0].due_at)
        self.assertIsNone(opened.deadline)
        four_fix = waiting('hazard.four_fix', opened)
        self.assertIsNone(four_fix.due_at)
        self.assertIsNone(four_fix.deadline)

    @with_transaction()
    def test_major_closed(self):
        "Once the mine works here no ledger closes a major hazard of late"
        self.setup()

        def errors(days, grade="Major"):
            day = f'{dt.date.today() - dt.timedelta(days=days):%Y-%m-%d}'
            ledger_ = self.check(row(
                    Grade=grade, Date=day, Date_Rectified=day,
                    Recheck_Date=day, Closing_Date=day, Deadline=None))
            return [
                p['message'] for p in ledger_.values['problems']
                if p['kind'] == 'error']

        self.assertEqual(errors(10), [])
        report(self.mine)
        table = Pool().get('hazard.event').__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.at], [dt.datetime.now() - dt.timedelta(days=20)]))
        self.assertEqual(len(errors(10)), 1)
        self.assertIn("30 days", errors(10)[0])
        self.assertEqual(errors(10, "C"), [])
        self.assertEqual(errors(25), [])
        Transaction().connection.cursor().execute(*table.update(
                [table.at], [dt.datetime.now() - dt.timedelta(days=90)]))
        self.assertEqual(len(errors(25)), 1)
        self.assertEqual(errors(32), [])

    @with_transaction()
    def test_on_site(self):
        "What was fixed on site has no four-fix"
        self.setup()
        hazard, = self.bring(row(Result="Fixed on Site"))
        self.assertEqual(hazard.handling, 'on_site')
        self.assertEqual(hazard.on_site_measures, "Hang it anew.")
        self.assertFalse(hazard.four_fixes)

    @with_transaction()
    def test_people(self):
        "Who is no employee stays a text; nobody is invented"
        self.setup()
        Employee = Pool().get('company.employee')
        create_employee(self.mine.company, "Worker")
        count = Employee.search([], count=True)
        hazard, = self.bring(row(
                Found_By="Zhang, Li", Responsible_Person="Worker",
                Checked_By="Wang"))
        self.assertEqual(Employee.search([], count=True), count)
        self.assertEqual(hazard.found_by, self.mine.employees.safety)
        self.assertEqual(hazard.ledger_found_by, "Zhang, Li")
        self.assertEqual(hazard.ledger_responsible, "Worker")
        self.assertEqual(hazard.ledger_checked_by, "Wang")
        self.assertIsNone(hazard.responsible)
        self.assertIsNone(hazard.rectifications[0].responsible)
        self.assertIsNone(hazard.rechecks[0].checked_by)
        nameless, = self.bring(row(Hazard="b", Found_By=None))
        self.assertTrue(nameless.ledger_found_by)

    @with_transaction()
    def test_my_hazards(self):
        "Who stands in for a finder does not have the hazards as own ones"
        self.setup()
        ActWindow = Pool().get('ir.action.act_window')
        self.bring(row(Found_By="Zhang"), row(Hazard="b", Found_By="Safety"))
        action = ActWindow(get_ref('hazard.act_hazard_mine'))
        domain = PYSONDecoder({
                'employee': self.mine.employees.safety.id,
                }).decode(action.pyson_domain)
        self.assertEqual(
            [h.description for h in self.hazards(*domain)], ["b"])

    @with_transaction()
    def test_numbers(self):
        "The running year goes on; each year has a series for ledgers"
        self.setup()
        year = dt.date.today().year
        first = report(self.mine)
        today = dt.datetime.now() - dt.timedelta(minutes=5)
        hazards = self.bring(
            open_row(Hazard="a", Date=today),
            open_row(Hazard="b", Date="2024-3-1"),
            open_row(Hazard="c", Date="2024-2-1"))
        second = report(self.mine)
        self.assertEqual(
            [h.number for h in [first, second]],
            [f'{year}-000001', f'{year}-000002'])
        self.assertEqual({h.description: h.number for h in hazards}, {
                'a': f'{year}-L00001', 'b': '2024-L00002',
                'c': '2024-L00001'})

    @with_transaction()
    def test_twice(self):
        "The same ledger twice brings nothing in twice, a longer one the rest"
        self.setup()
        rows = [row(), open_row(Hazard="b")]
        self.assertEqual(len(self.bring(*rows)), 2)
        again = self.check(*rows)
        self.assertEqual((again.values['hazards'], again.values['known']),
            (0, 2))
        again.import_()
        self.assertEqual(again.state, 'preview')
        # A row that was closed since is the same
        rows[1] = row(Hazard="b")
        hazard, = self.bring(*rows, row(Hazard="c"))
        self.assertEqual(hazard.description, "c")
        self.assertEqual(len(self.hazards()), 3)

    @with_transaction()
    def test_fingerprint(self):
        "No two hazards of a company have the same fingerprint"
        self.setup()
        self.bring(row())
        data = ledger([row(Hazard="b")])
        wizard = Import(self.safety, data).check()
        self.assertEqual(wizard.values['hazards'], 1)
        # Somebody else is faster
        bring_in(self.safety, data)
        wizard.import_()
        self.assertEqual(wizard.state, 'preview')
        self.assertEqual(len(self.hazards()), 2)

    @with_transaction()
    def test_other_company(self):
        "Another company has its own ledgers"
        self.setup()
        other = build_mine(create_company("Other"), prefix='foreign_')
        data = ledger([row()])
        bring_in(self.safety, data)
        wizard = bring_in(other.users.safety, data)
        self.assertEqual(wizard.values['hazards'], 1)
        self.assertEqual(
            self.hazards(('company', '=', other.company.id))[0].number,
            '2025-L00001')

    @with_transaction()
    def test_split(self):
        "Numbered hazards in a cell come in as one or each"
        self.setup()
        several = row(Hazard="1. The door is open. 2. The belt is torn.")
        wizard = self.check(several)
        self.assertEqual(wizard.values['several'], 1)
        self.assertEqual(wizard.values['hazards'], 2)
        whole, = self.bring(several, split=False)
        # It is known, whole or split
        self.assertEqual(self.check(several).values['known'], 2)
        other = row(Hazard="1. No light. 2. No rail.")
        parts = self.bring(other)
        self.assertEqual(
            [p.description for p in parts], ["No light.", "No rail."])
        wizard = self.check(other)
        wizard.step('check_again', preview={**wizard.values, 'split': False})
        self.assertEqual(wizard.values['known'], 1)

    @with_transaction()
    def test_problems(self):
        "Each problem is told with its row and column; nothing is written"
        self.setup()
        future = dt.datetime.now() + dt.timedelta(days=2)
        for values, column in [
                ({'Date': "7.17"}, 'B'),
                ({'Date': None}, 'B'),
                ({'Date': future}, 'B'),
                ({'Location': "Nowhere"}, 'C'),
                ({'Location': None}, 'C'),
                ({'Discipline': "Cooking"}, 'D'),
                ({'Grade': "Z"}, 'E'),
                ({'Hazard': None}, 'F'),
                ({'Responsible_Unit': "Nobody's"}, 'H'),
                ({'Deadline': "2025-7-1"}, 'K'),
                ({'Date_Rectified': "2025-7-1"}, 'L'),
                ({'Closing_Date': "2025-7-1"}, 'P')]:
            with self.subTest(**values):
                new = open_row if values.get('Date') else row
                wizard = self.check(row(Hazard="b"), new(**values))
                value, = values.values()
                (number, letter, text), = wizard.problems()
                self.assertEqual((number, letter), (4, column))
                if isinstance(value, str):
                    self.assertEqual(text, value)
                wizard.import_()
                self.assertEqual(wizard.state, 'preview')
        self.assertEqual(self.hazards(), [])

    @with_transaction()
    def test_ambiguous(self):
        "A name of several places is a problem until it is told which"
        self.setup()
        Place = Pool().get('hazard.place')
        company = self.mine.company.id
        places = Place.create([
                {'name': n, 'company': company} for n in ["East", "West"]])
        wests = Place.create([{
                    'name': "Face", 'company': company, 'parent': p.id}
                for p in places])
        wizard = self.check(row(Location="Face"))
        self.assertEqual(wizard.problems(), [(3, 'C', "Face")])
        hazard, = self.bring(row(Location="West / Face"))
        self.assertEqual(hazard.place, wests[1])

    @with_transaction()
    def test_notes(self):
        "What does not stop the import is told too"
        self.setup()
        heads = [*HEADS, "Shift", "Funds"]
        wizard = self.check(
            [*row(Found_By="Zhang"), "Ninth", "some"],
            [*row(Found_By="Zhang", Hazard="b"), "Ninth", None],
            [*row(Hazard="b", Found_By="Zhang"), None, "500"],
            ["In all", *[None] * 17], heads=heads)
        self.assertEqual(wizard.problems(), [])
        self.assertEqual(wizard.problems('note'), [
                (3, 'Q', "Ninth"), (3, 'G', "Zhang"), (3, 'R', "some"),
                (5, 'F', "b"), (6, '', '')])
        self.assertEqual(wizard.values['hazards'], 2)

    @with_transaction()
    def test_create(self):
        "Unknown places and units are created if that is told"
        self.setup()
        rows = [
            row(Hazard=h, Location=p, Responsible_Unit=u) for h, p, u in [
                ("a", "New Face", "New Team"), ("b", "new face", "New Team"),
                ("c", "Return airway 18506", "Driving")]]
        wizard = self.check(*rows)
        self.assertEqual(len(wizard.problems()), 4)
        wizard.import_(create_places=True)
        self.assertEqual(len(wizard.problems()), 2)
        wizard.import_(create_units=True)
        self.assertEqual(wizard.state, 'result')
        self.assertEqual(
            (wizard.values['places'], wizard.values['units']), (1, 1))
        hazards = {h.description: h for h in self.hazards()}
        self.assertEqual(hazards["a"].place, hazards["b"].place)
        self.assertEqual(hazards["a"].unit.parent, self.mine.units.mine)
        self.assertEqual(hazards["c"].unit, self.mine.units.driving)

    @with_transaction()
    def test_meanings(self):
        "What a name means is told once and kept"
        self.setup()
        rows = [row(Discipline="Air"), row(Hazard="b", Discipline="Air")]
        wizard = self.check(*rows)
        unknown, = wizard.values['unknown']
        self.assertEqual((unknown['text'], unknown['rows']), ("Air", 2))
        discipline = get_ref('hazard.discipline_ventilation')
        unknown['record'] = f'hazard.discipline,{discipline}'
        wizard.import_()
        self.assertEqual(wizard.state, 'result')
        self.assertEqual(
            {h.discipline.id for h in self.hazards()}, {discipline})
        self.assertEqual(
            self.check(row(Hazard="c", Discipline="air")).problems(), [])

    @with_transaction()
    def test_foreign_meaning(self):
        "A name does not mean a record of another company or of another kind"
        self.setup()
        foreign = build_mine(create_company("Other"), prefix='foreign_')
        for record in [
                f'hazard.place,{foreign.place.id}',
                f'safety.unit,{self.mine.units.driving.id}', None]:
            wizard = self.check(row(Location="Nowhere"))
            wizard.values['unknown'][0]['record'] = record
            wizard.import_()
            self.assertEqual(wizard.state, 'preview')
            self.assertEqual(len(wizard.problems()), 1)

    @with_transaction()
    def test_foreign_mapping(self):
        "Nobody teaches another company what words mean in its ledgers"
        self.setup()
        foreign = build_mine(create_company("Other"), prefix='foreign_')
        Mapping = Pool().get('hazard.ledger.mapping')
        Import(foreign.users.safety, ledger([row()])).check()
        mapping, = Mapping.search([('company', '=', foreign.company.id)])
        wizard = Import(self.safety, ledger([row()]))
        values = wizard.values
        wizard.check()
        for id_ in [mapping.id, None]:
            with self.subTest(mapping=id_):
                with self.assertRaises(LedgerMappingError):
                    wizard.step(
                        'check_again', map={**values, 'mapping': id_},
                        preview={'offered': [], 'unknown': [{
                                    'field': 'state', 'text': "Not yet",
                                    'word': 'closed'}]})
        self.assertFalse(Mapping(mapping.id).meanings)

    @with_transaction()
    def test_open_foreign(self):
        "What another company has imported is not told"
        self.setup()
        foreign = build_mine(create_company("Other"), prefix='foreign_')
        other = bring_in(foreign.users.safety, ledger([row()]), 'secret.xlsx')
        wizard = bring_in(self.safety, ledger([row()]))
        own = wizard.values['ledger']
        for id_, hazards in [(own, 1), (other.values['ledger'], 0)]:
            with self.subTest(ledger=id_):
                action = wizard.open(result={'ledger': id_})
                self.assertNotIn('secret', action['name'])
                domain = PYSONDecoder().decode(action['pyson_domain'])
                self.assertEqual(self.hazards(*domain), self.hazards(
                        ('company', '=', self.mine.company.id))[:hazards])

    @with_transaction()
    def test_mapping_kept(self):
        "Columns are mapped once, whatever their order is the next time"
        self.setup()
        heads = ["When", "Which Day", *HEADS[2:]]
        values = row()
        wizard = Import(self.safety, ledger([values], heads))
        self.assertIsNone(wizard.columns["Which Day"])
        wizard.check({"When": 'number', "Which Day": 'found_at'}).import_()
        self.assertEqual(wizard.state, 'result')
        wizard = Import(self.safety, ledger(
                [row(Hazard="b")[::-1]], heads[::-1]))
        self.assertTrue(wizard.values['mapping'])
        self.assertEqual(wizard.columns["Which Day"], 'found_at')
        self.assertEqual(wizard.check().problems(), [])
        # Known heads are proposed for other ledgers too
        wizard = Import(self.safety, ledger([values[:6]], heads[:6]))
        self.assertIsNone(wizard.values['mapping'])
        self.assertEqual(wizard.columns["When"], 'number')

    @with_transaction()
    def test_defaults(self):
        "What the ledger does not tell at all can be told once"
        self.setup()
        heads, values = HEADS[1:2] + HEADS[5:6], ["2025.7.17", "No light."]
        wizard = Import(self.safety, ledger([values], heads))
        with self.assertRaises(LedgerMappingError):
            wizard.check()
        wizard.check(
            default_place=self.mine.place.id,
            default_unit=self.mine.units.driving.id,
            default_grade=get_ref('hazard.grade_general'),
            default_discipline=get_ref('hazard.discipline_other')).import_()
        hazard, = self.hazards()
        self.assertEqual(hazard.unit, self.mine.units.driving)
        wizard = Import(self.safety, ledger([values], heads))
        self.assertEqual(
            wizard.values['default_place'], self.mine.place.id)

    @with_transaction()
    def test_mapping_refused(self):
        "A field of two columns, or of none, and no sheet are refused"
        self.setup()
        data = ledger([row()])
        with self.assertRaises(LedgerMappingError):
            Import(self.safety, data).check({"Measures": 'description'})
        with self.assertRaises(LedgerMappingError):
            Import(self.safety, data).check({"Date": None})
        wizard = Import(self.safety, data)
        wizard.values['sheets'][0]['include'] = False
        with self.assertRaises(LedgerMappingError):
            wizard.check()

    @with_transaction()
    def test_sheets(self):
        "Several sheets with heads of their own come in together"
        self.setup()
        book = openpyxl.load_workbook(io.BytesIO(ledger([row()])))
        second = book.create_sheet("More")
        for values in [HEADS[::-1], row(Hazard="b")[::-1]]:
            second.append(values)
        cover = book.create_sheet("Cover", 0)
        cover.append(["Ledgers of the mine"])
        wizard = Import(self.safety, save(book))
        self.assertEqual(
            [(s['name'], s['include'], s['first'])
                for s in wizard.values['sheets']],
            [("Cover", False, 1), ("Ledger", True, 2), ("More", True, 1)])
        wizard.check().import_()
        self.assertEqual(wizard.values['hazards'], 2)

    @with_transaction()
    def test_read_heads(self):
        "The user says where the heads are"
        self.setup()
        wizard = Import(self.safety, ledger([row()]))
        wizard.values['sheets'][0].update({'first': 1, 'last': 2})
        wizard.step('read_heads', map=wizard.values)
        self.assertIn("Ledger of 2025 / Date", wizard.columns)
        self.assertEqual(wizard.check().import_().state, 'result')

    @with_transaction()
    def test_record(self):
        "Who brought in which file, when and how much, is kept for good"
        self.setup()
        Ledger = Pool().get('hazard.ledger')
        data = ledger([row(), open_row(Hazard="b")])
        bring_in(self.safety, data)
        record, = Ledger.search([])
        self.assertEqual(record.file_name, 'old.xlsx')
        self.assertEqual(record.sha256, hashlib.sha256(data).hexdigest())
        self.assertEqual(record.employee, self.mine.employees.safety)
        self.assertEqual(record.user, self.safety)
        self.assertEqual(
            (record.rows, record.hazards, record.open, record.known),
            (2, 2, 1, 0))
        self.assertEqual({h.ledger for h in self.hazards()}, {record})
        with acting(self.safety):
            for action in [
                    lambda: Ledger.write([record], {'rows': 3}),
                    lambda: Ledger.delete([record]),
                    lambda: Ledger.create([{'file_name': 'x'}])]:
                with self.assertRaises(AccessError):
                    action()
        with self.assertRaises(LedgerAccessError):
            Ledger.delete([record])

    @with_transaction()
    def test_told(self):
        "Only whom an open hazard waits for is told, and once"
        self.setup()
        notifications = Transaction().user_notifications
        self.bring(*[row(Hazard=f'x{n}') for n in range(5)])
        self.assertFalse(notifications)
        self.bring(*[open_row(Hazard=f'y{n}') for n in range(5)])
        self.assertEqual(
            sorted(n.user.login for n in notifications),
            ['captain', 'secretary'])

    @with_transaction()
    def test_queries(self):
        "Bringing in more rows needs no more queries"
        self.setup()
        counts = []
        for name, number in [('x', 20), ('y', 60)]:
            wizard = Import(self.safety, ledger([
                        row(Hazard=f'{name}{n}') if n % 2
                        else open_row(Hazard=f'{name}{n}')
                        for n in range(number)])).check()
            with count_queries() as queries:
                wizard.import_()
            self.assertEqual(wizard.state, 'result')
            # SQLite inserts record by record.
            counts.append(sum(
                    not str(q).startswith('INSERT') for q in queries))
        self.assertLessEqual(counts[1], counts[0])

    @with_transaction()
    def test_reminders(self):
        "Nobody is reminded of what was closed long ago"
        self.setup()
        Reminder = Pool().get('hazard.reminder')
        self.bring(row(), row(Hazard="b", Recheck_Date=None, Result=None))
        Reminder.remind()
        self.assertEqual(Reminder.search([]), [])

    @with_transaction()
    def test_reminders_of_overdue(self):
        "What was overdue long ago climbs step by step from now on"
        self.setup()
        Reminder = Pool().get('hazard.reminder')
        empty = dict.fromkeys([
                'Date_Rectified', 'Recheck_Date', 'Checked_By', 'Result',
                'Closing_Date'])
        hazard, = self.bring(
            row(Date="2025-1-1", Deadline="2025-1-9", **empty))
        rectification, = hazard.rectifications
        self.assertLess(rectification.due_at, dt.datetime(2025, 1, 12))
        taken = []
        for after in range(0, 30, 10):
            at = dt.datetime.now() + dt.timedelta(days=after)
            with patch.object(Reminder, '_now', return_value=at):
                Reminder.remind()
            taken.append({r.step for r in Reminder.search([])})
        self.assertEqual(taken[0], {'overdue', 'escalate_leader'})
        self.assertEqual(taken[1], taken[2])
        self.assertIn('escalate_mine', taken[1])

    @with_transaction()
    def test_recurrences(self):
        "The same at the same place is linked in the order of finding"
        self.setup()
        CheckItem = Pool().get('hazard.check_item')
        item, = CheckItem.create([{'name': "Air Door", 'code': 'door9'}])
        heads = [*HEADS, "Check Item"]
        wizard = self.check(*[
                [*open_row(Hazard=h, Date=d), "Air Door"] for h, d in [
                    ("c", "2025-7-9"), ("a", "2025-1-1"),
                    ("b", "2025-7-1")]], heads=heads)
        wizard.import_()
        hazards = {h.description: h for h in self.hazards()}
        self.assertEqual(hazards["c"].recurrence_of, hazards["b"])
        self.assertEqual(hazards["c"].recurrence, 1)
        self.assertIsNone(hazards["b"].recurrence_of)

    @with_transaction()
    def test_check_item_of_other_discipline(self):
        "It is noted and left out, the hazard comes in"
        self.setup()
        pool = Pool()
        Discipline = pool.get('hazard.discipline')
        other, = Discipline.search([
                ('name', '!=', "Ventilation and Gas")], limit=1)
        pool.get('hazard.check_item').create([{
                    'name': "Air Door", 'code': 'door9',
                    'discipline': other.id}])
        wizard = self.check(
            [*row(), "Air Door"], heads=[*HEADS, "Check Item"])
        self.assertIn("Air Door", [v for *_, v in wizard.problems('note')])
        wizard.import_()
        hazard, = self.hazards()
        self.assertIsNone(hazard.check_item)
        self.assertIn("Check Item: Air Door", hazard.ledger_text)

    @with_transaction()
    def test_access(self):
        "Only the safety department and the administration import"
        self.setup()
        data = ledger([row()])
        for name in [
                'reporter', 'captain', 'worker', 'station', 'chief']:
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    Import(getattr(self.mine.users, name), data)
                # Nor by the steps of another action
                with self.assertRaises(AccessError), \
                        patch.object(
                            Pool().get('hazard.ledger.import', type='wizard'),
                            'check_access'):
                    Import(getattr(self.mine.users, name), data)
        self.assertEqual(
            bring_in(self.mine.users.manager, data).state, 'result')

    @with_transaction()
    def test_refused(self):
        "Without a file, an employee or a company nothing is read"
        self.setup()
        data = ledger([row()])
        with self.assertRaises(SpreadsheetError):
            Import(self.safety, b'%PDF-1.7')
        with self.assertRaises(LedgerError):
            Import(self.safety, b'')
        with self.assertRaises(LedgerError):
            Import(self.safety, save(openpyxl.Workbook()))
        clerk = create_user('clerk', self.mine.company, groups=[
                'hazard.group_hazard_safety'])
        with self.assertRaises(LedgerError):
            Import(clerk, data)

    @with_transaction()
    def test_server_fields(self):
        "The marks of the import cannot be set or copied by a client"
        self.setup()
        hazard, = self.bring(open_row())
        for name in ['imported', 'ledger_number', 'ledger_fingerprint']:
            with self.subTest(name=name), acting(self.safety):
                with self.assertRaises(AccessError):
                    self.Hazard.write(
                        [self.Hazard(hazard.id)], {name: 'x'})
        copy, = self.Hazard.copy([hazard])
        self.assertFalse(copy.imported)
        self.assertIsNone(copy.ledger)
        self.assertIsNone(copy.ledger_fingerprint)
