# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell is what their lists hold, for each role."

import datetime as dt
import json
from unittest.mock import patch
from xml.etree import ElementTree

from access import call, run
from access_mine import build
from organization import acting, get_ref
from queries import count_queries
from repository import MODULES
from steps import report
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.hazard_analysis.home.figure import Lists
from trytond.modules.hazard_analysis.home.page import PAGES as CONTENTS
from trytond.modules.hazard_analysis.home.pictures import open_before
from trytond.modules.safety_base.clock import current_zone, local_day
from trytond.modules.safety_base.exceptions import PreferenceError
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.pyson import PYSONDecoder
from trytond.tests.test_tryton import TestCase, with_transaction

PAGES = {
    'reporter': 'reporter', 'worker': 'worker', 'captain': 'captain',
    'other': 'captain', 'chief': 'captain', 'safety': 'safety',
    'station': 'station', 'head': 'head', 'party': 'member',
    'union': 'member', 'youth': 'member', 'trainer': 'training',
    'dispatcher': 'station', 'nobody': 'worker', 'listener': 'worker',
    'admin': 'head', 'organizer': 'worker', 'manager': 'worker',
    }
PICTURES = ['picture', 'second_picture', 'third_picture']
# Who has each of the pages, and who can read least and most
READERS = [
    'reporter', 'worker', 'captain', 'safety', 'head', 'station', 'union',
    'trainer', 'nobody', 'admin']


def read_home(user, *names):
    home, = call(user, 'model.hazard.home.read', [user.id], list(names))
    return home


