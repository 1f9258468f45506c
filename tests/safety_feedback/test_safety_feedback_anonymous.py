# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Nothing that is stored or sent tells who wrote an anonymous opinion.

What the author does is compared table by table: no row that is written
meanwhile bears the user, the employee or the party of the author.
"""
import datetime as dt
import json
import unittest
from contextlib import contextmanager, suppress
from unittest.mock import patch

from access import REFUSED, call, run
from feedback import (
    SUBJECT, TEXT, build_office, kind, press, reload, run_tasks, submit,
    submit_anonymous)
from organization import acting, create_company, create_user
from pictures import picture
from templates import activate_built

from trytond.modules.safety_base.exceptions import (
    IdentityError, PhotoFormatError, StepError)
from trytond.modules.safety_feedback import sender
from trytond.modules.safety_feedback.exceptions import (
    FeedbackAuthorError, FeedbackLimitError, FeedbackPhotoError,
    FeedbackRatedError, ReceiptError)
from trytond.modules.safety_feedback.receipt import get_digest, new_code
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.tools.logging import format_args
from trytond.transaction import Transaction
from trytond.wizard import StateView

ANSWER = {'reason': "New lamps are ordered."}
# The session of a wizard bears its user, but nothing of what is typed; the
# client deletes it.
SESSION = 'ir_session_wizard'


def follow(user, code, *states):
    "Return what the wizard shows last."
    result = run(user, 'safety.feedback.follow', [
            ('secret_answer', {'secret': {'code': code}}),
            *((n, {'secret_answer': {'code': code, **v}}) for n, v in states)])
    return result['view']['defaults']


def read_tables():
    "Return the rows, as sets of pairs of column and text, of all tables."
    pool = Pool()
    cursor = Transaction().connection.cursor()
    tables = {}
    for _, Model in pool.iterobject():
        if (not hasattr(Model, '__table__')
                or callable(getattr(Model, 'table_query', None))):
            continue
        cursor.execute(f'SELECT * FROM "{Model._table}"')
        names = [d[0] for d in cursor.description]
        tables[Model._table] = {
            frozenset(zip(names, map(str, row))) for row in cursor}
    return tables


@contextmanager
def written(rows):
    "Collect in rows what is written inside, by table."
    before = read_tables()
    yield
    for table, after in read_tables().items():
        if new := after - before[table]:
            rows[table] = [dict(r) for r in new]


class AnonymousTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('safety_feedback', build_office)

    def check_untold(self, office, rows):
        "Check that no row bears the author."
        user = office.users.author
        employee = office.employees.author
        ids = {
            'create_uid': user.id, 'write_uid': user.id, 'user': user.id,
            'author': employee.id, 'employee': employee.id,
            }
        for table, written_rows in rows.items():
            for row in written_rows:
                for name, id_ in ids.items():
                    with self.subTest(table=table, name=name):
                        if table != SESSION:
                            self.assertNotEqual(row.get(name), str(id_))
                with self.subTest(table=table):
                    text = ' '.join(map(str, row.values()))
                    for word in [user.login, employee.party.name]:
                        self.assertNotIn(word, text)

    @with_transaction()
    def test_stored_nowhere(self):
        "No row of any table bears the author"
        office = build_office()
        rows = {}
        with written(rows):
            submit_anonymous(office, photo1=picture())
        self.assertIn('safety_feedback', rows)
        self.assertIn('safety_feedback_photo', rows)
        self.assertIn('ir_queue', rows)
        self.check_untold(office, rows)
        for row in rows[SESSION]:
            self.assertEqual(json.loads(row['data']), {})
        Queue = Pool().get('ir.queue')
        task, = Queue.browse(Transaction().tasks)
        data = task.data
        self.assertEqual(data['user'], 0)
        self.assertNotIn('employee', data['context'])

    @with_transaction()
    def test_told_as_nobody(self):
        "The notice to the leader comes from nobody"
        office = build_office()
        rows = {}
        with written(rows):
            submit_anonymous(office)
            self.assertEqual(Transaction().user_notifications, [])
            run_tasks()
        row, = rows['res_notification']
        self.assertEqual(row['user'], str(office.users.leader.id))
        self.check_untold(office, rows)

    @with_transaction()
    def test_followed_as_nobody(self):
        "Nor does what the author does with the code bear the author"
        office = build_office()
        withdrawn, code = submit_anonymous(office)
        rows = {}
        with written(rows):
            follow(office.users.author, code, ('withdraw', {}))
        self.check_untold(office, rows)
        self.assertEqual(reload(withdrawn).state, 'withdrawn')
        rated, code = submit_anonymous(office)
        press(office.users.leader, rated, 'answer', **ANSWER)
        rows = {}
        with written(rows):
            follow(office.users.author, code, (
                    'rate', {'satisfaction': '5', 'remark': "Fine."}))
        self.check_untold(office, rows)
        self.assertEqual(reload(rated).satisfaction, '5')
        for row in rows[SESSION]:
            self.assertEqual(json.loads(row['data']), {})

    @with_transaction()
    def test_from_record(self):
        "A record from which a client opens the wizard is not logged"
        Log = Pool().get('ir.model.log')
        office = build_office()
        opened = submit(office)
        Log.delete(Log.search([]))
        Transaction().log_records.clear()
        call_context = {
            'active_model': 'safety.unit',
            'active_id': office.units.works.id,
            'active_ids': [office.units.works.id]}
        with suppress(REFUSED):
            run(office.users.author, 'safety.feedback.submit', [
                    ('submit', {'secret': {
                                'anonymous': True, 'kind': opened.kind.id,
                                'subject': SUBJECT, 'text': TEXT}})],
                **call_context)
        self.assertEqual(Transaction().log_records, [])
        self.assertEqual(Log.search([]), [])

    @with_transaction()
    def test_time(self):
        "The records tell the day but not the time"
        office = build_office()
        feedback, _ = submit_anonymous(office, photo1=picture())
        for record in [feedback, *feedback.photos]:
            with self.subTest(model=record.__name__):
                self.assertEqual(
                    reload(record).create_date.strftime('%H:%M:%S.%f'),
                    '00:00:00.000000')

    def get_written(self, feedback):
        "Return when the opinion was written, as the database has it."
        table = feedback.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.write_date, where=table.id == feedback.id))
        return cursor.fetchone()[0]

    @with_transaction()
    def test_time_of_withdrawal(self):
        "That it was withdrawn tells the day but not the time"
        office = build_office()
        feedback, code = submit_anonymous(office)
        follow(office.users.author, code, ('withdraw', {}))
        self.assertEqual(
            str(self.get_written(feedback))[-9:], ' 00:00:00')

    @with_transaction()
    def test_time_of_rating(self):
        "That it was rated tells nothing but when it was answered"
        office = build_office()
        feedback, code = submit_anonymous(office)
        press(office.users.leader, feedback, 'answer', **ANSWER)
        answered = self.get_written(feedback)
        follow(
            office.users.author, code, ('rate', {'satisfaction': '3'}))
        self.assertEqual(reload(feedback).satisfaction, '3')
        self.assertEqual(self.get_written(feedback), answered)

    @with_transaction()
    def test_limit(self):
        "One person sends a few anonymous opinions a day, by any login"
        pool = Pool()
        Configuration = pool.get('safety.feedback.configuration')
        Sender = pool.get('safety.feedback.sender')
        office = build_office()
        with Transaction().set_context(company=office.company.id):
            configuration = Configuration(1)
            configuration.anonymous_limit = 2
            configuration.save()
        for _ in range(2):
            submit_anonymous(office)
        other = create_user(
            'other login', office.company, office.employees.author)
        for user in [office.users.author, other]:
            with self.assertRaises(FeedbackLimitError):
                submit_anonymous(office, user=user)
        submit_anonymous(office, user=office.users.colleague)
        submit(office)
        # Neither who it was nor the order is kept, nor anything of the day.
        senders = Sender.search([])
        self.assertEqual(sorted(s.number for s in senders), [0, 1, 2])
        with patch.object(
                sender, 'get_today',
                return_value=dt.date.today() + dt.timedelta(days=2)):
            submit_anonymous(office)
            after = Sender.search([])
        self.assertFalse(set(after) & set(senders))
        self.assertEqual(sorted(s.number for s in after), [0, 1])
        with Transaction().set_context(company=office.company.id):
            Pool().get('safety.feedback.reminder').remind()
        self.assertFalse(Sender.search([]))

    @with_transaction()
    def test_other_company(self):
        "Nobody sends an opinion, named or not, to another company"
        office = build_office()
        stranger = build_office(
            create_company("Strangers"), prefix='s').users.author
        company = office.company.id
        for context in [
                {'company': company}, {'company': company, 'employee': None},
                {'company': company,
                    'employee': office.employees.author.id}]:
            for anonymous in [True, False]:
                with self.assertRaises(IdentityError):
                    run(stranger, 'safety.feedback.submit', [
                            ('submit', {'secret': {
                                        'anonymous': anonymous,
                                        'kind': kind(), 'subject': SUBJECT,
                                        'text': TEXT}})], **context)
        with acting(stranger), self.assertRaises(FeedbackAuthorError):
            Pool().get('safety.feedback').submit_anonymous(company, {
                    'kind': kind(), 'subject': SUBJECT, 'text': TEXT})
        with self.assertRaises(FeedbackAuthorError):
            submit(office, user=stranger, company=company)

    @with_transaction()
    def test_not_found_by_author(self):
        "Neither search nor reading nor export finds the author"
        office = build_office()
        feedback, _ = submit_anonymous(office, photo1=picture())
        user, employee = office.users.author.id, office.employees.author.id
        for name in ['author', 'leader', 'head', 'administrator']:
            for clause in [
                    ('create_uid', '=', user), ('write_uid', '=', user),
                    ('create_uid.login', '=', 'author'),
                    ('author', '=', employee),
                    ('author.rec_name', 'ilike', '%'),
                    ('photos.create_uid', '=', user),
                    ('forwardings.create_uid', '=', user),
                    ('photos', 'where', [('create_uid', '=', user)]),
                    ]:
                with self.subTest(name=name, clause=clause):
                    self.assertEqual(
                        call(getattr(office.users, name),
                            'model.safety.feedback.search', [clause]), [])
        for name in ['leader', 'administrator']:
            caller = getattr(office.users, name)
            read, = call(
                caller, 'model.safety.feedback.read', [feedback.id],
                ['create_uid', 'write_uid', 'author', 'own'])
            self.assertEqual(read['create_uid'], 0)
            self.assertIsNone(read['write_uid'])
            self.assertIsNone(read['author'])
            exported = call(
                caller, 'model.safety.feedback.export_data', [feedback.id],
                ['create_uid', 'create_uid/rec_name', 'author/rec_name',
                    'text'])
            self.assertNotIn('author', str(exported).lower())

    @with_transaction()
    def test_not_own(self):
        "The author has no right but the code: without it he sees nothing"
        office = build_office()
        feedback, _ = submit_anonymous(office)
        author = office.users.author
        self.assertEqual(call(author, 'model.safety.feedback.search', []), [])
        with self.assertRaises(REFUSED):
            press(author, feedback, 'withdraw')
        with self.assertRaises(FeedbackAuthorError):
            press(office.users.administrator, feedback, 'withdraw')

    @with_transaction()
    def test_receipts_unreadable(self):
        "Nobody reads receipts, and they hold but the digest of the code"
        Receipt = Pool().get('safety.feedback.receipt')
        office = build_office()
        feedback, code = submit_anonymous(office)
        receipt, = Receipt.search([])
        self.assertEqual(receipt.digest, get_digest(code))
        for name in ['author', 'leader', 'administrator']:
            user = getattr(office.users, name)
            for method, *args in [
                    ('search', []), ('read', [receipt.id], ['digest']),
                    ('create', [{'feedback': feedback.id, 'digest': 'x'}]),
                    ('write', [receipt.id], {'digest': 'x'}),
                    ('delete', [receipt.id])]:
                with self.subTest(name=name, method=method):
                    with self.assertRaises(REFUSED):
                        call(user, f'model.safety.feedback.receipt.{method}',
                            *args)

    @with_transaction()
    def test_follow(self):
        "The code shows the answer, however it is typed"
        office = build_office()
        feedback, code = submit_anonymous(office)
        shown = follow(office.users.author, code.lower().replace('-', ' '))
        self.assertEqual(shown['number'], feedback.number)
        self.assertEqual(shown['state'], 'submitted')
        self.assertFalse(shown['may_rate'])
        press(office.users.leader, feedback, 'decline', **ANSWER)
        shown = follow(office.users.author, code)
        self.assertEqual(shown['answer_text'], ANSWER['reason'])
        self.assertTrue(shown['may_rate'])

    @with_transaction()
    def test_follow_refused(self):
        "Without the code, or from another company, nothing is shown"
        office = build_office()
        foreign = build_office(create_company("Foreign"), prefix='foreign_')
        _, code = submit_anonymous(office)
        for user, wrong in [
                (office.users.author, new_code()), (office.users.author, ''),
                (foreign.users.author, code)]:
            with self.subTest(user=user.login):
                with self.assertRaises(ReceiptError):
                    follow(user, wrong)

    @with_transaction()
    def test_withdraw_answered(self):
        "What is answered is not withdrawn"
        office = build_office()
        feedback, code = submit_anonymous(office)
        press(office.users.leader, feedback, 'answer', **ANSWER)
        with self.assertRaises(StepError):
            follow(office.users.author, code, ('withdraw', {}))

    @with_transaction()
    def test_rate(self):
        "The answer is rated once, after it was given"
        office = build_office()
        feedback, code = submit_anonymous(office)
        rating = ('rate', {'satisfaction': '3'})
        with self.assertRaises(FeedbackRatedError):
            follow(office.users.author, code, rating)
        press(office.users.leader, feedback, 'answer', **ANSWER)
        with self.assertRaises(FeedbackRatedError):
            follow(office.users.author, code, ('rate', {}))
        follow(office.users.author, code, rating)
        with self.assertRaises(FeedbackRatedError):
            follow(office.users.author, code, rating)

    @with_transaction()
    def test_submit_refused(self):
        "The photos are checked and the user must be an employee"
        User = Pool().get('res.user')
        office = build_office()
        with self.assertRaises(PhotoFormatError):
            submit_anonymous(office, photo1=b'%PDF-1.4')
        with self.assertRaises(FeedbackPhotoError), \
                acting(office.users.author):
            Pool().get('safety.feedback').submit_anonymous(
                office.company.id, {
                    'kind': kind(), 'subject': SUBJECT, 'text': TEXT,
                    'photos': [picture()] * 4})
        User.write([office.users.author], {
                'employee': None,
                'employees': [('remove', [office.employees.author.id])]})
        with self.assertRaises(FeedbackAuthorError):
            submit_anonymous(office)

    @with_transaction()
    def test_not_anonymous(self):
        "The same wizard submits an opinion with its author"
        Feedback = Pool().get('safety.feedback')
        office = build_office()
        result = run(office.users.author, 'safety.feedback.submit', [
                ('submit', {'secret': {
                            'anonymous': False,
                            'kind': kind(),
                            'subject': "Doors", 'text': TEXT,
                            'photo2': picture()}})])
        feedback, = Feedback.search([('subject', '=', "Doors")])
        self.assertEqual(feedback.author, office.employees.author)
        self.assertEqual(feedback.state, 'submitted')
        self.assertEqual(len(feedback.photos), 1)
        (_, data), = result['actions']
        self.assertEqual(data, {'res_id': feedback.id})

    @with_transaction()
    def test_failure(self):
        "What fails is refused in words and logged without what was sent"
        Submit = Pool().get('safety.feedback.submit', type='wizard')
        office = build_office()
        with acting(office.users.author), \
                self.assertLogs('trytond.modules.safety_feedback') as logs:
            session, *_ = Submit.create()
            with self.assertRaises(ReceiptError) as refused:
                Submit.execute(session, {'secret': {
                            'anonymous': True, 'kind': 'x',
                            'subject': SUBJECT, 'text': TEXT}}, 'submit')
        self.assertIsNone(refused.exception.__cause__)
        self.assertNotIn(SUBJECT, str(logs.output))

    def test_server_log(self):
        "The server logs neither what is typed nor the code"
        for verbose in [False, True]:
            for state in ['secret', 'secret_answer']:
                logged = str(format_args((1, {state: {
                                    'subject': SUBJECT, 'code': 'ABCD'}}),
                        {}, verbose))
                with self.subTest(verbose=verbose, state=state):
                    self.assertNotIn(SUBJECT, logged)
                    self.assertNotIn('ABCD', logged)

    @with_transaction()
    def test_states(self):
        "All that is typed is called secret"
        pool = Pool()
        for name in ['safety.feedback.submit', 'safety.feedback.follow']:
            Wizard = pool.get(name, type='wizard')
            for state in Wizard.states.values():
                if not isinstance(state, StateView):
                    continue
                View = pool.get(state.model_name)
                if any(not f.readonly for f in View._fields.values()
                        if f.name not in {'id', 'rec_name'}):
                    with self.subTest(name=name, model=state.model_name):
                        names = [n for n, s in Wizard.states.items()
                            if s is state]
                        self.assertTrue(names[0].startswith('secret'))

    def test_code(self):
        "A code is of sixteen characters, each another"
        codes = {new_code() for _ in range(100)}
        self.assertEqual(len(codes), 100)
        for code in codes:
            self.assertRegex(code, r'^([2-9A-HJKMNP-Z]{4}-){3}[2-9A-Z]{4}$')
