# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"How much one call makes, and one user keeps."

import unittest
from unittest.mock import patch

from organization import create_company, create_user
from rpc import Caller

from trytond.exceptions import UserError
from trytond.modules.safety_base.guard import setting
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

    def test_named(self):
        "A user keeps some searches and exports, of some columns each"
        export = {'name': "x", 'resource': 'party.party'}
        many = [{'name': 'name'}] * 1001
        self.assertRefused(
            '1,?000', 'ir.export.set', {**export, 'export_fields': many})
        self.assertRefused(
            '1,?000', 'ir.export.set',
            {**export, 'export_fields': [{'name': 'x' * 1001}]})
        id_ = self.clerk('ir.export.set', export)
        self.assertRefused(
            '1,?000', 'ir.export.update', id_, {}, ['name'] * 1001)
        search = 'ir.ui.view_search.set', "x", 'party.party', '[]'
        with patch.object(setting, 'NAMED', 2):
            for method, *params in [('ir.export.set', export), search]:
                for caller in [self.clerk, self.admin]:
                    caller(method, *params)
            self.clerk(*search)
            for method, *params in [('ir.export.set', export), search]:
                self.assertRefused("keep 2 of", method, *params)
                self.admin(method, *params)

    def count(self, model):
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1, readonly=True):
            Model = pool.get(model)
            return [r.id for r in Model.search(
                    [('user.login', '=', 'clerk')], order=[('id', 'ASC')])]

    def test_latest(self):
        "A user keeps the latest of how lists were left"
        with Transaction().start(DB_NAME, 1, readonly=True):
            menus = Pool(DB_NAME).get('ir.ui.menu').search([], limit=4)
        for model, method, *calls in [
                ('ir.ui.view_tree_state', 'set', *(
                        ('party.party', f'[{i}]', None, '[]', '[]')
                        for i in range(4))),
                ('ir.ui.menu.favorite', 'set', *((m.id,) for m in menus)),
                ('res.user.warning', 'skip', *((f'x{i}',) for i in range(4))),
                ('ir.ui.view_tree_width', 'set_width', *(
                        ('party.party', {name: [1]}, 1000)
                        for name in ['name', 'code', 'lang', 'active']))]:
            Model = Pool(DB_NAME).get(model)
            with self.subTest(model=model), \
                    patch.object(Model, '_latest', 3):
                kept = []
                for params in calls:
                    self.clerk(f'{model}.{method}', *params)
                    kept += self.count(model)[-1:]
                self.assertEqual(self.count(model), kept[-3:])
                self.assertEqual(len(set(kept)), 4)

    def test_devices(self):
        "A login is known from the latest devices"
        renew = 'res.user.device.renew'
        first, second = (self.clerk(renew, None) for _ in range(2))
        with patch.object(setting, 'DEVICES', 2):
            kept = {self.clerk(renew, first), self.clerk(renew, None)}
        with Transaction().start(DB_NAME, 1, readonly=True):
            devices = Pool(DB_NAME).get('res.user.device').search([
                    ('login', '=', 'clerk')])
            self.assertEqual(len(devices), 2)
            self.assertIn(second, {d.cookie for d in devices})
            self.assertEqual(len(kept & {d.cookie for d in devices}), 1)
        self.admin(renew, None)

    def test_long(self):
        "What no list can show is not kept, however it is sent"
        state = 'ir.ui.view_tree_state'
        before = self.count(state)
        for sent in [('[9]', None, '[' + '[1],' * 6000 + '[1]]', '[]'),
                ('[9]', None, '[]', 'x' * 20_001),
                ('[' + '1,' * 20_000 + '1]', None, '[]', '[]')]:
            self.clerk(f'{state}.set', 'party.party', *sent)
        self.assertEqual(self.count(state), before)
        self.assertRefused(
            '20,?000', 'res.user.warning.skip', 'x' * 20_001)

    def test_columns(self):
        "Widths and choices are of columns of the list"
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1, readonly=True):
            view, = pool.get('ir.ui.view').search([
                    ('model', '=', 'party.party'), ('type', '=', 'tree')],
                limit=1)
        width, optional = 'ir.ui.view_tree_width', 'ir.ui.view_tree_optional'
        self.clerk(f'{optional}.set_optional', view.id, {
                **{f'x{i}': True for i in range(20_000)}, 'name': True})
        self.assertEqual(len(self.count(optional)), 1)
        self.clerk(f'{width}.set_width', 'party.party', {
                **{f'x{i}': [1] for i in range(20_000)},
                'replaced_by': [1] * 20_000}, 2000)
        self.clerk(f'{width}.set_width', 'no.model', {'name': [1]}, 2000)
        kept = self.clerk(f'{width}.search_read', [
                ('field', '=', 'replaced_by')], 0, None, None, ['occurrence'])
        self.assertEqual(len(kept), setting.OCCURRENCES)
        shown = {'model': 'party.party', 'field': 'name', 'width': 1}
        with Transaction().start(DB_NAME, 1, readonly=True):
            user, = pool.get('res.user').search([('login', '=', 'clerk')])
        shown['user'] = user.id
        for values in [
                {'field': 'x'}, {'model': 'x'}, {'occurrence': 2 ** 30},
                {'occurrence': 0}]:
            self.assertRefused('', f'{width}.create', [{
                        'occurrence': 19, **shown, **values}])
        self.assertRefused('', f'{optional}.create', [{
                    'view': view.id, 'user': user.id, 'model': 'party.party',
                    'field': 'x'}])
