# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
from unittest.mock import patch

from mine import build_mine, new_hazard
from organization import acting
from templates import activate_built

from trytond.model.exceptions import AccessError
from trytond.modules.hazard.command import tell, verify_other_files
from trytond.modules.hazard.exceptions import SealAccessError
from trytond.modules.hazard.integrity.seal import seal_digest
from trytond.modules.hazard.integrity.verification import (
    Problem, Verified, Verifier)
from trytond.modules.safety_base.clock import day_start, local_day
from trytond.pool import Pool
from trytond.tests.test_tryton import TestCase, with_transaction
from trytond.tools import timezone as tz
from trytond.transaction import Transaction

SHANGHAI = tz.ZoneInfo('Asia/Shanghai')
DAYS = [dt.date(2026, 4, d) for d in range(20, 25)]


def utc(*args):
    "Return the server's time of a time in Shanghai"
    local = dt.datetime(*args, tzinfo=SHANGHAI)
    return local.astimezone(tz.UTC).replace(tzinfo=None)


class HazardSealTestCase(TestCase):
    "Test the seals of the days"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def setup(self):
        "Record two events on 20 April, three on 21 and one on 23"
        pool = Pool()
        self.Event = pool.get('hazard.event')
        self.Seal = pool.get('hazard.seal')
        self.mine = build_mine()
        self.company = self.mine.company
        self.company.timezone = 'Asia/Shanghai'
        self.company.save()
        self.hazard = new_hazard(self.mine, number='2026-000001')
        self.hazard.save()
        for time in [
                utc(2026, 4, 20, 0, 10), utc(2026, 4, 20, 23, 59, 59),
                utc(2026, 4, 21, 0), utc(2026, 4, 21, 7, 59),
                utc(2026, 4, 21, 8), utc(2026, 4, 23, 12)]:
            self.append(time)

    def append(self, time):
        with patch.object(self.Event, '_now', return_value=time):
            self.Event.append([
                    {'hazard': self.hazard, 'action': 'remind'}])

    def seal(self, *args):
        with patch.object(self.Seal, '_now', return_value=utc(*args)):
            self.Seal.seal_days()

    def get_seals(self):
        return self.Seal.search(
            [('company', '=', self.company.id)], order=[('day', 'ASC')])

    def verify(self, *days, now=dt.datetime(2026, 4, 25, 4)):
        with patch(
                'trytond.modules.hazard.integrity.seal_check._now',
                return_value=now):
            return Verifier(self.company, *days).run()

    def execute(self, query):
        Transaction().connection.cursor().execute(*query)

    @with_transaction()
    def test_days(self):
        "Test days are those of the company's time zone"
        self.assertEqual(
            local_day(dt.datetime(2026, 4, 20, 16), SHANGHAI),
            dt.date(2026, 4, 21))
        self.assertEqual(
            day_start(dt.date(2026, 4, 21), SHANGHAI),
            dt.datetime(2026, 4, 20, 16))

    @with_transaction()
    def test_seal(self):
        "Test each past day has one seal chained to the one before"
        self.setup()

        self.seal(2026, 4, 25, 5)

        seals = self.get_seals()
        self.assertEqual([s.day for s in seals], DAYS)
        self.assertEqual([s.count for s in seals], [2, 3, 0, 1, 0])
        self.assertIsNone(seals[0].previous)
        for before, after in zip(seals, seals[1:]):
            self.assertEqual(after.previous, before.digest)
        self.assertEqual(
            seals[0].digest,
            seal_digest({
                    'version': 2, 'company': self.company.id,
                    'day': DAYS[0], 'previous': None,
                    'sealed_at': utc(2026, 4, 25, 5)},
                [e.digest for e in self.hazard.events[:2]]))

    @with_transaction()
    def test_idempotent(self):
        "Test sealing twice changes nothing and missed days are made up for"
        self.setup()

        self.seal(2026, 4, 21, 5)
        self.assertEqual([s.day for s in self.get_seals()], DAYS[:1])
        self.seal(2026, 4, 21, 5)
        self.assertEqual([s.day for s in self.get_seals()], DAYS[:1])
        # After the pause the clock may be wrong.
        self.seal(2026, 4, 25, 5)
        self.assertEqual([s.day for s in self.get_seals()], DAYS[:1])
        self.seal(2026, 4, 25, 5)
        self.assertEqual([s.day for s in self.get_seals()], DAYS)

    @with_transaction()
    def test_grace(self):
        "Test a day is not sealed right after midnight"
        self.setup()
        self.seal(2026, 4, 21, 1)
        self.assertEqual(self.get_seals(), [])

    @with_transaction()
    def test_nothing(self):
        "Test a company without events has nothing to seal"
        self.setup()
        self.execute(self.Event.__table__().delete())
        self.seal(2026, 4, 25, 5)
        self.assertEqual(self.get_seals(), [])

    @with_transaction()
    def test_append_only(self):
        "Test a seal is neither changed nor deleted"
        self.setup()
        self.seal(2026, 4, 25, 5)
        seals = self.get_seals()
        with self.assertRaises(SealAccessError):
            self.Seal.write(seals, {'count': 0})
        with self.assertRaises(SealAccessError):
            self.Seal.delete(seals)

    def get_runs(self):
        return Pool().get('hazard.seal.run').search(
            [('company', '=', self.company.id)], order=[('id', 'ASC')])

    @with_transaction()
    def test_fast_clock(self):
        "Test nothing is sealed when the clock jumps, and who is told"
        self.setup()
        self.seal(2026, 4, 24, 5)
        Transaction().user_notifications.clear()
        with self.assertLogs(
                'trytond.modules.hazard.integrity.seal_run') as logs:
            self.seal(2026, 4, 27, 5)
        self.assertEqual(self.get_seals()[-1].day, dt.date(2026, 4, 23))
        self.assertIn("72 hours", logs.output[0])
        self.assertIn("72 hours", self.get_runs()[-1].warning)
        self.assertEqual(
            {n.user.login for n in Transaction().user_notifications},
            {'admin', 'manager'})
        # The clock is set right.
        self.append(utc(2026, 4, 24, 12))
        with self.assertLogs('trytond.modules.hazard.integrity.seal_run'):
            self.seal(2026, 4, 25, 5)
        self.seal(2026, 4, 25, 5, 10)
        self.assertEqual([s.day for s in self.get_seals()], DAYS)
        self.assertIsNone(self.verify().problem)

    @with_transaction()
    def test_quiet(self):
        "Test days long after the last event are not sealed, nor missed"
        self.setup()
        for day in range(24, 31):
            self.seal(2026, 4, day, 5)
        for day in range(1, 10):
            self.seal(2026, 5, day, 5)
        self.assertEqual(self.get_seals()[-1].day, dt.date(2026, 4, 30))
        self.assertIsNone(self.verify(now=dt.datetime(2026, 5, 9)).problem)

    @with_transaction()
    def test_many(self):
        "Test one run seals so many days only"
        self.setup()
        with patch('trytond.modules.hazard.integrity.seal.RUN_DAYS', 2):
            self.seal(2026, 4, 25, 5)
            self.assertEqual([s.day for s in self.get_seals()], DAYS[:2])
            self.assertIn("2 days", self.get_runs()[-1].warning)
            for _ in range(2):
                self.seal(2026, 4, 25, 5)
        self.assertEqual([s.day for s in self.get_seals()], DAYS)

    @with_transaction()
    def test_late(self):
        "Test what was sealed late is marked and told, and is no fault"
        self.setup()
        self.seal(2026, 4, 25, 5)
        self.assertEqual(
            [s.late for s in self.get_seals()],
            [True, True, True, True, False])
        verified = self.verify()
        self.assertEqual(
            [p.day for p in verified.remarks], DAYS[:4])
        self.assertIn("4 days", self.get_runs()[-1].warning)

    @with_transaction()
    def test_explain(self):
        "Test a seal of a wrong clock is explained, and what is changed after"
        self.setup()
        self.seal(2026, 4, 25, 5)
        self.append(utc(2026, 4, 24, 12))
        problem, = self.verify().problems
        self.assertEqual((problem.day, problem.field), (DAYS[-1], 'count'))

        seal = self.get_seals()[-1]
        with acting(self.mine.users.manager), \
                Transaction().set_context(reason="The battery was dead."):
            seal.__class__.explain([seal])

        note, = seal.__class__(seal.id).notes
        self.assertEqual(note.name, "Manager")
        self.assertEqual(note.user, self.mine.users.manager)
        verified = self.verify()
        self.assertEqual(verified.list('problems'), [])
        told = '\n'.join(verified.list('remarks'))
        self.assertIn("The battery was dead.", told)
        self.assertIn("counts 0 events but there are 1", told)

        self.append(utc(2026, 4, 24, 13))
        problems = self.verify().problems
        self.assertEqual(
            {p.record for p in problems}, {str(note), str(seal)})

    @with_transaction()
    def test_bounded(self):
        "Test verifying a day reads no seals and notes of the others"
        self.setup()
        self.seal(2026, 4, 25, 5)
        Note = Pool().get('hazard.seal.note')
        for seal in self.get_seals():
            Note.append(seal, "It was wrong.")
        with patch.object(
                    Note, 'read_notes', side_effect=Note.read_notes) as read, \
                patch.object(
                    self.Seal, 'get_digests',
                    side_effect=self.Seal.get_digests) as digests:
            verified = self.verify()
            self.assertEqual(len(verified.remarks), 5 + 4)
            self.assertEqual(read.call_count, 1)
            digests.reset_mock()
            verified = Verifier(self.company, DAYS[1], DAYS[1]).run()
        self.assertIsNone(verified.problem)
        self.assertEqual(verified.counts['days'], 1)
        self.assertEqual({p.day for p in verified.remarks}, {DAYS[1]})
        self.assertEqual(
            {c.args[1] for c in digests.call_args_list}, {DAYS[1]})

    @with_transaction()
    def test_told(self):
        "Test the command tells of companies, of other files if there are any"
        self.setup()
        with patch('builtins.print') as print_:
            self.assertTrue(verify_other_files())
            print_.assert_not_called()
            Attachment = Pool().get('ir.attachment')
            with patch.object(Attachment.data, 'store_prefix', 'none'):
                Attachment.create([{
                            'name': "A", 'data': b'a', 'type': 'data',
                            'resource': str(self.hazard)}])
                self.assertTrue(verify_other_files())
        self.assertIn("files 1", print_.call_args.args[0])

    @with_transaction()
    def test_all_told(self):
        "Test the command tells of all that is kept, the window of the first"
        verified = Verified()
        verified.add(Problem(f"Problem {i}.") for i in range(300))
        with patch('builtins.print') as print_:
            self.assertFalse(tell("Mine", verified))
        self.assertIn(
            "Mine: Problem 299.", [c.args[0] for c in print_.call_args_list])
        self.assertEqual(len(verified.list('problems')), 201)

    @with_transaction()
    def test_explanation_forged(self):
        "Test an explanation is neither changed nor deleted"
        self.setup()
        self.seal(2026, 4, 25, 5)
        first, second, *_ = self.get_seals()
        Note = Pool().get('hazard.seal.note')
        notes = [Note.append(first, "One."), Note.append(second, "Two.")]
        with self.assertRaises(SealAccessError):
            Note.write(notes, {'reason': "Three."})
        with self.assertRaises(SealAccessError):
            Note.delete(notes)
        self.assertIsNone(self.verify().problem)
        note = Note.__table__()
        self.execute(note.update(
                [note.reason], ["Three."], where=note.id == notes[1].id))
        self.assertEqual(self.verify().problem.record, str(notes[1]))
        self.execute(note.delete(where=note.id == notes[0].id))
        self.assertEqual(self.verify().problem.record, str(notes[1]))

    @with_transaction()
    def test_explain_access(self):
        "Test only the safety department and the administration explain"
        self.setup()
        self.seal(2026, 4, 25, 5)
        seal = self.get_seals()[0]
        users = self.mine.users
        for user in vars(users).values():
            with self.subTest(user=user.login), acting(user), \
                    Transaction().set_context(reason="Forged."):
                if user not in {users.safety, users.manager}:
                    with self.assertRaises(AccessError):
                        seal.__class__.explain([seal])
        self.assertFalse(seal.__class__(seal.id).notes)

    @with_transaction()
    def test_verify(self):
        "Test what is untouched fits"
        self.setup()
        self.seal(2026, 4, 25, 5)

        verified = self.verify()
        self.assertIsNone(verified.problem)
        self.assertEqual(
            (verified.hazards, verified.events, verified.days), (1, 6, 5))
        verified = self.verify(DAYS[1], DAYS[2])
        self.assertIsNone(verified.problem)
        self.assertEqual(verified.days, 2)

    @with_transaction()
    def test_deleted_events(self):
        "Test the deletion of a hazard with its events is found by the count"
        self.setup()
        self.seal(2026, 4, 25, 5)
        Hazard = Pool().get('hazard.hazard')
        self.execute(self.Event.__table__().delete())
        self.execute(Hazard.__table__().delete())

        problem = self.verify().problem
        self.assertEqual(problem.day, DAYS[0])

    @with_transaction()
    def test_deleted_last_event(self):
        "Test the deletion of a last event that changed no state is found"
        self.setup()
        self.seal(2026, 4, 25, 5)
        event = self.Event.__table__()
        self.execute(event.delete(where=event.sequence == 6))

        problem = self.verify().problem
        self.assertEqual(problem.day, dt.date(2026, 4, 23))

    @with_transaction()
    def test_deleted_seals(self):
        "Test a missing seal is found, the last ones too"
        for days in [DAYS[:1], DAYS[2:3], DAYS[1:]]:
            with self.subTest(days=days):
                Transaction().rollback()
                self.setup()
                self.seal(2026, 4, 25, 5)
                seal = self.Seal.__table__()
                self.execute(seal.delete(where=seal.day.in_(days)))
                problem = self.verify().problem
                self.assertIsNotNone(problem)
                self.assertIn(
                    problem.day, {days[0], days[0] + dt.timedelta(days=1)})

    @with_transaction()
    def test_never_sealed(self):
        "Test events that nobody seals are found"
        self.setup()
        problem = self.verify().problem
        self.assertEqual(problem.day, DAYS[0])

    @with_transaction()
    def test_changed_seal(self):
        "Test a changed seal is found"
        self.setup()
        self.seal(2026, 4, 25, 5)
        seal = self.Seal.__table__()
        self.execute(seal.update(
                [seal.digest], ['f' * 64], where=seal.day == DAYS[1]))

        problem = self.verify().problem
        self.assertEqual(problem.day, DAYS[1])
