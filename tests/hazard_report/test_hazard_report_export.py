# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest
from io import BytesIO
from unittest.mock import patch

import openpyxl
from access import call, run
from mine import build_mine
from organization import create_company
from repository import MODULES
from steps import report
from test_hazard_report_ledger import YEAR

from trytond.model.exceptions import AccessError
from trytond.modules.company.tests import set_company
from trytond.modules.hazard_report.engine import bulk_read as reading
from trytond.modules.hazard_report.exceptions import ConversionError
from trytond.pool import Pool
from trytond.tests.test_tryton import DB_NAME, activate_module, drop_db
from trytond.transaction import Transaction
from trytond.worker import run_task

COUNT = 5
LIMIT = 'trytond.modules.hazard_report.engine.queued_print.LIMIT'


class ExportTestCase(unittest.TestCase):
    "The documents are made in transactions of their own, so all is committed."

    def setUp(self):
        super().setUp()
        drop_db()
        self.addCleanup(drop_db)
        activate_module(MODULES, lang='zh_CN')
        with Transaction().start(DB_NAME, 1) as transaction:
            company = create_company("Mine")
            with set_company(company):
                self.mine = build_mine(company)
                for _ in range(COUNT):
                    report(self.mine)
            transaction.commit()
            transaction.tasks.clear()
        self.users = {
            name: user.id for name, user in vars(self.mine.users).items()}

    def ask(self, role, **data):
        "Ask for a ledger as the role and return the tasks."
        pool = Pool(DB_NAME)
        User = pool.get('res.user')
        with Transaction().start(DB_NAME, 1) as transaction:
            result = run(
                User(self.users[role]), 'hazard.ledger.print',
                [('choose', {'start': {**YEAR, **data}})])
            tasks = list(transaction.tasks)
            transaction.tasks.clear()
            transaction.commit()
        return result, tasks

    def work(self, tasks):
        "Make what was asked for, as a worker does."
        pool = Pool(DB_NAME)
        for task in tasks:
            run_task(pool, task)

    def read(self, role):
        pool = Pool(DB_NAME)
        User = pool.get('res.user')
        with Transaction().start(DB_NAME, 1, readonly=True):
            user = User(self.users[role])
            ids = call(user, 'model.hazard.export.search', [])
            return call(user, 'model.hazard.export.read', ids, [
                    'state', 'progress', 'done', 'count', 'filename', 'file',
                    'error', 'title'])

    def notifications(self, role):
        pool = Pool(DB_NAME)
        Notification = pool.get('res.notification')
        with Transaction().start(DB_NAME, 0, readonly=True):
            return [
                (n.label, n.description) for n in Notification.search([
                        ('user', '=', self.users[role]),
                        ('model', '=', 'hazard.export')])]

    def test_short(self):
        "A short document is made at once"
        result, tasks = self.ask('safety')
        self.assertEqual(tasks, [])
        (action, data), = result['actions']
        self.assertEqual(action['report_name'], 'hazard.ledger.table')
        self.assertEqual(data['format'], 'xlsx')
        self.assertEqual(self.read('safety'), [])

    def test_long(self):
        "A long one is made in the queue and announced to who asked for it"
        with patch(LIMIT, COUNT - 1):
            result, tasks = self.ask('safety')
        (action, data), = result['actions']
        self.assertEqual(action['res_model'], 'hazard.export')
        export, = self.read('safety')
        self.assertEqual((export['state'], export['progress']), ('queued', 0))
        self.assertEqual(data['res_id'], [export['id']])
        self.work(tasks)
        export, = self.read('safety')
        self.assertEqual(
            (export['state'], export['progress'], export['done']),
            ('done', 1, COUNT))
        self.assertEqual(
            export['filename'], f"隐患排查治理台账-{dt.date.today()}.xlsx")
        sheet = openpyxl.load_workbook(BytesIO(export['file'])).active
        self.assertEqual(sheet.max_row, COUNT + 6)
        self.assertEqual(len(self.notifications('safety')), 1)
        self.assertEqual(self.notifications('captain'), [])

    def test_progress(self):
        "How far it is can be seen while it is made"
        pool = Pool(DB_NAME)
        Export = pool.get('hazard.export')
        seen = []
        tell = reading.progress.advance

        def advance(count):
            tell(count)
            with Transaction().new_transaction(readonly=True):
                seen.extend((e.state, e.done) for e in Export.search([]))
        with patch(LIMIT, 0):
            _, tasks = self.ask('safety')
        with patch.object(reading, 'PAGE', 2), \
                patch.object(reading.progress, 'advance', advance):
            self.work(tasks)
        self.assertEqual(
            seen, [('running', 2), ('running', 4), ('running', 5)])

    def test_once(self):
        "A task that is run again makes nothing again"
        with patch(LIMIT, 0):
            _, tasks = self.ask('safety')
        self.work(tasks)
        self.work(tasks)
        self.assertEqual(len(self.notifications('safety')), 1)

    def test_rights(self):
        "It has what its reader may read, and nobody else reads it"
        with patch(LIMIT, 0):
            _, tasks = self.ask('captain')
        self.work(tasks)
        self.assertEqual(len(self.read('captain')), 1)
        for role in ['safety', 'manager', 'other_captain']:
            self.assertEqual(self.read(role), [])
        pool = Pool(DB_NAME)
        User = pool.get('res.user')
        export, = self.read('captain')
        with Transaction().start(DB_NAME, 1, readonly=True):
            with self.assertRaises(AccessError):
                call(User(self.users['safety']), 'model.hazard.export.read',
                    [export['id']], ['file'])
            with self.assertRaises(AccessError):
                call(User(self.users['captain']), 'model.hazard.export.write',
                    [export['id']], {'title': "Mine"})

    def test_failure(self):
        "A failure is told"
        with patch(LIMIT, 0):
            _, tasks = self.ask('safety', format='pdf')
        with patch(
                'trytond.modules.hazard_report.engine.document.convert',
                side_effect=ConversionError("Too long.")):
            self.work(tasks)
        export, = self.read('safety')
        self.assertEqual(
            (export['state'], export['error'], export['file']),
            ('failed', "Too long.", None))
        (_, description), = self.notifications('safety')
        self.assertEqual(description, "Too long.")

    def test_clean(self):
        "Old documents are deleted, lost ones given up"
        pool = Pool(DB_NAME)
        Export = pool.get('hazard.export')
        with patch(LIMIT, 0):
            _, done = self.ask('safety')
            self.ask('safety')
        self.work(done)
        with Transaction().start(DB_NAME, 0) as transaction:
            Export.write(Export.search([]), {
                    'queued_at': dt.datetime.now() - dt.timedelta(days=2)})
            transaction.commit()
        with Transaction().start(DB_NAME, 0):
            Export.clean()
        self.assertEqual(
            sorted(e['state'] for e in self.read('safety')),
            ['done', 'failed'])
        with Transaction().start(DB_NAME, 0) as transaction:
            Export.write(Export.search([]), {
                    'queued_at': dt.datetime.now() - dt.timedelta(days=31)})
            transaction.commit()
        with Transaction().start(DB_NAME, 0):
            Export.clean()
        self.assertEqual(self.read('safety'), [])
