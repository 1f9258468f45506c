# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
from unittest.mock import patch

from mine import build_mine, new_hazard
from organization import acting, create_user
from templates import activate_built

from trytond import backend
from trytond.model.exceptions import AccessError
from trytond.modules.hazard.exceptions import (
    EventAccessError, EventActionError)
from trytond.modules.hazard.integrity.event import event_digest
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.safety_base.exceptions import IdentityError
from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.transaction import Transaction


def save_hazards(mine, count=1):
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    hazards = [
        new_hazard(
            mine, number=f'2026-{i:06}', description="Noted",
            reported_at=dt.datetime.now())
        for i in range(1, count + 1)]
    Hazard.save(hazards)
    return hazards


def advance(hazards, *states):
    pool = Pool()
    Hazard = pool.get('hazard.hazard')
    for state in states:
        Hazard.advance(hazards, state, 'submit', note="Noted")


def execute(query):
    Transaction().connection.cursor().execute(*query)


class HazardEventTestCase(TestCase):
    "Test the timeline of hazards"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    @with_transaction()
    def test_chain(self):
        "Test each event holds the digest of the one before it"
        hazard, = save_hazards(build_mine())

        advance([hazard], 'four_fix', 'rectification', 'recheck')

        first, second, third = hazard.events
        self.assertEqual([e.sequence for e in hazard.events], [1, 2, 3])
        self.assertIsNone(first.previous)
        self.assertEqual(second.previous, first.digest)
        self.assertEqual(third.previous, second.digest)
        self.assertEqual(third.from_state, 'rectification')
        self.assertEqual(third.to_state, 'recheck')

    @with_transaction()
    def test_digest(self):
        "Test the documented form of the digest"
        values = {
            'hazard': 7, 'company': 1, 'sequence': 1,
            'at': dt.datetime(2026, 4, 25, 8, 30), 'user': 5,
            'employee': None, 'action': 'submit', 'from_state': 'draft',
            'to_state': 'four_fix', 'note': "甲烷", 'stage': None,
            'previous': None,
            }
        self.assertEqual(
            event_digest(values),
            'f8fc5d41c45e8eed8383e7507f352c88'
            '27e1d00dc9022869586765c86de7329d')

    @with_transaction()
    def test_batch(self):
        "Test a batch takes one select and one create"
        pool = Pool()
        Event = pool.get('hazard.event')
        hazards = save_hazards(build_mine(), count=20)

        with patch.object(
                Event, '_get_last', wraps=Event._get_last) as get_last, \
                patch.object(Event, 'create', wraps=Event.create) as create:
            advance(hazards, 'four_fix')

        self.assertEqual(get_last.call_count, 1)
        self.assertEqual(create.call_count, 1)

    @with_transaction()
    def test_same_hazard_twice(self):
        "Test two entries of one hazard follow each other"
        pool = Pool()
        Event = pool.get('hazard.event')
        hazard, = save_hazards(build_mine())

        Event.append([
                {'hazard': hazard, 'action': 'remind'},
                {'hazard': hazard, 'action': 'overdue'},
                ])

        self.assertEqual([e.sequence for e in hazard.events], [1, 2])
        self.assertIsNone(
            Verifier(hazard.company).run().problem)

    @with_transaction()
    def test_unknown_action(self):
        "Test no action goes into the chain that nobody can read there"
        pool = Pool()
        Event = pool.get('hazard.event')
        hazard, = save_hazards(build_mine())

        with self.assertRaises(EventActionError):
            Event.append([
                    {'hazard': hazard, 'action': 'remind'},
                    {'hazard': hazard, 'action': 'praise'},
                    ])

        self.assertFalse(hazard.events)

    @with_transaction()
    def test_append_only(self):
        "Test not even code changes or deletes an event"
        pool = Pool()
        Event = pool.get('hazard.event')
        hazard, = save_hazards(build_mine())
        advance([hazard], 'four_fix')
        event, = hazard.events

        with self.assertRaises(EventAccessError):
            Event.write([event], {'note': "Changed"})
        with self.assertRaises(EventAccessError):
            Event.delete([event])

    @with_transaction()
    def test_no_create_by_users(self):
        "Test no user creates an event, whatever the groups"
        pool = Pool()
        Event = pool.get('hazard.event')
        mine = build_mine()
        hazard, = save_hazards(mine)
        advance([hazard], 'four_fix')
        for sequence, user in enumerate(vars(mine.users).values(), 2):
            with acting(user), self.assertRaises(AccessError):
                Event.create([{
                            'hazard': hazard.id,
                            'company': hazard.company.id,
                            'sequence': sequence,
                            'at': dt.datetime.now(),
                            'user': user.id,
                            'action': 'close',
                            'digest': 'forged',
                            }])

    @with_transaction()
    def test_read(self):
        "Test the timeline is read by whoever reads the hazard"
        pool = Pool()
        Event = pool.get('hazard.event')
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazards = save_hazards(mine, count=2)
        hazards[0].found_by = mine.employees.other_captain
        hazards[0].unit = mine.units.driving
        hazards[0].save()
        advance(hazards, 'four_fix')
        users = {
            **vars(mine.users), 'outsider': create_user('out', mine.company)}

        def search(Model, name):
            try:
                return {getattr(r, name) for r in Model.search([])}
            except AccessError:
                return set()

        for name, user in users.items():
            with self.subTest(user=name), acting(user):
                self.assertEqual(
                    {h.id for h in search(Event, 'hazard')},
                    search(Hazard, 'id'))
        with acting(mine.users.reporter):
            self.assertEqual(
                search(Event, 'hazard'), {hazards[1]})

    @with_transaction()
    def test_actor(self):
        "Test the event names the user and the employee"
        mine = build_mine()
        hazard, = save_hazards(mine)

        with acting(mine.users.captain):
            pool = Pool()
            Event = pool.get('hazard.event')
            Event.append([{'hazard': hazard, 'action': 'remind'}])

        event, = hazard.events
        self.assertEqual(event.user, mine.users.captain)
        self.assertEqual(event.employee, mine.employees.captain)

    @with_transaction()
    def test_forged_employee(self):
        "Test the context does not make a user somebody else"
        pool = Pool()
        Event = pool.get('hazard.event')
        mine = build_mine()
        hazard, = save_hazards(mine)

        with acting(mine.users.captain), Transaction().set_context(
                employee=mine.employees.safety.id):
            with self.assertRaises(IdentityError):
                Event.append([{'hazard': hazard, 'action': 'remind'}])

        self.assertFalse(hazard.events)

    @with_transaction()
    def test_same_sequence(self):
        "Test who comes second at the same time has to try again"
        pool = Pool()
        Event = pool.get('hazard.event')
        hazard, = save_hazards(build_mine())
        Event.append([{'hazard': hazard, 'action': 'remind'}])

        with patch.object(Event, '_get_last', return_value={}):
            with self.assertRaises(backend.DatabaseOperationalError):
                Event.append([{'hazard': hazard, 'action': 'remind'}])

    @with_transaction()
    def test_hours(self):
        "Test the hours in the state that an event ends"
        pool = Pool()
        Event = pool.get('hazard.event')
        hazard, = save_hazards(build_mine())
        start = dt.datetime(2026, 4, 25, 8)
        for hours, states in [
                (0, ('draft', 'four_fix')),
                (1, ('four_fix', 'four_fix')),
                (2.5, ('four_fix', 'rectification')),
                (8, ('rectification', 'recheck'))]:
            with patch.object(
                    Event, '_now',
                    return_value=start + dt.timedelta(hours=hours)):
                Event.append([{
                            'hazard': hazard,
                            'action': 'submit',
                            'from_state': states[0],
                            'to_state': states[1],
                            }])

        self.assertEqual(
            [e.hours for e in hazard.events], [None, None, 2.5, 5.5])


