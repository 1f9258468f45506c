# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is reported up, and that nothing is closed before."

import datetime as dt
import unittest
from unittest.mock import patch

from mine import build_mine
from organization import acting, create_company, get_ref
from steps import confirm, draft, file_up, finish, report, waiting
from templates import activate_built

from trytond.model.exceptions import (
    AccessButtonError, AccessError, ButtonActionException, ValidationError)
from trytond.modules.hazard.disclosure.filing import REQUIRED
from trytond.modules.hazard.exceptions import (
    DisclosureAccessError, DisclosureError, FilingError, ProofError)
from trytond.modules.hazard.integrity.verification import Verifier
from trytond.modules.safety_base.exceptions import AttachmentLimitError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class FilingTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def set_hours(self, mine, **hours):
        Configuration = Pool().get('hazard.configuration')
        with Transaction().set_context(company=mine.company.id):
            Configuration(1).save()
            Configuration.write([Configuration(1)], {
                    f'filing_{n}_hours': h for n, h in hours.items()})

    def report(self, mine, grade='larger', up=True, group=24, **values):
        "Report a hazard of a grade that is reported up."
        self.set_hours(mine, group=group)
        Grade = Pool().get('hazard.grade')
        grade = Grade(get_ref(f'hazard.grade_{grade}'))
        Grade.write([grade], {'report_up': up, 'publish': False})
        return report(mine, grade=grade.id, **values)

    def receive(self, filing, user, **context):
        context = {
            'receipt_number': "R-1", 'received_at': dt.datetime.now(),
            **context}
        with acting(user, **context):
            filing.__class__.receive([filing.__class__(filing.id)])
        return filing.__class__(filing.id)

    @with_transaction()
    def test_open(self):
        "A hazard to be reported up waits for each recipient, others do not"
        mine = build_mine()
        hazard = self.report(mine)
        self.assertEqual(
            [(f.recipient, f.state) for f in hazard.filings],
            [('regulator', 'draft'), ('group', 'draft'),
                ('congress', 'draft')])
        hours = [
            round((f.due_at - f.opened_at).total_seconds() / 3600)
            for f in hazard.filings]
        self.assertEqual(hours, [24, 24, 720])
        self.assertEqual(
            [f.recipient for f in self.report(mine, group=0).filings],
            ['regulator', 'congress'])
        self.assertFalse(self.report(mine, 'general', up=False).filings)

    @with_transaction()
    def test_grade_hours(self):
        "A grade gives its own hours for the higher authorities"
        mine = build_mine()
        Grade = Pool().get('hazard.grade')
        Grade.write([Grade(get_ref('hazard.grade_larger'))], {
                'report_up_hours': 2})
        hazard = self.report(mine)
        self.assertEqual([
                round((f.due_at - f.opened_at).total_seconds() / 3600)
                for f in hazard.filings], [2, 2, 720])

    @with_transaction()
    def test_life(self):
        "A report up is recorded, later its receipt"
        mine = build_mine()
        hazard = self.report(mine)
        filing, *_ = file_up(mine, hazard)
        self.assertEqual(filing.state, 'filed')
        self.assertEqual(filing.recorded_by, mine.employees.safety)
        filing = self.receive(filing, mine.users.safety)
        self.assertEqual(filing.state, 'received')
        self.assertEqual(filing.receipt_number, "R-1")
        actions = [
            e.action for e in hazard.__class__(hazard.id).events]
        self.assertEqual(actions.count('file'), 3)
        self.assertEqual(actions[-1], 'receipt')
        self.assertEqual(Verifier(mine.company).run().problems, [])

    @with_transaction()
    def test_required(self):
        "A report up tells to whom, what, how, when and by whom"
        mine = build_mine()
        hazard = self.report(mine)
        for name in REQUIRED:
            with self.subTest(name=name):
                with self.assertRaises(FilingError):
                    file_up(mine, hazard, **{name: None})

    @with_transaction()
    def test_time(self):
        "Nothing is reported in the future or before it was found"
        mine = build_mine()
        hazard = self.report(mine)
        for days in [1, -1]:
            with self.subTest(days=days), self.assertRaises(FilingError):
                file_up(mine, hazard, filed_at=(
                        dt.datetime.now() + dt.timedelta(days=days)))

    @with_transaction()
    def test_receipt(self):
        "A receipt has a number and a possible time"
        mine = build_mine()
        filing, *_ = file_up(mine, self.report(mine))
        now = dt.datetime.now()
        for context in [
                {'receipt_number': None}, {'receipt_number': ' '},
                {'receipt_number': 3}, {'received_at': None},
                {'received_at': now + dt.timedelta(days=1)},
                {'received_at': now - dt.timedelta(days=1)}]:
            with self.subTest(context=context):
                with self.assertRaises(FilingError):
                    self.receive(filing, mine.users.safety, **context)
        with acting(mine.users.safety):
            with self.assertRaises(ButtonActionException):
                filing.__class__.receive([filing])

    @with_transaction()
    def test_writers(self):
        "The safety department reports up, others only read"
        mine = build_mine()
        hazard = self.report(mine)
        filing, *_ = hazard.filings
        Filing = filing.__class__
        for name in ['reporter', 'captain', 'chief', 'dispatcher', 'station']:
            with self.subTest(name=name), acting(getattr(mine.users, name)):
                self.assertTrue(Filing(filing.id).recipient)
                with self.assertRaises(AccessError):
                    Filing.write([Filing(filing.id)], {'content': "No."})
                with self.assertRaises((AccessError, AccessButtonError)):
                    Filing.file([Filing(filing.id)])

    @with_transaction()
    def test_filed(self):
        "What was reported stays as it is"
        mine = build_mine()
        filing, *_ = file_up(mine, self.report(mine))
        Filing = filing.__class__
        with acting(mine.users.safety):
            with self.assertRaises(AccessError):
                Filing.write([Filing(filing.id)], {'content': "No."})
            with self.assertRaises(AccessError):
                Filing.delete([Filing(filing.id)])

    @with_transaction()
    def test_recipient(self):
        "A report that waits stays with its hazard and its recipient"
        mine = build_mine()
        filing, *_ = self.report(mine).filings
        other = report(mine)
        for values in [{'recipient': 'group'}, {'hazard': other.id}]:
            with self.subTest(values=values):
                with acting(mine.users.safety), \
                        self.assertRaises(AccessError):
                    filing.__class__.write([filing], values)

    @with_transaction()
    def test_further(self):
        "The safety department enters further reports"
        mine = build_mine()
        hazard = report(mine)
        with acting(mine.users.safety):
            filing, = Pool().get('hazard.filing').create([{
                        'hazard': hazard.id, 'recipient': 'regulator'}])
        self.assertEqual(filing.company, mine.company)
        self.assertEqual(filing.unit, hazard.unit)

    @with_transaction()
    def test_further_due(self):
        "What the grade asks for and is not there is due when entered"
        mine = build_mine()
        hazard = report(mine, grade=get_ref('hazard.grade_larger'))
        other = self.report(mine)
        Filing = Pool().get('hazard.filing')
        at = dt.datetime.now() + dt.timedelta(days=900)
        with acting(mine.users.safety):
            first, second, further = Filing.create([
                    {'hazard': h.id, 'recipient': 'regulator', 'due_at': at}
                    for h in [hazard, hazard, other]])
        self.assertLess(first.due_at, at)
        self.assertIsNone(second.due_at)
        self.assertIsNone(further.due_at)

    @with_transaction()
    def test_unreported(self):
        "What is not reported, returned or cancelled is not reported up"
        mine = build_mine()
        Filing = Pool().get('hazard.filing')
        hazards = [draft(mine), report(mine), report(mine), report(mine)]
        Hazard = Pool().get('hazard.hazard')
        filing = self.enter(mine, hazards[3])
        with acting(mine.users.safety, reason="Wrong."):
            Hazard.return_([Hazard(hazards[1].id)])
            Hazard.cancel([Hazard(hazards[2].id)])
        for hazard in hazards[:3]:
            with self.subTest(hazard=hazard):
                with self.assertRaises((DisclosureError, AccessError)):
                    self.enter(mine, hazard)
        hazard = Hazard(hazards[3].id)
        filing = Filing(filing.id)
        hazard.state = filing.hazard.state = 'cancelled'
        with self.assertRaises(DisclosureError):
            filing.check_complete()

    def enter(self, mine, hazard, **values):
        with acting(mine.users.safety):
            filing, = Pool().get('hazard.filing').create([{
                        'hazard': hazard.id, 'recipient': 'regulator',
                        **values}])
        return filing

    @with_transaction()
    def test_foreign(self):
        "Nobody reports up what they may not read"
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='other-')
        foreign = report(other)
        with self.assertRaises(AccessError) as raised:
            self.enter(mine, foreign, company=mine.company.id)
        self.assertNotIn(foreign.rec_name, str(raised.exception))

    @with_transaction()
    def test_nothing(self):
        "A report up names its hazard"
        mine = build_mine()
        with acting(mine.users.safety), self.assertRaises(ValidationError):
            Pool().get('hazard.filing').create([{
                        'recipient': 'regulator', 'authority': "Bureau"}])

    @with_transaction()
    def test_delete(self):
        "What is due stays, what was entered besides may go"
        mine = build_mine()
        hazard = self.report(mine)
        filing, *_ = hazard.filings
        entered = self.enter(mine, hazard)
        with acting(mine.users.safety):
            with self.assertRaises(DisclosureAccessError):
                filing.__class__.delete([filing.__class__(filing.id)])
            entered.__class__.delete([entered.__class__(entered.id)])

    @with_transaction()
    def test_major(self):
        "No setting frees major hazards from regulator and congress"
        mine = build_mine()
        Filing = Pool().get('hazard.filing')
        Grade = Pool().get('hazard.grade')
        self.set_hours(mine, regulator=0, congress=0)
        self.assertEqual(
            Filing.get_hours(
                Grade(get_ref('hazard.grade_major')), mine.company),
            {'regulator': 24, 'congress': 720})
        self.assertFalse(self.report(mine, group=0).filings)

    @with_transaction()
    def test_missing_recipient(self):
        "What is missing is opened by recipient, and what was begun is due"
        mine = build_mine()
        hazard = report(mine, grade=get_ref('hazard.grade_larger'))
        entered = self.enter(mine, hazard)
        self.assertIsNone(entered.due_at)
        self.report(mine)
        entered.__class__.open_missing()
        filings = hazard.__class__(hazard.id).filings
        self.assertEqual(
            [f.recipient for f in filings],
            ['regulator', 'group', 'congress'])
        self.assertTrue(all(f.due_at for f in filings))

    @with_transaction()
    def test_closing(self):
        "A hazard is closed when it was reported up"
        mine = build_mine()
        hazard = self.report(mine)
        with self.assertRaises(FilingError):
            hazard.check_closing([hazard])
        file_up(mine, hazard)
        hazard.check_closing([hazard])

    @with_transaction()
    def test_closing_refused(self):
        "The recheck of what was not reported up cannot pass"
        mine = build_mine()
        hazard = self.report(mine)
        confirm(mine, hazard)
        finish(mine, hazard)
        recheck = waiting('hazard.recheck', hazard)
        with acting(mine.users.safety), self.assertRaises(FilingError):
            recheck.__class__.pass_([recheck.__class__(recheck.id)])

    @with_transaction()
    def test_on_site(self):
        "What was fixed on site is reported up before it is closed too"
        mine = build_mine()
        hazard = self.report(
            mine, 'general', handling='on_site', on_site_measures="Closed.",
            on_site_at=dt.datetime.now() - dt.timedelta(minutes=2))
        self.assertEqual(hazard.state, 'recheck')
        self.assertEqual(len(hazard.filings), 3)

    @with_transaction()
    def test_returned(self):
        "What is returned is not to be reported up until it is submitted"
        mine = build_mine()
        hazard = self.report(mine)
        Hazard = hazard.__class__
        with acting(mine.users.safety, reason="Where?"):
            Hazard.return_([Hazard(hazard.id)])
        self.assertEqual(
            {f.state for f in Hazard(hazard.id).filings}, {'cancelled'})
        with acting(mine.users.reporter):
            Hazard.submit([Hazard(hazard.id)])
        self.assertEqual(
            [f.state for f in Hazard(hazard.id).filings],
            ['cancelled'] * 3 + ['draft'] * 3)

    @with_transaction()
    def test_reassigned(self):
        "What is reassigned is still to be reported up"
        mine = build_mine()
        hazard = self.report(mine)
        with acting(
                mine.users.safety, reason="Theirs.",
                unit=mine.units.driving.id):
            hazard.__class__.reassign([hazard.__class__(hazard.id)])
        self.assertEqual(
            {(f.state, f.unit) for f in hazard.__class__(hazard.id).filings},
            {('draft', mine.units.driving)})

    @with_transaction()
    def test_missing(self):
        "Reports up that a grade asks for since are opened once"
        mine = build_mine()
        Filing = Pool().get('hazard.filing')
        hazard = report(mine, grade=get_ref('hazard.grade_larger'))
        self.assertFalse(hazard.filings)
        self.report(mine)
        for _ in range(2):
            Filing.open_missing()
            self.assertEqual(
                len(hazard.__class__(hazard.id).filings), 3)

    @with_transaction()
    def test_reminded(self):
        "Reports up climb the ladder like other stages"
        mine = build_mine()
        Reminder = Pool().get('hazard.reminder')
        hazard = self.report(mine)
        table = Pool().get('hazard.filing').__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.due_at], [dt.datetime.now() - dt.timedelta(hours=1)],
                where=table.recipient == 'regulator'))
        Reminder.remind()
        filing = hazard.filings[0]
        reminders = Reminder.search([('stage', '=', str(filing))])
        self.assertEqual(
            {r.step for r in reminders}, {'overdue', 'escalate_leader'})
        overdue, = [r for r in reminders if r.step == 'overdue']
        self.assertIn(mine.users.safety, overdue.users)

    @with_transaction()
    def test_proof(self):
        "The document is kept with its digest and bounded"
        mine = build_mine()
        hazard = self.report(mine)
        filing, *_ = file_up(
            mine, hazard, proof=b'%PDF-', proof_name='report.pdf')
        self.assertEqual(filing.proof, b'%PDF-')
        self.assertEqual(len(filing.proof_sha256), 64)
        self.assertEqual(Verifier(mine.company).run().problems, [])
        for proof in [
                b'%PDF-' + b'x' * 10 * 2 ** 20, b'<html>', b'MZ\x90']:
            with self.subTest(size=len(proof)):
                with self.assertRaises(ProofError):
                    file_up(mine, self.report(mine), proof=proof)
                with self.assertRaises(ProofError):
                    self.enter(mine, hazard, proof=proof)

    @with_transaction()
    def test_proof_name(self):
        "The document has a name that any computer takes"
        mine = build_mine()
        filing = self.enter(
            mine, self.report(mine), proof=b'%PDF-',
            proof_name='../a\u202efdp.exe')
        self.assertEqual(filing.proof_name, 'afdp.exe')

    @with_transaction()
    def test_proof_stored(self):
        "No stored file is named by a client"
        mine = build_mine()
        hazard = self.report(mine)
        first = self.enter(mine, hazard, proof=b'%PDF-1')
        stored = {
            'proof_id': first.proof_id, 'proof_sha256': first.proof_sha256}
        second = self.enter(mine, hazard, **stored)
        self.assertIsNone(second.proof_id)
        self.assertIsNone(second.proof_sha256)
        third = self.enter(mine, hazard, proof=b'%PDF-3', **stored)
        self.assertEqual(third.proof, b'%PDF-3')
        self.assertNotEqual(third.proof_sha256, first.proof_sha256)
        for values in [{'proof_id': first.proof_id}, stored]:
            with acting(mine.users.safety):
                with self.assertRaises(AccessError):
                    second.__class__.write([second], values)

    @with_transaction()
    def test_proof_count(self):
        "What a user sends a day is bounded, replaced files too"
        mine = build_mine()
        hazard = self.report(mine)
        filing = self.enter(mine, hazard)
        with patch('trytond.modules.hazard.disclosure.proof.DAY_MAX', 3):
            for i in range(3):
                with acting(mine.users.safety):
                    filing.__class__.write([filing], {
                            'proof': b'%%PDF-%d' % i})
            with acting(mine.users.safety):
                with self.assertRaises(AttachmentLimitError):
                    filing.__class__.write([filing], {'proof': b'%PDF-4'})
            with self.assertRaises(AttachmentLimitError):
                self.enter(mine, hazard, proof=b'%PDF-4')

    @with_transaction()
    def test_forged(self):
        "A report up that was changed in the database is found"
        mine = build_mine()
        filing, *_ = file_up(mine, self.report(mine))
        table = filing.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.authority], ["Nobody"], where=table.id == filing.id))
        problem, = Verifier(mine.company).run().problems
        self.assertEqual(
            (problem.record, problem.field), (str(filing), 'authority'))
