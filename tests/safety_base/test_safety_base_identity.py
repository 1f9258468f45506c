# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Who a client may be, whatever the context of its calls says."

import base64
import datetime as dt
import unittest
from contextlib import suppress
from unittest.mock import patch

from organization import create_company, create_user
from rpc import Caller, RpcError, switch_rest

import trytond.config as config
from trytond.exceptions import UserError
from trytond.modules.company.tests import create_employee
from trytond.modules.safety_base.guard import protocols, user_application
from trytond.pool import Pool
from trytond.protocols.jsonrpc import JSONEncoder, json
from trytond.protocols.wrappers import Response
from trytond.rpc import RPC
from trytond.tests.test_tryton import DB_NAME, Client, activate_module, drop_db
from trytond.transaction import Transaction
from trytond.wsgi import app


def encode(value):
    return base64.urlsafe_b64encode(
        json.dumps(value, cls=JSONEncoder).encode()).decode()


class IdentityTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('safety_base')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1):
            cls.build()

    @classmethod
    def build(cls):
        mine, other = create_company("Mine"), create_company("Other")
        cls.mine, cls.other = mine.id, other.id
        worker = create_employee(mine, "Worker")
        manager = create_employee(mine, "Manager")
        cls.worker, cls.manager = worker.id, manager.id
        user = create_user('worker', mine, worker)
        admin = create_user('admin2', mine, manager, ['res.group_admin'])
        cls.user, cls.admin = user.id, admin.id
        cls.groups = [g.id for g in admin.groups]
        cls.call, cls.administrate = Caller(user), Caller(admin)

    def assertRefused(self, *args, **context):
        with self.assertRaises(UserError):
            self.call(*args, **context)