class HomeTestCase(TestCase):
    "Start pages"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built(MODULES, build)

    def count_list(self, user, name):
        "Return how many records the client finds in the list."
        Data = Pool().get('ir.model.data')
        window, = call(
            user, 'model.ir.action.get_action_value', [Data.get_id(
                    'hazard_analysis', f'act_home_{name}')])
        context = call(user, 'model.res.user.get_preferences', True)
        domain = PYSONDecoder(context).decode(window['pyson_domain'])
        return call(
            user, f'model.{window["res_model"]}.search_count', domain)

    @with_transaction()
    def test_figures(self):
        "Test each figure of each page equals its list, whoever reads it"
        Home = Pool().get('hazard.home')
        counted = set()
        users = build().users
        for role in READERS:
            user = users[role]
            with acting(user):
                figures = Lists().count(list({
                            name for page in map(Home.get_content, CONTENTS)
                            for name in [
                                *(n for x in page.lines for n in x.lists),
                                *page.links]}))
            for name, figure_ in figures.items():
                with self.subTest(role=role, list=name):
                    self.assertEqual(
                        figure_.number, self.count_list(user, name))
                counted.update([name] if figure_.number else [])
        # A figure that is always zero would prove nothing.
        self.assertLessEqual({
                'returned', 'draft', 'four_fix', 'rectify', 'recheck',
                'unit_open', 'unit_found', 'open', 'days', 'month',
                'mine_open', 'mine_closed', 'major', 'today'}, counted)

    @with_transaction()
    def test_hidden(self):
        "Test nobody is told of what he may not read"
        users = build().users
        with acting(users['safety']):
            mine = Lists().count(['open'])['open'].number
        with acting(users['worker']):
            own = Lists().count(['open'])['open'].number
        self.assertGreater(mine, own)

    @with_transaction()
    def test_pages(self):
        "Test each role has its page, with words and the figures of links"
        for role, user in build().users.items():
            with self.subTest(role=role):
                home = read_home(user, 'page', 'words', 'links')
                self.assertEqual(home['page'], PAGES[role])
                self.assertTrue(home['words'])
                for label, _ in json.loads(home['links']).values():
                    self.assertTrue(label)

    @with_transaction()
    def test_dispatch_leader(self):
        "Test who leads the dispatch room sees the whole mine, not its unit"
        user = build().users['dispatcher']
        User = Pool().get('res.user')
        User.write([user], {'groups': [('add', [
                            get_ref('hazard.group_hazard_leader')])]})
        self.assertEqual(read_home(user, 'page')['page'], 'station')

    @with_transaction()
    def test_words(self):
        "Test the words name what waits, and say when nothing does"
        built = build()
        words = read_home(built.users['captain'], 'words')['words']
        self.assertIn("To do: ", words)
        self.assertIn("Four-fix", words)
        words = read_home(built.users['nobody'], 'words')['words']
        self.assertIn("There is nothing for you to do now.", words)

    @with_transaction()
    def test_own_alone(self):
        "Test nobody opens the page of somebody else"
        users = build().users
        self.assertEqual(
            call(users['worker'], 'model.hazard.home.search', []),
            [users['worker'].id])
        for name in ['rec_name', 'words']:
            with self.assertRaises(AccessError):
                call(users['worker'], 'model.hazard.home.read',
                    [users['head'].id], [name])

    @with_transaction()
    def test_pictures(self):
        "Test the pictures are drawn of what the user may read"
        users = build().users
        drawn = set()
        for role, user in users.items():
            with self.subTest(role=role):
                home = read_home(user, 'page', *PICTURES)
                pictures = [p for p in home.values() if isinstance(p, bytes)]
                drawn.update([home['page']] if pictures else [])
                for picture in pictures:
                    root = ElementTree.fromstring(picture)
                    self.assertTrue(root.tag.endswith('svg'))
        # Of certificates there are none.
        self.assertEqual(drawn, set(CONTENTS) - {'training'})

    @with_transaction()
    def test_like_indicators(self):
        "Test what pages tell of found, open and closed is what indicators do"
        pool = Pool()
        ByUnit = pool.get('hazard.analysis.by_unit')
        today = local_day(now(), current_zone())
        users = build().users
        for role in ['captain', 'safety', 'head', 'station']:
            for basis, first, lists in [
                    ('reported_at', None, {'days': 'number'}),
                    ('closed_at', None, {'days_closed': 'number'}),
                    ('closed_at', today.replace(day=1), {
                            'month_closed': 'closed'}),
                    ('found_at', dt.date(2000, 1, 1), {
                            'open': 'open', 'overdue': 'overdue'})]:
                context = {'analysis_basis': basis}
                if first:
                    context.update(analysis_from=first, analysis_to=today)
                with acting(users[role], **context):
                    rows = ByUnit.search([])
                    for name, measure in lists.items():
                        with self.subTest(role=role, list=name):
                            self.assertEqual(
                                Lists().count([name])[name].number,
                                sum(getattr(r, measure) for r in rows))

    @with_transaction()
    def test_rates_like_indicators(self):
        "Test the rates of the head's page are those of the indicators"
        ByUnit = Pool().get('hazard.analysis.by_unit')
        today = local_day(now(), current_zone())
        user = build().users['head']
        with acting(user):
            rates = [
                f'{int(r.on_time_rate * 100)} % / {r.to_rectify}'
                for r in ByUnit.search([('to_rectify', '>', 0)])]
        with acting(user, analysis_basis='closed_at',
                analysis_from=today.replace(day=1), analysis_to=today):
            rows = ByUnit.search([('timed', '>', 0)])
            timed = sum(r.timed for r in rows)
            share = sum(r.target_rate * r.timed for r in rows) * 100 // timed
        self.assertTrue(rates)
        home = read_home(user, 'words', 'second_picture')
        self.assertIn(f"{share:.0f} % of what was closed", home['words'])
        picture = home['second_picture'].decode()
        for rate in rates:
            self.assertIn(rate, picture)

    def test_open_before(self):
        "Test what was open at the end of each day, from what is open now"
        # Two were open before; three were found and one closed on the second
        # day, two closed on the last.
        self.assertEqual(open_before(3, [1, 3, 0], [0, 1, 2]), [3, 5, 3])
        self.assertEqual(open_before(4, [9], [1]), [4])

    @with_transaction()
    def test_due(self):
        "Test the rectifier's picture tells how much is due when"
        mine = build().mine
        user = mine.users.worker
        Rectification = Pool().get('hazard.rectification')
        with acting(user):
            waiting = Rectification.search([
                    ('state', '=', 'draft'), ('mine', '=', True)])
        picture = ElementTree.fromstring(
            read_home(user, 'picture')['picture'])
        texts = [t.text for t in picture.iter() if t.tag.endswith('text')]
        counts = dict(zip(texts[1::2], map(int, texts[2::2])))
        self.assertEqual(list(counts), [
                "Overdue", "Today", "Tomorrow", "Within a Week", "Later"])
        self.assertEqual(sum(counts.values()), len(waiting))
        self.assertEqual(
            counts["Overdue"], sum(r.due_at < now() for r in waiting))

    @with_transaction()
    def test_opens(self):
        "Test the page opens at login, unless the user wants another or none"
        pool = Pool()
        Data = pool.get('ir.model.data')
        User = pool.get('res.user')
        user = build().users['captain']
        action = Data.get_id('hazard_analysis', 'wizard_home')

        def opened():
            # Tryton keeps a smaller picture once in each transaction.
            with patch.object(pool.get('ir.avatar'), 'get'):
                return call(user, 'model.res.user.get_preferences')['actions']
        self.assertEqual(len(opened()), 1)
        self.assertEqual(
            pool.get('ir.action')(opened()[0]).type, 'ir.action.wizard')
        self.assertTrue(action)
        for choice, page, number in [
                ('reporter', 'reporter', 1), ('none', None, 0),
                (None, 'captain', 1)]:
            call(user, 'model.res.user.set_preferences',
                {'home_page': choice})
            self.assertEqual(read_home(user, 'page')['page'], page)
            self.assertEqual(len(opened()), number)
        with self.assertRaises(PreferenceError):
            call(user, 'model.res.user.set_preferences', {'home_page': 3})
        User.write([user], {'employee': None, 'employees': [('remove', [
                            e.id for e in user.employees])]})
        self.assertEqual(opened(), [])
        self.assertIn("employees", read_home(user, 'words')['words'])

    @with_transaction()
    def test_wizard(self):
        "Test the wizard opens the record of the user"
        user = build().users['captain']
        result = run(user, 'hazard.home.open', [('open_', {})])
        (action, data), = result['actions']
        self.assertEqual(data, {'res_id': [user.id]})
        self.assertEqual(action['res_model'], 'hazard.home')

    @with_transaction()
    def test_queries(self):
        "Test a page asks once for its lists, and counts by one query"
        users = build().users
        for role in READERS:
            with self.subTest(role=role), acting(users[role]):
                home = Pool().get('hazard.home')(users[role].id)
                with count_queries() as queries:
                    self.assertTrue(home.words)
                texts = [str(q) for q in queries]
                self.assertLessEqual(len([
                            q for q in texts if 'ir_action_act_window' in q
                            and 'SELECT COUNT' not in q]), 3)
                self.assertEqual(len([
                            q for q in texts if 'AS "due_at"' in q
                            and 'UNION ALL' in q]), 1)

    @with_transaction()
    def test_spans(self):
        "Test what was reported now is of today, of these days, of the month"
        mine = build().mine
        hazard = report(mine)
        Hazard = hazard.__class__
        with acting(mine.users.safety):
            for name, expected in [
                    ('today', True), ('30_days', True), ('month', True),
                    ('last_month', False), ('year_ago', False)]:
                found = Hazard.search([
                        ('within', '=', name), ('id', '=', hazard.id)])
                self.assertEqual(bool(found), expected, name)
                left = Hazard.search([
                        ('within', '!=', name), ('id', '=', hazard.id)])
                self.assertEqual(bool(left), not expected, name)
            self.assertEqual(Hazard(hazard.id).within, 'today')
            self.assertIsNone(Hazard(hazard.id).closed_within)
        with acting(mine.users.captain):
            self.assertTrue(Hazard(hazard.id).led)
        with acting(mine.users.other_captain):
            self.assertFalse(Hazard.search([
                        ('led', '=', True), ('id', '=', hazard.id)]))

    @with_transaction()
    def test_escalated(self):
        "Test what climbed to somebody is told to nobody else"
        pool = Pool()
        Reminder = pool.get('hazard.reminder')
        mine = build().mine
        hazard = report(mine)
        stage, = hazard.four_fixes
        user = mine.users.chief
        Reminder.create([{
                    'hazard': hazard.id, 'company': mine.company.id,
                    'stage': str(stage), 'step': 'escalate_mine',
                    'day': hazard.reported_at.date(),
                    'sent_at': hazard.reported_at,
                    'users': [('add', [user.id])]}])
        for reader, expected in [(user, True), (mine.users.safety, False)]:
            with acting(reader):
                self.assertEqual(
                    hazard.__class__(hazard.id).escalated, expected)
