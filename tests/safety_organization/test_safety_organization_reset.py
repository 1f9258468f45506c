# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Passwords of those who have forgotten theirs."

import re
import time
import unittest
from threading import current_thread, main_thread
from unittest.mock import patch

from organization import acting, create_company, create_user

import trytond.config as config
from trytond import security
from trytond.exceptions import LoginException, UserError
from trytond.model.exceptions import AccessError
from trytond.modules.safety_organization import password_reset
from trytond.pool import Pool
from trytond.protocols import dispatcher
from trytond.protocols.jsonrpc import json
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client, activate_module, drop_db
from trytond.transaction import Transaction
from trytond.wsgi import app

MAIL = 'smtp://mail.example.com:25'
LOGINS = ['admin', 'known', 'without', 'nobody']


class PasswordResetTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('safety_organization')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1):
            company = create_company()
            known = create_user('known', company)
            known.email = 'known@example.com'
            known.save()
            cls.known = known.id
            create_user('without', company)

    def setUp(self):
        super().setUp()
        self.messages = []
        patcher = patch.object(
            password_reset, 'send_message_transactional',
            self.messages.append)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.set_uri(MAIL)
        with Transaction().start(DB_NAME, 1) as transaction:
            table = Pool().get('res.user').__table__()
            transaction.connection.cursor().execute(*table.update(
                    [table.password_reset, table.password_reset_expire],
                    [None, None]))
            Attempt = Pool().get('res.user.login.attempt')
            Attempt.delete(Attempt.search([]))

    def set_uri(self, uri):
        self.addCleanup(
            config.set, 'email', 'uri', config.get('email', 'uri'))
        config.set('email', 'uri', uri)

    def ask(self, login):
        response = Client(app, Response).post(
            f'/{DB_NAME}/rpc/', content_type='application/json',
            data=json.dumps({
                    'id': 1, 'method': 'common.db.reset_password',
                    'params': [login, 'en']}))
        return response.status_code, response.get_json()

    def stored(self):
        "Return what is stored by login."
        with Transaction().start(DB_NAME, 0) as transaction:
            table = Pool().get('res.user').__table__()
            cursor = transaction.connection.cursor()
            cursor.execute(*table.select(table.login, table.password_reset))
            return dict(cursor)

    def log_in(self, login, **parameters):
        with Transaction().start(DB_NAME, 0):
            User = Pool().get('res.user')
            return User._login_password(login, parameters)

    def test_same_answer(self):
        "Whether there is such a login is not told"
        answers = [self.ask(login) for login in LOGINS]

        self.assertEqual(answers, [(200, {'id': 1, 'result': None})] * 4)
        self.assertEqual(
            {k for k, v in self.stored().items() if v}, {'known'})
        self.assertEqual(len(self.messages), 1)

    def test_again(self):
        "While a password is valid there is no other one"
        self.ask('known')
        stored = self.stored()
        self.ask('known')

        self.assertEqual(self.stored(), stored)
        self.assertEqual(len(self.messages), 1)

    def test_limit(self):
        "Who asks too often is told to wait, and no thread sleeps"
        slept, sleep = [], time.sleep

        def watch(seconds):
            # Others are of trytond's own threads.
            if current_thread() is main_thread():
                slept.append(seconds)
            else:
                sleep(seconds)

        with patch.object(time, 'sleep', watch):
            statuses = [self.ask('known')[0] for _ in range(8)]
        self.assertEqual(statuses, [200] * 6 + [429] * 2)
        self.assertEqual(slept, [])
        self.assertEqual(self.ask('nobody')[0], 200)

    def test_malformed(self):
        for login in [None, 7, [], {}, 'a\0b', '\ud800']:
            with self.subTest(login=ascii(login)):
                self.assertEqual(self.ask(login), self.ask('nobody'))

    def test_no_mail_server(self):
        "Without a mail server it is refused, for every login alike"
        self.set_uri(password_reset.NO_SERVER)
        answers = [self.ask(login)[1]['error'] for login in LOGINS]

        self.assertEqual(answers[0][0], 'UserError')
        self.assertEqual(answers, answers[:1] * 4)
        self.assertFalse(any(self.stored().values()))

    def test_log_in(self):
        "The password that was mailed opens the dialog for a new one"
        self.ask('known')
        message, = self.messages
        password, = re.findall(
            r'with the password (\w+)\.', message.get_content())
        stored = self.stored()['known']

        self.assertTrue(stored.startswith('$argon2'))
        self.assertEqual(message['To'], 'known@example.com')
        self.assertIsNone(self.log_in('known', password=stored))
        with self.assertRaises(LoginException):
            self.log_in('known', password=password)
        self.assertEqual(self.log_in(
                'known', password=password, new_password_1='Brand new 1',
                new_password_again_1='Brand new 1'), self.known)
        self.assertIsNone(self.log_in('known', password=password))

    def test_in_clear(self):
        "A password that somebody stores in clear opens nothing"
        with Transaction().start(DB_NAME, 1) as transaction:
            table = Pool().get('res.user').__table__()
            transaction.connection.cursor().execute(*table.update(
                    [table.password_reset], ['open sesame']))

        self.assertIsNone(self.log_in('known', password='open sesame'))

    def test_button(self):
        "The administrator's button mails as well, or refuses"
        with Transaction().start(DB_NAME, 1):
            User = Pool().get('res.user')
            with acting(User(1)):
                User.reset_password([User(self.known)])
                self.assertEqual(len(self.messages), 1)
                with self.assertRaises(UserError):
                    User.reset_password([User(1)])
                self.set_uri(password_reset.NO_SERVER)
                with self.assertRaises(password_reset.PasswordResetError):
                    User.reset_password([User(self.known)])
            self.set_uri(MAIL)
            with self.assertRaises(password_reset.PasswordResetError):
                User.reset_password([User(1)])
            Transaction().rollback()

    def test_report(self):
        "The report of Tryton prints no password, not even its hash"
        self.ask('known')
        with Transaction().start(DB_NAME, 1):
            User = Pool().get('res.user')
            Report = Pool().get('res.user.email_reset_password', type='report')
            self.assertIsNone(User(self.known).password_reset)
            with self.assertRaises(AccessError):
                Report.execute([self.known], {})

    def test_platform(self):
        "Tryton asks what replaces its own function"
        self.assertIs(security.reset_password, password_reset.reset_password)
        self.assertIs(dispatcher.security, security)
        with self.assertRaises(UserError):
            self.set_uri(password_reset.NO_SERVER)
            security.reset_password(DB_NAME, 'known')
