# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Displays climb from the officer to the director, and are handled."

import datetime as dt
from types import SimpleNamespace

import time_machine
from access import REFUSED, run
from built import kept
from mine import build_mine
from organization import acting, create_company
from queries import count_queries
from supervision import make_bureau, make_enterprise
from templates import activate_built

from trytond.model.modelview import AccessButtonError
from trytond.modules.hazard_supervision.display.step import tell
from trytond.modules.hazard_supervision.exceptions import DisplayError
from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.transaction import Transaction

# Ten in the morning in Shanghai
NOW = dt.datetime(2026, 12, 2, 2)
TODAY = dt.date(2026, 12, 2)
DAY = dt.timedelta(days=1)


@kept
def build_assigned():
    "Return a bureau with an officer who looks after a mine."
    bureau, mine = make_bureau(), build_mine()
    for company in [mine.company, bureau.company]:
        company.timezone = 'Asia/Shanghai'
        company.save()
    enterprise = make_enterprise(
        bureau.company, 7, own_company=mine.company,
        enrolled_on=TODAY - 30 * DAY)
    Pool().get('supervision.assignment').create([{
                'company': bureau.company.id, 'enterprise': enterprise.id,
                'section': bureau.units.mines.id,
                'officer': bureau.employees.officer.id,
                'start': TODAY - 30 * DAY}])
    return SimpleNamespace(bureau=bureau, mine=mine, enterprise=enterprise)


class ToldTestCase(TestCase):
    "Displays told and handled"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_supervision', build_assigned)

    def setUp(self):
        super().setUp()
        traveller = time_machine.travel(
            NOW.replace(tzinfo=dt.UTC), tick=False)
        self.clock = traveller.start()
        self.addCleanup(traveller.stop)

    def setup_displayed(self):
        "Look at a mine whose people neither log in nor report."
        pool = Pool()
        self.Display = pool.get('supervision.display')
        built = build_assigned()
        self.bureau, self.enterprise = built.bureau, built.enterprise
        self.mine = built.mine
        self.look()
        self.displays = self.Display.search([('state', '=', 'open')])
        self.assertEqual(len(self.displays), 2)

    def look(self):
        with Transaction().set_context(company=self.bureau.company.id):
            self.Display.look(self.bureau.company)

    def get_steps(self):
        "Return whom each step has told of the first display."
        display = self.Display(self.displays[0].id)
        return {
            s.step: [e.rec_name for e in s.people] for s in display.steps}

    def count_notices(self, role):
        user = getattr(self.bureau.users, role)
        return len([
                n for n in Transaction().user_notifications
                if n.user == user and n.model == 'supervision.display'])

    @with_transaction()
    def test_climbs(self):
        "The officer at once, the chief after 3 days, the deputy 7, then 15"
        self.setup_displayed()
        told = {'officer': ["Officer"]}
        self.assertEqual(self.get_steps(), told)
        for days, step, role in [
                (3, 'chief', 'chief'), (7, 'deputy', 'deputy'),
                (15, 'director', 'director')]:
            self.clock.move_to(NOW + (days - 1) * DAY)
            self.look()
            self.assertEqual(self.get_steps(), told)
            self.assertEqual(self.count_notices(role), 0)
            self.clock.move_to(NOW + days * DAY)
            self.look()
            told[step] = [role.title()]
            self.assertEqual(self.get_steps(), told)
            self.look()
            # Of both displays in one
            self.assertEqual(self.count_notices(role), 1)
        self.assertEqual(self.count_notices('officer'), 1)

    @with_transaction()
    def test_cleared(self):
        "Nobody is told of what is cleared"
        self.setup_displayed()
        self.Display.clear(self.displays, 'exempt')
        self.clock.move_to(NOW + 5 * DAY)
        with count_queries() as queries:
            tell(self.bureau.company, [])
        self.assertNotIn('INSERT', ' '.join(map(str, queries)))
        self.assertEqual(set(self.get_steps()), {'officer'})

    @with_transaction()
    def test_no_officer(self):
        "The chief is told where no officer is named, nobody where no section"
        built = build_assigned()
        assignment, = Pool().get('supervision.assignment').search([])
        assignment.__class__.write([assignment], {'officer': None})
        self.setup_displayed()
        self.assertEqual(self.get_steps(), {'officer': ["Chief"]})
        Display = self.Display
        assignment.__class__.write([assignment], {'end': TODAY - DAY})
        other = make_enterprise(
            built.bureau.company, 8, own_company=self._create_company(),
            enrolled_on=TODAY - 30 * DAY)
        self.look()
        display = Display.search([('enterprise', '=', other.id)])[0]
        self.assertEqual(
            [(s.step, len(s.people)) for s in display.steps],
            [('officer', 0)])

    def _create_company(self):
        return create_company("Quarry")

    @with_transaction()
    def test_handle(self):
        "What the officer has done is kept, and does not clear the display"
        self.setup_displayed()
        display = self.displays[0]
        self.assertFalse(display.handled)
        run(self.bureau.users.officer, 'supervision.display.handle', [
                ('ask', {}),
                ('press', {'ask': {
                            'way': 'called', 'note': "Will report."}})],
            active_model='supervision.display', active_id=display.id,
            active_ids=[display.id])
        display = self.Display(display.id)
        self.assertTrue(display.handled)
        self.assertEqual(display.state, 'open')
        handling, = display.handlings
        self.assertEqual(
            (handling.handled_by, handling.handled_at, handling.way,
                handling.note), (
                self.bureau.employees.officer, NOW, 'called',
                "Will report."))
        self.assertEqual(
            self.Display.search([('handled', '=', True)]), [display])
        self.assertEqual(
            self.Display.search([('handled', '=', False)]),
            [self.displays[1]])

    @with_transaction()
    def test_handle_refused(self):
        "Neither what is cleared, nor by who only reads, nor by the enterprise"
        self.setup_displayed()
        display = self.displays[0]
        context = {'reason': "Done.", 'way': 'visited'}
        for user in [
                self.bureau.users.office, self.bureau.users.township,
                self.mine.users.safety]:
            with acting(user, **context), self.assertRaises(REFUSED):
                self.Display.handle([self.Display(display.id)])
        self.Display.clear([display], 'exempt')
        with acting(self.bureau.users.officer, **context):
            with self.assertRaises(AccessButtonError):
                self.Display.handle([self.Display(display.id)])
        # Two at once: it was open when the button was pressed.
        with Transaction().set_context(**context), \
                self.assertRaises(DisplayError):
            self.Display.handle([self.Display(display.id)])
        Handling = Pool().get('supervision.display.handling')
        self.assertEqual(Handling.search([]), [])
        with acting(self.bureau.users.officer), self.assertRaises(REFUSED):
            Handling.create([{
                        'display': display.id, 'way': 'other', 'note': "x",
                        'handled_by': self.bureau.employees.chief.id,
                        'handled_at': NOW}])
