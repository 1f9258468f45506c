# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from decimal import ROUND_HALF_EVEN, Decimal

import time_machine
from facts import Spec, write, write_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mine import build_mine
from organization import acting, create_company
from queries import count_queries
from repository import MODULES
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, SQLConstraintError)
from trytond.modules.hazard_analysis.exceptions import (
    StatutoryAccessError, StatutoryReportError)
from trytond.modules.safety_base.exceptions import StepError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction

DAY = dt.timedelta(days=1)
# The second quarter of 2026 in Shanghai, and when it is looked at
START = dt.datetime(2026, 3, 31, 16)
END = dt.datetime(2026, 6, 30, 16)
YEAR = dt.datetime(2025, 12, 31, 16)
JULY = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
CONTENTS = {
    'goals': ['goals'],
    'funds': ['funds', 'amount'],
    'institution': ['institution', 'principal'],
    'requirements': ['requirements', 'finish_on'],
    'safety': ['safety_measures', 'emergency_plan'],
    }
RECEIPT = {
    'recipient': "Bureau", 'receipt_number': "2026-8",
    'sent_on': dt.date(2026, 7, 6)}


def reference(specs):
    "Return the figures of the second quarter as a reader would count them."
    def is_closed(spec, by=END):
        return spec.closed and (
            spec.closed_at is None or spec.closed_at < by)

    def is_major(spec, since):
        return (
            spec.state not in {'draft', 'cancelled'}
            and spec.grade == 'major' and spec.found_at < END
            and (spec.found_at >= since or not spec.closed
                or (spec.closed_at is not None
                    and spec.closed_at >= since)))

    def is_planned(spec):
        return spec.plan is not None and (
            spec.plan['state'] == 'approved'
            and spec.plan['approved_at'] < END)

    general = [
        s for s in specs if s.state not in {'draft', 'cancelled'}
        and s.grade != 'major' and START <= s.found_at < END]
    majors = [s for s in specs if is_major(s, START)]
    planned = [s for s in majors if is_planned(s)]
    figures = {
        'general': len(general),
        'general_closed': sum(map(is_closed, general)),
        'major': len(majors),
        'major_closed': sum(map(is_closed, majors)),
        'planned': len(planned),
        **{name: sum(all(s.plan.get(f) for f in fields) for s in planned)
            for name, fields in CONTENTS.items()},
        'amount': (sum(
                (s.plan.get('amount') or 0 for s in specs
                    if is_major(s, YEAR) and is_planned(s)),
                Decimal(0)) / 10000).quantize(Decimal('0.01')),
        }
    for kind in ['general', 'major']:
        whole, part = figures[kind], figures[f'{kind}_closed']
        figures[f'{kind}_rate'] = (
            Decimal(part * 100) / whole).quantize(
                Decimal('0.1'), ROUND_HALF_EVEN) if whole else None
    return figures


def planned(approved_at, state='approved', **values):
    return {
        'state': state, 'approved_at': approved_at, 'goals': "G",
        'funds': "F", 'amount': Decimal(120000), 'institution': "I",
        'principal': 1, 'requirements': "R",
        'finish_on': dt.date(2026, 6, 1), 'safety_measures': "S",
        'emergency_plan': "E", **values}


def hazard(found_at, grade='general', closed_at=None, plan=None, **values):
    "Return a hazard, open unless it was closed at a time."
    spec = Spec(found_at, found_at, **{
            'state': 'closed' if closed_at else 'rectification',
            'closed_at': closed_at, 'grade': grade, **values})
    spec.plan = plan
    return spec


def store(mine, specs):
    "Write the hazards and their plans."
    ids = write(mine, specs)
    for id_, spec in zip(ids, specs):
        if spec.plan:
            write_plan(mine, id_, spec.plan)
    return ids


