# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from collections import Counter

import time_machine
from access import REFUSED, call, run
from organization import acting, create_company, create_employee, create_user
from supervision import make_bureau, make_enterprise
from templates import activate_built
from undone import undone

from trytond.exceptions import UserError
from trytond.model.exceptions import AccessError, DomainValidationError
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_supervision.exceptions import (
    AssignmentAccessError, AssignmentError)
from trytond.pool import Pool
from trytond.tests.test_tryton import drop_db, with_transaction

NOON = dt.datetime(2026, 12, 2, 4)
TODAY = dt.date(2026, 12, 2)
DAY = dt.timedelta(days=1)


def values(bureau, enterprise, **others):
    return {
        'company': bureau.company.id, 'enterprise': enterprise.id,
        'section': bureau.units.mines.id,
        'officer': bureau.employees.officer.id, 'start': TODAY, **others}


class AssignmentTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard_supervision', make_bureau)
        cls.addClassCleanup(drop_db)

    def setUp(self):
        self.clock = time_machine.travel(NOON, tick=False)
        self.traveller = self.clock.start()
        self.addCleanup(self.clock.stop)

    def assign(self, bureau, enterprise, role='deputy', **others):
        Assignment = Pool().get('supervision.assignment')
        with acting(getattr(bureau.users, role)):
            assignment, = Assignment.create([
                    values(bureau, enterprise, **others)])
        return Assignment(assignment.id)

    def press(self, bureau, role, button, assignment, **context):
        Assignment = Pool().get('supervision.assignment')
        with acting(getattr(bureau.users, role), **context):
            getattr(Assignment, button)([Assignment(assignment.id)])
        return Assignment(assignment.id)

    @with_transaction()
    def test_officer(self):
        "Only an officer of the bureau is assigned"
        bureau, other = make_bureau(), create_company("Other")
        enterprise = make_enterprise(bureau.company, 1)
        for role in ['duty', 'office', 'legal', 'township', 'admin']:
            with self.subTest(role=role), undone(), \
                    self.assertRaises(AssignmentError):
                self.assign(
                    bureau, enterprise,
                    officer=getattr(bureau.employees, role).id)
        stranger = create_employee(other, "Stranger")
        create_user('stranger', other, stranger, [
                'hazard_supervision.group_supervision_officer'])
        with undone(), self.assertRaises(DomainValidationError):
            self.assign(bureau, enterprise, officer=stranger.id)
        for role in ['chief', 'deputy', 'director', 'officer']:
            assignment = self.assign(
                bureau, make_enterprise(bureau.company, hash(role) % 9999),
                officer=getattr(bureau.employees, role).id)
            self.assertEqual(assignment.dealt, 'hand')
        self.assign(bureau, enterprise, officer=None)

    @with_transaction()
    def test_one(self):
        "An enterprise has one officer at a time"
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 1)
        first = self.assign(bureau, enterprise, end=TODAY + DAY)
        for others in [
                {}, {'officer': None},
                {'start': TODAY + DAY, 'end': TODAY + 2 * DAY}]:
            with self.subTest(others=others), undone(), \
                    self.assertRaises(AssignmentError):
                self.assign(bureau, enterprise, **others)
        self.assign(bureau, enterprise, start=TODAY + 2 * DAY)
        first = self.press(bureau, 'deputy', 'end_', first, reason="Ill")
        self.assertEqual(first.end, TODAY)
        self.assertEqual(first.end_reason, "Ill")
        self.assertEqual(first.ended_by, bureau.employees.deputy)
        self.assign(bureau, enterprise, end=TODAY)

    @with_transaction()
    def test_who(self):
        "Leaders of all sections deal, a chief in the own section only"
        bureau = make_bureau()
        enterprises = (
            make_enterprise(bureau.company, n) for n in range(20))
        trades = {'section': bureau.units.trades.id, 'officer': None}
        for role in ['director', 'deputy', 'office', 'admin']:
            theirs = self.assign(bureau, next(enterprises), role, **trades)
        with undone(), self.assertRaises(REFUSED):
            self.press(bureau, 'chief', 'end_', theirs, reason="No")
        mine = self.assign(bureau, next(enterprises), 'chief')
        with undone(), self.assertRaises(REFUSED):
            self.assign(bureau, next(enterprises), 'chief', **trades)
        for role in ['officer', 'duty', 'legal', 'township']:
            with self.subTest(role=role):
                with undone(), self.assertRaises(REFUSED):
                    self.assign(bureau, next(enterprises), role)
                with undone(), self.assertRaises(REFUSED):
                    self.press(bureau, role, 'end_', mine, reason="No")
        with undone(), self.assertRaises(REFUSED):
            self.press(
                bureau, 'chief', 'reassign', mine, reason="No",
                section=bureau.units.trades.id)

    @with_transaction()
    def test_kept(self):
        "Assignments and their changes are kept as they are"
        bureau = make_bureau()
        assignment = self.assign(bureau, make_enterprise(bureau.company, 1))
        Assignment = assignment.__class__
        new = make_enterprise(bureau.company, 2)
        with acting(bureau.users.deputy):
            for changes in [
                    {'officer': bureau.employees.chief.id},
                    {'start': TODAY - DAY}, {'ended_at': NOON}]:
                with self.subTest(changes=changes), undone(), \
                        self.assertRaises(AccessError):
                    Assignment.write([assignment], changes)
            for others in [
                    {'start': TODAY - DAY}, {'ended_at': NOON},
                    {'end_reason': "None"}]:
                with self.subTest(others=others), undone(), \
                        self.assertRaises(AssignmentAccessError):
                    Assignment.create([values(bureau, new, **others)])
        for records in [[assignment], list(assignment.changes)]:
            with undone(), self.assertRaises(AccessError):
                records[0].__class__.delete(records)
        change, = assignment.changes
        self.assertEqual(change.action, 'assigned')
        self.assertEqual(change.employee, bureau.employees.deputy)

    @with_transaction()
    def test_reassign(self):
        "Who gets an enterprise anew has it from today"
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 1)
        former = self.assign(bureau, enterprise)
        self.traveller.shift(3 * DAY)
        who = {'section': bureau.units.mines.id}
        with undone(), self.assertRaises(AssignmentError):
            self.press(
                bureau, 'chief', 'reassign', former, reason="Same",
                officer=bureau.employees.officer.id, **who)
        former = self.press(
            bureau, 'chief', 'reassign', former, reason="Leave",
            officer=bureau.employees.chief.id, **who)
        self.assertEqual(
            [c.action for c in former.changes], ['ended', 'assigned'])
        with set_company(bureau.company):
            enterprise = enterprise.__class__(enterprise.id)
            self.assertEqual(enterprise.officer, bureau.employees.chief)
            self.assertEqual(enterprise.section, bureau.units.mines)
            for value, found in [
                    (bureau.employees.chief.id, [enterprise]),
                    (bureau.employees.officer.id, []), (None, [])]:
                self.assertEqual(enterprise.__class__.search([
                            ('officer', '=', value)]), found)
        current = enterprise.assignments[0]
        self.assertEqual(current.start, TODAY + 3 * DAY)
        with undone(), self.assertRaises(REFUSED):
            self.press(bureau, 'chief', 'end_', former, reason="Again")

    @with_transaction()
    def test_refused_name(self):
        "A refusal tells no name of what the user may not read"
        bureau, other = make_bureau(), make_bureau("Other", 'other_')
        hidden = make_enterprise(other.company, 7, name="Hidden")
        known = make_enterprise(bureau.company, 8, name="Known")
        assignment = self.assign(bureau, known)
        mine = {'company': bureau.company.id, 'start': TODAY}
        deputy = bureau.users.deputy
        for model, method, args in [
                ('supervision.assignment', 'create', [
                        [values(bureau, hidden)]]),
                ('supervision.assignment', 'create', [[{
                                **values(bureau, known),
                                'officer': other.employees.legal.id}]]),
                ('supervision.assignment', 'create', [[{
                                **values(bureau, hidden, end=TODAY - DAY)}]]),
                ('supervision.assignment', 'write', [
                        [assignment.id], {'enterprise': hidden.id}]),
                ('supervision.exemption', 'create', [[{
                                **mine, 'enterprise': hidden.id,
                                'kind': 'halt', 'reason': "Because",
                                'evidence': b'x', 'end': TODAY}]]),
                ]:
            with self.subTest(model=model, args=args), undone():
                with self.assertRaises(UserError) as caught:
                    call(deputy, f'model.{model}.{method}', *args)
                self.assertNotIn("Hidden", str(caught.exception))
                self.assertNotIn("Legal", str(caught.exception))
        with undone(), self.assertRaises(DomainValidationError) as caught:
            self.assign(bureau, known, end=TODAY - DAY)
        self.assertIn("Known → Officer", str(caught.exception))

    @with_transaction()
    def test_deal_nobody(self):
        "A recipient whom a client sends without a section is refused"
        bureau = make_bureau()
        make_enterprise(bureau.company, 9)
        start = {
            'company': bureau.company.id, 'dealt': 'evenly', 'scope': 'new',
            'to': 'section', 'start': TODAY, 'recipients': [{'weight': 1}]}
        deputy = bureau.users.deputy
        session, _, _ = call(deputy, 'wizard.supervision.deal.create')
        with undone(), self.assertRaises(AssignmentError):
            call(deputy, 'wizard.supervision.deal.execute',
                session, {'start': start}, 'preview')

    @with_transaction()
    def test_foreign(self):
        "Another regulator neither reads nor ends nor deals what is assigned"
        bureau, other = make_bureau(), make_bureau("Other", 'other_')
        enterprise = make_enterprise(bureau.company, 1)
        assignment = self.assign(bureau, enterprise)
        Assignment = assignment.__class__
        for role in ['director', 'office', 'admin']:
            with self.subTest(role=role):
                with acting(getattr(other.users, role)):
                    self.assertFalse(Assignment.search([]))
                for record in [assignment, *assignment.changes]:
                    with undone(), self.assertRaises(REFUSED), \
                            acting(getattr(other.users, role)):
                        record.__class__.read([record.id], ['rec_name'])
                with undone(), self.assertRaises(REFUSED):
                    self.press(other, role, 'end_', assignment, reason="No")
                with undone(), self.assertRaises(DomainValidationError):
                    self.assign(other, make_enterprise(
                            bureau.company, 2), role)

    @with_transaction()
    def test_township(self):
        "A township sees who looks after its enterprises, not the assignments"
        bureau = make_bureau()
        Township = Pool().get('supervision.township')
        township, = Township.create([{
                    'company': bureau.company.id, 'name': "Stone Bridge",
                    'people': [('add', [bureau.employees.township.id])]}])
        enterprise = make_enterprise(bureau.company, 1, township=township)
        assignment = self.assign(bureau, enterprise)
        read, = call(
            bureau.users.township, 'model.supervision.enterprise.read',
            [enterprise.id], ['section', 'officer'])
        self.assertEqual(
            (read['section'], read['officer']),
            (bureau.units.mines.id, bureau.employees.officer.id))
        with undone(), self.assertRaises(REFUSED):
            call(bureau.users.township, 'model.supervision.assignment.read',
                [assignment.id], ['rec_name'])

    def deal(self, bureau, role='deputy', **changes):
        "Run the wizard, as a client does, and return the preview."
        user = getattr(bureau.users, role)
        session, start, _ = call(user, 'wizard.supervision.deal.create')
        result = call(
            user, 'wizard.supervision.deal.execute', session, {}, start)
        values = {
            **_sent(result['view']['defaults']), **changes}
        values['recipients'] = list(map(_sent, values['recipients']))
        data = {'start': values}
        result = call(
            user, 'wizard.supervision.deal.execute', session, data,
            'preview')
        preview = result['view']['defaults']
        data['preview'] = {
            n: list(map(_sent, preview[n])) for n in ['lines', 'totals']}
        call(user, 'wizard.supervision.deal.execute', session, data, 'deal')
        return preview

    def count(self, bureau):
        Assignment = Pool().get('supervision.assignment')
        return Counter(
            (a.section.name, a.officer.party.name if a.officer else None)
            for a in Assignment.search([
                    ('company', '=', bureau.company.id),
                    *Assignment.get_lasting(TODAY)]))

    @with_transaction()
    def test_deal(self):
        "Enterprises are dealt as the preview shows, first only the new ones"
        bureau = make_bureau()
        for number in range(7):
            make_enterprise(bureau.company, number)
        make_enterprise(
            bureau.company, 8, enrolled_on=TODAY - DAY, closed_on=TODAY)
        mines, trades = bureau.units.mines, bureau.units.trades
        officer = bureau.employees.officer
        sections = [
            {'section': mines.id, 'weight': 5},
            {'section': trades.id, 'weight': 2}]
        preview = self.deal(
            bureau, to='section', dealt='proportion', recipients=sections)
        self.assertEqual(len(preview['lines']), 7)
        self.assertEqual(
            [(t['former'], t['number']) for t in preview['totals']],
            [(0, 5), (0, 2)])
        self.assertEqual(
            self.count(bureau), {("Mines", None): 5, ("Trades", None): 2})
        for number in range(10, 13):
            make_enterprise(bureau.company, number)
        preview = self.deal(
            bureau, to='section', dealt='evenly', recipients=sections)
        self.assertEqual(len(preview['lines']), 3)
        self.assertEqual(
            self.count(bureau), {("Mines", None): 5, ("Trades", None): 5})
        preview = self.deal(bureau, scope='all', start=TODAY + DAY)
        self.assertEqual(
            preview['totals'][0]['officer'], officer.id)
        self.assertEqual(len(preview['lines']), 10)
        Assignment = Pool().get('supervision.assignment')
        former = Assignment.search([('officer', '=', None)])
        self.assertEqual({a.end for a in former}, {TODAY})
        self.assertEqual({a.ended_at for a in former}, {None})
        self.assertEqual(
            {a.dealt for a in Assignment.search([
                        ('officer', '=', officer.id)])}, {'evenly'})
        again = self.deal(bureau, scope='all', start=TODAY + DAY)
        self.assertEqual(
            [t['former'] for t in again['totals']],
            [t['number'] for t in preview['totals']])

    @with_transaction()
    def test_deal_later(self):
        "Dealing all anew ends also what would begin later"
        bureau = make_bureau()
        enterprise = make_enterprise(bureau.company, 0)
        now = self.assign(
            bureau, enterprise, start=TODAY + DAY, end=TODAY + 5 * DAY)
        later = self.assign(bureau, enterprise, start=TODAY + 6 * DAY)
        self.deal(
            bureau, scope='all', to='section', start=TODAY + 2 * DAY,
            recipients=[{'section': bureau.units.trades.id, 'weight': 1}])
        now = now.__class__(now.id)
        self.assertEqual((now.end, now.ended_at), (TODAY + DAY, None))
        self.assertTrue(later.__class__(later.id).ended_at)
        self.assertEqual(self.count(bureau)[("Trades", None)], 1)

    @with_transaction()
    def test_deal_trade(self):
        "What is new of a trade goes to who has the trade already"
        bureau = make_bureau()
        first = make_enterprise(bureau.company, 0)
        trades = {'section': bureau.units.trades.id, 'officer': None}
        self.assign(bureau, first, **trades)
        for number in range(1, 4):
            make_enterprise(bureau.company, number)
        self.deal(
            bureau, to='section', dealt='trade', recipients=[
                {'section': bureau.units.mines.id, 'weight': 1},
                {'section': bureau.units.trades.id, 'weight': 1}])
        self.assertEqual(self.count(bureau), {("Trades", None): 4})

    @with_transaction()
    def test_deal_refused(self):
        "Who does not deal cannot run the wizard, nor deal to nobody"
        bureau = make_bureau()
        make_enterprise(bureau.company, 0)
        for role in ['officer', 'chief', 'duty', 'legal', 'township']:
            with self.subTest(role=role), undone(), \
                    self.assertRaises(REFUSED):
                self.deal(bureau, role, recipients=[
                        {'section': bureau.units.trades.id, 'weight': 1}])
        with undone(), self.assertRaises(AssignmentError):
            self.deal(bureau, recipients=[])

    @with_transaction()
    def test_wizards(self):
        "Ending and reassigning ask for the reason"
        bureau = make_bureau()
        Assignment = Pool().get('supervision.assignment')
        assignment = self.assign(bureau, make_enterprise(bureau.company, 1))
        context = {
            'active_model': 'supervision.assignment',
            'active_id': assignment.id,
            'active_ids': [assignment.id]}
        run(bureau.users.chief, 'supervision.assignment.reassign', [
                ('reassign', {'ask': {
                            'section': bureau.units.mines.id,
                            'officer': bureau.employees.chief.id,
                            'reason': "Leave"}})], **context)
        current, = Assignment.search([('ended_at', '=', None)])
        self.assertEqual(current.officer, bureau.employees.chief)
        context['active_id'] = current.id
        context['active_ids'] = [current.id]
        run(bureau.users.chief, 'supervision.assignment.end', [
                ('press', {'ask': {'reason': "Over"}})], **context)
        self.assertEqual(Assignment(current.id).end_reason, "Over")


def _sent(values):
    "Return what a client sends of what it got."
    return {n: v for n, v in values.items() if not n.endswith('.')}
