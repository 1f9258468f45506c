# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Columns of exports and imports, and other calls that no client offers."

import unittest

from mine import build_mine
from rpc import Caller
from templates import activate_built

from trytond.exceptions import UserError
from trytond.model import ModelSingleton
from trytond.modules.safety_base.exceptions import ColumnError, SingletonError
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, drop_db, with_transaction
from trytond.transaction import Transaction, check_access

EXPORTED = [
    'id', 'rec_name', 'description', 'state.translated', 'unit/name',
    'unit/parent/rec_name', 'photos/stage.translated', 'photos',
    'create_uid/name']
NOT_EXPORTED = [
    '', '/', 'x', 'id.id', 'description/x', 'description/description',
    'unit.name', 'unit/x', 'unit/', '/unit', 'description.translated',
    'state.definition', 'state.translated/x', 'state.translated.x',
    'create_uid.password_hash', 'description:lang=en', 'unit/name:lang=xx',
    'state.', 'grade.translated']
IMPORTED = ['id', 'description', 'photos/stage', 'photos/id']
NOT_IMPORTED = [
    '', 'x', 'id/id', 'description/x', 'unit/name', 'photos/x', 'unit.name',
    'state.translated', 'description:lang=en', 'rec_name:lang=xx']


class ColumnTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1) as transaction:
            mine = build_mine()
            cls.call = Caller(mine.users.safety)
            transaction.commit()

    def assertRefused(self, method, *params, **context):
        "The user is told so before anything has failed."
        with self.assertNoLogs('trytond', 'WARNING'), \
                self.assertRaises(UserError):
            self.call.ask(method, *params, **context)

    @with_transaction(user=1)
    def test_exported(self):
        "What the window of exports offers can be exported"
        Hazard = Pool().get('hazard.hazard')
        with check_access():
            self.assertEqual(
                len(Hazard.export_data([], EXPORTED, header=True)[0]),
                len(EXPORTED))
            for column in NOT_EXPORTED:
                with self.subTest(column=column), \
                        self.assertRaises(ColumnError):
                    Hazard.export_data([], ['id', column])

    @with_transaction(user=1)
    def test_reference(self):
        "Of what a reference names only the name is exported"
        Attachment = Pool().get('ir.attachment')
        with check_access():
            Attachment.export_data(
                [], ['resource.translated', 'resource/rec_name'])
            for column in ['resource/name', 'resource/rec_name/x']:
                with self.assertRaises(ColumnError):
                    Attachment.export_data([], [column])

    @with_transaction(user=1)
    def test_language(self):
        "A translated field is exported and imported in a language"
        Action = Pool().get('ir.action')
        with check_access():
            Action.export_data([], ['name:lang=en'], header=True)
            Action.import_data(['name:lang=en'], [])
            for column in ['name:lang=xx', 'name:lang=', 'type:lang=en']:
                with self.subTest(column=column):
                    with self.assertRaises(ColumnError):
                        Action.export_data([], [column])
                    with self.assertRaises(ColumnError):
                        Action.import_data([column], [])

    @with_transaction(user=1)
    def test_imported(self):
        "What the window of imports offers can be imported"
        Hazard = Pool().get('hazard.hazard')
        with check_access():
            Hazard.import_data(IMPORTED, [])
            for column in NOT_IMPORTED:
                with self.subTest(column=column), \
                        self.assertRaises(ColumnError):
                    Hazard.import_data(['id', column], [])

    def test_called(self):
        "Over the network neither leaves a traceback"
        for column in ['id.id', 'create_uid.password_hash']:
            self.assertRefused(
                'model.safety.unit.export_data', [], [column])
        self.assertRefused(
            'model.safety.unit.import_data', ['name/x'], [['a']])

    @with_transaction(user=1)
    def test_singletons(self):
        "Of a singleton one record is created at once"
        for name, Model in Pool().iterobject():
            if not issubclass(Model, ModelSingleton):
                continue
            for count in [0, 2]:
                with self.subTest(model=name), check_access(), \
                        self.assertRaises(SingletonError):
                    Model.create([{} for _ in range(count)])

    def test_singleton_called(self):
        name = 'model.hazard.configuration'
        self.assertRefused(f'{name}.import_data', [], [['x'], []])
        self.assertRefused(f'{name}.create', [{}, {}])

    def test_view_show(self):
        "A view is shown from its record only"
        with Transaction().start(DB_NAME, 1, readonly=True):
            View = Pool().get('ir.ui.view')
            view, = View.search([
                    ('model', '=', 'safety.unit'), ('type', '=', 'form')],
                limit=1)
            id_ = view.id
        name = 'wizard.ir.ui.view.show'
        session, start, end = self.call.ask(f'{name}.create')
        for active in [None, 0, 10 ** 8, 'x']:
            self.assertRefused(
                f'{name}.execute', session, {}, start,
                active_id=active)
        shown = self.call.ask(
            f'{name}.execute', session, {}, start, active_id=id_)
        self.assertEqual(shown['view']['fields_view']['view_id'], id_)
        self.call.ask(f'{name}.execute', session, {}, end)
