# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Requests that no client sends get an answer, not an error of the server."

import unittest

from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client, activate_module, drop_db
from trytond.wsgi import app

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