class CallTestCase(IdentityTestCase):

    def test_identity(self):
        "Nobody calls for a company or as an employee of others"
        for key, value in [
                ('employee', self.manager), ('employee', 99999999),
                ('employee', 'x'), ('employee', [self.worker]),
                ('company', self.other), ('company', 99999999)]:
            with self.subTest(key=key, value=value):
                self.assertRefused(
                    'party.party.search', [], 0, 1, None, **{key: value})
                for method in [
                        'wizard.res.user.config.create',
                        'report.party.label.execute']:
                    with self.assertRaises(UserError):
                        self.call.ask(
                            method, *([] if 'create' in method else [[1], {}]),
                            **{key: value})
        for context in [
                {}, {'employee': None, 'company': None},
                {'employee': self.worker, 'company': self.mine}]:
            self.call('party.party.search', [], 0, 1, None, **context)

    def test_believed(self):
        "What the server knows is not asked of the client"
        pool = Pool(DB_NAME)
        User = pool.get('res.user')
        with Transaction().start(DB_NAME, self.user):
            groups = list(User.get_groups())
            forged = {
                '_groups': self.groups, '_check_access': False,
                '_companies': [self.other], '_log': False, '_request': {},
                'user': 1, 'groups': self.groups,
                'companies': [self.other], 'employees': [self.manager],
                'queue_name': 'none', 'queue_batch': 1,
                'queue_scheduled_at': dt.timedelta(days=3650),
                'default_state': 'validated', 'language': ['en'],
                'fuzzy_translation': [0.5], 5: 5}
            self.assertEqual(User.believe(forged), {'groups': groups})
            sent = {
                '_timestamp': {}, '_datetime': None, 'language': 'en',
                'active_id': 1, 'client': 'x'}
            self.assertEqual(User.believe(sent), {**sent, 'groups': groups})
            self.assertEqual(
                User.believe({'default_name': "X"}, defaults=True),
                {'default_name': "X", 'groups': groups})

    def test_defaults(self):
        "Defaults of the context are for who asks for defaults only"
        self.assertEqual(
            self.call(
                'party.party.default_get', ['name'],
                default_name="Typed")['name'],
            "Typed")
        party, = self.administrate(
            'party.party.create', [{}], default_name="Forged")
        names = self.administrate('party.party.read', [party], ['name'])
        self.assertIsNone(names[0]['name'])

    def test_replaced(self):
        "The code that is replaced is what the server calls"
        self.assertIs(RPC.convert, protocols.convert)
        self.assertEqual(
            [r.endpoint for r in app.url_map.iter_rules()
                if r.rule == '/<database_name>/data/<model>'],
            [protocols.data])
        self.assertEqual(
            {r.endpoint for r in app.url_map.iter_rules()
                if r.rule == '/<database_name>/user/application/'},
            {protocols.user_application})

    def test_export(self):
        "Exports believe no more than calls"
        for key, value, status in [
                ('employee', self.manager, 400),
                ('company', self.other, 400),
                ('company', self.mine, 200),
                ('groups', self.groups, 200)]:
            with self.subTest(key=key, value=value):
                response = Client(app, Response).get(
                    f'/{DB_NAME}/data/party.party', query_string={
                        'f': 'name', 'c': json.dumps({key: value})},
                    headers=self.call.headers)
                self.assertEqual(response.status_code, status)
        for context in ['[]', '{', '5']:
            response = Client(app, Response).get(
                f'/{DB_NAME}/data/party.party',
                query_string={'f': 'name', 'c': context},
                headers=self.call.headers)
            self.assertEqual(response.status_code, 400)
        response = Client(app, Response).get(
            f'/{DB_NAME}/data/party.party', query_string={'c': '{}'})
        self.assertEqual(response.status_code, 401)

    def test_export_format(self):
        "Exports have a name and one encoding, and are kept by nobody"
        def get(**query):
            return Client(app, Response).get(
                f'/{DB_NAME}/data/party.party',
                query_string={'f': 'name', **query},
                headers=self.call.headers)

        headers = get(enc='UTF-16').headers
        self.assertEqual(headers['Content-Type'], 'text/csv; charset=utf-16')
        self.assertEqual(
            headers['Content-Disposition'],
            'attachment; filename=party.party.csv')
        self.assertEqual(headers['Cache-Control'], 'no-store')
        for query in [
                {'enc': 'none'}, {'enc': 'base64'}, {'enc': 'a\0'},
                {'dl': ''}, {'dl': ';;'}, {'qc': '""'}]:
            with self.subTest(query=query):
                self.assertEqual(get(**query).status_code, 400)

    def test_wizards(self):
        "Wizards of administrators are closed to others"
        for name in [
                'res.user.config', 'company.company.config',
                'ir.module.config', 'ir.translation.clean']:
            with self.subTest(name=name):
                with self.assertRaises(UserError):
                    self.call.ask(f'wizard.{name}.create')
                self.administrate.ask(f'wizard.{name}.create')

    def test_foreign_action(self):
        "An action of something else does not open a wizard"
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1):
            Action = pool.get('ir.action.wizard')
            foreign = {
                a.id: a.wiz_name for a in Action.search([])}
        for id_, name in [*foreign.items(), (99999999, None), ('x', None)]:
            if name == 'ir.module.activate_upgrade':
                continue
            with self.subTest(action=name), self.assertRaises(UserError):
                self.call.ask(
                    'wizard.ir.module.activate_upgrade.create', action_id=id_)


