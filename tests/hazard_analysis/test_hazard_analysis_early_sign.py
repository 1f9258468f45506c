# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Early signs are found, told, opened, and read by who may."

import datetime as dt

import time_machine
from access import call, run
from facts import Spec, write
from mine import build_mine
from organization import acting, create_company, get_ref, get_shift
from queries import count_queries
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.hazard_analysis.exceptions import EarlySignAccessError
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.transaction import Transaction

# Monday morning in Shanghai
NOW = dt.datetime(2026, 6, 29, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 6, 29)


def at(days, hour=4):
    "Return the server's time of so many days before today."
    return dt.datetime.combine(TODAY, dt.time(hour)) - dt.timedelta(days=days)


def found(days, **values):
    time = at(days)
    return Spec(time, time, **{'state': 'rectification', **values})


class EarlySignTestCase(TestCase):
    "Early signs"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_analysis', build_mine)

    def setUp(self):
        super().setUp()
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def setup_mine(self):
        pool = Pool()
        self.Sign = pool.get('hazard.early_sign')
        self.mine = mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        pool.get('company.employee').write(
            [mine.employees.reporter], {'unit': mine.units.ventilation})
        pool.get('company.employee').write(
            [mine.employees.other_captain], {'unit': mine.units.driving})
        self.item, = pool.get('hazard.check_item').create([{
                    'name': "Air door", 'code': "X1"}])
        return mine

    def make(self, *specs):
        "Return the signs of the hazards."
        write(self.mine, specs)
        self.Sign.make(self.mine.company)
        return self.Sign.search([('current', '=', True)])

    def of_kind(self, signs, kind):
        return [s for s in signs if s.kind == kind]

    def get_opened(self, sign, user='safety'):
        "Return the ids of the hazards that a double click opens."
        user = getattr(self.mine.users, user)
        result = run(
            user, 'hazard.analysis.open', [('open_', {})],
            active_model=sign.__name__, active_id=sign.id,
            active_ids=[sign.id])
        (action, _), = result['actions']
        domain = PYSONDecoder({}).decode(action['pyson_domain'])
        return call(user, 'model.hazard.hazard.search', domain)

    @with_transaction()
    def test_rising(self):
        "Two a week, then seven of the place: 2 + 3√2 is 6.2"
        mine = self.setup_mine()
        history = [found(8 + 7 * w + d) for w in range(8) for d in (0, 3)]
        # Neither today nor what was not reported counts.
        signs = self.make(
            *history, *(found(d % 7 + 1) for d in range(7)),
            found(64), found(0), found(1, state='draft'),
            found(1, state='cancelled'))
        sign, = self.of_kind(signs, 'rising')
        self.assertEqual(
            (sign.subject, sign.number, sign.expected, sign.severity),
            (mine.place, 7, 2.0, 'attention'))
        self.assertEqual(sign.bound, 6.24)
        self.assertEqual(
            (sign.start_date, sign.end_date, sign.before_date, sign.weeks), (
                dt.date(2026, 6, 22), dt.date(2026, 6, 28),
                dt.date(2026, 4, 27), 8))
        self.assertEqual(sign.unit, mine.units.ventilation)
        self.assertEqual(len(self.get_opened(sign)), 7)
        for text in ["7 hazards", "2.0 a week", "beyond 6.2", "3 times"]:
            self.assertIn(text, sign.words)

    @with_transaction()
    def test_rising_at_the_bound(self):
        "Four a week are no sign at ten, and too short a history tells none"
        self.setup_mine()
        history = [
            found(8 + 7 * w + d) for w in range(8) for d in (0, 1, 2, 3)]
        self.assertFalse(self.of_kind(self.make(
                    *history, *(found(1) for _ in range(10))), 'rising'))

    @with_transaction()
    def test_order(self):
        "Alarms come first, whatever the kind"
        self.setup_mine()
        signs = self.make(
            *(found(8 + 7 * w) for w in range(8)),
            *(found(d % 7 + 1) for d in range(14)),
            *(found(d, check_item=self.item.id) for d in range(1, 5)))
        severities = [s.severity for s in signs]
        self.assertIn('attention', severities)
        self.assertEqual(
            severities, sorted(severities, key=['alarm', 'attention'].index))

    @with_transaction()
    def test_new_mine(self):
        "The first three weeks of a mine tell no rise"
        self.setup_mine()
        self.assertFalse(self.make(
                found(27), *(found(d) for d in range(1, 7))))

    @with_transaction()
    def test_check_item(self):
        "What rises is a check item too, of the mine where units differ"
        mine = self.setup_mine()
        signs = self.make(found(40), *(
                found(d, check_item=self.item.id, unit=unit)
                for d in (1, 2) for unit in ('ventilation', 'driving')))
        sign, = [
            s for s in self.of_kind(signs, 'rising')
            if s.subject == self.item]
        self.assertEqual((sign.number, sign.expected), (4, 0))
        self.assertEqual(sign.unit, mine.units.mine)
        self.assertEqual(len(self.get_opened(sign)), 4)

    @with_transaction()
    def test_recurrence(self):
        "The same found three times, the last time within the week"
        mine = self.setup_mine()
        signs = self.make(*(
                found(d, check_item=self.item.id) for d in (2, 40, 90, 91)))
        sign, = self.of_kind(signs, 'recurrence')
        self.assertEqual(
            (sign.subject, sign.place, sign.number, sign.expected),
            (self.item, mine.place, 3, None))
        self.assertEqual(len(self.get_opened(sign)), 3)
        self.assertIn("Air door", sign.rec_name)
        self.assertIn("Return airway", sign.rec_name)

    @with_transaction()
    def test_no_recurrence(self):
        "What was not found again of late is no sign"
        self.setup_mine()
        self.assertFalse(self.of_kind(self.make(*(
                        found(d, check_item=self.item.id)
                        for d in (8, 40, 80))), 'recurrence'))

    @with_transaction()
    def test_silent_unit(self):
        "Three a week, then nothing for seven days"
        mine = self.setup_mine()
        history = [
            found(8 + 7 * w + d, found_by='other_captain')
            for w in range(8) for d in range(3)]
        # The others report; an old ledger is no report.
        signs = self.make(*history, found(64), found(2), found(
                2, found_by='other_captain', imported=True))
        sign, = self.of_kind(signs, 'silent_unit')
        self.assertEqual(
            (sign.subject, sign.number, sign.expected, sign.bound),
            (mine.units.driving, 0, 3.0, 3.0))
        self.assertEqual(len(self.get_opened(sign)), 24)

    @with_transaction()
    def test_blank_shift(self):
        "Nothing in a shift, where its share of nine is three"
        self.setup_mine()
        morning, middle, night = map(get_shift, [
                'day_morning', 'day_middle', 'day_night'])
        signs = self.make(
            *(found(d % 7 + 1, shift=morning.id) for d in range(5)),
            *(found(d % 7 + 1, shift=middle.id) for d in range(4)))
        sign, = self.of_kind(signs, 'blank_shift')
        self.assertEqual(
            (sign.subject, sign.number, sign.expected), (night, 0, 3.0))
        self.assertEqual(len(self.get_opened(sign)), 9)

    @with_transaction()
    def test_burst(self):
        "One a week, then five in the three days before an inspection"
        mine = self.setup_mine()
        history = [found(10 + 7 * w) for w in range(8)]
        outside = get_ref('hazard.source_bureau')
        # Inspected five days ago, and the day after
        signs = self.make(
            *history, *(found(d) for d in (6, 6, 7, 7, 8)),
            found(5, source=outside), found(4, source=outside))
        signs = self.of_kind(signs, 'burst')
        self.assertEqual(
            {s.subject for s in signs}, {mine.company, mine.units.ventilation})
        for sign in signs:
            self.assertEqual(sign.number, 5)
            self.assertEqual(sign.expected, .43)
            self.assertEqual(
                (sign.start_date, sign.end_date),
                (dt.date(2026, 6, 21), dt.date(2026, 6, 23)))
            self.assertEqual(len(self.get_opened(sign)), 5)
            # Nor its captain learns that the unit is looked at.
            self.assertEqual(sign.unit, mine.units.mine)

    def rise(self, **values):
        return [found(40), *(found(d, **values) for d in (1, 2, 3, 4))]

    @with_transaction()
    def test_made_again(self):
        "Made again on the day it stays, the day after it is since then"
        self.setup_mine()
        sign, = self.of_kind(self.make(*self.rise()), 'rising')
        again, = self.of_kind(self.make(found(5)), 'rising')
        self.assertEqual((again, again.number), (sign, 5))
        with time_machine.travel(NOW + dt.timedelta(days=1)):
            self.Sign.make(self.mine.company)
        self.assertFalse(self.Sign(sign.id).current)
        new, = self.Sign.search([
                ('current', '=', True), ('kind', '=', 'rising')])
        self.assertEqual((new.day, new.since), (
                TODAY + dt.timedelta(days=1), TODAY))
        with time_machine.travel(NOW + dt.timedelta(days=60)):
            self.Sign.make(self.mine.company)
        self.assertFalse(self.Sign.search([('current', '=', True)]))

    @with_transaction()
    def test_gone(self):
        "What is no sign any more on the same day is taken back"
        self.setup_mine()
        self.assertTrue(self.make(*self.rise()))
        Transaction().connection.cursor().execute(
            "UPDATE hazard_hazard SET state = 'cancelled'")
        self.assertFalse(self.make())

    def get_told(self):
        return [
            (n.user, n.label) for n in Transaction().user_notifications]

    @with_transaction()
    def test_digest(self):
        "The safety department is told once a day, and who stands in"
        mine = self.setup_mine()
        Pool().get('safety.stand_in').create([{
                    'employee': mine.employees.safety.id,
                    'stand_in': mine.employees.worker.id,
                    'start': TODAY, 'end': TODAY,
                    'company': mine.company.id}])
        write(mine, [
                *self.rise(), *self.rise(check_item=self.item.id)])
        for _ in range(2):
            self.Sign.follow()
        told = self.get_told()
        self.assertEqual(
            {user.id for user, _ in told},
            {mine.users.safety.id, mine.users.worker.id})
        self.assertEqual(len(told), 2)
        signs = self.Sign.search([('current', '=', True)])
        self.assertEqual(
            {label for _, label in told},
            {f"{len(signs)} early signs today"})
        self.assertTrue(all(s.told_at for s in signs))

    @with_transaction()
    def test_digest_of_none(self):
        "Where there are none it is silent, unless the company wants it told"
        mine = self.setup_mine()
        self.Sign.follow()
        self.assertEqual(self.get_told(), [])
        with Transaction().set_context(company=mine.company.id):
            Configuration = Pool().get('hazard.configuration')
            configuration = Configuration(1)
            configuration.sign_none = True
            configuration.save()
        self.Sign.follow()
        (user, label), = self.get_told()
        self.assertEqual(user, mine.users.safety)
        self.assertEqual(label, "There are no early signs today.")

    @with_transaction()
    def test_settings(self):
        "The settings of the company say what is a sign"
        mine = self.setup_mine()
        with Transaction().set_context(company=mine.company.id):
            configuration = Pool().get('hazard.configuration')(1)
            configuration.sign_least = 9
            configuration.save()
        self.assertFalse(self.make(*self.rise()))

    @with_transaction()
    def test_readers(self):
        "Captains read of their unit, the department and the head of the mine"
        mine = self.setup_mine()
        sign, *_ = self.make(*self.rise())
        for name, number in [
                ('safety', 1), ('head', 1), ('captain', 1), ('chief', 1),
                ('other_captain', 0)]:
            with self.subTest(user=name):
                self.assertEqual(
                    call(getattr(mine.users, name),
                        'model.hazard.early_sign.search_count', []), number)
        for name in ['captain', 'head']:
            self.assertEqual(len(self.get_opened(sign, name)), 4)
        for name in ['worker', 'reporter', 'station']:
            with self.subTest(user=name), self.assertRaises(AccessError):
                call(getattr(mine.users, name),
                    'model.hazard.early_sign.search', [])

    @with_transaction()
    def test_other_company(self):
        "Signs are of one company, and made of its hazards alone"
        mine = self.setup_mine()
        other = build_mine(create_company("Other"), 'second_')
        write(other, self.rise())
        self.assertFalse(self.make())
        self.Sign.make(other.company)
        sign, = self.Sign.search([])
        self.assertEqual(sign.company, other.company)
        self.assertFalse(call(
                mine.users.safety, 'model.hazard.early_sign.search', []))
        with self.assertRaises(AccessError):
            call(mine.users.safety, 'model.hazard.early_sign.read',
                [sign.id], ['words'])

    @with_transaction()
    def test_look(self):
        "The department has them made anew, for its own company"
        mine = self.setup_mine()
        write(mine, self.rise())
        run(mine.users.safety, 'hazard.early_sign.look', [('look', {})])
        self.assertEqual(self.Sign.search([], count=True), 1)
        with self.assertRaises(AccessError):
            run(mine.users.captain, 'hazard.early_sign.look', [('look', {})])

    @with_transaction()
    def test_unchangeable(self):
        "Nobody writes, deletes or invents signs"
        mine = self.setup_mine()
        sign, *_ = self.make(*self.rise())
        for call_ in [
                lambda Sign: Sign.write([sign], {'number': 1}),
                lambda Sign: Sign.delete([sign]),
                lambda Sign: Sign.copy([sign])]:
            with acting(mine.users.safety), self.assertRaises(
                    (AccessError, EarlySignAccessError)):
                call_(self.Sign)

    @with_transaction()
    def test_queries(self):
        "The number of queries does not depend on the number of hazards"
        self.setup_mine()
        numbers = []
        for _ in range(2):
            write(self.mine, self.rise())
            with count_queries() as queries:
                self.Sign.make(self.mine.company)
            numbers.append(len(queries))
        self.assertLessEqual(numbers[1], numbers[0])
        self.assertLessEqual(numbers[0], 40)
