# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Of whom a user is told."

import datetime as dt
import unittest

from organization import acting, create_company, create_employee, create_user
from rpc import Caller

from trytond.exceptions import UserError
from trytond.modules.safety_base.exceptions import ColleagueError
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction

ALL = {'near', 'mate', 'both', 'far', 'none', 'admin'}


class ColleagueTestCase(unittest.TestCase):

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
        Party = pool.get('party.party')
        User = pool.get('res.user')
        mine, other = create_company("Mine"), create_company("Other")
        users = {
            'near': create_user('near', mine, create_employee(mine, "Near")),
            'mate': create_user('mate', mine),
            'both': create_user('both', mine),
            'far': create_user('far', other, create_employee(other, "Far")),
            }
        users['none'], = User.create([{'login': 'none', 'name': "Nobody"}])
        User.write([users['both']], {'companies': [('add', [other.id])]})
        User.write([users['far']], {
                'email': 'far@example.com', 'signature': "Far and away"})
        cls.ids = {'admin': 1, **{n: u.id for n, u in users.items()}}
        cls.companies = {'mine': mine.id, 'other': other.id}
        cls.parties = {}
        for name in ['near', 'far']:
            with Transaction().set_user(cls.ids[name]):
                party, = Party.create([{'name': f"Of {name}"}])
            cls.parties[name] = party.id
        cls.callers = {n: Caller(User(i)) for n, i in cls.ids.items()}
        cls.near = cls.callers['near']

    def found(self, *domain, caller='near'):
        found = self.callers[caller](
            'res.user.search', list(domain), 0, None, None)
        self.assertEqual(
            self.callers[caller]('res.user.search_count', list(domain)),
            len(found))
        return {n for n, i in self.ids.items() if i in found}

    def search(self, domain, order=None, model='party.party'):
        found = self.near(
            f'{model}.search',
            [domain, ('id', 'in', list(self.parties.values()))],
            0, None, order)
        names = {i: n for n, i in self.parties.items()}
        return [names[i] for i in found]

    def test_search(self):
        "Users find those who share a company, administrators everybody"
        for name, found in [
                ('near', {'near', 'mate', 'both'}),
                ('both', {'near', 'mate', 'both', 'far'}),
                ('far', {'both', 'far'}),
                ('none', {'none'}),
                ('admin', ALL)]:
            with self.subTest(name):
                self.assertEqual(self.found(caller=name), found)
        for domain in [
                [('login', '=', 'far')],
                [('rec_name', 'ilike', '%far%')],
                [('id', '=', self.ids['far'])],
                [('email', '=', 'far@example.com')],
                [('companies', '=', self.companies['other']),
                    ('login', '!=', 'both')],
                ['OR', ('login', '=', 'far'), ('name', '=', 'far')]]:
            with self.subTest(domain=domain):
                self.assertEqual(self.found(*domain), set())
                self.assertTrue(self.found(*domain, caller='admin'))
                self.assertEqual(self.near(
                        'res.user.search_read', domain, 0, None, None,
                        ['login']), [])
                self.assertEqual(self.near(
                        'res.user.export_data_domain', domain, ['login']), [])
        self.assertEqual(self.near('res.user.autocomplete', 'far'), [])

    def test_read(self):
        "Users read those whom they find, and of others nothing"
        far = self.ids['far']
        for ids in [[far], [self.ids['near'], far], [self.ids['none']]]:
            for method, params in [
                    ('read', [['id']]), ('read', [['login', 'avatar']]),
                    ('read', [['rec_name']]),
                    ('read', [['groups', 'create_uid.rec_name']]),
                    ('export_data', [['login']]),
                    ('export_data', [['create_uid/rec_name']])]:
                with self.subTest(ids=ids, method=method, params=params), \
                        self.assertRaises(UserError):
                    self.near(f'res.user.{method}', ids, *params)
        for name in ['near', 'mate', 'both']:
            row, = self.near(
                'res.user.read', [self.ids[name]], ['login', 'rec_name'])
            self.assertEqual(row['login'], name)
        for name in ['admin', 'both']:
            row, = self.callers[name]('res.user.read', [far], ['login'])
            self.assertEqual(row['login'], 'far')

    def test_named(self):
        "Who reads a record is told the name of who made it, and no more"
        names = [
            'create_uid', 'create_uid.rec_name', 'create_uid.login',
            'create_uid.email', 'create_uid.groups', 'create_uid.id',
            'create_uid.companies.rec_name', 'create_uid.employee.rec_name',
            'create_uid.create_uid.rec_name', 'create_uid.active']
        party = self.parties['far']
        with self.subTest("foreign"):
            row, = self.near('party.party.read', [party], names)
            self.assertEqual(row, {
                    'id': party, 'create_uid': self.ids['far'],
                    'create_uid.': {
                        'id': self.ids['far'], 'rec_name': 'far',
                        'login': None, 'email': None, 'groups': [],
                        'companies.': [], 'employee.': None,
                        'create_uid.': None, 'active': None}})
        with self.subTest("own"):
            row, = self.near(
                'party.party.read', [self.parties['near']], names)
            self.assertEqual(row['create_uid.']['login'], 'near')
            self.assertEqual(
                row['create_uid.']['employee.']['rec_name'], "Near")
        with self.subTest("administrator"):
            row, = self.callers['admin']('party.party.read', [party], names)
            self.assertEqual(row['create_uid.']['login'], 'far')
        row, = self.near(
            'party.party.read', [party], ['write_uid.login', 'name'])
        self.assertEqual(row.keys(), {'id', 'name', 'write_uid.'})
        for limit in ['x', 0, None]:
            with self.subTest(limit=limit):
                row, = self.near(
                    'party.party.read', [party], ['create_uid.rec_name'],
                    related_read_limit=limit)
                self.assertEqual(row['create_uid.']['id'], self.ids['far'])
        for name in ['nothing', 'password_hash', 'nothing.rec_name']:
            with self.subTest(name=name), self.assertRaises(UserError):
                self.near('party.party.read', [party], [f'create_uid.{name}'])

    def test_export(self):
        "A column leads to the name of users only"
        party = self.parties['far']
        for column in ['create_uid', 'create_uid/rec_name']:
            self.assertEqual(
                self.near('party.party.export_data', [party], [column]),
                [['far']])
        for column in [
                'create_uid/login', 'create_uid/email',
                'create_uid/create_uid/rec_name',
                'create_uid/employee/rec_name']:
            with self.subTest(column=column), self.assertRaises(UserError):
                self.near('party.party.export_data', [party], [column])
            self.callers['admin'](
                'party.party.export_data', [party], [column])

    def test_path(self):
        "No path to the users finds out who they are"
        for clause in [
                ('create_uid.login', 'like', 'f%'),
                ('create_uid.rec_name', 'ilike', 'f%'),
                ('create_uid', 'ilike', 'f%'),
                ('create_uid', '=', 'far'),
                ('create_uid.email', '!=', None),
                ('create_uid.employee.party.name', '=', "Far"),
                ('create_uid.companies', '=', self.companies['other']),
                ('create_uid', 'where', [('signature', 'like', 'Far%')]),
                ('create_uid.create_uid.login', '=', 'admin'),
                ('create_uid.create_date', '>', dt.datetime(2020, 1, 1)),
                ]:
            with self.subTest(clause=clause):
                self.assertNotIn('far', self.search([clause]))
        for clause in [
                ('create_uid.login', '!=', 'far'),
                ('create_uid.login', 'not like', 'f%'),
                ('create_uid', 'not ilike', 'f%')]:
            with self.subTest(clause=clause):
                self.assertEqual(self.search([clause]), ['near'])
        self.assertEqual(
            self.search([('create_uid.login', '=', 'near')]), ['near'])
        self.assertEqual(
            self.search([('create_uid', 'ilike', 'n%')]), ['near'])
        # The id is told
        for name in ['create_uid', 'create_uid.id']:
            self.assertEqual(
                self.search([(name, '=', self.ids['far'])]), ['far'])
        for domain in [
                [('create_uid', 'child_of', 'adm%')],
                [('groups', 'where', [('users.login', '=', 'far')])],
                [('groups.users.login', '=', 'far')]]:
            with self.subTest(domain=domain), self.assertRaises(UserError):
                self.near('res.user.search', domain)
        with self.assertRaises(UserError):
            self.near('ir.attachment.search', [
                    ('resource.login', 'like', 'f%', 'res.user')])

    def test_order(self):
        "No order tells the name of others"
        for name, descending in [('zzz', False), ('aaa', True)]:
            self.rename(name)
            for field in ['create_uid', 'create_uid.name']:
                orders = [self.search([], [(field, f'{order} NULLS LAST')])
                    for order in ['ASC', 'DESC']]
                self.assertEqual(orders, [['near', 'far']] * 2)
        self.rename('far')
        for field in [
                'create_uid.login', 'create_uid.email',
                'create_uid.create_date', 'create_uid.create_uid.login',
                'create_uid.employee.party.name']:
            with self.subTest(field=field), self.assertRaises(UserError):
                self.search([], [(field, 'ASC')])

    def rename(self, name):
        self.callers['admin'](
            'res.user.write', [self.ids['far']], {'name': name})

    def test_group(self):
        "Only administrators are told who belongs to a group"
        group, = self.callers['admin'](
            'res.group.search', [('name', '=', "Administration")])
        for names in [['users'], ['users.rec_name']]:
            with self.subTest(names=names), self.assertRaises(UserError):
                self.near('res.group.read', [group], names)
        with self.assertRaises(UserError):
            self.near('res.group.search', [('users.login', '=', 'admin')])
        with self.assertRaises(UserError):
            self.near('res.group.export_data', [group], ['users/rec_name'])
        row, = self.callers['admin']('res.group.read', [group], ['users'])
        self.assertIn(1, row['users'])
        with self.assertRaises(UserError):
            self.near('ir.ui.menu.search_read', [], 0, 1, None, ['favorites'])

    def test_avatar(self):
        "The pictures of others and what is attached to them stay unknown"
        avatars = {
            a['resource']: a['id'] for a in self.callers['admin'](
                'ir.avatar.search_read', [], 0, None, None, ['resource'])}
        mine, theirs = (
            avatars[f'res.user,{self.ids[n]}'] for n in ['near', 'far'])
        self.assertIn(mine, self.near('ir.avatar.search', []))
        self.assertNotIn(theirs, self.near('ir.avatar.search', []))
        self.near('ir.avatar.read', [mine], ['uuid'])
        with self.assertRaises(UserError):
            self.near('ir.avatar.read', [theirs], ['uuid'])
        with self.assertRaises(UserError):
            self.near('ir.note.create', [{
                        'resource': f'res.user,{self.ids["far"]}',
                        'message': "Who?"}])

    def test_form(self):
        "No form tells of others by what it is sent"
        far = self.ids['far']
        with self.assertRaises(UserError):
            self.near('res.user.on_change', {'id': far}, ['company'])
        values = self.near(
            'ir.export.default_get', ['user'], True, default_user=far)
        self.assertNotIn('rec_name', values.get('user.', {}))

    def test_change(self):
        "Who joins a company is found at once, who leaves it is not any more"
        administrate = self.callers['admin']
        for action, told in [('add', True), ('remove', False)]:
            administrate('res.user.write', [self.ids['none']], {
                    'companies': [(action, [self.companies['mine']])]})
            self.assertEqual('none' in self.found(), told)
            if told:
                self.near('res.user.read', [self.ids['none']], ['login'])
            else:
                with self.assertRaises(UserError):
                    self.near('res.user.read', [self.ids['none']], ['login'])

    def test_server(self):
        "The server reads whomever it has to, and poisons no cache"
        far = self.ids['far']
        with Transaction().start(DB_NAME, 0):
            pool = Pool()
            Party = pool.get('party.party')
            User = pool.get('res.user')
            near = User(self.ids['near'])
            with acting(near):
                with self.assertRaises(ColleagueError):
                    User.read([far], ['login'])
                party, = Party.read(
                    [self.parties['far']], ['create_uid.login'])
                self.assertIsNone(party['create_uid.']['login'])
                self.assertEqual(User(far).login, 'far')
                self.assertEqual(
                    Party(self.parties['far']).create_uid.login, 'far')
                with Transaction().set_context(_check_access=False):
                    row, = User.read([far], ['login'])
                    self.assertEqual(row['login'], 'far')
                    self.assertTrue(User.search([('login', '=', 'far')]))
                with self.assertRaises(ColleagueError):
                    User.read([far], ['login'])
            self.assertEqual(len(User.search([('id', '=', far)])), 1)
            self.assertEqual(
                User.read([far], ['login'])[0]['login'], 'far')
