# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Calls that do not fit are answered in words, faults stay faults."

import datetime as dt
import logging
import unittest
import xmlrpc.client
from contextlib import suppress
from decimal import Decimal
from unittest.mock import patch

from mine import build_mine
from rpc import Caller, RpcError
from templates import activate_built

from trytond.exceptions import UserError
from trytond.model import fields
from trytond.modules.safety_base.exceptions import (
    DomainValueError, ResourceError)
from trytond.modules.safety_base.guard.call import Call
from trytond.modules.safety_base.guard.domain import Walk
from trytond.modules.safety_base.guard.number import decode
from trytond.modules.safety_base.guard.on_change import check_names
from trytond.modules.safety_base.guard.value import (
    fits, from_context, ids_from_context, is_keepable)
from trytond.pool import Pool
from trytond.protocols.jsonrpc import json
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import (
    DB_NAME, Client, drop_db, with_transaction)
from trytond.transaction import Transaction
from trytond.wsgi import app

LOGGER = 'trytond.modules.safety_base.guard.call'


class CallTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1) as transaction:
            mine = build_mine()
            cls.call = Caller(mine.users.reporter)
            cls.company, cls.unit = mine.company.id, mine.units.mine.id
            cls.place = mine.place.id
            cls.discipline = Pool().get('hazard.discipline').search(
                [], limit=1)[0].id
            transaction.commit()

    def assertMisfit(self, method, *params, **context):
        with self.assertLogs(LOGGER, 'WARNING') as logs, \
                self.assertRaises(UserError):
            self.call.ask(method, *params, **context)
        for record in logs.records:
            self.assertIsNone(record.exc_info)
            # Nobody writes lines of their own into the log.
            self.assertNotIn('\n', record.getMessage())

    def test_number(self):
        "A call has as many arguments as its method"
        for params in [[], [[1], ['name'], 1, 2, 3]]:
            self.assertMisfit('model.hazard.hazard.read', *params)
        self.assertMisfit('wizard.hazard.hazard.cancel.execute')
        self.assertMisfit('report.hazard.card.execute')

    def test_ids(self):
        for ids in ['x', ['x'], [None], [[1]], 0.5, {'id': 'x'}]:
            with self.subTest(ids=ids):
                self.assertMisfit('model.hazard.hazard.submit', ids)

    def test_several_ids(self):
        "So are those that are not the first argument"
        amount = Decimal(1)
        for id_ in [[1], ['x'], None, dt.time(1)]:
            with self.subTest(id=id_):
                self.assertMisfit(
                    'model.currency.currency.compute', id_, amount, 1)
                self.assertMisfit(
                    'model.currency.currency.compute', 1, amount, id_)

    def test_values(self):
        "Values are of the type of their field"
        for values in [
                'x', ['x'], [{'grade': 'x'}], [{'found_at': 7}],
                [{'nothing': 1}], [{'\nWARNING remove file': 1}]]:
            with self.subTest(values=values):
                self.assertMisfit('model.hazard.hazard.create', values)
        self.assertMisfit(
            'model.hazard.rectification.write', [], {'mine': True})
        hazard, = self.call('hazard.hazard.create', [{
                    'place': self.place, 'unit': self.unit,
                    'discipline': self.discipline, 'description': "x"}])
        for default in [{'found_as': 1}, {'photos': [['add', [1]]]}]:
            self.assertMisfit('model.hazard.hazard.copy', [hazard], default)
        self.assertMisfit(
            'model.hazard.hazard.on_change', {'grade': 'x'}, ['grade'])
        self.assertMisfit(
            'model.hazard.hazard.on_change_with', {'id': -1}, ['state'])

    def test_wizard(self):
        session, *_ = self.call.ask('wizard.hazard.extension.request.create')
        for data, state in [
                ({}, 'nothing'), ({}, 7), ({'ask': {'deadline': 7}}, 'end')]:
            with self.subTest(data=data, state=state):
                self.assertMisfit(
                    'wizard.hazard.extension.request.execute', session, data,
                    state)

    def test_parameters(self):
        "Parameters are what their names tell"
        for method, *params in [
                ('ir.ui.view_tree_optional.set_optional', 1, ['name']),
                ('ir.ui.view_search.set', 'x', 'hazard.hazard', [['x']]),
                ('hazard.hazard.fields_view_get', -1),
                ('hazard.place.fields_view_get', None, '%'),
                ('hazard.place.fields_view_get', None, 'graph'),
                ('hazard.hazard.history_revisions', [1]),
                ('currency.currency.compute', 1, dt.time(1), 1),
                ('hazard.hazard.import_data', ['grade'], [[7]]),
                ('safety.unit.read', [self.unit], ['name.name']),
                ('hazard.configuration.read', [], ['archive_days']),
                ('ir.note.on_change_notify', {'resource': 'no.model,1'}),
                ('ir.date.today', 'Mars/Base')]:
            with self.subTest(method=method), self.assertRaises(UserError):
                self.call(method, *params)

    def test_texts(self):
        "No text of any argument has what a database cannot keep"
        for value, keepable in [
                ('x', True), ('a\0', False), ([{'a': ['x']}, 7], True),
                ([{'a': ('\ud800',)}], False), ({'a\0': 7}, False)]:
            with self.subTest(value=value):
                self.assertEqual(is_keepable(value), keepable)

    @with_transaction()
    def test_cookie(self):
        "Only PostgreSQL fails of a device that is none"
        Device = Pool().get('res.user.device')
        for cookie, misfit in [
                (None, None), ('x', None), ('a\0', 'current_cookie'),
                (['x'], 'current_cookie')]:
            with self.subTest(cookie=cookie):
                self.assertEqual(
                    Call(
                        Device, Device.__rpc__['renew'], [cookie, {}],
                        {}).find_misfit(), misfit)

    @with_transaction()
    def test_scan(self):
        "What scans no codes cannot, whether the platform fails of it or not"
        for name in ['ir.translation', 'hazard.category']:
            Model = Pool().get(name)
            self.assertEqual(
                Call(
                    Model, Model.__rpc__['on_scan_code'],
                    [{'id': 1}, 'x', {}], {}).find_misfit(), 'on_scan_code')

    @with_transaction()
    def test_scanned(self):
        "What fails of the own code is a fault"
        Model = Pool().get('hazard.category')
        with patch.object(Model, 'on_scan_code', lambda self, code: 1 / 0):
            self.assertIsNone(Call(
                    Model, Model.__rpc__['on_scan_code'],
                    [{'id': 1}, 'x', {}], {}).find_misfit())

    def test_unseen(self):
        "A model without view is shown where all that it leads to is"
        self.assertMisfit('model.ir.avatar.fields_view_get')
        with Transaction().start(DB_NAME, 1, readonly=True):
            for name in ['hazard.hazard', 'ir.note']:
                Model = Pool().get(name)
                self.assertIsNone(Call(
                        Model, Model.__rpc__['fields_view_get'],
                        [None, 'form', {}], {}).find_misfit())

    def test_xml_id(self):
        "An action is named by its id or by that of the module"
        for name in ['x', '%(a)s', 'no.action', '{0.__class__}', '', '٣x', 7]:
            with self.subTest(name=name):
                self.assertMisfit('model.ir.action.act_window.get', name)
        self.assertTrue(self.call(
                'ir.action.act_window.get', 'ir.act_menu_tree'))

    def test_nothing(self):
        "What is no method of a model is not found"
        for method in [
                'x', 'model', 'model.x', 'model.no.model.read', 'x.y.z']:
            with self.subTest(method=method), \
                    self.assertRaisesRegex(RpcError, '404'):
                self.call.ask(method)

    def test_fault(self):
        "A call that fits and fails stays a fault"
        Unit = Pool(DB_NAME).get('safety.unit')
        for exception in [
                TypeError("x"), KeyError('x'), AttributeError("x")]:
            with patch.object(
                    Unit, 'read', autospec=True, side_effect=exception), \
                    self.assertLogs('trytond.protocols.dispatcher') as logs, \
                    self.assertRaises(RpcError):
                self.call('safety.unit.read', [self.unit], ['name'])
            self.assertTrue(logs.records[-1].exc_info)

    def test_strange(self):
        "What clients send is not looked at unless it fails"
        self.call('hazard.hazard.on_change_with', {
                'id': -1, 'company': self.company, 'grade': None,
                'photos': [{'id': -2, 'hazard': {'id': -1}}]},
            ['grade_color'])
        self.call(
            'safety.unit.read', [self.unit], ['name'], _timestamp={},
            active_test=None)

    def test_choice(self):
        "A choice that is computed is compared with choices only"
        search = 'hazard.inspection.search'
        with self.assertNoLogs('trytond', 'WARNING'):
            for operator, value in [
                    ('not ilike', 1), ('ilike', 'late'), ('=', 7), ('in', 7),
                    ('in', 'late'), ('in', [['late']]), ('=', {'a': 1})]:
                with self.subTest(operator=operator, value=value), \
                        self.assertRaises(UserError):
                    self.call(search, [('timing', operator, value)])
            for operator, value in [
                    ('=', None), ('!=', 'late'), ('in', ['late', None]),
                    ('not in', ['late']), ('=', 'no such choice')]:
                with self.subTest(operator=operator, value=value):
                    self.call(search, [('timing', operator, value)])

    def test_context(self):
        "Keys of the context are of their type, or as if not sent"
        for context in [
                {'active_id': 'x'}, {'active_ids': 7}, {'active_model': []},
                {'language': 7}, {'_timestamp': 7}, {'_datetime': 'x'},
                {'date': 'x'}, {'company': []}, {'employee': {}}]:
            with self.subTest(context=context):
                self.call('safety.unit.search', [], 0, 1, None, **context)
        for context in [{'company': True}, {'employee': [1]}]:
            with self.subTest(context=context), \
                    self.assertRaises(UserError):
                self.call('safety.unit.search', [], 0, 1, None, **context)

    def test_own_context(self):
        "What the modules read of the context is of its type"
        self.assertEqual(
            self.call(
                'hazard.photo.default_get', ['hazard', 'stage'],
                photo_hazard='x', photo_stage=7),
            {'hazard': None, 'stage': 'found'})
        for model, name, context in [
                ('hazard.category', 'in_group', {'category_group': [1]}),
                ('hazard.legal_basis', 'in_force', {'in_force_at': 'x'})]:
            with self.subTest(model=model):
                self.call(
                    f'{model}.search', [(name, '=', True)], 0, 1, None,
                    **context)

    def test_level(self):
        "The definitions of fields are not told without end"
        for level in [2, 7, float('inf')]:
            with self.subTest(level=level), self.assertRaises(UserError):
                self.call('hazard.hazard.fields_get', ['unit'], level)
        fields_ = self.call('hazard.hazard.fields_get', ['unit'], 1)
        self.assertIn('name', fields_['unit']['relation_fields'])

    def test_surrogate(self):
        "A search for what is no character leaves no traceback"
        with self.assertLogs('trytond', 'WARNING') as logs, \
                suppress(UserError):
            self.call('safety.unit.autocomplete', '\ud800')
            logging.getLogger('trytond').warning("It was found")
        for record in logs.records:
            self.assertFalse(record.exc_info)

    def test_limit(self):
        "More than the database takes is no fault of the server"
        deep = []
        for _ in range(9):
            deep = [deep]
        with self.assertRaises(UserError):
            self.call('safety.unit.read', deep, ['name'])

    def test_decimal(self):
        "Decimals have a bound before anything reckons with them"
        for text in [
                '1e999999', '-1e999999', '1e-999999', '9' * 3_000_000,
                '1' * 1001]:
            value = {'__class__': 'Decimal', 'decimal': text}
            with self.subTest(text=text[:20]), \
                    self.assertRaisesRegex(RpcError, '400'):
                self.call('res.user.search', [('id', '=', value)], 0, 1, None)
            for args in [{'d': [['id', '=', value]]}, {'c': {'x': value}}]:
                response = Client(app, Response).get(
                    f'/{DB_NAME}/data/res.user', headers=self.call.headers,
                    query_string={
                        'f': 'name',
                        **{k: json.dumps(v) for k, v in args.items()}})
                self.assertIn(response.status_code, [400, 414])
            with self.assertRaises(ValueError):
                xmlrpc.client.loads(
                    f'<params><param><value><bigdecimal>{text}</bigdecimal>'
                    '</value></param></params>')
        for parts in [[0, [1], 999_999], [0, [1] * 2000, 0]]:
            with self.assertRaises(ValueError):
                decode(parts)
        for value in ['0', '12.50', '-3E+5', 1e300, '1' * 100, 'NaN']:
            self.assertEqual(str(decode(value)), str(Decimal(value)))

    def test_whole(self):
        "What stands for an id is no decimal that only has the form of one"
        pool = Pool(DB_NAME)
        User = pool.get('res.user')
        value = Decimal('1e900')
        with Transaction().start(DB_NAME, 1, readonly=True):
            for name, operator, operand in [
                    ('id', '=', value), ('company', '=', value),
                    ('groups', 'in', [1, value]),
                    ('create_uid.id', '>', -value)]:
                with self.subTest(name=name), \
                        self.assertRaises(DomainValueError):
                    Walk().check(User, [(name, operator, operand)])
            with self.assertRaises(ResourceError):
                check_names(User, {'company': {'id': value}})
        self.call('res.user.search', [('id', '=', Decimal(1))], 0, 1, None)

    @with_transaction()
    def test_from_context(self):
        for type_, value, expected in [
                (int, 7, 7), (int, True, None), (int, '7', None),
                (int, 2 ** 31, None), (str, 'x', 'x'), (str, 'a\0', None),
                (dt.date, dt.date(2026, 5, 1), dt.date(2026, 5, 1)),
                (dt.date, dt.datetime(2026, 5, 1), None),
                (dt.datetime, dt.datetime(1, 1, 1), None)]:
            with Transaction().set_context(key=value):
                self.assertEqual(from_context('key', type_), expected)
        for value, ids in [
                ([1, 2], [1, 2]), ([True], []), ('12', []), (None, [])]:
            with Transaction().set_context(key=value):
                self.assertEqual(ids_from_context('key'), ids)

    @with_transaction()
    def test_fits(self):
        for field, lawful, forged in [
                (fields.Integer("X"), [None, 0, -1], ['1', 2 ** 31, True]),
                (fields.Float("X"), [1, 1.5], [float('nan'), '1']),
                (fields.Numeric("X"), [1], [float('inf'), []]),
                (fields.Char("X"), ['', '风门'], [7, 'a\0', '\ud800']),
                (fields.Date("X"),
                    [dt.date(2026, 5, 1)],
                    [dt.datetime(2026, 5, 1), '2026-05-01', dt.date.max]),
                (fields.Many2One('safety.unit', "X"), [1, -1], ['1', [1]]),
                (fields.Reference("X"),
                    ['safety.unit,1', 'safety.unit,-1', 'safety.unit,'],
                    [1, 'safety.unit,x', 'no.model,1', ',1']),
                (fields.One2Many('safety.unit', 'parent', "X"),
                    [[], [1, -2], [{'name': 'x'}], [['create', [{}]]],
                        [['write', [1], {}]], [['add', [1]]]],
                    [7, ['x'], [['no', []]], [['create', 7]]]),
                (fields.Selection([('a', "A"), (None, "")], "X"),
                    ['a', None], ['b', []]),
                ]:
            for value in lawful:
                self.assertTrue(fits(field, value), (field._type, value))
            for value in forged:
                self.assertFalse(fits(field, value), (field._type, value))

    def test_malformed(self):
        "Nobody logs in by calls that do not fit"
        for params in [[], ['x'], ['x', {}, 'en', 1, 2]]:
            response = Client(app, Response).post(
                f'/{DB_NAME}/rpc/', json={
                    'id': 1, 'method': 'common.db.login', 'params': params})
            self.assertIn(response.status_code, [400, 401])
