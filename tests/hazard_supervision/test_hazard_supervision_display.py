# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Displays open in the run of a day and are cleared by the act itself."

import datetime as dt
from types import SimpleNamespace

import time_machine
from access import REFUSED, run
from built import kept
from facts import Spec, write
from mine import build_mine
from organization import acting, create_company, get_ref
from queries import count_queries
from steps import finish, report, to_rectify
from supervision import make_bureau, make_enterprise
from templates import activate_built

from trytond.modules.hazard_supervision.display.act import count_zero_reports
from trytond.modules.hazard_supervision.exceptions import DisplayAccessError
from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction

# Ten in the morning in Shanghai
NOW = dt.datetime(2026, 12, 2, 2)
TODAY = dt.date(2026, 12, 2)
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


@kept
def build_supervised():
    "Return a bureau and a mine that it has supervised for a hundred days."
    bureau, mine = make_bureau(), build_mine()
    mine.company.timezone = 'Asia/Shanghai'
    mine.company.save()
    enterprise = make_enterprise(
        bureau.company, 7, own_company=mine.company,
        enrolled_on=TODAY - 100 * DAY)
    return SimpleNamespace(bureau=bureau, mine=mine, enterprise=enterprise)


def at(days, hour=4):
    "Return the server's time of so many days before today."
    return dt.datetime.combine(TODAY - days * DAY, dt.time(hour))