times = st.integers(-200, 120).map(lambda days: START + days * DAY)
hazards = st.builds(
    lambda found_at, days, grade, state, plan: hazard(
        found_at, grade,
        found_at + days * DAY if state in {'closed', 'archived'} and days
        else None, plan if grade == 'major' else None, state=state),
    times, st.integers(0, 120), st.sampled_from(['general', 'major']),
    st.sampled_from([
            'rectification', 'closed', 'archived', 'draft', 'cancelled']),
    st.none() | st.builds(
        planned, times, st.sampled_from(['approved', 'approved', 'checked']),
        goals=st.sampled_from(["G", "", None]),
        amount=st.sampled_from([None, Decimal(5), Decimal(99999)])))


class StatutoryTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build_mine)

    def setup_mine(self):
        self.Report = Pool().get('hazard.statutory_report')
        self.mine = build_mine()
        self.mine.company.timezone = 'Asia/Shanghai'
        self.mine.company.save()
        return self.mine

    def create(self, user='safety', day=dt.date(2026, 5, 7), **values):
        with acting(getattr(self.mine.users, user)):
            report, = self.Report.create([{
                        'company': self.mine.company.id,
                        'start_date': day, **values}])
        return self.Report(report.id)

    def press(self, report, button, user, **context):
        with acting(getattr(self.mine.users, user), **context):
            getattr(self.Report, button)([self.Report(report.id)])
        return self.Report(report.id)

    def prepared(self, **values):
        return self.press(self.create(**values), 'prepare', 'safety')

    def signed(self):
        return self.press(self.prepared(), 'sign', 'head')

    def figures(self, report):
        return {line.figure: line.value for line in report.lines}

    @with_transaction()
    def test_by_hand(self):
        "The figures are those that were worked out by hand"
        mine = self.setup_mine()
        second = dt.timedelta(seconds=1)
        store(mine, [
                # Three general ones of the quarter, one closed within it,
                # one after it, one of an old ledger without any time
                hazard(START, closed_at=START + DAY),
                hazard(END - second, closed_at=END),
                hazard(END - DAY, state='closed', imported=True),
                hazard(START + DAY, state='returned'),
                # Not of the quarter, not found
                hazard(START - second, closed_at=START),
                hazard(END),
                hazard(START + DAY, state='cancelled'),
                hazard(START + DAY, state='draft'),
                # Major ones: found and closed; found before and open;
                # closed before, but within the year; found later
                hazard(START, 'major', START + 9 * DAY,
                    planned(START + DAY)),
                hazard(YEAR - DAY, 'major', plan=planned(
                        END - DAY, emergency_plan=None,
                        amount=Decimal(5055))),
                hazard(YEAR + DAY, 'major', START - DAY, planned(
                        YEAR + 9 * DAY, amount=Decimal(10000))),
                hazard(END - DAY, 'major', plan=planned(END)),
                hazard(END, 'major', plan=planned(END))])
        self.assertEqual(self.figures(self.create()), {
                'general': 4, 'general_closed': 2,
                'general_rate': Decimal('50.0'),
                'major': 3, 'major_closed': 1,
                'major_rate': Decimal('33.3'),
                'planned': 2, 'goals': 2, 'funds': 2, 'institution': 2,
                'requirements': 2, 'safety': 1,
                # 12 + 0.5055 + 1
                'amount': Decimal('13.51')})

    @with_transaction()
    @settings(
        max_examples=25, deadline=None,
        suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(hazards, max_size=12))
    def test_reference(self, specs):
        "The figures are those of a count in plain Python, as are the lists"
        transaction = Transaction()
        mine = self.setup_mine()
        store(mine, specs)
        report = self.create()
        expected = reference(specs)
        self.assertEqual(self.figures(report), expected)
        Hazard = Pool().get('hazard.hazard')
        for line in report.lines:
            if line.figure in {'amount', 'general_rate', 'major_rate'}:
                continue
            with acting(mine.users.safety):
                self.assertEqual(
                    Hazard.search(line.get_domain(), count=True),
                    line.value, line.figure)
        transaction.rollback()

    @with_transaction()
    def test_empty(self):
        "A quarter without hazards has no rates and opens nothing"
        self.setup_mine()
        report = self.create()
        figures = self.figures(report)
        self.assertEqual(
            (figures['general'], figures['general_rate']), (0, None))
        lines = {line.figure: line for line in report.lines}
        self.assertEqual(lines['planned'].text, '0')
        self.assertEqual(lines['major_rate'].text, '')
        Hazard = Pool().get('hazard.hazard')
        self.assertEqual(
            Hazard.search(lines['goals'].get_domain()), [])

    @with_transaction()
    def test_periods(self):
        "Any day tells the period, which is due as the law asks"
        self.setup_mine()
        quarter = self.create(day=dt.date(2026, 12, 31))
        self.assertEqual(quarter.rec_name, "Quarter 4 of 2026")
        self.assertEqual(quarter.code, '2026-Q4')
        self.assertEqual(quarter.start_date, dt.date(2026, 10, 1))
        # 15 January ends at 16:00 of the server
        self.assertEqual(
            quarter.due_at, dt.datetime(2027, 1, 15, 15, 59, 59))
        year = self.create(frequency='yearly')
        self.assertEqual(year.rec_name, "Year 2026")
        self.assertEqual(year.end_date, dt.date(2026, 12, 31))
        self.assertEqual(year.due_at, dt.datetime(2027, 1, 31, 15, 59, 59))
        with self.assertRaises(SQLConstraintError):
            self.create(day=dt.date(2026, 10, 9))

    @with_transaction()
    def test_end_is_not_chosen(self):
        "Nobody makes up the times of a period"
        self.setup_mine()
        report = self.create(
            end_date=dt.date(2026, 4, 2), ends_at=START, due_at=END)
        self.assertEqual(report.end_date, dt.date(2026, 6, 30))
        self.assertEqual(report.ends_at, END)
        # Nor where the company is not told
        with acting(self.mine.users.safety):
            report, = self.Report.create([{
                        'start_date': dt.date(2026, 2, 3), 'code': "?",
                        'starts_at': END, 'ends_at': END, 'due_at': END}])
        self.assertEqual(report.code, '2026-Q1')
        self.assertEqual(report.start_date, dt.date(2026, 1, 1))
        self.assertEqual(report.ends_at, START)

    @time_machine.travel(JULY, tick=False)
    @with_transaction()
    def test_sign(self):
        "The head of the mine alone signs what somebody else has prepared"
        self.setup_mine()
        report = self.create()
        with self.assertRaises(AccessButtonError):
            self.press(report, 'sign', 'head')
        report = self.press(report, 'prepare', 'safety')
        self.assertEqual(report.prepared_by, self.mine.employees.safety)
        for user in ['safety', 'chief', 'captain', 'manager', 'station']:
            with self.subTest(user=user), self.assertRaises(AccessError):
                self.press(report, 'sign', user)
        report = self.press(report, 'sign', 'head')
        self.assertEqual(report.state, 'signed')
        self.assertEqual(report.signed_by, self.mine.employees.head)
        with self.assertRaises(StepError):
            self.press(report, 'sign', 'head')

    @time_machine.travel(JULY, tick=False)
    @with_transaction()
    def test_sign_own(self):
        "Who has prepared it does not sign it, with another login neither"
        self.setup_mine()
        report = self.prepared()
        self.Report.write([report], {
                'prepared_by': self.mine.employees.head.id})
        with self.assertRaises(StatutoryReportError):
            self.press(report, 'sign', 'head')

    @time_machine.travel(JULY, tick=False)
    @with_transaction()
    def test_sign_running(self):
        "A period that is not over is not signed"
        self.setup_mine()
        report = self.prepared(day=dt.date(2026, 7, 1))
        with self.assertRaises(StatutoryReportError):
            self.press(report, 'sign', 'head')

    @time_machine.travel(JULY, tick=False)
    @with_transaction()
    def test_sign_stale(self):
        "What the data no longer tell is not signed"
        mine = self.setup_mine()
        report = self.prepared()
        store(mine, [hazard(START)])
        with self.assertRaises(StatutoryReportError):
            self.press(report, 'sign', 'head')
        report = self.press(report, 'prepare', 'safety')
        report = self.press(report, 'sign', 'head')
        self.assertEqual(self.figures(report)['general'], 1)

    @time_machine.travel(JULY, tick=False)
    @with_transaction()
    def test_frozen(self):
        "A signed table stays, and tells what has changed since"
        mine = self.setup_mine()
        store(mine, [hazard(START), hazard(START + DAY)])
        report = self.signed()
        self.assertEqual(report.changed, 0)
        hazard_ = Pool().get('hazard.hazard').__table__()
        Transaction().connection.cursor().execute(*hazard_.update(
                [hazard_.state], ['cancelled'],
                where=hazard_.found_at == START))
        report = self.Report(report.id)
        line = report.lines[0]
        self.assertEqual((line.figure, line.text, line.now, line.changed), (
                'general', '2', '1', True))
        self.assertEqual(report.changed, 1)
        with self.assertRaises(StepError):
            self.press(report, 'prepare', 'safety')
        Line = line.__class__
        for function, arguments in [
                (self.Report.compute, [[report]]),
                (Line.write, [[line], {'value': 3}]),
                (Line.delete, [[line]])]:
            with self.assertRaises(StatutoryAccessError):
                function(*arguments)
        with acting(mine.users.safety), self.assertRaises(AccessError):
            self.Report.write([self.Report(report.id)], {'phone': '1'})

    @with_transaction()
    def test_lines_by_hand(self):
        "Nobody writes a figure of a draft"
        self.setup_mine()
        line = self.create().lines[0]
        for user in ['safety', 'head']:
            with acting(getattr(self.mine.users, user)), \
                    self.assertRaises(AccessError):
                line.__class__.write(
                    [line.__class__(line.id)], {'value': 0})

    @time_machine.travel(JULY, tick=False)
    @with_transaction()
    def test_send(self):
        "The safety department records to whom it was sent"
        self.setup_mine()
        report = self.signed()
        for wrong in [
                {'recipient': " "}, {'receipt_number': None},
                {'receipt_number': 8}, {'sent_on': dt.date(2026, 7, 5)},
                {'sent_on': dt.date(2026, 7, 7)}, {'sent_on': "today"}]:
            with self.subTest(wrong=wrong), \
                    self.assertRaises(StatutoryReportError):
                self.press(report, 'send', 'safety', **{**RECEIPT, **wrong})
        with self.assertRaises(AccessButtonError):
            self.press(report, 'send', 'head', **RECEIPT)
        report = self.press(report, 'send', 'safety', **RECEIPT)
        self.assertEqual(
            (report.state, report.recipient, report.receipt_number),
            ('sent', "Bureau", "2026-8"))
        self.assertIsNone(report.time_left)

    @with_transaction()
    def test_readers(self):
        "Leaders read what is signed, others nothing, nobody of elsewhere"
        mine = self.setup_mine()
        draft = self.create(frequency='yearly')
        with time_machine.travel(JULY, tick=False):
            signed = self.signed()
        for user, expected in [
                ('safety', {draft, signed}), ('head', {draft, signed}),
                ('captain', {signed}), ('chief', {signed})]:
            with self.subTest(user=user), \
                    acting(getattr(mine.users, user)):
                self.assertEqual(set(self.Report.search([])), expected)
        for user in ['reporter', 'worker', 'station']:
            with self.subTest(user=user), \
                    acting(getattr(mine.users, user)), \
                    self.assertRaises(AccessError):
                self.Report.search([])
        other = build_mine(create_company("Other"), 'x_')
        with acting(other.users.safety):
            self.assertEqual(self.Report.search([]), [])
            with self.assertRaises(AccessError):
                self.Report.read([signed.id], ['code'])

    @with_transaction()
    def test_queries(self):
        "Figures of many tables take no query more than those of one"
        mine = self.setup_mine()
        store(mine, [hazard(START, 'major', plan=planned(START + DAY))])
        numbers = []
        for year in [2024, 2025]:
            for month in [1, 4, 7, 10]:
                self.create(day=dt.date(year, month, 1))
            lines = [
                line for r in self.Report.search([]) for line in r.lines]
            with count_queries() as queries:
                lines[0].__class__.get_now(lines, ['now'])
            numbers.append(len(queries))
        self.assertEqual(numbers[0], numbers[1])

    def follow(self, at):
        "Run the job at the time and return the logins of who was told."
        transaction = Transaction()
        transaction.user_notifications.clear()
        with time_machine.travel(at.replace(tzinfo=dt.UTC), tick=False):
            self.Report.follow()
        return sorted(
            n.user.login for n in transaction.user_notifications)

    def sheets(self):
        return {r.code: r for r in self.Report.search([])}

    @with_transaction()
    def test_follow_opens(self):
        "The job opens what runs and what is still due, once, as it grows"
        mine = self.setup_mine()
        self.follow(dt.datetime(2026, 5, 6))
        self.assertEqual(set(self.sheets()), {'2026', '2026-Q2'})
        store(mine, [hazard(START)])
        self.follow(dt.datetime(2026, 5, 7))
        self.assertEqual(set(self.sheets()), {'2026', '2026-Q2'})
        self.assertEqual(
            self.figures(self.sheets()['2026-Q2'])['general'], 1)

    @with_transaction()
    def test_follow_prepared(self):
        "The job leaves what somebody has prepared"
        mine = self.setup_mine()
        report = self.prepared()
        store(mine, [hazard(START)])
        self.follow(dt.datetime(2026, 5, 7))
        self.assertEqual(
            self.figures(self.Report(report.id))['general'], 0)

    @with_transaction()
    def test_follow_first(self):
        "A mine that begins in January is asked for what is still due"
        self.setup_mine()
        self.follow(dt.datetime(2027, 1, 15, 15))
        self.assertEqual(
            set(self.sheets()), {'2026', '2026-Q4', '2027', '2027-Q1'})
        self.Report.delete(self.Report.search([]))
        self.follow(dt.datetime(2027, 1, 15, 16))
        self.assertEqual(set(self.sheets()), {'2026', '2027', '2027-Q1'})

    @with_transaction()
    def test_follow_reminds(self):
        "Each step of the ladder is taken once and tells whose turn it is"
        self.setup_mine()
        due = dt.datetime(2026, 7, 15, 15, 59, 59)
        self.create()
        second = dt.timedelta(seconds=1)
        self.assertEqual(self.follow(due - 7 * DAY - second), [])
        self.assertEqual(self.follow(due - 7 * DAY), ['safety'])
        self.assertEqual(self.follow(due - 6 * DAY), [])
        self.assertEqual(self.follow(due), ['head', 'safety'])
        self.assertEqual(self.follow(due + DAY), [])
        self.assertEqual(self.follow(due + 3 * DAY), ['chief'])
        report = self.sheets()['2026-Q2']
        self.assertEqual(report.reminder, 'escalate_mine')
        self.assertEqual(report.reminded_at, due + 3 * DAY)
        self.assertEqual(self.follow(due + 30 * DAY), [])

    @with_transaction()
    def test_follow_late(self):
        "Of steps that are due at once only the last one is taken"
        self.setup_mine()
        self.create()
        self.assertEqual(self.follow(dt.datetime(2026, 8, 1)), ['chief'])

    @with_transaction()
    def test_follow_sent(self):
        "Nobody is reminded of what was sent; the signer of what is prepared"
        self.setup_mine()
        due = dt.datetime(2026, 7, 15, 15, 59, 59)
        with time_machine.travel(JULY, tick=False):
            report = self.prepared()
        self.assertEqual(self.follow(due - 7 * DAY), ['head'])
        with time_machine.travel(JULY + 3 * DAY, tick=False):
            report = self.press(report, 'sign', 'head')
            self.press(report, 'send', 'safety', **{
                    **RECEIPT, 'sent_on': dt.date(2026, 7, 9)})
        self.assertEqual(self.follow(due), [])

    @time_machine.travel(JULY, tick=False)
    @with_transaction()
    def test_told_to_sign(self):
        "The head is told of what was prepared, not of what still runs"
        self.setup_mine()
        told = Transaction().user_notifications
        self.prepared(day=dt.date(2026, 7, 1))
        self.assertEqual(told, [])
        self.prepared()
        self.assertEqual([n.user.login for n in told], ['head'])
