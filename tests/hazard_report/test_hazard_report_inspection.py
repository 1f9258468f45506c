# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from documents import build_printed_mine, print_as, read_paragraphs, read_pdf
from organization import acting
from repository import MODULES
from steps import report
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_report.exceptions import ZeroReportError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction

RECORD = 'hazard.inspection.record'
ZERO = 'hazard.inspection.zero_report'


class InspectionDocumentsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_printed_mine)

    def setup_mine(self, items=2):
        pool = Pool()
        CheckItem = pool.get('hazard.check_item')
        Checklist = pool.get('hazard.checklist')
        mine = build_printed_mine()
        mine.items = CheckItem.create([{
                    'name': f"Item {n}", 'code': f'x{n}',
                    'basis': f"Rule {n}.", 'method': "Look."}
                for n in range(1, items + 1)])
        mine.checklist, = Checklist.create([{
                    'name': "Doors", 'company': mine.company.id,
                    'unit': mine.units.ventilation.id,
                    'place': mine.place.id,
                    'inspectors': [('add', [mine.employees.reporter.id])],
                    'lines': [('create', [
                                {'item': i.id} for i in mine.items])],
                    }])
        return mine

    def start(self, mine, start=True, **values):
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        with acting(mine.users.captain):
            inspection, = Inspection.create([{
                        'checklist': mine.checklist.id,
                        'company': mine.company.id,
                        'unit': mine.units.ventilation.id,
                        'place': mine.place.id,
                        'inspectors': [
                            ('add', [mine.employees.reporter.id])],
                        **values}])
            if start:
                Inspection.start([inspection])
        return Inspection(inspection.id)

    def check(self, mine, inspection, results, button, note=None):
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        Line = pool.get('hazard.inspection.line')
        with acting(mine.users.captain):
            for line, result in zip(inspection.lines, results):
                Line.write([Line(line.id)], {'result': result, 'note': note})
            if button == 'finish':
                for line, result in zip(inspection.lines, results):
                    if result == 'hazard':
                        report(mine, user=mine.users.captain,
                            found_by=mine.employees.captain,
                            inspection=inspection, check_item=line.item)
            getattr(Inspection, button)([Inspection(inspection.id)])
        return Inspection(inspection.id)

    def text(self, user, report, inspections):
        return read_paragraphs(
            print_as(user, report, inspections, format='odt')[1])

    @with_transaction()
    def test_record(self):
        mine = self.setup_mine()
        with set_company(mine.company):
            inspection = self.check(
                mine, self.start(mine, note="Wet floor.\nNo light."),
                ['ok', 'hazard'], 'finish', note="Seen.")
            text = self.text(mine.users.captain, RECORD, [inspection])
            self.assertEqual(text[0], "Self-inspection Record")
            for label, value in [
                    ("Checklist", "Doors"),
                    ("Inspected Unit", "Ventilation"),
                    ("Place", "Return airway 18506"),
                    ("Inspectors", "Reporter")]:
                self.assertEqual(text[text.index(label) + 1], value)
            for label in ["Started", "Finished"]:
                self.assertRegex(
                    text[text.index(label) + 1], r'^\d{4}-\d\d-\d\d \d\d:')
            first = text.index("Item 1")
            self.assertEqual(text[first - 1:first + 9], [
                    "1", "Item 1", "Rule 1. Look.", "In order", "Seen.",
                    "2", "Item 2", "Rule 2. Look.", "Hazard", "Seen."])
            self.assertIn("2 items checked: 1 in order, 1 with hazards, "
                "0 not applicable.", text)
            hazard, = inspection.hazards
            number = text.index(hazard.number)
            self.assertEqual(text[number - 1:number + 5], [
                    "1", hazard.number, "The air door does not close.",
                    "General", "Ventilation", "Four-fix"])
            for line in ["Wet floor.", "No light.",
                    "Inspectors (signatures):"]:
                self.assertIn(line, text)

    @with_transaction()
    def test_zero_record(self):
        "The record of a zero report says who stated it"
        mine = self.setup_mine()
        with set_company(mine.company):
            inspection = self.check(
                mine, self.start(mine), ['ok', 'ok'], 'zero_report')
            text = self.text(mine.users.captain, RECORD, [inspection])
            self.assertTrue([t for t in text if t.startswith(
                        "No hazard was found, as stated by Captain at 2")])
            self.assertNotIn("Number", text)

    @with_transaction()
    def test_form(self):
        "A planned inspection is printed as a form to fill in by hand"
        mine = self.setup_mine()
        with set_company(mine.company):
            inspection = self.start(mine, start=False)
            text = self.text(mine.users.captain, RECORD, [inspection])
            first = text.index("Item 1")
            self.assertEqual(text[first:first + 5], [
                    "Item 1", "Rule 1. Look.", "2", "Item 2",
                    "Rule 2. Look."])
            self.assertIn("Number", text)
            self.assertFalse([t for t in text if "items checked" in t])

    @with_transaction()
    def test_hidden_hazards(self):
        "The record shows only the hazards that its reader may read"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = self.setup_mine(items=1)
        with set_company(mine.company):
            inspection = self.check(
                mine, self.start(mine), ['hazard'], 'finish')
            with acting(mine.users.reporter):
                self.assertEqual(Hazard.search([]), [])
            text = self.text(mine.users.reporter, RECORD, [inspection])
            self.assertIn("There is no hazard to show.", text)
            self.assertFalse(
                [t for t in text if inspection.hazards[0].number in t])

    @with_transaction()
    def test_several(self):
        "Each inspection of a selection begins a page"
        mine = self.setup_mine()
        with set_company(mine.company):
            inspections = [self.start(mine) for _ in range(3)]
            pages = read_pdf(print_as(
                    mine.users.captain, RECORD, inspections,
                    format='pdf')[1])
            self.assertEqual(len(pages), 3)
            for page in pages:
                self.assertIn("Self-inspection Record", page)

    @with_transaction()
    def test_many_lines(self):
        "300 lines are whole and their head is on each page"
        mine = self.setup_mine(items=300)
        with set_company(mine.company):
            pages = read_pdf(print_as(
                    mine.users.captain, RECORD, [self.start(mine)],
                    format='pdf')[1])
            text = ' '.join(' '.join(pages).split())
            for number in [1, 150, 300]:
                self.assertIn(f"Rule {number}. Look.", text)
            for page in pages[:-1]:
                self.assertIn("Check Item", page)

    @with_transaction()
    def test_zero_report(self):
        mine = self.setup_mine()
        with set_company(mine.company):
            inspection = self.check(
                mine, self.start(mine), ['ok', 'not_applicable'],
                'zero_report')
            text = self.text(mine.users.captain, ZERO, [inspection])
            self.assertEqual(text[0], "Zero Report of Hazard Inspection")
            self.assertEqual(
                text[1], "To the safety department of Mine:")
            self.assertIn(
                'Ventilation inspected Return airway 18506 by the checklist '
                '"Doors". Inspectors: Reporter. Of 2 items 1 were in order '
                'and 1 did not apply; no hazard was found.', text[2])
            self.assertTrue(text[3].startswith("Captain made this statement"))
            self.assertIn("Stated by (signature): Captain", text)

    @with_transaction()
    def test_no_zero_report(self):
        "Without the statement there is no zero report"
        mine = self.setup_mine()
        with set_company(mine.company):
            zero = self.check(
                mine, self.start(mine), ['ok', 'ok'], 'zero_report')
            found = self.check(
                mine, self.start(mine), ['ok', 'hazard'], 'finish')
            for inspections in [
                    [found], [zero, found], [self.start(mine)]]:
                with self.assertRaises(ZeroReportError):
                    self.text(mine.users.captain, ZERO, inspections)

    @with_transaction()
    def test_access(self):
        "Who may not read the inspection may not print it"
        mine = self.setup_mine()
        with set_company(mine.company):
            inspection = self.check(
                mine, self.start(mine), ['ok', 'ok'], 'zero_report')
            for name in ['captain', 'reporter', 'safety', 'station', 'chief']:
                with self.subTest(user=name):
                    for document in [RECORD, ZERO]:
                        self.assertTrue(self.text(
                                getattr(mine.users, name), document,
                                [inspection]))
            for name in ['worker', 'other_captain']:
                for document in [RECORD, ZERO]:
                    with self.subTest(user=name, document=document), \
                            self.assertRaises(AccessError):
                        self.text(getattr(mine.users, name), document,
                            [inspection])

    @with_transaction()
    def test_day(self):
        "The day of a zero report is that of the company"
        mine = self.setup_mine()
        with set_company(mine.company):
            inspection = self.check(
                mine, self.start(mine), ['ok', 'ok'], 'zero_report')
            at = inspection.stated_at.replace(tzinfo=dt.UTC).astimezone(
                dt.timezone(dt.timedelta(hours=8)))
            text = self.text(mine.users.safety, ZERO, [inspection])
            self.assertEqual(text[-1], f'{at.year}-{at.month}-{at.day}')