class PreferenceTestCase(IdentityTestCase):

    def test_foreign(self):
        "Users choose among their own companies and employees only"
        for values in [
                {'employee': self.manager}, {'company': self.other},
                {'company': self.other, 'employee': self.manager}]:
            self.assertRefused('res.user.set_preferences', values)
        self.call('res.user.set_preferences', {
                'company': self.mine, 'employee': self.worker})
        preferences = self.call('res.user.get_preferences', True)
        self.assertEqual(
            (preferences['company'], preferences['employee']),
            (self.mine, self.worker))

    def test_fixed(self):
        "Administrators say what users are called and where they get mail"
        for values in [{'name': "Manager"}, {'email': 'x@example.com'}]:
            self.assertRefused('res.user.set_preferences', values)
            self.administrate('res.user.set_preferences', values)
        self.call('res.user.set_preferences', {
                'name': 'worker', 'email': None, 'signature': "W"})
        fields = self.call('res.user.get_preferences_fields_view')['fields']
        self.assertTrue(fields['name']['readonly'])
        self.assertFalse(fields['signature'].get('readonly'))
        fields = self.administrate(
            'res.user.get_preferences_fields_view')['fields']
        self.assertFalse(fields['name']['readonly'])

    def test_lists(self):
        "Preferences change no record of a list"
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1):
            Action = pool.get('ir.action')
            action, *_ = Action.search([('groups', '!=', None)], limit=1)
        for values in [
                {'actions': [['write', [action.id], {'name': "X"}]]},
                {'actions': [['delete', [action.id]]]},
                {'actions': [['create', [{'name': "X"}]]]},
                {'applications': [['create', [{
                                'application': 'rest',
                                'state': 'validated'}]]]}]:
            with self.subTest(values=values):
                self.assertRefused('res.user.set_preferences', values)
        self.call('res.user.set_preferences', {
                'actions': [['add', [action.id]]]})
        self.call('res.user.set_preferences', {
                'actions': [['remove', [action.id]]]})

    def test_values(self):
        "What does not fit a preference is refused in words"
        with Transaction().start(DB_NAME, 1, readonly=True):
            User = Pool(DB_NAME).get('res.user')
            names = {*User._preferences_fields, *User._context_fields}
        odd = [
            [5], {}, {'a': 1}, [[5]], [[]], ['add'], [['add']],
            [['add', 'x']], [['add', [{}]]], 'x', 5, 10 ** 30, 1.5, True,
            -1, b'x']
        for name in sorted(names - {'password'}):
            for value in odd:
                with self.subTest(name=name, value=value):
                    with suppress(UserError):
                        self.call('res.user.set_preferences', {name: value})
            self.assertRefused('res.user.set_preferences', {name: [5]})
        self.call('res.user.set_preferences', {
                'company': self.mine, 'employee': self.worker,
                'language': 'en', 'signature': None, 'avatar': None})

    def test_taken_away(self):
        "What was chosen before it was taken away is not chosen any more"
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1) as transaction:
            company = pool.get('company.company')(self.other)
            employee = create_employee(company, "Moved")
            user = create_user('moved', company, employee)
            call = Caller(user)
            UserEmployee = pool.get('res.user-company.employee')
            UserEmployee.delete(
                UserEmployee.search([('user', '=', user.id)]))
            transaction.commit()
        self.assertNotIn('employee', call('res.user.get_preferences', True,
                employee=None))
        with self.assertRaises(UserError):
            call('party.party.search', [])
        call('party.party.search', [], employee=None)


