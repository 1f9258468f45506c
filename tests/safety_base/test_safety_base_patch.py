# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is changed in Tryton to be faster gives the same results."

import datetime as dt
import gzip
import sys
import unittest
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import PropertyMock, patch

from access import call
from mine import build_mine, new_hazard
from templates import activate_built
from werkzeug.exceptions import BadRequest
from werkzeug.test import EnvironBuilder

import trytond.config as config
from trytond import backend, tools
from trytond.exceptions import UserError
from trytond.model import ModelSQL
from trytond.model.exceptions import AccessError
from trytond.model.fields.selection import SelectionMixin
from trytond.modules.safety_base import patch as patches
from trytond.pool import Pool
from trytond.protocols import jsonrpc
from trytond.protocols.wrappers import Request
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


class Cursor:
    arraysize = 2

    def __init__(self, *rows):
        self.rows = list(rows)

    def fetchmany(self, size):
        rows, self.rows = self.rows[:size], self.rows[size:]
        return rows


class Unread(list):
    "Ids over which nobody goes"

    def __contains__(self, id_):
        raise AssertionError

    __iter__ = __contains__


class PatchTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def test_installed(self):
        "Whoever imported the functions of Tryton has those of ours"
        self.assertIs(tools.cursor_dict, patches.cursor_dict)
        self.assertFalse([
                name for name, module in sys.modules.items()
                if getattr(module, 'cursor_dict', None)
                is patches._cursor_dict])
        self.assertIs(
            SelectionMixin.get_selection.__func__,
            patches.get_selection.__func__)
        self.assertIs(
            ModelSQL._ModelSQL__check_domain_rule.__func__,
            patches.check_domain_rule.__func__)

    def test_switch(self):
        "They are left out where the configuration says so"
        self.addCleanup(patches.install)
        with patch.object(
                SelectionMixin, 'get_selection', patches._get_selection), \
                patch.object(config, 'getboolean', return_value=False):
            patches.install()
            self.assertIs(
                SelectionMixin.__dict__['get_selection'],
                patches._get_selection)

    def test_cursor(self):
        "The description of a cursor is asked for once"
        with patch.object(
                Cursor, 'description', PropertyMock(
                    return_value=[('a', 1), ('b', 2)]), create=True) as asked:
            rows = list(tools.cursor_dict(Cursor((1, 2), (3, 4), (5, 6))))
        self.assertEqual(
            rows, [{'a': 1, 'b': 2}, {'a': 3, 'b': 4}, {'a': 5, 'b': 6}])
        self.assertEqual(asked.call_count, 1)
        self.assertFalse(list(tools.cursor_dict(Cursor())))

    def test_connection(self):
        "A connection is checked again only after it has rested"
        checked = []

        class ConnectionPool:
            check_connection = staticmethod(checked.append)
        module = SimpleNamespace(ConnectionPool=ConnectionPool)
        patches.keep_connections(module)
        patches.keep_connections(module)
        connection = SimpleNamespace()
        with patch.object(patches.time, 'monotonic') as clock:
            for now in [100, 104, 108, 114, 115]:
                clock.return_value = now
                module.ConnectionPool.check_connection(connection)
        self.assertEqual(checked, [connection] * 2)
        if backend.name == 'postgresql':
            database = sys.modules[backend.Database.__module__]
            self.assertTrue(
                issubclass(database.ConnectionPool, patches.RestedMixin))

    def test_answer(self):
        "An answer is the same, encoded once and compressed as a whole"
        for answer in [
                {'a': "风门"}, [], {'a': "风门" * 2000},
                {'result': [{
                            'a': dt.datetime(2026, 1, 2, 3, 4, 5, 6),
                            'b': dt.date(2026, 1, 2), 'c': Decimal('1.10'),
                            'd': b'x', 'e': [1, 2.5, True, None, "\u2028"],
                            'f': dt.timedelta(1), 'g': "\0<&>",
                            }] * 500}]:
            with self.subTest(answer=str(answer)[:40]):
                text = ''.join(jsonrpc.encoder.iterencode(answer))
                self.assertEqual(self._answer(answer).get_data(True), text)
                packed = self._answer(answer, 'gzip, deflate')
                content = packed.get_data()
                self.assertEqual(packed.content_length, len(content))
                if len(text) > patches.PIECE:
                    self.assertEqual(packed.content_encoding, 'gzip')
                    self.assertLess(len(content), len(text))
                    content = gzip.decompress(content)
                self.assertEqual(content.decode(), text)
        with self.assertRaises(TypeError):
            self._answer({'a': object})

    def test_refusal(self):
        "What is answered by a status is left as it is"
        answer = self._answer(UserError("风门" * 2000), 'gzip')
        self.assertIsInstance(answer, BadRequest)

    def _answer(self, data, accepted=''):
        request = Request(EnvironBuilder(
                method='POST',
                headers={'Accept-Encoding': accepted}).get_environ())
        return jsonrpc.JSONProtocol.response(data, request)

    @with_transaction()
    def test_texts(self):
        "The texts are those of Tryton, in each language"
        pool = Pool()
        count = 0
        for language in ['en', 'zh_CN', 'en']:
            with Transaction().set_context(language=language):
                for _, model in pool.iterobject():
                    for name, field in model._fields.items():
                        if isinstance(field, SelectionMixin) and isinstance(
                                field.selection, list):
                            count += 1
                            self.assertEqual(
                                field.get_selection(model, name, None),
                                patches._get_selection(
                                    type(field), model, name, None))
        self.assertGreater(count, 200)

    @with_transaction()
    def test_records(self):
        "A record does not go over those that are read with it"
        User = Pool().get('res.user')
        ids = Unread([1, 2])
        record = User(1, _ids=ids)
        self.assertIs(record._ids, ids)
        self.assertEqual(record.id, 1)
        self.assertEqual(User(2)._ids, [2])
        self.assertIsNone(User().id)
        if __debug__:
            with patch.object(
                    patches.ModelStorage, '__init__', patches._init_record):
                with self.assertRaises(AssertionError):
                    User(1, _ids=ids)

    @with_transaction()
    def test_rules(self):
        "Rules and missing records refuse as in Tryton, by fewer statements"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazards = Hazard.create([
                new_hazard(mine)._save_values() for _ in range(2)])
        ids = [h.id for h in hazards]
        values = {'description': "The door is open."}
        check = patches._check_domain_rule
        with patch.object(
                patches, '_check_domain_rule', side_effect=check) as asked:
            Hazard.write(hazards, values)
            self.assertEqual(asked.call_count, 1)
            call(mine.users.reporter, 'model.hazard.hazard.write', ids, values)
            self.assertEqual(asked.call_count, 1)
        missing = Hazard(max(ids) + 1)
        for records in ([missing], [*hazards, missing]):
            with self.assertRaises(AccessError):
                Hazard.write(records, values)
        with self.assertRaises(AccessError):
            call(mine.users.captain, 'model.hazard.hazard.write', ids, values)
        Hazard.delete(hazards)
        with self.assertRaises(AccessError):
            Hazard.write(hazards, values)

    @with_transaction()
    def test_rows(self):
        "The texts of a list are translated once"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazards = Hazard.create([
                new_hazard(mine)._save_values() for _ in range(3)])
        with patch.object(
                Hazard, 'fields_get', wraps=Hazard.fields_get) as asked:
            rows = Hazard.read(
                [h.id for h in hazards], ['state:string', 'handling:string'])
        self.assertEqual([r['state:string'] for r in rows], ["Draft"] * 3)
        self.assertLessEqual(asked.call_count, 2)
