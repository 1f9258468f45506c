# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What clients ask for that is secret, has no form or is too large."

import unittest
from contextlib import suppress
from types import FunctionType
from unittest.mock import patch

from organization import create_company, create_employee, create_user
from rpc import Caller

from trytond.exceptions import UserError
from trytond.modules.safety_base.exceptions import PathLimitError
from trytond.modules.safety_base.guard import multiple
from trytond.modules.safety_base.guard import path as paths
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction

LIKE = ['like', '$argon%']


class DomainTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('safety_organization')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1):
            cls.build()

    @classmethod
    def build(cls):
        pool = Pool()
        Application = pool.get('res.user.application')
        Attachment = pool.get('ir.attachment')
        Session = pool.get('ir.session')
        User = pool.get('res.user')
        company = create_company()
        for name, employed in [
                ("Known", company), ("Hidden", create_company("Other"))]:
            user = create_user(
                name.lower(), employed, create_employee(employed, name))
        # A colleague, but no employee of the company
        User.write([user], {'companies': [('add', [company.id])]})
        bare, = User.create([{'login': 'bare', 'password': 'Oh, so secret'}])
        User.write([User(1)], {'password': 'Even more secret'})
        Application.create([{'user': 1, 'application': 'rest'}])
        cls.callers = {
            'admin': Caller(User(1)),
            'bare': Caller(bare),
            'clerk': Caller(create_user('clerk', company)),
            }
        session, = Session.search([('create_uid', '=', 1)])
        Attachment.create([{
                    'name': "Session", 'type': 'link', 'link': 'x',
                    'resource': str(session)}])

    def assertRefused(self, method, *params):
        for login, caller in self.callers.items():
            with self.subTest(login=login, params=params):
                with self.assertRaises(UserError):
                    caller(method, *params)

    def test_read(self):
        "Nobody reads a secret, own or not"
        for name in [
                'password_hash', 'password_reset', 'password_reset_expire',
                'one_time_password', 'one_time_expire', 'sessions']:
            self.assertRefused('res.user.read', [1], [name])
            self.assertRefused(
                'res.user.read', [1], [f'create_uid.{name}'])
            self.assertRefused(
                'res.group.read', [1], [f'users.{name}'])
            self.assertRefused('res.user.export_data', [1], [name])

    def test_search(self):
        "No domain of a client finds out a secret"
        for domain in [
                [('password_hash', *LIKE)],
                ['OR', [('id', '=', 1), ['AND', ('password_hash', *LIKE)]]],
                [('create_uid.password_hash', *LIKE)],
                [('write_uid.create_uid.password_hash', *LIKE)],
                [('groups', 'where', [('users.password_hash', *LIKE)])],
                [('groups', 'where', [
                            ('users', 'not where', [
                                    ('one_time_password', *LIKE)])])],
                [('applications', 'where', [('key', 'like', 'a%')])],
                [('applications.key', 'like', 'a%')],
                [('create_uid', 'where', [('password_reset', *LIKE)])],
                ]:
            for method, params in [
                    ('search', [0, None, None]),
                    ('search_count', [0, None]),
                    ('search_read', [0, None, None, ['login']]),
                    ('export_data_domain', [['login']])]:
                self.assertRefused(f'res.user.{method}', domain, *params)

    def test_search_elsewhere(self):
        "Neither does one that begins at another model"
        for name, domain in [
                ('res.group', [('users', 'where', [
                                ('one_time_password', *LIKE)])]),
                ('party.party', [('create_uid.password_hash', *LIKE)]),
                ('ir.attachment', [
                        ('resource.key', 'like', 'a%', 'ir.session')]),
                ('ir.attachment', [
                        ('resource.cookie', 'like', 'a%',
                            'res.user.device')]),
                ('res.user.application', [('key', 'like', 'a%')]),
                ]:
            self.assertRefused(f'{name}.search', domain, 0, None, None)

    def test_rules(self):
        "Nobody finds out by a relation what the rules hide"
        clerk = self.callers['clerk']

        def found(*domain):
            users = clerk('res.user.search', list(domain))
            return {u['login'] for u in clerk(
                    'res.user.read', users, ['login'])} & {'known', 'hidden'}
        name = 'party.name'
        for domain in [
                ('employees.party.name', '=', "Hidden"),
                ('employees', 'like', "Hid%"),
                ('employees.company.party.name', '=', "Other"),
                ('employees', 'where', [(name, '=', "Hidden")]),
                ('employees', 'where', [
                        ['OR', (name, 'like', "Hid%"), ('id', '=', 0)]]),
                ('companies.employees.party.name', 'like', "Hid%"),
                ('companies', 'where', [
                        ('employees.party.name', 'like', "Hid%")])]:
            with self.subTest(domain=domain):
                self.assertEqual(found(domain), set())
        self.assertEqual(
            found(('employees.party.name', '=', "Known")), {'known'})
        self.assertEqual(
            found(('employees', 'where', [(name, '!=', "x")])), {'known'})
        # Of whom the clerk knows no name it is none of those
        self.assertEqual(
            found(('employees.party.name', '!=', "Hidden")), {'known'})

    def test_order(self):
        "No order of a client tells a secret"
        for name, order in [
                ('res.user', 'password_hash'),
                ('res.user', 'create_uid.password_hash'),
                ('party.party', 'create_uid.one_time_password'),
                ('res.user.application', 'key'),
                ('res.user.application', 'user.password_hash'),
                ]:
            self.assertRefused(
                f'{name}.search', [], 0, None, [(order, 'ASC')])

    def test_names(self):
        "The name of a key is not the key"
        domain = [('applications.rec_name', 'like', 'r%')]
        self.assertEqual(
            self.callers['admin']('res.user.search', domain, 0, None, None),
            [1])
        rows = self.callers['admin'](
            'res.user.export_data', [1], ['applications'])
        self.assertEqual(rows, [['rest']])

    def test_views(self):
        "No form or list shows a secret"
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1, readonly=True):
            secrets = pool.get('res.user')._secrets
        for caller in self.callers.values():
            for type_ in ['form', 'tree']:
                view = caller('res.user.fields_view_get', None, type_)
                self.assertFalse(secrets & view['fields'].keys())
            fields = caller('res.user.fields_get', None)
            self.assertFalse(secrets & fields.keys())

    def test_form(self):
        "What is no domain or order is refused"
        for domain in [
                None, 'login', 7, {'login': 'x'}, ['login'], ['login', '='],
                [['login', '=']], [('login', 'is', 'x')], [(7, '=', 'x')],
                [('login', None, 'x')], [('nothing', '=', 'x')],
                [('create_uid.nothing', '=', 'x')],
                [('groups', 'where', 'x')], [('groups', 'where', None)],
                [('groups', 'where', [('nothing', '=', 1)])],
                [('login', 'where', [])], [('groups.name', 'where', [])],
                [('groups', 'child_of', [1], 'nothing')],
                ]:
            self.assertRefused('res.user.search', domain, 0, None, None)
        for domain in [
                [('resource.name', '=', 'x')],
                [('resource.name', '=', 'x', 'nothing')],
                [('resource.name', '=', 'x', 7)]]:
            self.assertRefused('ir.attachment.search', domain, 0, None, None)
        for order in [
                'login', 7, [7], ['login'], [('login', 'UP')],
                [('login', 7)], [('nothing', 'ASC')], [(7, 'ASC')],
                [('create_uid.nothing', None)]]:
            self.assertRefused('res.user.search', [], 0, None, order)

    def test_children(self):
        "The field that leads to parents is followed once"
        for operator in ['child_of', 'not child_of', 'parent_of']:
            for clause in [
                    ('groups', operator, [1], 'parent'),
                    ('create_uid.groups', operator, [1], 'parent')]:
                with self.subTest(clause=clause):
                    self.callers['admin'](
                        'res.user.search', [clause], 0, None, None)

    def test_log(self):
        "Of what a module raised is told where, of a value that misfits not"
        def fail(cls, name, clause):
            raise KeyError(name)

        fail = FunctionType(
            fail.__code__, {**globals(), '__name__': 'trytond.modules.x'})
        Party = Pool(DB_NAME).get('party.party')
        search = self.callers['clerk']
        for clause, told in [
                (('rec_name', '=', 'x'), True), (('id', 'in', 7), False)]:
            with self.subTest(clause=clause), \
                    patch.object(
                        Party, 'search_rec_name', classmethod(fail)), \
                    self.assertLogs(
                        'trytond.modules.safety_base.guard.domain') as logs, \
                    self.assertRaises(UserError):
                search('party.party.search', [clause], 0, None, None)
            self.assertEqual(bool(logs.records[0].exc_info), told)

    def test_value(self):
        "Values and operators that do not fit the field are refused"
        for clause in [
                ('id', 'like', 7), ('id', 'in', 7), ('active', 'in', None),
                ('id', '=', 'x'), ('id', '=', {}), ('id', 'child_of', [1]),
                ('status_bar', '=', 'x'), ('create_date', '>', 'x'),
                ('groups', 'child_of', [1], 7), ('login', 'like', {}),
                ('create_date', '=', [1])]:
            with self.subTest(clause=clause):
                with suppress(UserError):
                    self.callers['clerk'](
                        'res.user.search', [clause], 0, None, None)

    def test_limit(self):
        "A domain has a bound"
        many = ['OR', *[('login', 'ilike', f'%{i}%') for i in range(1001)]]
        deep = ('login', '=', 'x')
        for _ in range(50):
            deep = [deep]
        inside = ('login', '=', 'x')
        for _ in range(20):
            inside = ('groups', 'where', [('users', 'where', [inside])])
        long = [('login', 'ilike', 'x' * 1001)]
        wide = ['OR', *[('id', 'in', list(range(11_000)))] * 5]
        for domain in [many, deep, [inside], long, wide]:
            self.assertRefused('res.user.search', domain, 0, None, None)

    def test_paths(self):
        "What is read, exported and sorted by has bounds"
        long = 'create_uid.' * 11 + 'name'
        wide = ['name'] * 1001
        for names in [[long], wide]:
            self.assertRefused('res.user.read', [1], names)
            self.assertRefused(
                'res.user.search_read', [], 0, 1, None, names)
            names = [n.replace('.', '/') for n in names]
            self.assertRefused('res.user.export_data', [1], names)
            self.assertRefused(
                'res.user.export_data_domain', [], names, 0, 1)
        for order in [[(long, 'ASC')], [('name', 'ASC')] * 21]:
            self.assertRefused('res.user.search', [], 0, 1, order)

    def test_multiple(self):
        "What multiplies on a path has bounds"
        model = 'company.company'
        user = self.callers['clerk']
        company, = user(f'{model}.search', [], 0, 1, None)
        twice = 'employees.company.employees'
        thrice = f'{twice}.company.employees'
        for method, separator in [('read', '.'), ('export_data', '/')]:
            method = f'{model}.{method}'
            for path in ['employees.id', thrice, f'{twice}.rec_name']:
                user(method, [company], [path.replace('.', separator)])
            path = f'{thrice}.id'.replace('.', separator)
            self.assertRefused(method, [company], [path])
            with patch.object(multiple, 'CELLS', 0):
                self.assertRefused(
                    method, [company], [twice.replace('.', separator)])
        with patch.object(multiple, 'CELLS', 0):
            user(f'{model}.read', [company] * 9, ['rec_name'] * 9)
            user(f'{model}.export_data', [company] * 9, ['employees/id'])

    def test_escaped(self):
        """A pattern that ends with a backslash tells of no hidden record

        PostgreSQL fails of it only where a record matches so far.
        """
        for login in ['bare', 'clerk']:
            search = self.callers[login]
            for operator in ['like', 'ilike']:
                for pattern in ['Hid%\\', 'Hid%\\\\\\', 'Nobody%\\']:
                    with self.subTest(login=login, pattern=pattern):
                        for domain in [
                                [('rec_name', operator, pattern)],
                                [('party.name', operator, pattern)],
                                [('party', 'where', [
                                            ('name', operator, pattern)])]]:
                            self.assertEqual(search(
                                    'company.employee.search', domain), [])
                            self.assertEqual(search(
                                    'company.employee.search_count',
                                    domain), 0)
            self.assertEqual(
                search('company.employee.autocomplete', 'Hid%\\'), [])
        for value in [
                ['res.user', '1%\\'], ['Hid%\\'], {'a': '%\\'}, 1, False]:
            self.assertRefused(
                'ir.attachment.search', [('resource', 'like', value)])
            self.assertRefused(
                'party.party.search', [('name', 'not ilike', value)])
        search = self.callers['admin']
        party, = search('party.party.create', [{'name': 'A back\\'}])
        for pattern in ['A back\\', 'A back\\\\', 'A%\\']:
            with self.subTest(pattern=pattern):
                self.assertEqual(search(
                        'party.party.search', [('name', 'like', pattern)]),
                    [party])
        self.assertTrue(search(
                'party.party.search', [('name', 'not like', 'A%\\')]))

    def test_active_ids(self):
        "The records of a wizard are named once each, and not too many"
        User = Pool(DB_NAME).get('res.user')
        with Transaction().start(DB_NAME, 1, readonly=True):
            context = User.believe({'active_ids': [2, 1, 2] * 100_000})
            self.assertEqual(context['active_ids'], [2, 1])
            with self.assertRaises(PathLimitError):
                User.believe({'active_ids': list(range(50_001))})

    def test_ids(self):
        "Records are read once each, and not too many of them"
        user = self.callers['clerk']
        row, = user('res.group.read', [1] * 100_000, ['name'])
        self.assertEqual(row['id'], 1)
        many = list(range(50_001))
        self.assertRefused('res.group.read', many, ['name'])
        self.assertRefused('res.group.export_data', many, ['name'])
        self.assertEqual(
            len(user('res.group.export_data', [1] * 3, ['name'])), 1)

    def test_cells(self):
        "Records by columns have a bound, and what is asked twice is told once"
        user = self.callers['clerk']
        ids = user('res.group.search', [], 0, 3, None)
        names = ['id', 'active', 'id']
        many = ['id', 'active', 'name', 'rec_name']
        with patch.object(paths, 'CELLS', 9):
            user('res.group.read', ids, names * 300)
            rows = user('res.group.export_data', ids * 100, names, True)
            self.assertEqual(
                rows, [["ID", "Active", "ID"], *([i, True, i] for i in ids)])
            for method, *params in [
                    ('read', ids, many),
                    ('search_read', [], 0, 3, None, many),
                    ('export_data', ids, many),
                    ('export_data', ids, names * 2),
                    ('export_data_domain', [], many, 0, 3)]:
                self.assertRefused(f'res.group.{method}', *params)

    def test_allowed(self):
        "Ordinary searches go on"
        search = self.callers['clerk']
        for domain, order in [
                ([], None),
                ([('login', 'ilike', 'ad%')], [('name', 'DESC NULLS LAST')]),
                (['OR', ('id', '=', 1), [('login', '=', 'x')]], []),
                ([('groups', 'where', [('name', '!=', None)])], None),
                ([('groups.name', 'ilike', '%')], [('create_uid.id', None)]),
                ([('groups', '=', None)], [('create_uid', None)]),
                ([('id', 'in', list(range(20_000)))], None),
                ([('create_uid.create_uid.id', 'in', list(range(20_000)))],
                    None),
                ([], [('create_uid.create_uid.create_uid.name', 'ASC')] * 20),
                ([('groups', 'child_of', [1], 'parent')], None),
                (['AND'], None), ([[]], None),
                ]:
            search('res.user.search', domain, 0, 10, order)
        search(
            'res.user.read', search('res.user.search', [], 0, 1, None),
            ['create_uid.create_uid.create_uid.rec_name', *['name'] * 500])
        search('ir.attachment.search', [
                ('resource.name', 'like', 'x%', 'party.party')], 0, 10, None)