class HazardVerificationTestCase(TestCase):
    "Test what was tampered with is found"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setup(self):
        pool = Pool()
        self.Event = pool.get('hazard.event')
        self.Hazard = pool.get('hazard.hazard')
        self.mine = build_mine()
        hazards = save_hazards(self.mine, count=3)
        advance(hazards, 'four_fix', 'rectification', 'recheck')
        pool.get('hazard.recheck').open(hazards)
        return hazards

    def verify(self, *days):
        return Verifier(self.mine.company, *days).run()

    def update(self, event, name, value):
        table = self.Event.__table__()
        execute(table.update(
                [getattr(table, name)], [value], where=table.id == event.id))

    def delete(self, event):
        table = self.Event.__table__()
        execute(table.delete(where=table.id == event.id))

    def assertProblem(self, verified, hazard, sequence):
        self.assertIsNotNone(verified.problem)
        self.assertEqual(
            (verified.problem.hazard, verified.problem.sequence),
            (hazard.id, sequence))
        self.assertIn(hazard.number, verified.problem.message)

    @with_transaction()
    def test_untouched(self):
        "Test untouched records fit"
        self.setup()

        verified = self.verify()

        self.assertIsNone(verified.problem)
        self.assertEqual((verified.hazards, verified.events), (3, 9))

    @with_transaction()
    def test_slices(self):
        "Test slices leave nothing out"
        self.setup()
        with patch('trytond.modules.hazard.integrity.verification.SLICE', 2):
            verified = self.verify()
            today = dt.date.today()
            some = self.verify(today - dt.timedelta(days=1), today)

        self.assertEqual((verified.hazards, verified.events), (3, 9))
        self.assertEqual((some.hazards, some.events), (3, 9))

    @with_transaction()
    def test_draft(self):
        "Test a draft without events fits"
        self.setup()
        save_hazards(self.mine)
        self.assertIsNone(self.verify().problem)

    @with_transaction()
    def test_changed(self):
        "Test a changed event is found"
        for name, value in [
                ('note', "Forged"),
                ('at', dt.datetime(2026, 1, 1, 1)),
                ('action', 'close'),
                ('to_state', 'closed')]:
            with self.subTest(name=name):
                _, hazard, _ = self.setup_again()
                self.update(hazard.events[1], name, value)
                self.assertProblem(self.verify(), hazard, 2)

    @with_transaction()
    def test_changed_employee(self):
        "Test an event given to somebody else is found"
        _, hazard, _ = self.setup()
        self.update(
            hazard.events[1], 'employee', self.mine.employees.safety.id)
        self.assertProblem(self.verify(), hazard, 2)

    def setup_again(self):
        Transaction().rollback()
        return self.setup()

    @with_transaction()
    def test_recomputed(self):
        "Test a changed event with a digest of its own is found"
        _, hazard, _ = self.setup()
        event = hazard.events[1]
        self.update(event, 'note', "Forged")
        table = self.Event.__table__()
        cursor = Transaction().connection.cursor()
        names = [
            'hazard', 'company', 'sequence', 'at', 'user', 'employee',
            'action', 'from_state', 'to_state', 'note', 'stage', 'previous',
            'version', 'content']
        cursor.execute(*table.select(
                *(getattr(table, n) for n in names),
                where=table.id == event.id))
        values = dict(zip(names, cursor.fetchone()))
        self.update(event, 'digest', event_digest(values))

        self.assertProblem(self.verify(), hazard, 3)

    @with_transaction()
    def test_deleted(self):
        "Test a deleted event is found"
        _, _, hazard = self.setup()
        self.delete(hazard.events[1])
        self.assertProblem(self.verify(), hazard, 2)

    @with_transaction()
    def test_deleted_last(self):
        "Test the deletion of the last event is found"
        _, _, hazard = self.setup()
        self.delete(hazard.events[2])
        self.assertProblem(self.verify(), hazard, 2)

    @with_transaction()
    def test_deleted_all(self):
        "Test the deletion of all events of a hazard is found"
        _, _, hazard = self.setup()
        for event in hazard.events:
            self.delete(event)
        self.assertProblem(self.verify(), hazard, 0)

    @with_transaction()
    def test_state(self):
        "Test a state that no event leads to is found"
        hazard, _, _ = self.setup()
        table = self.Hazard.__table__()
        execute(table.update(
                [table.state], ['closed'], where=table.id == hazard.id))
        self.assertProblem(self.verify(), hazard, 3)

    @with_transaction()
    def test_access(self):
        "Test only the safety department and the administration verify"
        pool = Pool()
        Verify = pool.get('hazard.verify', type='wizard')
        self.setup()
        users = self.mine.users
        for user in vars(users).values():
            with self.subTest(user=user.login), acting(user):
                if user in {users.safety, users.manager}:
                    session_id, _, _ = Verify.create()
                    result = Verify.execute(
                        session_id, {'start': {}}, 'verify')
                    values = result['view']['defaults']
                    self.assertTrue(values['fits'])
                    self.assertEqual(values['events'], 9)
                else:
                    with self.assertRaises(AccessError):
                        Verify.create()
