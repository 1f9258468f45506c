# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import io
import unittest
from unittest.mock import patch

import openpyxl
from access import run
from documents import (
    build_printed_mine, print_as, read_part, read_pdf, read_sheets)
from mine import build_mine
from organization import acting, create_company, get_ref
from repository import MODULES
from steps import confirm, finish, recheck, report
from templates import activate_built
from test_hazard_report_statistics import found

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_report.loop.periodic_report import Daily
from trytond.modules.safety_base.exceptions import CallArgumentError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

DAY = dt.date(2026, 5, 3)
TIME = dt.datetime(2026, 5, 3, 2)
LONG = "The air door does not close and the interlock fails. " * 8


class StatementTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_printed_mine)

    def setUp(self):
        super().setUp()
        # Few hazards would need no statistics
        few = patch.object(Daily, 'few', -1)
        few.start()
        self.addCleanup(few.stop)

    def setup_mine(self):
        return build_printed_mine()

    def daily(self, user, day=DAY, format='ods', unit=None):
        return print_as(
            user, 'hazard.statement.daily', first=day, last=day, unit=unit,
            format=format)[1]

    def monthly(self, user, format='ods'):
        return print_as(
            user, 'hazard.statement.monthly', first=dt.date(2026, 5, 1),
            last=dt.date(2026, 5, 31), unit=None, format=format)[1]

    def sheets(self, content):
        sheets = read_sheets(content)
        self.assertEqual(list(sheets), ["Details", "Statistics"])
        return sheets['Details'], sheets['Statistics']

    def write(self, hazards, **values):
        "Write what no step of the loop would."
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        table = Hazard.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [getattr(table, n) for n in values], list(values.values()),
                where=table.id.in_([h.id for h in hazards])))
        for cache in Transaction().cache.values():
            cache.clear()

    def setup_hazards(self, mine):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        closed = found(mine, 'ventilation', TIME)
        confirm(mine, closed, supervisor=mine.employees.chief.id)
        finish(mine, closed)
        recheck(mine, closed, 'pass_')
        opened = found(mine, 'driving', TIME + dt.timedelta(hours=1),
            grade='larger', discipline='transport')
        return Hazard(closed.id), Hazard(opened.id)

    @with_transaction()
    def test_daily(self):
        mine = self.setup_mine()
        with set_company(mine.company):
            closed, _ = self.setup_hazards(mine)
            details, statistics = self.sheets(self.daily(mine.users.safety))
            self.assertEqual(details[0], ["Daily Report on Hazards"])
            self.assertIn("Unit: Mine", details[1][0])
            self.assertIn("Date: 2026-5-3", details[1][0])
            self.assertEqual(details[2], [
                    "No.", "Responsible Unit", "Hazard", "Discipline", "Grade",
                    "Found By", "Rectified At", "Responsible", "Supervisor",
                    "Rechecked At", "Checker", "Is Closed"])
            first, second = details[3:5]
            self.assertEqual(
                [*first[:6], *first[7:9], *first[10:]], [
                    "1", "Ventilation", "The air door does not close.",
                    "Ventilation and Gas", "General", "Safety", "Worker",
                    "Chief", "Captain", "Yes"])
            self.assertTrue(first[6] and first[9])
            self.assertEqual(second, [
                    "2", "Driving", "The air door does not close.",
                    "Transport and Hoisting", "Serious", "Safety", "", "",
                    "", "", "", "No"])
            self.assertEqual(details[5][0], "2 hazards in all: Major 0, "
                "Serious 1, General 1, Slight 0; 0 fixed on site; 1 closed, "
                "1 open, 0 overdue and not rectified. On-time rate of the "
                "rectification: 100.0%, closing rate of those due: 100.0%.")
            self.assertIn("Prepared by: Safety", details[6][0])
            self.assertEqual(len(details), 7)

    @with_transaction()
    def test_statistics(self):
        mine = self.setup_mine()
        with set_company(mine.company):
            self.setup_hazards(mine)
            _, statistics = self.sheets(self.daily(mine.users.safety))
            self.assertEqual(
                statistics[0], ["Daily Report on Hazards: Statistics"])
            self.assertEqual(
                [t for t in statistics[2] if t], [
                    "Responsible Unit", "Total", "By Grade", "By Discipline",
                    "On Site", "Overdue", "On-time Rate", "Closed",
                    "Closing Rate of Those Due"])
            names = statistics[3]
            self.assertEqual(
                names[:4], ["Major", "Serious", "General", "Slight"])
            transport = names.index("Transport and Hoisting")
            rows = {row[0]: row[1:] for row in statistics[4:7]}
            self.assertEqual(list(rows), ["Driving", "Ventilation", "Sum"])
            for name, total, serious, moved, closed, rate in [
                    ("Driving", "1", "1", "1", "0", ""),
                    ("Ventilation", "1", "0", "0", "1", "1.0"),
                    ("Sum", "2", "1", "1", "1", "1.0")]:
                row = rows[name]
                self.assertEqual(len(row), len(names) + 6)
                self.assertEqual(
                    [row[0], row[2], row[transport + 1], *row[-2:]],
                    [total, serious, moved, closed, rate])

    @with_transaction()
    def test_few(self):
        "A day of few hazards is told on one page, without statistics"
        mine = self.setup_mine()
        with set_company(mine.company), patch.object(Daily, 'few', 2):
            self.setup_hazards(mine)
            content = self.daily(mine.users.safety)
            self.assertEqual(list(read_sheets(content)), ["Details"])
            pages = read_pdf(self.daily(mine.users.safety, format='pdf'))
            self.assertEqual(len(pages), 1)
            found(mine, 'driving', TIME)
            self.sheets(self.daily(mine.users.safety))

    @with_transaction()
    def test_charts(self):
        mine = self.setup_mine()
        with set_company(mine.company):
            self.setup_hazards(mine)
            content = self.daily(mine.users.safety)
            root = read_part(content)
            href = '{http://www.w3.org/1999/xlink}href'
            pictures = [
                e.get(href) for e in root.iter() if e.get(href)
                and e.tag.endswith('}image')]
            self.assertEqual(len(pictures), 2)
            first, second = (
                ''.join(read_part(content, p).itertext()) for p in pictures)
            self.assertIn("Hazards by Discipline", first)
            self.assertIn("Transport and Hoisting"[:10], first)
            self.assertIn("Found and Closed per Day", second)
            # The week until the day
            self.assertIn("04-27", second)
            self.assertIn("05-03", second)

    @with_transaction()
    def test_monthly(self):
        mine = self.setup_mine()
        with set_company(mine.company):
            self.setup_hazards(mine)
            details, statistics = self.sheets(
                self.monthly(mine.users.safety))
            self.assertEqual(
                details[0], ["Monthly Report on Hazards 2026-5"])
            self.assertIn("Period: 2026-5-1 to 2026-5-31", details[1][0])
            self.assertEqual(details[2], [
                    "No.", "Date", "Inspecting Body", "Place",
                    "Discipline", "Category", "Grade", "State", "Hazard",
                    "Responsible Unit", "Measures", "Four-fix Time",
                    "Responsible", "Rechecked At", "Checker", "Result"])
            first, second = details[3:5]
            self.assertEqual(
                [*first[:11], first[12], *first[14:]], [
                    "1", "2026-05-03", "", "Return airway 18506",
                    "Ventilation and Gas", "", "General", "Closed",
                    "The air door does not close.", "Ventilation",
                    "Hang the door anew.", "Worker", "Captain", "Passed"])
            self.assertEqual(second[7], "Four-fix")
            self.assertEqual(second[10:], [""] * 6)

    @with_transaction()
    def test_failed_round(self):
        "The result of a later round names its round"
        mine = self.setup_mine()
        with set_company(mine.company):
            hazard = found(mine, 'ventilation', TIME)
            for button in ['fail', 'pass_']:
                confirm(mine, hazard)
                finish(mine, hazard)
                recheck(mine, hazard, button, reason="Looked at it.")
            details, _ = self.sheets(self.monthly(mine.users.safety))
            self.assertEqual(details[3][-1], "Passed (round 2)")

    @with_transaction()
    def test_on_site(self):
        "What is fixed on site has measures and needs no recheck"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = self.setup_mine()
        with set_company(mine.company):
            time = dt.datetime.now() - dt.timedelta(minutes=5)
            hazard = report(
                mine, handling='on_site', on_site_measures="Closed it.",
                on_site_at=time, found_at=time,
                grade=get_ref('hazard.grade_slight'))
            self.assertEqual(Hazard(hazard.id).state, 'closed')
            day = time.replace(tzinfo=dt.UTC).astimezone(
                dt.timezone(dt.timedelta(hours=8))).date()
            details, _ = self.sheets(self.daily(mine.users.safety, day))
            self.assertTrue(details[3][6])
            self.assertEqual(details[3][-1], "Yes")
            _, content = print_as(
                mine.users.safety, 'hazard.statement.monthly', first=day,
                last=day, unit=None, format='ods')
            details, _ = self.sheets(content)
            self.assertEqual(details[3][10], "Closed it.")
            self.assertEqual(details[3][-1], "No recheck required")

    @with_transaction()
    def test_nothing(self):
        "A day without hazards says so"
        mine = self.setup_mine()
        details, statistics = self.sheets(self.daily(mine.users.safety))
        self.assertEqual(
            details[3], ["No hazard was found in the period."])
        self.assertEqual(statistics[4][:2], ["Sum", "0"])
        self.assertEqual(statistics[4][-1], "")

    @with_transaction()
    def test_many(self):
        "Long reports and long texts are whole, the head is on each page"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = self.setup_mine()
        with set_company(mine.company):
            hazard = found(mine, 'ventilation', TIME)
            others = Hazard.copy([Hazard(hazard.id)] * 299)
            self.write(others, found_at=TIME, state='four_fix',
                description=LONG)
            self.write(others[:1], description=LONG * 8)
            content = self.daily(mine.users.safety)
            details, _ = self.sheets(content)
            # The longest text goes on in a row of its own
            self.assertEqual(len(details), 3 + 302 + 2)
            self.assertEqual(
                [details[i][0] for i in [3, 4, 5, 6, 304]],
                ["1", "2", "", "", "300"])
            self.assertEqual(
                ''.join(row[2] for row in details[4:7]).replace(" ", ""),
                (LONG * 8).replace(" ", ""))
            self.assertEqual(details[304][2], LONG.strip())
            pages = read_pdf(self.daily(mine.users.safety, format='pdf'))
            self.assertGreater(len(pages), 20)
            for page in pages[:-1]:
                if "300 hazards in all" not in page:
                    self.assertIn("Is Closed", page)
            self.assertIn(f"Page {len(pages)} of {len(pages)}", pages[-1])
            text = ''.join(''.join(pages).split())
            self.assertEqual(
                text.count("interlock"), LONG.count("interlock") * 306)

    @with_transaction()
    def test_workbook(self):
        "The workbook has real numbers and dates"
        mine = self.setup_mine()
        with set_company(mine.company):
            self.setup_hazards(mine)
            book = openpyxl.load_workbook(io.BytesIO(
                    self.monthly(mine.users.safety, format='xlsx')))
            self.assertEqual(book.sheetnames, ["Details", "Statistics"])
            details = book['Details']
            self.assertEqual(details['A4'].value, 1)
            self.assertEqual(details['B4'].value, dt.datetime(2026, 5, 3))
            self.assertEqual(book['Statistics']['B5'].value, 1)
            self.assertEqual(
                [s.freeze_panes for s in book], ['A4', 'A5'])

    @with_transaction()
    def test_access(self):
        "Each sees what the rules let them read"
        mine = self.setup_mine()
        with set_company(mine.company):
            self.setup_hazards(mine)
            for name, units in [
                    ('safety', ["Driving", "Ventilation"]),
                    ('station', ["Driving", "Ventilation"]),
                    ('chief', ["Driving", "Ventilation"]),
                    ('captain', ["Ventilation"]),
                    ('other_captain', ["Driving"])]:
                with self.subTest(user=name):
                    details, statistics = self.sheets(
                        self.daily(getattr(mine.users, name)))
                    self.assertEqual(
                        sorted(row[1] for row in details[3:-2]), units)
                    self.assertEqual(
                        [row[0] for row in statistics[4:4 + len(units)]],
                        units)
            for name in ['reporter', 'worker', 'manager']:
                with self.subTest(user=name), \
                        self.assertRaises(AccessError):
                    self.daily(getattr(mine.users, name))

    @with_transaction()
    def test_units(self):
        "A unit stands for those below it too"
        mine = self.setup_mine()
        with set_company(mine.company):
            self.setup_hazards(mine)
            for unit, number in [('driving', 1), ('mine', 2), ('safety', 0)]:
                unit = getattr(mine.units, unit)
                details, _ = self.sheets(
                    self.daily(mine.users.safety, unit=unit.id))
                self.assertIn(
                    f"Responsible unit: {unit.rec_name}", details[1][0])
                self.assertEqual(details[-2][0][0], str(number))

    @with_transaction()
    def test_foreign_unit(self):
        "The unit of another company is not even named"
        mine = self.setup_mine()
        other = build_mine(
            create_company("Other", currency=mine.company.currency),
            prefix='second_')
        with self.assertRaises(AccessError):
            self.daily(mine.users.safety, unit=other.units.driving.id)

    @with_transaction()
    def test_wizards(self):
        "The wizards ask for the day, or for the month"
        pool = Pool()
        Month = pool.get('ir.calendar.month')
        mine = self.setup_mine()
        month, = Month.search([('index', '=', 2)])
        for name, values, first, last in [
                ('daily', {'date': DAY}, DAY, DAY),
                ('monthly', {'year': 2028, 'month': month.id},
                    dt.date(2028, 2, 1), dt.date(2028, 2, 29))]:
            with self.subTest(wizard=name):
                result = run(
                    mine.users.safety, f'hazard.statement.{name}.print',
                    [('print_', {'start': {
                                    'company': mine.company.id,
                                    'unit': mine.units.driving.id,
                                    'format': 'ods', **values}})])
                (action, data), = result['actions']
                self.assertEqual(
                    action['report_name'], f'hazard.statement.{name}')
                self.assertEqual(data, {
                        'first': first, 'last': last, 'format': 'ods',
                        'unit': mine.units.driving.id})

    @with_transaction()
    def test_format(self):
        mine = self.setup_mine()
        with self.assertRaises(UserError):
            self.daily(mine.users.safety, format='odt')

    @with_transaction()
    def test_period(self):
        "The days are told by who prints"
        mine = self.setup_mine()
        for name in ['daily', 'monthly']:
            for days in [
                    {}, {'first': DAY}, {'last': DAY},
                    {'first': 'x', 'last': DAY}]:
                with self.subTest(name=name, days=days), \
                        self.assertRaises(CallArgumentError):
                    print_as(
                        mine.users.safety, f'hazard.statement.{name}',
                        unit=None, format='ods', **days)

    @with_transaction()
    def test_log(self):
        pool = Pool()
        Print = pool.get('hazard.print')
        mine = self.setup_mine()
        self.daily(mine.users.safety)
        log, = Print.search([])
        self.assertEqual(
            (log.user, log.report, log.format),
            (mine.users.safety, 'hazard.statement.daily', 'ods'))
        with acting(mine.users.safety):
            self.assertTrue(log.title)
