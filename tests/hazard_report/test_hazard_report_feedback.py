# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import io
import unittest

import openpyxl
from access import call, run
from documents import create_printer, print_as, read_sheets
from feedback import build_office, kind, press, submit, submit_anonymous
from repository import MODULES

from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction

ANSWER = {'reason': "New lamps are ordered."}
HEAD = [
    "No.", "Number", "Submitted", "Author", "Kind", "Opinion",
    "Responsible Unit", "Answer", "Answered on", "State", "Satisfaction"]


class FeedbackSummaryTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module(MODULES)

    def build(self):
        office = build_office(create_printer())
        adopted = submit(office)
        press(office.users.leader, adopted, 'adopt', **ANSWER)
        press(office.users.author, adopted, 'rate', satisfaction='4')
        submit_anonymous(office)
        overdue = submit(office, kind=kind('welfare'))
        overdue.due_on = dt.date.today() - dt.timedelta(days=1)
        overdue.save()
        return office

    def print_(self, user, **data):
        data = {
            'first': dt.date.today() - dt.timedelta(days=1),
            'last': dt.date.today() + dt.timedelta(days=1), 'unit': None,
            'format': 'ods', **data}
        return print_as(user, 'safety.feedback.summary', **data)[1]

    @with_transaction()
    def test_summary(self):
        "The summary lists the opinions and counts them by kind and unit"
        office = self.build()
        details, counts = read_sheets(
            self.print_(office.users.administrator)).values()
        self.assertEqual(details[0], ["Feedback Summary"])
        self.assertEqual(details[2], HEAD)
        self.assertEqual(
            [(r[3], r[9]) for r in details[3:6]], [
                ("Author", "Adopted"), ("Anonymous", "Submitted"),
                ("Author", "Submitted")])
        self.assertIn("3 opinions, 1 of them anonymous", details[6][0])
        rows = {r[0]: r[1:] for r in counts if len(r) > 5}
        self.assertEqual(rows["Works"][:6], ["3", "1", "1", "0", "0", "1"])
        self.assertEqual(rows["Suggestion"][0], "2")
        self.assertEqual(rows["Welfare"][0], "1")

    @with_transaction()
    def test_readers(self):
        "It shows what its reader may read, and only of the unit"
        office = self.build()
        for name, unit, number in [
                ('leader', None, 3), ('other_leader', None, 0),
                ('author', None, 2),
                ('administrator', office.units.kitchen, 0),
                ('administrator', office.units.mine, 3)]:
            with self.subTest(name=name, unit=unit):
                details, _ = read_sheets(self.print_(
                        getattr(office.users, name),
                        unit=unit.id if unit else None)).values()
                self.assertIn(f"{number} opinions", str(details[-1]))

    @with_transaction()
    def test_no_author(self):
        "No cell tells who wrote the anonymous opinion"
        office = build_office(create_printer())
        submit_anonymous(office)
        content = self.print_(office.users.administrator, format='xlsx')
        book = openpyxl.load_workbook(io.BytesIO(content))
        texts = [
            str(c.value) for s in book for row in s.iter_rows() for c in row]
        self.assertIn("Anonymous", texts)
        # The head of the column
        self.assertEqual(texts.count("Author"), 1)

    @with_transaction()
    def test_wizard(self):
        "The wizard asks for the days and the unit"
        office = self.build()
        today = dt.date.today()
        result = run(office.users.leader, 'safety.feedback.summary.print', [
                ('print_', {'start': {
                            'from_date': today, 'to_date': today,
                            'unit': office.units.works.id,
                            'format': 'xlsx'}})])
        (_, data), = result['actions']
        self.assertEqual(data, {
                'first': today, 'last': today,
                'unit': office.units.works.id, 'format': 'xlsx'})

    @with_transaction()
    def test_chosen(self):
        "The opinions that are chosen in the list are printed"
        Report = Pool().get('safety.feedback.summary', type='report')
        self.assertTrue(Report)
        office = self.build()
        ids = call(office.users.leader, 'model.safety.feedback.search',
            [('state', '=', 'adopted')])
        content = print_as(
            office.users.leader, 'safety.feedback.summary',
            ids=ids, format='ods')[1]
        details, _ = read_sheets(content).values()
        self.assertIn("1 opinions", str(details[-1]))
