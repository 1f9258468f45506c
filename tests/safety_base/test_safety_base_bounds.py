# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"How much one call makes."

import unittest

from organization import create_company, create_user
from rpc import Caller

from trytond.exceptions import UserError
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction


class BoundsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('safety_organization')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1) as transaction:
            company = create_company()
            cls.admin = Caller(Pool().get('res.user')(1))
            cls.clerk = Caller(create_user(
                    'clerk', company, groups=['party.group_party_admin']))
            transaction.commit()

    def assertRefused(self, text, method, *params):
        with self.subTest(method=method), \
                self.assertRaisesRegex(UserError, text):
            self.clerk(method, *params)

    def test_copy(self):
        "A record is copied once, however often it is named"
        party, = self.clerk('party.party.create', [{'name': "One"}])
        copied = self.clerk('party.party.copy', [party] * 2000)
        self.assertEqual(len(copied), 1)
        self.assertRefused('1,?000', 'party.party.copy', list(range(1, 1002)))

    def test_made(self):
        "Who administers nothing makes some hundred records by a call"
        party, = self.clerk('party.party.create', [{'name': "Many"}])
        lines = [('create', [{'type': 'other', 'value': "x"}] * 2600)]
        for method, *params in [
                ('create', [{'name': "x"}] * 1001),
                ('import_data', ['name'], [['x']] * 1001)]:
            self.assertRefused('1,?000', f'party.party.{method}', *params)
        for method, *params in [
                ('create', [{'name': "x", 'contact_mechanisms': lines}] * 2),
                ('write', [party], {'contact_mechanisms': lines * 2}),
                ('write', [party], {'contact_mechanisms': [
                            ('copy', list(range(5000)))]}),
                ('copy', [party], {'contact_mechanisms': lines * 2})]:
            self.assertRefused('5,?000', f'party.party.{method}', *params)
        self.assertEqual(self.clerk(
                'party.party.search_count', [('name', '=', "x")]), 0)
        names = [[f'Admin {i}'] for i in range(1001)]
        self.assertEqual(
            self.admin('party.party.import_data', ['name'], names), 1001)
