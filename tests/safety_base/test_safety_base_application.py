# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Requests that no client sends get an answer, not an error of the server."

import base64
import unittest
from unittest.mock import patch

from rpc import switch_rest

from trytond import security
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client, activate_module, drop_db
from trytond.wsgi import app

REST = f'/{DB_NAME}/rest/model'
PATHS = ['/rpc/', f'/{DB_NAME}/rpc/', f'/{DB_NAME}/session/login']


class ApplicationTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('safety_base')
        cls.addClassCleanup(drop_db)

    def post(self, path, body, content_type='application/json', **headers):
        return Client(app, Response).post(
            path, data=body, content_type=content_type,
            headers=headers).status_code

    def answer(self, path, **kwargs):
        "Return the status, with all that the server logs as a fault refused."
        with self.assertNoLogs('trytond', 'ERROR'):
            return Client(app, Response, use_cookies=False).open(
                path, **kwargs).status_code

    def test_login(self):
        "Who logs in names a user and parameters, who logs out a session"
        for name in ['x', 'system.listMethods', 'common.db.login']:
            for params in [
                    [], ['x'], ['x', {}, 'en', 'x'],
                    ['x', {'password': 'x'}, {'a': 1}],
                    ['x', {'password': 'x'}, [['en']]]]:
                with self.subTest(name=name, params=params):
                    self.assertEqual(self.answer(
                            f'/{DB_NAME}/session/login', method='POST', json={
                                'id': 1, 'method': name, 'params': params,
                                }), 400)
        for name in [
                'common.authentication.services', 'common.db.login',
                'system.methodHelp', 'x']:
            with self.subTest(name=name):
                self.assertEqual(self.answer(
                        '/rpc/', method='POST', json={
                            'id': 1, 'method': name, 'params': ['x', {}],
                            }), 400)
        for cookie in [None, 'x', 'x:y']:
            headers = {'Cookie': f'tryton_session={cookie}'} if cookie else {}
            for body in [None, {'id': 1, 'method': 'x', 'params': []}]:
                with self.subTest(cookie=cookie, body=body):
                    self.assertIn(self.answer(
                            f'/{DB_NAME}/session/logout', method='POST',
                            headers=headers, json=body), [400, 401])

    def test_session(self):
        "There is no session of a user that no database can keep"
        for id_ in [2 ** 31, -2 ** 31 - 1, 2 ** 70]:
            session = f'admin:{id_}:x'
            header = base64.b64encode(session.encode()).decode()
            for headers in [
                    {'Cookie': f'tryton_session={session}'},
                    {'Authorization': f'Session {header}'}]:
                for path in [f'/{DB_NAME}/rpc/', f'/{DB_NAME}/bus']:
                    with self.subTest(id=id_, path=path, headers=headers):
                        self.assertEqual(self.answer(
                                path, method='POST', headers=headers, json={
                                    'id': 1, 'method': 'system.methodHelp',
                                    'params': []}), 401)

    def test_database(self):
        "Of a database that there is not nothing is found, at once"
        with patch.object(security, 'login') as login, \
                patch.object(security, 'check') as check:
            for path in ['rpc/', 'session/login', 'session/logout', 'bus']:
                with self.subTest(path=path):
                    self.assertEqual(self.answer(
                            f'/no_such_database/{path}', method='POST', json={
                                'id': 1, 'method': 'common.db.login',
                                'params': ['admin', {}]},
                            headers={'Authorization': 'Session YTox'}), 404)
            login.assert_not_called()
            check.assert_not_called()
        for name in ['x', '_w', 'bm9uZQ']:
            self.assertEqual(self.answer(f'/avatar/{name}/x'), 404)

    def test_path(self):
        "What no database can keep is in none"
        name = base64.urlsafe_b64encode(DB_NAME.encode()).decode()
        for part in ['a%00b', 'x']:
            with self.subTest(part=part):
                self.assertEqual(
                    self.answer(f'/avatar/{name}/{part}'), 404)

    def test_rest(self):
        "Who has no key is refused, whatever the request"
        for path in ['res.user', 'x', 'res.user/1/x', 'x/1/x', 'x/x']:
            for method in ['GET', 'POST']:
                self.assertIn(
                    self.answer(f'{REST}/{path}', method=method), [403, 405])
        switch_rest(True)
        self.addCleanup(switch_rest, False)
        for path, headers, status in [
                ('res.user', {}, 401), ('x', {}, 404), ('x/1', {}, 404),
                ('res.user', {'X-Tryton-Context': 'x'}, 400),
                ('res.user', {'X-Tryton-Context': 'W10='}, 400),
                ('res.user', {'X-Tryton-Context': 'e30='}, 401),
                ('res.user', {'Accept-Language': 'en;x'}, 400),
                ('res.user', {'Accept-Language': 'en;q=x'}, 400),
                ('res.user', {'Accept-Language': 'en,fr;q=0.5'}, 401)]:
            with self.subTest(path=path, headers=headers):
                self.assertEqual(
                    self.answer(f'{REST}/{path}', headers=headers), status)
        self.assertEqual(
            self.answer(f'{REST[:-5]}report/res.user/1'), 404)

    def test_origin(self):
        "A page of another site is refused"
        for path in [*PATHS, '/', '/nothing']:
            for origin in ['https://example.org', 'null', '//', 'https://[']:
                with self.subTest(path=path, origin=origin):
                    status = self.post(path, '{}', Origin=origin)
                    self.assertIn(status, [400, 403, 404, 405])
        self.assertEqual(
            self.post(PATHS[1], '{}', Origin='https://example.org'), 403)

    def test_own_origin(self):
        self.assertEqual(
            self.post(
                '/rpc/',
                '{"id": 1, "method": "common.server.version", "params": []}',
                Origin='http://localhost'), 200)

    def test_malformed(self):
        "What is no call of a method is a bad request"
        for path in [*PATHS, f'/{DB_NAME}/session/logout']:
            for type_ in [None, 'text/plain', 'application/json', 'text/xml']:
                for body in [
                        '', '7', '[]', '{}', '{', '"x"', '{"method": 7}',
                        '{"method": "common.db.login", "params": 7}',
                        '{"method": "common.db.login", "params": {"a": 1}}',
                        '<a/>', '\xff']:
                    with self.subTest(path=path, type=type_, body=body):
                        self.assertIn(
                            self.post(path, body, type_), [400, 401, 415])
