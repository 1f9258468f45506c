# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What Tryton would give to any login, whatever its groups."

import unittest
from unittest.mock import patch

from mine import build_mine
from organization import create_company, create_user, get_ref
from rpc import Caller
from steps import report, to_rectify

from trytond.exceptions import UserError
from trytond.model import ModelView
from trytond.model.fields import on_change_result
from trytond.modules.safety_base.exceptions import (
    PathLimitError, ResourceError, WizardDataError)
from trytond.modules.safety_base.guard import mail, protocols
from trytond.modules.safety_base.guard import resource as resources
from trytond.modules.safety_base.guard.on_change import check_names
from trytond.modules.safety_base.guard.path import check_ids, check_unchecked
from trytond.modules.safety_base.guard.text_bounds import check_texts
from trytond.pool import Pool
from trytond.protocols.wrappers import Response
from trytond.tests.test_tryton import DB_NAME, Client, activate_module, drop_db
from trytond.transaction import Transaction
from trytond.wsgi import app

NATIONAL_ID = '11010519491231002X'
MOBILE = '13812345678'


class OutsideTestCase(unittest.TestCase):

    wizard = 'wizard.hazard.extension.request'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module('hazard')
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1) as transaction:
            cls.build()
            transaction.commit()

    @classmethod
    def build(cls):
        pool = Pool()
        Attachment = pool.get('ir.attachment')
        Note = pool.get('ir.note')
        mine = build_mine()
        hazard = report(mine)
        cls.hazard, cls.company = hazard.id, mine.company.id
        cls.other = report(mine).id
        to_rectify(mine)
        FourFix = pool.get('hazard.four_fix')
        four_fix, = FourFix.search([('state', '=', 'confirmed')])
        cls.four_fix, cls.number = four_fix.id, four_fix.hazard.number
        resource = cls.resource = f'hazard.hazard,{hazard.id}'
        cls.description = hazard.description
        attachment, = Attachment.create([{
                    'resource': resource, 'name': "Secret", 'data': b'x'}])
        note, = Note.create([{'resource': resource, 'message': "Secret"}])
        cls.attachment, cls.note = attachment.id, note.id
        cls.bare = create_user('bare', mine.company)
        cls.call = Caller(cls.bare)
        cls.admin = Caller(pool.get('res.user')(1))
        cls.captain = Caller(mine.users.captain)
        cls.reporter = Caller(mine.users.reporter)
        cls.user = mine.users.captain.id
        cls.build_party(mine.employees.captain.party)

    @classmethod
    def build_party(cls, party):
        pool = Pool()
        Party = pool.get('party.party')
        Party.write([party], {
                'identifiers': [('create', [
                            {'type': 'cn_ric', 'code': NATIONAL_ID}])],
                'contact_mechanisms': [('create', [
                            {'type': 'mobile', 'value': MOBILE}])],
                })
        cls.identifier = party.identifiers[0].id
        cls.mechanism = party.contact_mechanisms[0].id

    def assertRefused(self, *args, call=None, **context):
        with self.assertRaises(UserError):
            (call or self.call)(*args, **context)

    def get_token(self):
        "Return the id and the key of a session of the captain."
        with Transaction().start(DB_NAME, self.user, readonly=True):
            Session = Pool().get('ir.session')
            session = Session.search([('create_uid', '=', self.user)])[0]
            return session.id, session.key

    def test_data(self):
        "Data are values of forms, no attributes of anything else"
        session, *_ = self.call.ask(f'{self.wizard}.create')
        for data in [
                {'model': {'_forged': 1}}, {'ask': {'_forged': 1}},
                {'ask': []}, {'none': {}}, [], None]:
            with self.subTest(data=data), self.assertRaises(UserError):
                self.call.ask(
                    f'{self.wizard}.execute', session, data, 'end',
                    active_model='ir.ui.menu')
        pool = Pool(DB_NAME)
        self.assertFalse(hasattr(pool.get('ir.ui.menu'), '_forged'))
        self.assertFalse(hasattr(
                pool.get('hazard.extension.request', type='wizard'),
                '_forged'))

    def test_within_data(self):
        "What is within data is of forms, and no stored record changed"
        Wizard = Pool(DB_NAME).get('hazard.verify', type='wizard')
        card = {'id': self.hazard, 'state': 'closed'}
        refused = [
            {'hazards': 1, '_user': 1}, {'_parent_problems.message': 'x'},
            *({'problems': [p]} for p in [
                    {'_user': 1}, {'wizard': 1}, {'hazard': card},
                    {'hazard': {'_context': {}}},
                    {'hazard': {'description': "Forged"}},
                    {'_parent_hazard.state': 'closed'}])]
        taken = [
            {'problems': [{'id': -1, 'message': "x", 'hazard': self.hazard}]},
            {'problems': [{'hazard': {'id': self.hazard}}]},
            {'problems': [1, 2]}, {'problems': []}, {'problems': None}, {}]
        with Transaction().start(DB_NAME, 1, readonly=True):
            for values in refused:
                with self.subTest(values=values), \
                        self.assertRaises(WizardDataError):
                    Wizard._check_data({'result': values})
            for values in taken:
                with self.subTest(values=values):
                    Wizard._check_data({'result': values})
            # The form is the record that the wizard stores.
            pool = Pool()
            pool.get('company.company.config', type='wizard')._check_data({
                    'company': {'employees': [{'id': -1, 'party': 1}]}})

    def test_owner(self):
        "Nobody else executes or deletes the session of a wizard"
        session, *_ = self.captain.ask(f'{self.wizard}.create')
        for id_ in [session, 99999999, 'x', None]:
            with self.assertRaises(UserError):
                self.call.ask(f'{self.wizard}.execute', id_, {}, 'end')
            with self.assertRaises(UserError):
                self.call.ask(f'{self.wizard}.delete', id_)
        self.captain.ask(f'{self.wizard}.execute', session, {}, 'end')
        self.captain.ask(f'{self.wizard}.delete', session)

    def test_reason(self):
        "A wizard of reasons takes the reason"
        context = {
            'active_model': 'hazard.hazard', 'active_id': self.other,
            'active_ids': [self.other]}
        session, *_ = self.captain.ask(
            'wizard.hazard.hazard.return.create', **context)
        self.captain.ask(
            'wizard.hazard.hazard.return.execute', session,
            {'ask': {'reason': "Elsewhere.", 'id': -1}}, 'press', **context)

    def test_nested(self):
        "Definitions of exports write no other records"
        group = get_group()
        nested = [
            {'groups': [{'id': group, 'name': "Forged"}]},
            {'groups': [{'name': "Forged", 'users': [self.bare.id]}]},
            {'write_groups': [{'name': "Forged"}]},
            {'user': {'id': self.user, 'name': "Forged"}},
            {'export_fields': [{'name': 'x', 'export': {'id': 1}}]}]
        id_ = self.call('ir.export.set', {'name': "Mine"})
        for values in nested:
            with self.subTest(values=values):
                self.assertRefused(
                    'ir.export.set', {'name': "Mine", **values})
                self.assertRefused('ir.export.update', id_, values, [])
        self.assertRefused('ir.export.update', id_, {}, [{'name': 'x'}])
        with Transaction().start(DB_NAME, 1, readonly=True):
            Group = Pool().get('res.group')
            self.assertEqual(Group.search([('name', '=', "Forged")]), [])

    def test_own(self):
        "Users keep their own definitions of exports"
        id_ = self.call('ir.export.set', {
                'name': "Own", 'resource': 'party.party',
                'records': 'listed', 'header': True,
                'ignore_search_limit': False,
                'export_fields': [{'name': 'name'}]})
        self.call(
            'ir.export.update', id_,
            {'name': "Own", 'header': False}, ['name', 'code'])
        with Transaction().start(DB_NAME, 1, readonly=True):
            export = Pool().get('ir.export')(id_)
            self.assertEqual(
                [line.name for line in export.export_fields],
                ['name', 'code'])

    def test_definition_paths(self):
        "No path leads from definitions of exports to what is not the user's"
        self.call('ir.export.set', {'name': "Path", 'resource': 'res.user'})
        for name in [
                'user.login', 'create_uid.rec_name', 'groups.users.login',
                'user.companies.employees.party.identifiers.code',
                'export_fields.export.user', 'nothing', 1, ['user.login']]:
            with self.subTest(name=name):
                self.assertRefused(
                    'ir.export.get', 'res.user', ['name', name])
        export, = self.call('ir.export.get', 'res.user', [
                'name', 'header', 'records', 'ignore_search_limit',
                'export_fields.name'])
        self.assertEqual(export['name'], "Path")

    def test_unchecked_paths(self):
        "Nothing that checks no access is read by paths"
        Export = Pool(DB_NAME).get('ir.export')
        rpc = Export.__rpc__['get']
        with Transaction().start(DB_NAME, 1, readonly=True):
            for args in [
                    ('res.user', ['user.login'], {}),
                    ('res.user', [['user.login']], {})]:
                with self.assertRaises(PathLimitError):
                    check_unchecked(Export, rpc, args, {})
            with self.assertRaises(PathLimitError):
                check_unchecked(
                    Export, rpc, ({},), {'fields_names': ['user.login']})
            check_unchecked(
                Export, rpc, ('res.user', ['name', 'export_fields.name'], {}),
                {})

    def test_definitions_of_others(self):
        "Definitions of exports are found by whom they are given to"
        group = get_group()
        self.assertRefused(
            'ir.export.set', {'name': "Given", 'groups': [group]})
        own = self.captain('ir.export.set', {
                'name': "Hers", 'resource': 'party.party',
                'export_fields': [{'name': 'name'}]})
        for call, found in [
                (self.call, []), (self.captain, [own]), (self.admin, [own])]:
            self.assertEqual(
                call('ir.export.search', [('id', '=', own)], 0, None, None),
                found)
        self.assertRefused('ir.export.read', [own], ['name'])

    def test_toolbar(self):
        "The toolbar has the exports of the user, though groups are alike"
        with Transaction().start(DB_NAME, 1) as transaction:
            company = Pool().get('company.company')(self.company)
            alike = Caller(create_user('alike', company))
            transaction.commit()
        for call in [alike, self.call]:
            call('ir.export.set', {
                    'name': call.name, 'resource': 'ir.lang'})
        for call in [alike, self.call, alike]:
            exports = call('ir.lang.view_toolbar_get')['exports']
            self.assertEqual([e['name'] for e in exports], [call.name])
            self.assertNotIn('ignore_search_limit', exports[0])

    def test_lengths(self):
        "Texts have a length, wherever they come in"
        line, text = 'x' * 1001, 'x' * 20_001
        wizard = 'wizard.hazard.hazard.return'
        context = {
            'active_model': 'hazard.hazard', 'active_id': self.hazard,
            'active_ids': [self.hazard]}
        session, *_ = self.captain.ask(f'{wizard}.create', **context)
        for call, method, args, sent in [
                (self.reporter, 'model.hazard.hazard.create',
                    [[{'description': text}]], {}),
                (self.captain, 'model.hazard.hazard.write',
                    [[self.hazard], {'description': text}], {}),
                (self.captain, 'model.hazard.hazard.write',
                    [[self.hazard], {
                            'photos': [('create', [{'filename': line}])]}],
                    {}),
                (self.admin, 'model.party.party.create',
                    [[{'name': line}]], {}),
                (self.admin, 'model.party.party.create', [[{
                                'identifiers': [
                                    ('create', [{'code': line}])]}]], {}),
                (self.captain, 'model.ir.note.create', [[{
                                'resource': self.resource,
                                'message': text}]], {}),
                (self.captain, 'model.ir.chat.channel.post',
                    [self.resource, text], {}),
                (self.captain, 'model.hazard.hazard.import_data',
                    [['grade', 'description'], [['', 'x'], ['', text]]], {}),
                (self.captain, 'model.hazard.hazard.import_data',
                    [['photos/filename'], [[line]]], {}),
                (self.captain, 'model.ir.export.set', [{
                            'name': text, 'resource': 'hazard.hazard',
                            'export_fields': []}], {}),
                (self.captain, 'model.hazard.hazard.return_',
                    [[self.hazard]], {'reason': text}),
                (self.captain, 'model.hazard.hazard.return_',
                    [[self.hazard]], {'remark': text}),
                (self.captain, f'{wizard}.execute',
                    [session, {'ask': {'reason': text}}, 'end'],
                    context)]:
            with self.subTest(method=method), \
                    self.assertRaisesRegex(UserError, '1,?000|20,?000'):
                call.ask(method, *args, **sent)
        party, = self.admin('party.party.create', [{'name': line[1:]}])
        self.admin('party.party.write', [party], {'name': "Short"})
        # What the server told in a form comes back as it was.
        verify = Pool(DB_NAME).get('hazard.verify', type='wizard')
        with Transaction().start(DB_NAME, 1, readonly=True):
            check_texts(
                verify, verify.__rpc__['execute'],
                [session, {'result': {'summary': text}}, 'end'], {})

    def test_printed(self):
        "What is printed is named once, and not too much of it"
        Letter = Pool(DB_NAME).get('party.letter', type='report')
        rpc = Letter.__rpc__['execute']
        with Transaction().start(DB_NAME, self.user, readonly=True):
            self.assertEqual(
                check_ids(Letter, rpc, [[5, 6, 5] * 100_000, {}]),
                [[5, 6], {}])
            with self.assertRaises(PathLimitError):
                check_ids(Letter, rpc, [list(range(50_001)), {}])

    def test_session(self):
        "The name of a session is not its key"
        id_, key = self.get_token()
        with Transaction().start(DB_NAME, self.user, readonly=True):
            self.assertNotIn(key, Pool().get('ir.session')(id_).rec_name)
        self.assertRefused('ir.email.template.get_default', 'ir.session', id_)

    def test_personal(self):
        "Names tell no national IDs or phones to who may not read these"
        pool = Pool(DB_NAME)
        for model, id_, value in [
                ('party.identifier', self.identifier, NATIONAL_ID),
                ('party.contact_mechanism', self.mechanism, MOBILE)]:
            self.assertRefused('ir.email.template.get_default', model, id_)
            with Transaction().start(
                    DB_NAME, self.bare.id, readonly=True,
                    context={'company': self.company}):
                self.assertNotIn(value, pool.get(model)(id_).rec_name)

    def test_default(self):
        "Defaults name no record that the user may not read"
        for resource in [
                self.resource, f'ir.session,{self.get_token()[0]}']:
            for key in ['default_resource', 'resource']:
                values = self.call(
                    'ir.note.default_get', ['resource'], **{key: resource})
                self.assertNotIn('resource.', values)
        values = self.captain(
            'ir.note.default_get', ['resource'],
            default_resource=self.resource)
        self.assertIn('rec_name', values['resource.'])
        for call, is_told in [(self.call, False), (self.captain, True)]:
            values = call(
                'hazard.photo.default_get', ['hazard'],
                photo_hazard=self.hazard)
            self.assertEqual('hazard.' in values, is_told)

    def test_widths(self):
        "Nobody sets the widths and the choice of columns of another"
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1, readonly=True):
            view, = pool.get('ir.ui.view').search([
                    ('model', '=', 'res.user'), ('type', '=', 'tree'),
                    ('module', '=', 'res')], limit=1)
        shown = {'model': 'res.user', 'field': 'name'}
        for name, method, args, values in [
                ('width', 'set_width', ['res.user', {'name': [50]}, 1000],
                    {'width': 0}),
                ('optional', 'set_optional', [view.id, {'name': True}],
                    {'view': view.id})]:
            model = f'ir.ui.view_tree_{name}'
            with self.subTest(model=model):
                self.captain(f'{model}.{method}', *args)
                with Transaction().start(DB_NAME, 1, readonly=True):
                    record, = pool.get(model).search([
                            ('user', '=', self.user)])
                self.assertTrue(self.captain(
                        f'{model}.read', [record.id], ['user']))
                for method, *args in [
                        ('read', [record.id], ['user']),
                        ('write', [record.id], {'user': self.bare.id}),
                        ('delete', [record.id]),
                        ('create', [{**shown, **values, 'user': self.user}])]:
                    self.assertRefused(f'{model}.{method}', *args)

    def test_config_wizards(self):
        "Only administrators set up which wizards wait for them"
        with Transaction().start(DB_NAME, 1) as transaction:
            pool = Pool()
            Action = pool.get('ir.action')
            item, = pool.get('ir.module.config_wizard.item').create([{
                        'action': Action.search(
                            [('type', '=', 'ir.action.wizard')],
                            limit=1)[0].id,
                        'state': 'done'}])
            transaction.commit()
        for call in [self.call, self.captain]:
            self.assertRefused(
                'ir.module.config_wizard.item.write', [item.id],
                {'state': 'open'}, call=call)
        self.admin(
            'ir.module.config_wizard.item.write', [item.id],
            {'state': 'done'})

    def test_reference(self):
        "A reference of a value that changes is a record one may read"
        for resource in [
                self.resource, f'ir.session,{self.get_token()[0]}']:
            self.assertRefused(
                'ir.note.on_change_with', {'resource': resource},
                ['copy_to_resources_visible'])

    def open(self, path, method='GET', call=None, **kwargs):
        return Client(app, Response).open(
            f'/{DB_NAME}/{path}', method=method,
            headers=(call or self.call).headers, **kwargs).status_code

    def test_closed(self):
        "Routes open no model that calls do not"
        session, *_ = self.call.ask('wizard.hazard.extension.request.create')
        path = f'ir/html/ir.session.wizard/{session}/data'
        for route in ['data/ir.session?f=id', 'data/ir.session.wizard?f=id',
                path]:
            with self.subTest(route=route):
                self.assertEqual(self.open(route), 403)
        self.assertEqual(self.open(
                path, method='POST',
                data={'text': '{}', '_csrf_token': 'x'}), 403)
        self.assertEqual(self.open('data/none?f=id'), 404)

    def test_open(self):
        "Routes open what calls open"
        self.assertEqual(self.open('data/party.party?f=name'), 200)
        self.assertEqual(self.open(
                f'ir/html/hazard.hazard/{self.hazard}/description',
                call=self.captain), 200)

        for language, status in [
                ('en', 200), ('zh_CN', 200), ("en';alert(1);//", 400)]:
            with self.subTest(language=language):
                self.assertEqual(self.open(
                        f'ir/html/hazard.hazard/{self.hazard}/description',
                        call=self.captain,
                        query_string={'language': language}), status)

    def test_replaced(self):
        "The editor that is replaced is what the server calls"
        self.assertEqual(
            {r.endpoint for r in app.url_map.iter_rules()
                if '/ir/html/' in r.rule},
            {protocols.html_editor})

    def test_on_change(self):
        "Changes of values tell nothing of records one may not read"
        for method, *args in [
                ('on_change_with', ['message_wrapped']),
                ('on_change', ['message']), ('on_change_notify',)]:
            self.assertRefused(
                f'ir.note.{method}', {'id': self.note}, *args)
        for record in [{'id': self.note}, self.note, [self.note]]:
            with self.subTest(record=record):
                self.assertRefused(
                    'ir.note.on_change_with_message_wrapped', record)
        self.assertEqual(
            self.call(
                'ir.note.on_change_with', {'message': "Mine", 'id': -1},
                ['message_wrapped']),
            {'message_wrapped': "Mine"})
        self.captain(
            'hazard.hazard.on_change_with', {'id': self.hazard},
            ['grade_color'])
        self.reporter('hazard.hazard.on_change', {'id': -1}, ['found_at'])

    def test_told(self):
        "Changes tell the names of those records only that one may read"
        pool = Pool(DB_NAME)
        Hazard = pool.get('hazard.hazard')

        def on_change(note, names):
            note.resource = Hazard(self.hazard)
            return note
        row, = self.captain('hazard.hazard.read', [self.hazard], ['rec_name'])
        with patch.object(pool.get('ir.note'), 'on_change', on_change):
            for call, name in [
                    (self.captain, row['rec_name']),
                    (self.call, str(self.hazard))]:
                values = call('ir.note.on_change', {'id': -1}, ['message'])
                self.assertEqual(values['resource.'], {'rec_name': name})

    def test_refused(self):
        "A refusal names the value only to who may read it"
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1, readonly=True):
            Note = pool.get('ir.note')
            hazard = pool.get('hazard.hazard')(self.hazard)
            for user, name in [
                    (self.user, hazard.rec_name),
                    (self.bare.id, str(hazard.id))]:
                with Transaction().set_user(user), \
                        Transaction().set_context(company=self.company):
                    note = Note(resource=hazard)
                    self.assertEqual(
                        Note.__names__('resource', note)['value'], name)

    def test_copy(self):
        "Attachments and notes are copied by who may read them"
        for model, id_ in [
                ('ir.attachment', self.attachment), ('ir.note', self.note)]:
            self.assertRefused(
                f'{model}.copy', [id_],
                {'resource': f'res.user,{self.bare.id}'})

    def test_mail(self):
        "Only what one may read is mailed"
        own = ['res.user', self.bare.id]
        with patch(
                'trytond.ir.email_.send_message_transactional') as send:
            for record, attachments in [
                    (own, [self.attachment]),
                    (['hazard.hazard', self.hazard], None),
                    (['ir.session', self.get_token()[0]], None),
                    (['none', 1], None), (['res.user', 'x'], None),
                    (None, None)]:
                with self.subTest(record=record):
                    self.assertRefused(
                        'ir.email.send', 'x@example.com', '', '', "S", "B",
                        None, record, None, attachments)
            send.assert_not_called()

    def test_mail_addresses(self):
        "Mails go to users and contacts that one may read, and not to many"
        known = 'Re_porter@example.com'
        with Transaction().start(DB_NAME, 1) as transaction:
            pool = Pool()
            User = pool.get('res.user')
            Party = pool.get('party.party')
            user, = User.search([('login', '=', 'reporter')])
            User.write([user], {'email': known})
            Party.create([{
                        'name': "Station",
                        'contact_mechanisms': [('create', [
                                    {'type': 'email',
                                        'value': 'station@example.com'}])]}])
            transaction.commit()

        def send(*recipients):
            to, cc, bcc = (*recipients, '', '')[:3]
            return self.captain(
                'ir.email.send', to, cc, bcc, "S", "B", None,
                ['hazard.hazard', self.hazard])
        with patch(
                'trytond.ir.email_.send_message_transactional') as sending:
            for recipients in [
                    ('x@example.com',), (known, 'x@example.com'),
                    (known, '', 'x@example.com'),
                    ('', f'{known}, x@example.com'),
                    (f'"x@example.com, " <{known}>',),
                    (f'=?utf-8?q?x=40example=2Ecom=2C?= <{known}>',),
                    ('reporterXexample.com',), ('re%@example.com',),
                    ('reXporter@example.com',), (f'{known}, <>',), (5,)]:
                with self.subTest(recipients=recipients), \
                        self.assertRaises(UserError):
                    send(*recipients)
            sending.assert_not_called()
            with self.assertLogs(
                    'trytond.modules.safety_base.guard.mail', 'INFO') as logs:
                id_ = send(
                    f"Reporter <{known.lower()}>", 'station@example.com')
            self.assertIn('station@example.com', logs.output[0])
            with patch.object(mail, 'DAY_MAX', 3):
                send(known)
                self.assertRefused(
                    'ir.email.send', known, '', '', "S", "B", None,
                    ['hazard.hazard', self.hazard], call=self.captain)
            self.assertEqual(sending.call_count, 2)
        for method in ['delete', 'write', 'copy']:
            self.assertNotIn(
                method, Pool(DB_NAME).get('ir.email').__rpc__)
        self.assertTrue(id_)

    def test_chat(self):
        "Only who may read a record reads and writes its chat"
        channel = 'ir.chat.channel'
        self.captain(f'{channel}.post', self.resource, "Secret")
        for method, *args in [
                ('get',), ('post', "Forged"), ('subscribe',),
                ('unsubscribe',), ('subscribe_email', 'x@example.com'),
                ('get_followers',), ('search_followers', '')]:
            with self.subTest(method=method):
                self.assertRefused(
                    f'{channel}.{method}', self.resource, *args)
        self.assertRefused(f'{channel}.get', 'x')
        messages = self.captain(f'{channel}.get', self.resource)
        self.assertEqual([m['content'] for m in messages], ["Secret"])

    def test_followers(self):
        "Chats are followed by who may read the record, then and later"
        channel = 'ir.chat.channel'
        resource = f'hazard.hazard,{self.other}'
        self.assertRefused(
            f'{channel}.subscribe', resource, 'bare', call=self.captain)
        self.assertRefused(
            f'{channel}.subscribe_email', resource, 'x@example.com',
            call=self.captain)
        self.captain(f'{channel}.subscribe', resource, 'reporter')
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1) as transaction:
            Channel = pool.get(channel)
            Follower = pool.get('ir.chat.follower')
            followed, = Channel.search([('resource', '=', resource)])
            Follower.create([{'channel': followed.id, 'user': self.bare.id}])
            transaction.commit()
        self.captain(f'{channel}.post', resource, "Of readers only")
        with Transaction().start(DB_NAME, 1, readonly=True):
            Notification = pool.get('res.notification')
            told = Notification.search([
                    ('description', '=', "Of readers only")])
            self.assertEqual([n.user.login for n in told], ['reporter'])

    def build_followers(self):
        "Hide a user by a rule, who follows a record, and return the rule."
        pool = Pool()
        Channel = pool.get('ir.chat.channel')
        Follower = pool.get('ir.chat.follower')
        Party = pool.get('party.party')
        RuleGroup = pool.get('ir.rule.group')
        stranger = create_user('stranger', create_company("Of others"))
        Party.create([{'name': "Strange", 'contact_mechanisms': [(
                            'create', [{
                                    'type': 'email', 'name': "Strange",
                                    'value': 'strange@example.com'}])]}])
        followed = Channel._get_channel(self.resource)
        Follower.create([
                {'channel': followed.id, 'user': user}
                for user in [self.user, stranger.id]])
        rule, = RuleGroup.create([{
                    'name': "Known", 'model': 'res.user', 'global_p': True,
                    'rules': [('create', [
                                {'domain': '[["login", "!=", "stranger"]]'},
                                ])]}])
        return rule.id

    def test_proposed(self):
        "Nobody finds by a chat whom the lists of users do not show"
        def ask(method, *args):
            return [f['key'] for f in self.captain(
                    f'ir.chat.channel.{method}_followers', self.resource,
                    *args)]
        with Transaction().start(DB_NAME, 1) as transaction:
            rule = self.build_followers()
            transaction.commit()
        self.addCleanup(self.admin, 'ir.rule.group.delete', [rule])
        for args in [('bare',), ('bare', 1)]:
            self.assertEqual(ask('search', *args), ['bare'])
        for text in ['strange', '%bare', 'b_re', 'captain']:
            with self.subTest(text=text):
                self.assertEqual(
                    [k for k in ask('search', text) if k != 'other_captain'],
                    [])
        with patch.object(resources, 'FOLLOWER_SEARCH_LIMIT', 3):
            self.assertEqual(len(ask('search', '', 10_000)), 3)
        followers = ask('get')
        self.assertIn('captain', followers)
        self.assertNotIn('stranger', followers)

    def test_default_mail(self):
        "Mails are proposed of records one may read"
        self.assertRefused(
            'ir.email.template.get_default', 'hazard.hazard', self.hazard)
        self.captain(
            'ir.email.template.get_default', 'hazard.hazard', self.hazard)

    def test_values(self):
        "Only forms send values in place of a record"
        pool = Pool(DB_NAME)
        with Transaction().start(DB_NAME, 1, readonly=True):
            model, = pool.get('ir.model').search([('name', '=', 'res.user')])
            view, = pool.get('ir.ui.view').search([
                    ('model', '=', 'res.user'), ('type', '=', 'tree'),
                    ('module', '=', 'res')], limit=1)
        nothing = dict.fromkeys(
            pool.get('ir.email.template')._fields.keys() - {'model_name'})
        self.assertRefused('ir.email.template.get', {
                **nothing, 'model': model.id, 'subject': "${1 + 1}"},
            self.bare.id)
        self.assertRefused('ir.ui.view.view_get', {
                'id': view.id, 'type': 'tree', 'arch': '<tree forged=""/>'})
        self.assertNotIn(
            'forged', self.call('ir.ui.view.view_get', view.id)['arch'])

    def test_names(self):
        "What is sent of a record is fields, nobody else reads them"
        for forged in [
                {'_user': 1}, {'_parent_resource._user': 1},
                {'_parent_resource.res.user': 1}, {'_parent_resource': 1},
                {'save': 1}, {'_parent_': 1},
                {'resource': ['res.user', {'_context': {}}]},
                {'resource': ['none', {}]}]:
            with self.subTest(forged=forged):
                self.assertRefused(
                    'ir.note.on_change_with_message_wrapped',
                    {'message': "Mine", **forged})

    def test_parents(self):
        "What is sent of the parents of a record is fields, too"
        Line = Pool(DB_NAME).get('hazard.photo')
        with Transaction().start(DB_NAME, 1, readonly=True):
            for taken in [
                    {'_parent_hazard.state': 'draft'},
                    {'_parent_recheck._parent_hazard.state': 'draft'},
                    {'recheck': {'hazard': {'id': 1, 'photos': [1]}}}]:
                with self.subTest(taken=taken):
                    check_names(Line, taken)
            for forged in [
                    {'_parent_recheck._parent_hazard._user': 1},
                    {'_parent_recheck._parent_hazard.': 1},
                    {'_parent_recheck._parent__user.state': 1},
                    {'_parent_photos.state': 1},
                    {'recheck': {'photos': [{'image_id': 'x'}]}}]:
                with self.subTest(forged=forged), \
                        self.assertRaises(ResourceError):
                    check_names(Line, forged)

    def test_all_hidden(self):
        "Whatever answers as a change does hides the names"
        open_ = [
            f'{name}.{method}'
            for name, Model in Pool(DB_NAME).iterobject()
            if issubclass(Model, ModelView)
            for method, rpc in Model.__rpc__.items()
            if rpc.result is on_change_result]
        self.assertEqual(open_, [])

    def test_step(self):
        "A step tells strangers neither number nor state"
        with self.assertRaises(UserError) as refusal:
            self.call('hazard.four_fix.confirm', [self.four_fix])
        self.assertNotIn(self.number, str(refusal.exception))

    def test_null(self):
        "No password is a wrong one"
        with Transaction().start(DB_NAME, 0):
            User = Pool().get('res.user')
            with Transaction().set_context(_request={}):
                self.assertIsNone(
                    User.get_login('captain', {'password': None}))


def get_group():
    with Transaction().start(DB_NAME, 1, readonly=True):
        return get_ref('res.group_admin')