class DisplayTestCase(TestCase):
    "Displays"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_supervision', build_supervised)

    def setUp(self):
        super().setUp()
        traveller = time_machine.travel(
            NOW.replace(tzinfo=dt.UTC), tick=False)
        self.clock = traveller.start()
        self.addCleanup(traveller.stop)

    def setup_supervised(self):
        pool = Pool()
        self.Display = pool.get('supervision.display')
        built = build_supervised()
        self.bureau, self.mine = built.bureau, built.mine
        self.enterprise = built.enterprise
        return built

    def look(self):
        "Return the open displays after a run, as kinds."
        self.Display.look(self.bureau.company)
        return self.get_open()

    def get_open(self):
        return [d.kind for d in self.Display.search(
                [('state', '=', 'open')], order=[('id', 'ASC')])]

    def get_cleared(self):
        return [
            (d.kind, d.clearing, d.cleared_on) for d in self.Display.search(
                [('state', '=', 'cleared')], order=[('id', 'ASC')])]

    def work(self, days=0):
        self.keep(self.mine.users.reporter, days)

    def keep(self, user, days):
        Presence = Pool().get('supervision.presence')
        with time_machine.travel(
                at(days).replace(tzinfo=dt.UTC), tick=False):
            Presence._until_cache.clear()
            Presence.work(user.id)

    def found(self, days, **values):
        return Spec(at(days), at(days), **{'state': 'closed', **values})

    def quiet(self):
        "Let nothing be displayed today."
        self.work(1)
        write(self.mine, [self.found(1)])

    @with_transaction()
    def test_silence(self):
        "Who acted on the 15th day before is not displayed, the day after is"
        self.setup_supervised()
        self.work(15)
        write(self.mine, [self.found(15)])
        self.assertEqual(self.look(), [])
        self.clock.shift(DAY - 10 * 60 * MINUTE)
        # A quarter past midnight in Shanghai
        self.clock.shift(15 * MINUTE)
        self.assertEqual(self.look(), ['login', 'report'])
        for display in self.Display.search([]):
            self.assertEqual(display.enterprise, self.enterprise)
            self.assertEqual(display.company, self.bureau.company)
            self.assertEqual(display.last_act, TODAY - 15 * DAY)
            self.assertEqual(display.opened_on, TODAY + DAY)
            self.assertEqual(display.limit, 15)
            self.assertIn("15", display.words)
        # The same run again changes nothing.
        self.assertEqual(self.look(), ['login', 'report'])

    @with_transaction()
    def test_never_acted(self):
        "Who never acts is displayed after the grace and the silence"
        self.setup_supervised()
        Enterprise = self.enterprise.__class__
        for grace, days, opened in [
                (15, 29, False), (15, 30, True),
                (0, 14, False), (0, 15, True)]:
            with self.subTest(grace=grace, days=days):
                Enterprise.write([self.enterprise], {
                        'enrolled_on': TODAY - days * DAY,
                        'grace_days': grace})
                self.assertEqual(bool(self.look()), opened)
                self.Display.write(self.Display.search([]), {
                        'state': 'cleared'})
        display = self.Display.search([], limit=1)[0]
        self.assertIsNone(display.last_act)
        self.assertIn("enrolment", display.words)

    @with_transaction()
    def test_what_is_a_report(self):
        "What others found, drafts, old ledgers and what came back are none"
        self.setup_supervised()
        self.work(1)
        for values in [
                {'source': get_ref('hazard.source_government')},
                {'source': get_ref('hazard.source_public')},
                {'imported': True},
                {'state': 'draft'},
                {'state': 'returned'},
                {'state': 'cancelled'}]:
            write(self.mine, [self.found(1, **values)])
        self.assertEqual(self.look(), ['report'])
        write(self.mine, [
                self.found(1, source=get_ref('hazard.source_superior'))])
        self.assertEqual(self.look(), [])
        self.assertEqual(
            self.get_cleared(), [('report', 'report', TODAY)])

    @with_transaction()
    def test_cleared_by_login(self):
        "The first work of the enterprise's people clears it at once"
        self.setup_supervised()
        write(self.mine, [self.found(1)])
        self.assertEqual(self.look(), ['login'])
        self.keep(self.bureau.users.officer, 0)
        self.assertEqual(self.get_open(), ['login'])
        self.clock.shift(5 * MINUTE)
        self.work()
        self.assertEqual(self.get_open(), [])
        self.assertEqual(self.get_cleared(), [('login', 'login', TODAY)])

    @with_transaction()
    def test_cleared_by_report(self):
        "A report clears it at once, a draft does not"
        self.setup_supervised()
        self.work(1)
        self.assertEqual(self.look(), ['report'])
        # Seen by no cache that was filled before
        report(self.mine)
        self.assertEqual(self.get_open(), [])
        self.assertEqual(self.get_cleared(), [('report', 'report', TODAY)])

    @with_transaction()
    def test_not_cleared_by_others_findings(self):
        "What the authority has found does not clear it"
        self.setup_supervised()
        self.work(1)
        self.look()
        report(self.mine, source=get_ref('hazard.source_government'))
        self.assertEqual(self.get_open(), ['report'])

    @with_transaction()
    def test_cleared_by_zero_report(self):
        "That nothing was found counts too"
        self.setup_supervised()
        self.work(1)
        self.look()
        inspection = self.make_round()
        inspection.__class__.write(
            [inspection], {'state': 'done', 'stated_at': NOW})
        self.assertEqual(
            self.get_cleared(), [('report', 'zero_report', TODAY)])
        self.assertEqual(self.look(), [])

    def make_round(self, name="Round"):
        pool = Pool()
        Checklist = pool.get('hazard.checklist')
        Inspection = pool.get('hazard.inspection')
        checklist, = Checklist.create([{
                    'company': self.mine.company.id, 'name': name,
                    'unit': self.mine.units.ventilation.id,
                    }])
        inspection, = Inspection.create([{
                    'checklist': checklist.id,
                    'company': self.mine.company.id,
                    'unit': self.mine.units.ventilation.id,
                    'planned_on': TODAY, 'state': 'running',
                    }])
        return inspection

    @with_transaction()
    def test_overdue(self):
        "The day of the deadline counts to its end, and each hazard is told"
        self.setup_supervised()
        self.quiet()
        values = {'state': 'rectification'}
        late = [
            self.found(1, deadline=at(d, hour), **values)
            # In Shanghai the last minutes of yesterday and the day before
            for d, hour in [(1, 15), (2, 4)]]
        ids = write(self.mine, [
                *late,
                # Today, rectified, before the four-fix, on the spot
                self.found(1, deadline=at(0, 0), **values),
                self.found(1, deadline=at(3), state='recheck'),
                self.found(1, state='four_fix'),
                self.found(1, handling='on_site', state='recheck')])
        self.assertEqual(self.look(), ['overdue'])
        display, = self.Display.search([])
        self.assertEqual(display.late, 2)
        self.assertIn("2", display.words)
        self.assertEqual(
            {ln.hazard.id for ln in display.lines}, set(ids[:2]))
        self.assertEqual({ln.since for ln in display.lines}, {TODAY})
        settings = {'company': self.bureau.company.id, 'overdue_hours': True}
        Pool().get('supervision.configuration.settings').create([settings])
        self.assertEqual(self.look(), ['overdue'])
        display = self.Display(display.id)
        self.assertEqual(display.late, 3)

    @with_transaction()
    def test_cleared_by_rectification(self):
        "Each line is cleared as its hazard is rectified, the last one all"
        self.setup_supervised()
        self.quiet()
        first, second = (
            to_rectify(self.mine).hazard for _ in range(2))
        self.clock.shift(2 * DAY)
        self.work(-2)
        self.assertEqual(self.look(), ['overdue'])
        finish(self.mine, first)
        display, = self.Display.search([('state', '=', 'open')])
        self.assertEqual(display.late, 1)
        finish(self.mine, second)
        self.assertEqual(self.get_open(), [])
        self.assertEqual(
            self.get_cleared(),
            [('overdue', 'rectified', TODAY + 2 * DAY)])
        self.assertEqual(self.look(), [])

    @with_transaction()
    def test_cleared_by_extension(self):
        "More time clears it, and its end displays it anew"
        self.setup_supervised()
        self.quiet()
        hazard = to_rectify(self.mine).hazard
        self.clock.shift(2 * DAY)
        self.work(-2)
        self.assertEqual(self.look(), ['overdue'])
        hazard.__class__.write(
            [hazard], {'deadline': NOW + 3 * DAY})
        self.assertEqual(
            self.get_cleared(), [('overdue', 'extended', TODAY + 2 * DAY)])
        self.clock.shift(2 * DAY)
        self.work(-4)
        self.assertEqual(self.look(), ['overdue'])
        self.assertEqual(len(self.Display.search([])), 2)

    @with_transaction()
    def test_exempt(self):
        "An exemption lifts the silence it names, never what is overdue"
        self.setup_supervised()
        write(self.mine, [
                self.found(40, deadline=at(5), state='rectification')])
        self.assertEqual(self.look(), ['login', 'report', 'overdue'])
        Exemption = Pool().get('supervision.exemption')
        exemption, = Exemption.create([{
                    'company': self.bureau.company.id,
                    'enterprise': self.enterprise.id,
                    'occasion': 'holiday', 'reason': "Holiday",
                    'evidence': "Notice", 'start': TODAY - DAY,
                    'end': TODAY + DAY, 'lifts_login': False,
                    }])
        self.assertEqual(len(self.look()), 3)
        Exemption.write([exemption], {'state': 'approved'})
        self.assertEqual(self.look(), ['login', 'overdue'])
        self.assertEqual(self.get_cleared(), [('report', 'exempt', TODAY)])

    @with_transaction()
    def test_closed(self):
        "All displays end with the supervision"
        self.setup_supervised()
        write(self.mine, [
                self.found(40, deadline=at(5), state='rectification')])
        self.assertEqual(len(self.look()), 3)
        self.enterprise.__class__.write(
            [self.enterprise], {'closed_on': TODAY})
        self.assertEqual(self.look(), [])
        self.assertEqual({c for _, c, _ in self.get_cleared()}, {'closed'})
        line, = Pool().get('supervision.display.line').search([])
        self.assertEqual(line.clearing, 'closed')

    @with_transaction()
    def test_limits(self):
        "The days of the trade precede those of the configuration"
        self.setup_supervised()
        self.work(10)
        write(self.mine, [self.found(10)])
        Trade = self.enterprise.trade.__class__
        Trade.write([self.enterprise.trade], {'report_days': 7})
        self.assertEqual(self.look(), ['report'])
        Pool().get('supervision.configuration.settings').create([{
                    'company': self.bureau.company.id, 'login_days': 9}])
        self.assertEqual(self.look(), ['report', 'login'])

    @with_transaction()
    def test_light(self):
        "The light tells the worst, and why"
        self.setup_supervised()
        self.quiet()

        def tell():
            enterprise = self.enterprise.__class__(self.enterprise.id)
            return enterprise.light, enterprise.why

        self.assertEqual(tell()[0], 'green')
        write(self.mine, [self.found(
                    1, state='rectification', deadline=at(-2))])
        self.assertEqual(tell(), ('orange', "1 hazards are due soon."))
        write(self.mine, [self.found(
                    1, state='rectification', grade='major')])
        light, why = tell()
        self.assertEqual(light, 'red')
        self.assertEqual(
            why, "1 major hazards are open.\n1 hazards are due soon.")
        self.enterprise.__class__.write(
            [self.enterprise], {'closed_on': TODAY})
        self.assertEqual(tell()[0], 'grey')

    @with_transaction()
    def test_zero_reports(self):
        "Zero reports in a row are told, until a hazard is reported"
        self.setup_supervised()
        self.quiet()
        inspections = [self.make_round(f"Round {n}") for n in range(3)]
        Enterprise = self.enterprise.__class__
        for number, inspection in enumerate(inspections, 1):
            inspection.__class__.write(
                [inspection], {'state': 'done', 'stated_at': NOW})
            why = Enterprise(self.enterprise.id).why
            self.assertEqual("3 times in a row" in why, number == 3)
        self.clock.shift(MINUTE)
        report(self.mine)
        self.assertNotIn("in a row", Enterprise(self.enterprise.id).why)
        companies = [self.mine.company.id, *range(10_000, 12_000)]
        self.assertEqual(count_zero_reports(companies), {})

    @with_transaction()
    def test_near(self):
        "Displays are announced three days before"
        self.setup_supervised()
        self.work(12)
        write(self.mine, [self.found(13)])
        enterprise = self.enterprise.__class__(self.enterprise.id)
        self.assertEqual((enterprise.login_left, enterprise.report_left), (
                4, 3))
        self.assertEqual(enterprise.last_report, TODAY - 13 * DAY)
        self.assertEqual(enterprise.light, 'orange')
        self.assertIn("in 3 days", enterprise.why)
        self.assertNotIn("in 4 days", enterprise.why)

    @with_transaction()
    def test_cold(self):
        "A report costs no statement where nothing is displayed"
        self.setup_supervised()
        self.quiet()
        hazards = [to_rectify(self.mine).hazard for _ in range(2)]
        with count_queries() as queries:
            self.Display.follow_hazards(hazards)
        self.assertEqual(
            [q for q in queries if 'supervision' in q], [])

    @with_transaction()
    def test_queries(self):
        "The run and the lights of many cost as many statements as of one"
        self.setup_supervised()
        counts = []
        for number in range(2):
            if number:
                for extra in range(5):
                    company = create_company(f"Pit {extra}")
                    make_enterprise(
                        self.bureau.company, 20 + extra, own_company=company,
                        enrolled_on=TODAY - 100 * DAY)
            self.look()
            with count_queries() as queries:
                self.look()
            enterprises = self.enterprise.__class__.search([])
            with count_queries() as lights:
                [(e.light, e.why, e.last_report) for e in enterprises]
            counts.append((len(queries), len(lights)))
        self.assertEqual(counts[0], counts[1])

    @with_transaction()
    def test_access(self):
        "The bureau and the township read it, nobody who is displayed"
        self.setup_supervised()
        pool = Pool()
        Line = pool.get('supervision.display.line')
        write(self.mine, [
                self.found(40, deadline=at(5), state='rectification')])
        self.look()
        displays = self.Display.search([])
        lines = Line.search([])
        township, = pool.get('supervision.township').create([{
                    'name': "Here", 'company': self.bureau.company.id,
                    'people': [
                        ('add', [self.bureau.employees.township.id])]}])
        for role in ['officer', 'duty', 'director']:
            with acting(getattr(self.bureau.users, role)):
                self.assertEqual(self.Display.search([]), displays)
                self.assertEqual(Line.search([]), lines)
                for name in ['number', 'grade', 'deadline']:
                    self.assertTrue(Line.read([lines[0].id], [name]))
                # What the enterprise has written stays closed.
                for name in ['hazard', 'hazard.description']:
                    with self.assertRaises(REFUSED):
                        Line.read([lines[0].id], [name])
                    with self.assertRaises(REFUSED):
                        Line.search([(name, '=', 'x')])
                    with self.assertRaises(REFUSED):
                        Line.search([], order=[(name, 'ASC')])
                for Model, records in [
                        (self.Display, displays), (Line, lines)]:
                    with self.assertRaises(REFUSED):
                        Model.delete(Model.browse(records))
        with acting(self.bureau.users.township):
            self.assertEqual(self.Display.search([]), [])
            self.assertEqual(Line.search([]), [])
        self.enterprise.township = township
        self.enterprise.save()
        with acting(self.bureau.users.township):
            self.assertEqual(self.Display.search([]), displays)
            self.assertEqual(Line.search([]), lines)
        for user in ['safety', 'reporter']:
            with acting(getattr(self.mine.users, user)), \
                    self.assertRaises(REFUSED):
                self.Display.search([])
        for Model, records in [(self.Display, displays), (Line, lines)]:
            with self.assertRaises(DisplayAccessError):
                Model.check_modification('write', records, external=True)

    @with_transaction()
    def test_look(self):
        "The duty team has them made anew and sees them"
        self.setup_supervised()
        result = run(
            self.bureau.users.duty, 'supervision.display.look',
            [('look', {})])
        (action, _), = result['actions']
        self.assertEqual(action['res_model'], 'supervision.display')
        self.assertEqual(self.get_open(), ['login', 'report'])
        with self.assertRaises(REFUSED):
            run(self.bureau.users.officer, 'supervision.display.look',
                [('look', {})])
