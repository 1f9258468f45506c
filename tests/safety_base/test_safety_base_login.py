# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Who guesses passwords is stopped at once, and stops nobody else."

import logging
import time
import unittest
from unittest.mock import patch

import trytond.config as config
from trytond.pool import Pool
from trytond.protocols.jsonrpc import json
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client, activate_module, drop_db
from trytond.transaction import Transaction
from trytond.wsgi import app

PASSWORD = 'Mine-of-the-tests-1'
ADDRESS = '192.0.2.1'
NETWORK = 20
MALFORMED = [
    None, 7, [], {}, 'a\0b', '\ud800', ['somebody'], {'a': 'b'}]


class LoginTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('safety_base')
        cls.addClassCleanup(drop_db)
        cls.addClassCleanup(
            config.set, 'session', 'max_attempt_ip_network',
            config.get('session', 'max_attempt_ip_network'))
        config.set('session', 'max_attempt_ip_network', str(NETWORK))
        with Transaction().start(DB_NAME, 1):
            User = Pool().get('res.user')
            User.create([
                    {'name': n, 'login': n, 'password': PASSWORD}
                    for n in ['somebody', 'another']])

    def setUp(self):
        super().setUp()
        # What the thread does when a login has ended
        atexit = patch.object(Transaction, 'atexit', self.check_exit)
        atexit.start()
        self.addCleanup(atexit.stop)
        with Transaction().start(DB_NAME, 0):
            Attempt = Pool().get('res.user.login.attempt')
            Attempt.delete(Attempt.search([]))

    def check_exit(self, function, *args):
        if function == time.sleep:
            self.assertEqual(args, (0,))

    def post(self, path, *params, address=ADDRESS):
        return Client(app, Response).post(
            f'/{DB_NAME}{path}', data=json.dumps({
                    'id': 1, 'method': 'common.db.login', 'params': params}),
            content_type='application/json',
            environ_base={'REMOTE_ADDR': address})

    def log_in(self, login='somebody', password=PASSWORD, **kwargs):
        "Return the status of a login."
        parameters = {'password': password}
        if device := kwargs.pop('device', None):
            parameters['device_cookie'] = device
        path = kwargs.pop('path', '/session/login')
        return self.post(path, login, parameters, **kwargs).status_code

    def device(self, login):
        "Return the cookie of a new device of the user."
        with Transaction().start(DB_NAME, 0):
            pool = Pool()
            user, = pool.get('res.user').search([('login', '=', login)])
            with Transaction().set_user(user.id):
                return pool.get('res.user.device').renew(None)

    def test_limit_of_login(self):
        "The seventh wrong password is refused wherever it is sent"
        statuses = [
            self.log_in(password='wrong', path=path)
            for path in ['/session/login', '/rpc/'] * 5]
        self.assertEqual(statuses, [401] * 6 + [429] * 4)
        for path in ['/session/login', '/rpc/']:
            # The right one too, but no other user
            self.assertEqual(self.log_in(path=path), 429)
            self.assertEqual(self.log_in('another', path=path), 200)

    def test_limit_of_basic_authorization(self):
        client = Client(app, Response)
        statuses = [
            client.get(
                f'/{DB_NAME}/data/ir.lang', auth=('somebody', 'wrong'),
                environ_base={'REMOTE_ADDR': ADDRESS}).status_code
            for _ in range(8)]
        self.assertEqual(statuses, [401] * 6 + [429] * 2)

    def test_limit_of_application_key(self):
        "Whoever removes a key that he does not know keeps no thread"
        if not config.has_section('safety_base'):
            config.add_section('safety_base')
        config.set('safety_base', 'rest', 'True')
        self.addCleanup(config.set, 'safety_base', 'rest', 'False')
        statuses = [
            Client(app, Response).delete(
                f'/{DB_NAME}/user/application/', data=json.dumps({
                        'user': 'somebody', 'key': 'wrong',
                        'application': 'rest'}),
                content_type='application/json').status_code
            for _ in range(8)]
        self.assertEqual(statuses, [200] * 6 + [429] * 2)

    def test_application_key_off(self):
        "Nobody asks for a key where REST is off"
        with patch.object(Transaction, 'atexit') as atexit:
            response = Client(app, Response).post(
                f'/{DB_NAME}/user/application/', data=json.dumps({
                        'user': 'somebody', 'application': 'rest'}),
                content_type='application/json')
        self.assertEqual(response.status_code, 403)
        atexit.assert_not_called()

    def test_limit_ends(self):
        "What is refused does not prolong the limit"
        for _ in range(20):
            self.log_in(password='wrong')
        with Transaction().start(DB_NAME, 0, readonly=True):
            Attempt = Pool().get('res.user.login.attempt')
            self.assertEqual(
                Attempt.search([('login', '=', 'somebody')], count=True), 6)

    def test_known_device(self):
        "The user gets in from a known device whatever others try"
        device = self.device('somebody')
        for i in range(NETWORK + 10):
            self.log_in(f'nobody-{i}', password='wrong')
        self.assertEqual(self.log_in('another'), 429)
        for _ in range(10):
            self.log_in(password='wrong', address='198.51.100.1')
        self.assertEqual(self.log_in(), 429)

        self.assertEqual(self.log_in(device=device), 200)

    def test_limit_of_device(self):
        "A known device guesses no more than others, and for its user only"
        device = self.device('somebody')
        statuses = [
            self.log_in(password='wrong', device=device) for _ in range(8)]
        self.assertEqual(statuses, [401] * 6 + [429] * 2)
        for _ in range(7):
            status = self.log_in('another', password='wrong', device=device)
        self.assertEqual(status, 429)

    def test_limit_of_network(self):
        "Addresses of one network count together, others do not"
        for i in range(NETWORK + 1):
            self.log_in(f'nobody-{i}', password='wrong')
        self.assertEqual(self.log_in(), 429)
        self.assertEqual(self.log_in(address='198.51.100.1'), 200)

    def test_malformed(self):
        "What is no login and no password is a wrong one"
        # The workers of the tests cannot tell what was logged of it.
        logging.disable()
        self.addCleanup(logging.disable, logging.NOTSET)
        for value in MALFORMED:
            for params in [
                    [value, {'password': PASSWORD}],
                    ['somebody', value],
                    ['somebody', {'password': value or 1}],
                    ['somebody', {
                            'password': 'wrong',
                            'device_cookie': value or 1}]]:
                with self.subTest(params=ascii(params)):
                    response = self.post('/session/login', *params)
                    self.assertIn(response.status_code, [200, 401, 429])
                    if response.status_code == 200:
                        self.assertEqual(
                            response.get_json()['error'][0],
                            'LoginException')
