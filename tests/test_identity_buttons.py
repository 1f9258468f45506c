# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The context of calls is forged on every button of the product."

import unittest

from mine import build_mine
from organization import create_company, get_ref
from repository import MODULES
from rpc import Caller, RpcError
from steps import confirm, finish, report, waiting

from trytond.exceptions import UserError
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction

PREFIXES = ('hazard.', 'safety.', 'training.', 'appraisal.')


class ButtonsTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        activate_module(MODULES)
        cls.addClassCleanup(drop_db)
        with Transaction().start(DB_NAME, 1) as transaction:
            cls.build()
            transaction.commit()

    @classmethod
    def build(cls):
        pool = Pool()
        User = pool.get('res.user')
        mine = build_mine()
        cls.other = create_company("Other").id
        cls.chief = mine.employees.chief.id
        cls.hazard = report(mine).id
        cls.four_fix = waiting('hazard.four_fix', report(mine)).id
        User.write([mine.users.captain], {
                'groups': [('add', [get_ref('hazard.group_hazard_safety')])]})
        hazard = report(mine)
        confirm(mine, hazard)
        cls.rectification = waiting('hazard.rectification', hazard).id
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard)
        cls.recheck = waiting('hazard.recheck', hazard).id
        cls.call = Caller(mine.users.captain)
        cls.captain = mine.employees.captain.id
        cls.groups = [
            g.id for g in pool.get('res.group').search([])]
        cls.buttons = [
            f'{name}.{button}'
            for name, Model in pool.iterobject() if name.startswith(PREFIXES)
            for button in sorted(getattr(Model, '_buttons', None) or [])]

    def ask(self, *args, **context):
        "Return the answer, or the kind and the text of the refusal."
        try:
            return self.call(*args, **context)
        except (UserError, RpcError) as exception:
            return type(exception), str(exception)

    def test_refused(self):
        "No button is pressed in the name of somebody else"
        self.assertGreater(len(self.buttons), 60)
        for key, value in [
                ('employee', self.chief), ('employee', 99999999),
                ('company', self.other), ('company', 99999999)]:
            for button in self.buttons:
                with self.subTest(button=button, key=key, value=value):
                    kind, text = self.ask(button, [1], **{key: value})
                    self.assertEqual(kind, UserError)
                    self.assertIn('log in again', text)

    def test_not_believed(self):
        "No key that the server knows better changes what a button answers"
        forged = {
            '_groups': self.groups, '_companies': [self.other],
            '_check_access': False, '_employees': [self.chief],
            '_user': 1, 'user': 1, 'groups': self.groups,
            'companies': [self.other], 'employees': [self.chief],
            'default_state': 'closed', 'action_id': 1}
        for button in self.buttons:
            with self.subTest(button=button):
                self.assertEqual(
                    self.ask(button, [99999999], **forged),
                    self.ask(button, [99999999]))

    def test_step(self):
        "The same on records that wait: refused, or done as who one is"
        for model, button, values in [
                ('hazard.rectification', 'finish', {'actions': "Done."}),
                ('hazard.recheck', 'fail', {'reason': "Bad."})]:
            id_ = getattr(self, model.split('.')[1])
            self.call(f'{model}.write', [id_], values)
            for forged in [
                    {'employee': 99999999}, {'employee': self.chief},
                    {'company': self.other}]:
                with self.assertRaises(UserError):
                    self.call(f'{model}.{button}', [id_], **forged)
            self.call(
                f'{model}.{button}', [id_], employee=None, company=None,
                _groups=[], user=1, default_employee=self.chief)
        self.check_stamps()

    def check_stamps(self):
        for model, field in [
                ('hazard.rectification', 'done_by'),
                ('hazard.recheck', 'checked_by')]:
            record, = self.call(
                f'{model}.read', [getattr(self, model.split('.')[1])],
                [field])
            self.assertEqual(record[field], self.captain)

    def test_print(self):
        "The log says who printed what, whatever the client says"
        data = {'subject': "FORGED", 'title': "FORGED", 'format': 'odt'}
        for forged in [{'employee': self.chief}, {'company': self.other}]:
            with self.assertRaises(UserError):
                self.call.ask(
                    'report.hazard.card.execute', [self.hazard], data,
                    **forged)
        self.call.ask(
            'report.hazard.card.execute', [self.hazard], data, employee=None)
        with Transaction().start(DB_NAME, 1, readonly=True):
            Print = Pool().get('hazard.print')
            log, = Print.search([])
            self.assertEqual(log.employee.id, self.captain)
            self.assertNotIn('FORGED', log.title)
