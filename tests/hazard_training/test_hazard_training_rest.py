# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the REST protocol tells and does, asked over HTTP."

import base64
import unittest

from bank import create_admin, create_exam, fill_bank
from organization import acting, create_company, create_user
from rpc import switch_rest

from trytond.modules.company.tests import create_employee
from trytond.pool import Pool
from trytond.protocols.jsonrpc import json
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client, activate_module, drop_db
from trytond.transaction import Transaction
from trytond.wsgi import app

SHOWN = ['right_answer', 'explanation', 'source', 'right', 'score']


class RestTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('hazard_training')
        cls.addClassCleanup(drop_db)
        switch_rest(True)
        cls.addClassCleanup(switch_rest, False)
        with Transaction().start(DB_NAME, 1):
            cls.build()

    @classmethod
    def build(cls):
        pool = Pool()
        Exam = pool.get('training.exam')
        Key = pool.get('training.paper.key')
        Paper = pool.get('training.paper')
        company = create_company()
        with Transaction().set_context(company=company.id):
            cls.questions = [q.id for q in fill_bank(company, 3)]
            exam = create_exam(company)
            users = {
                name: create_user(
                    name, company, create_employee(company, name.title()))
                for name in ['member', 'other']}
            users['admin'] = create_admin(company)
            with acting(users['member']):
                paper = Paper.take(Exam(exam.id), users['member'].employee)
            paper = Paper(paper.id)
            cls.paper = paper.id
            cls.items = [i.id for i in paper.items]
            cls.key = Key.search([], limit=1)[0].id
            cls.tokens = {n: cls.get_token(u) for n, u in users.items()}

    @classmethod
    def get_token(cls, user):
        pool = Pool()
        Application = pool.get('res.user.application')
        key = Application.default_key()
        Application.create([{
                    'user': user.id, 'application': 'rest', 'key': key,
                    'state': 'validated'}])
        return key

    def ask(self, user, path, fields=(), domain=None, data=None, method='GET'):
        "Return the status and the answer of the server."
        query = {'f': list(fields)} if fields else {}
        if domain is not None:
            query['d'] = base64.urlsafe_b64encode(
                json.dumps(domain).encode()).decode()
        response = Client(app, Response).open(
            f'/{DB_NAME}/rest/model/{path}', method=method,
            query_string=query, json=data,
            headers={'Authorization': f'bearer {self.tokens[user]}'})
        return response.status_code, response.get_json(silent=True)

    def assertRefused(self, *args, **kwargs):
        status, answer = self.ask(*args, **kwargs)
        self.assertIn(status, [400, 403, 404], answer)

    def test_bank(self):
        "Neither the bank nor the keys are told to who takes an exam"
        question, = self.questions[:1]
        for model, id_ in [
                ('training.question', question),
                ('training.question.option', 1),
                ('training.paper.key', self.key)]:
            with self.subTest(model=model):
                for user in ['member', 'other']:
                    self.assertRefused(user, model, ['id'])
                    self.assertRefused(user, f'{model}/{id_}', ['id'])
                    self.assertRefused(
                        user, f'{model}/{id_}', data={'text': "Mine"},
                        method='PUT')
                    self.assertRefused(user, f'{model}/{id_}', method='DELETE')
        status, found = self.ask('admin', 'training.question', ['text'])
        self.assertEqual((status, len(found)), (200, 3))
        status, changed = self.ask(
            'admin', f'training.question/{question}', ['text'],
            data={'text': "Theirs"}, method='PUT')
        self.assertEqual((status, changed['text']), (200, "Theirs"))
        # Not even the administration sees the keys of the papers.
        self.assertRefused('admin', 'training.paper.key', ['letters'])

    def test_right_answers(self):
        "A running paper tells its reader no right answer, others nothing"
        item = f'training.paper.item/{self.items[0]}'
        status, values = self.ask('member', item, ['text', *SHOWN])
        self.assertEqual(status, 200)
        self.assertTrue(values['text'])
        self.assertFalse([n for n in SHOWN if values[n]])
        for clause in [('right', '=', True), ('score', '>', 0)]:
            status, found = self.ask(
                'member', 'training.paper.item', ['id'], domain=[clause])
            self.assertEqual((status, found), (200, []))
        self.assertRefused('other', item, ['text'])
        self.assertRefused('other', f'training.paper/{self.paper}', ['id'])
        status, found = self.ask('other', 'training.paper.item', ['text'])
        self.assertEqual((status, found), (200, []))

    def test_answer(self):
        "An answer is given by the dialog only, which looks at whose it is"
        item = f'training.paper.item/{self.items[0]}'
        for user in ['member', 'other', 'admin']:
            with self.subTest(user=user):
                for values in [{'chosen': 'A'}, {'right': True, 'score': 2}]:
                    self.assertRefused(user, item, data=values, method='PUT')
                for action in ['answer', 'mark']:
                    self.assertRefused(
                        user, f'{item}/{action}', data={'letters': 'A'},
                        method='POST')
                for action in ['hand_in', 'close']:
                    self.assertRefused(
                        user, f'training.paper/{self.paper}/{action}',
                        data={}, method='POST')
                self.assertRefused(user, item, method='DELETE')
        with Transaction().start(DB_NAME, 1, readonly=True):
            Item = Pool().get('training.paper.item')
            for item in Item.browse(self.items):
                self.assertIsNone(item.chosen)
                self.assertFalse(item.right)

    def test_unknown(self):
        "Who has no key of the user is told nothing"
        self.tokens = {'nobody': 'guessed'}
        status, _ = self.ask('nobody', 'training.paper', ['id'])
        self.assertEqual(status, 401)