class RestTestCase(IdentityTestCase):

    def setUp(self):
        super().setUp()
        config.remove_section('safety_base')
        self.assertFalse(user_application.is_rest_on())
        switch_rest(True)
        self.addCleanup(switch_rest, False)

    def create(self, caller=None, **values):
        "Return the id and the key of a new application of the worker."
        key = (caller or self.administrate)(
            'res.user.application.default_get', ['key'])['key']
        id_, = (caller or self.administrate)('res.user.application.create', [{
                    'user': self.user, 'application': 'rest',
                    'key': key, **values}])
        return id_, key

    def ask(self, key, context=None, path='party.party', **kwargs):
        headers = {'Authorization': f'bearer {key}'}
        if context is not None:
            headers['X-Tryton-Context'] = encode(context)
        return Client(app, Response).open(
            f'/{DB_NAME}/rest/model/{path}', headers=headers,
            **kwargs).status_code

    def test_off(self):
        "REST is off unless the configuration says so"
        _, key = self.create()
        self.assertEqual(self.ask(key), 200)
        switch_rest(False)
        self.assertEqual(self.ask(key), 403)
        with self.assertRaises(UserError):
            self.create()
        response = Client(app, Response).post(
            f'/{DB_NAME}/user/application/',
            json={'user': 'worker', 'application': 'rest'})
        self.assertEqual(response.status_code, 403)

    def test_admin(self):
        "Only administrators make and validate keys"
        for state in ['requested', 'validated']:
            with self.assertRaises(UserError):
                self.create(self.call, state=state)
        id_, key = self.create(state='requested')
        self.assertEqual(self.ask(key), 401)
        self.assertRefused('res.user.application.validate_', [id_])
        self.assertRefused(
            'res.user.application.write', [id_], {'state': 'validated'})
        self.administrate('res.user.application.validate_', [id_])
        self.assertEqual(self.ask(key), 200)
        # Whose key it is may always give it up.
        self.call('res.user.application.cancel', [id_])
        self.assertEqual(self.ask(key), 401)

    def test_requested(self):
        "A key that is asked for without a login waits for an administrator"
        with patch('time.sleep'):
            response = Client(app, Response).post(
                f'/{DB_NAME}/user/application/', data=json.dumps({
                        'user': 'worker', 'application': 'rest',
                        'state': 'validated',
                        'expires_at': dt.datetime(2999, 1, 1),
                        }, cls=JSONEncoder),
                content_type='application/json')
        key = response.get_json()
        self.assertEqual(self.ask(key), 401)
        with Transaction().start(DB_NAME, 1, readonly=True):
            Application = Pool().get('res.user.application')
            id_ = Application.search([('state', '=', 'requested')])[-1].id
        self.administrate('res.user.application.validate_', [id_])
        self.assertEqual(self.ask(key), 200)
        with Transaction().start(DB_NAME, 1, readonly=True):
            stored = Pool().get('res.user.application')(id_)
            self.assertEqual(stored.key, user_application.digest(key))
            self.assertLess(
                stored.expires_at, dt.datetime.now() + dt.timedelta(366))

    def test_digest(self):
        "What is stored of a key does not open anything"
        id_, key = self.create()
        with Transaction().start(DB_NAME, 1, readonly=True):
            stored = Pool().get('res.user.application')(id_).key
        self.assertNotIn(key, stored)
        self.assertEqual(self.ask(stored), 401)
        self.assertEqual(self.ask(''), 401)
        for forged in ['guessed', None, 'f' * 127]:
            with self.assertRaises((UserError, RpcError)):
                self.administrate('res.user.application.create', [{
                            'user': self.user, 'application': 'rest',
                            'key': forged}])

    def test_remove(self):
        "Who knows a key removes it, before and after it is validated"
        def remove(key, user='worker', **data):
            return Client(app, Response).delete(
                f'/{DB_NAME}/user/application/', json={
                    'user': user, 'key': key, 'application': 'rest', **data,
                    }).status_code

        def count(id_):
            with Transaction().start(DB_NAME, 1, readonly=True):
                return Pool().get('res.user.application').search(
                    [('id', '=', id_)], count=True)

        for state in ['requested', 'validated']:
            id_, key = self.create(state=state)
            with Transaction().start(DB_NAME, 1, readonly=True):
                stored = Pool().get('res.user.application')(id_).key
            for status, wrong in [
                    (200, {'key': 'f' * 128}), (200, {'key': None}),
                    (200, {'key': key, 'user': 'admin'}),
                    (200, {'key': key, 'application': ['rest']}),
                    (200, {'key': f'{key}\0'}),
                    ]:
                with self.subTest(state=state, wrong=wrong):
                    self.assertEqual(remove(**wrong), status)
                    self.assertEqual(count(id_), 1)
            if stored != key:
                remove(stored)
                self.assertEqual(count(id_), 1)
            self.assertEqual(remove(key), 200)
            self.assertEqual(count(id_), 0)
            self.assertEqual(self.ask(key), 401)
        self.assertEqual(Client(app, Response).delete(
                f'/{DB_NAME}/user/application/', json=[1]).status_code, 400)

    def test_expired(self):
        "A key works neither past its time nor for who has left"
        past = dt.datetime.now() - dt.timedelta(days=1)
        _, key = self.create(expires_at=past)
        self.assertEqual(self.ask(key), 401)
        _, key = self.create()
        self.assertEqual(self.ask(key), 200)
        for active, status in [(False, 401), (True, 200)]:
            self.administrate(
                'res.user.write', [self.user], {'active': active})
            self.assertEqual(self.ask(key), status)
        type(self).call = Caller.__new__(Caller)
        with Transaction().start(DB_NAME, 1):
            self.call.__init__(Pool().get('res.user')(self.user))

    def test_forged(self):
        "The header makes nobody an administrator"
        _, key = self.create()
        everything = {
            '_groups': self.groups, 'groups': self.groups, 'user': 1,
            '_companies': [self.mine, self.other], '_check_access': False}
        path = f'res.user/{self.user}'
        for context in [everything, {'_groups': self.groups}]:
            status = self.ask(
                key, context, path=path, method='PUT',
                json={'groups': [['add', self.groups]]})
            self.assertIn(status, [400, 403, 404])
        for context in [
                {'company': self.other}, {'employee': self.manager}]:
            self.assertEqual(self.ask(key, context), 400)
        self.assertEqual(
            self.ask(key, {'company': self.mine, **everything}), 200)
        with Transaction().start(DB_NAME, 1, readonly=True):
            User = Pool().get('res.user')
            self.assertFalse(
                set(self.groups) & {g.id for g in User(self.user).groups})
