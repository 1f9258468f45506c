# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is refused over REST of who has a key."

import unittest

from organization import create_company, create_user
from rpc import switch_rest

from trytond.pool import Pool
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client, activate_module, drop_db
from trytond.transaction import Transaction
from trytond.wsgi import app


class RestTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        switch_rest(True)
        cls.addClassCleanup(switch_rest, False)
        drop_db()
        activate_module('safety_organization')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1) as transaction:
            cls.build()
            transaction.commit()

    @classmethod
    def build(cls):
        pool = Pool()
        Application = pool.get('res.user.application')
        Party = pool.get('party.party')
        cls.key = Application.default_key()
        user = create_user('clerk', create_company(), groups=[
                'party.group_party_admin'])
        Application.create([{
                    'user': user.id, 'application': 'rest', 'key': cls.key,
                    'state': 'validated'}])
        party, = Party.create([{'name': "One"}])
        cls.party = party.id

    def ask(self, method, path, data=None):
        "Return the status and the text of the answer."
        response = Client(app, Response).open(
            f'/{DB_NAME}/rest/{path}', method=method, json=data,
            headers={'Authorization': f'bearer {self.key}'})
        return response.status_code, response.get_data(as_text=True)

    def assertRefused(self, text, *args):
        with self.subTest(args=args[:2]):
            status, answer = self.ask(*args)
            self.assertEqual(status, 400)
            self.assertRegex(answer, text)

    def test_texts(self):
        "Texts have a length over REST, too"
        party, parties = f'model/party.party/{self.party}', 'model/party.party'
        line, text = 'x' * 1001, 'x' * 20_001
        identifiers = [('create', [{'code': line}])]
        for method, path, data in [
                ('POST', parties, {'name': line}),
                ('POST', parties, {
                        'name': "x", 'identifiers': identifiers}),
                ('PUT', party, {'name': line}),
                ('POST', f'{party}/write', {'values': {'name': line}}),
                ('POST', f'{parties}/create', {'vlist': [{'name': line}]}),
                ('POST', 'model/ir.note', {
                        'resource': f'party.party,{self.party}',
                        'message': text})]:
            self.assertRefused('1,?000|20,?000', method, path, data)
        status, _ = self.ask('PUT', party, {'name': line[1:]})
        self.assertEqual(status, 200)
        status, _ = self.ask('POST', parties, {'name': "New"})
        self.assertEqual(status, 200)

    def test_made(self):
        "Records that one call makes have a bound over REST, too"
        parties = 'model/party.party'
        lines = [('create', [{'type': 'other', 'value': "x"}] * 5001)]
        self.assertRefused(
            '1,?000', 'POST', f'{parties}/create', {
                'vlist': [{'name': "x"}] * 1001})
        self.assertRefused(
            '1,?000', 'POST', f'{parties}/copy', {
                'records': [self.party] * 1001})
        for method, path in [
                ('POST', parties), ('PUT', f'{parties}/{self.party}')]:
            self.assertRefused(
                '5,?000', method, path, {'contact_mechanisms': lines})

    def test_misfit(self):
        "Values that do not fit are told, without a fault"
        for method, path, data in [
                ('POST', 'model/party.party', {'nothing': 1}),
                ('PUT', f'model/party.party/{self.party}', {'nothing': 1}),
                ('POST', 'model/party.party/write', {'x': 1}),
                ('POST', 'model/party.party', [1])]:
            with self.assertNoLogs('trytond', 'ERROR'):
                self.assertRefused('.', method, path, data)

    def test_closed(self):
        "What clients may not call is no more called over REST"
        for method, path, data in [
                ('POST', 'model/ir.email', {'subject': "x"}),
                ('DELETE', 'model/ir.email/1', None),
                ('PUT', 'model/ir.session/1', {'key': "x"}),
                ('POST', 'model/party.party/browse', {'ids': [1]})]:
            with self.subTest(path=path):
                self.assertEqual(self.ask(method, path, data)[0], 403)
        for path in [
                'model/party.party', f'model/party.party/{self.party}']:
            self.assertEqual(self.ask('GET', path)[0], 200)
