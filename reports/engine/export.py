# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Long documents, which are made while the user goes on."

import datetime as dt
import json

import trytond.config as config
from trytond import backend
from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.protocols.jsonrpc import JSONDecoder, JSONEncoder
from trytond.pyson import Eval, If
from trytond.transaction import (
    Transaction, TransactionError, check_access, without_check_access)

from ..exceptions import ExportAccessError
from . import progress
from .convert import converting_queued

# What was not finished after it was lost, with its server
LOST = dt.timedelta(days=1)


class Export(ModelSQL, ModelView):
    __name__ = 'hazard.export'
    _rec_name = 'title'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", readonly=True, ondelete='CASCADE')
    user = fields.Many2One(
        'res.user', "User", required=True, readonly=True, ondelete='CASCADE')
    title = fields.Char("Document", required=True, readonly=True)
    report = fields.Char("Report", required=True, readonly=True)
    data = fields.Text("Data", readonly=True)
    count = fields.Integer("Number of Records", readonly=True)
    done = fields.Integer("Records Read", readonly=True)
    progress = fields.Function(fields.Float("Progress"), 'get_progress')
    queued_at = fields.DateTime("Asked For At", required=True, readonly=True)
    ended_at = fields.DateTime(
        "Finished At", readonly=True, states={
            'invisible': ~Eval('ended_at'),
            })
    filename = fields.Char("File Name", readonly=True)
    # In the database, where cleaning leaves nothing behind
    file = fields.Binary(
        "File", readonly=True, filename='filename', states={
            'invisible': Eval('state') != 'done',
            })
    error = fields.Text(
        "Error", readonly=True, states={
            'invisible': Eval('state') != 'failed',
            })
    state = fields.Selection([
            ('queued', "Waiting"),
            ('running', "In Progress"),
            ('done', "Done"),
            ('failed', "Failed"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('queued_at', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.update({
                Index(t, (t.user, Index.Equality()),
                    (t.queued_at, Index.Range(order='DESC'))),
                Index(t, (t.queued_at, Index.Range())),
                })

    @classmethod
    def get_progress(cls, exports, name):
        result = {}
        for export in exports:
            if export.state == 'done':
                result[export.id] = 1
            else:
                result[export.id] = min(
                    (export.done or 0) / (export.count or 1), 1)
        return result

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('state') == 'failed', 'danger', '')),
            ]

    @classmethod
    def check_modification(cls, mode, exports, values=None, external=False):
        super().check_modification(
            mode, exports, values=values, external=external)
        if external and mode in {'create', 'write'}:
            raise ExportAccessError(gettext(
                    'hazard_report.msg_export_modify'))

    @classmethod
    def queue(cls, report, ids, data):
        "Return the export that makes the document, for the current user."
        pool = Pool()
        ActionReport = pool.get('ir.action.report')
        Report = pool.get(report, type='report')
        transaction = Transaction()
        with without_check_access():
            action, = ActionReport.search(
                [('report_name', '=', report)], limit=1)
            export, = cls.create([{
                        'company': transaction.context.get('company'),
                        'user': transaction.user,
                        'title': action.name,
                        'report': report,
                        'data': json.dumps(
                            {**data, 'ids': list(ids)}, cls=JSONEncoder),
                        'count': Report.get_count(ids, data),
                        'queued_at': dt.datetime.now(),
                        'state': 'queued',
                        }])
            cls.__queue__.make([export])
        return export

    @classmethod
    def make(cls, exports):
        for export in exports:
            # One in progress was left by a worker that died.
            if export.state in {'queued', 'running'}:
                export._make()

    def _make(self):
        pool = Pool()
        Report = pool.get(self.report, type='report')
        data = json.loads(self.data, object_hook=JSONDecoder())
        self._update(state='running', done=0)
        try:
            with Transaction().new_transaction(), check_access(), \
                    progress.report(self._advance), converting_queued():
                extension, content, _, title = Report.execute(
                    data.pop('ids'), data)
        except (TransactionError, backend.DatabaseOperationalError):
            # The task is run once more.
            raise
        except UserError as exception:
            self._fail(exception.message)
        except Exception:
            self._fail(gettext('hazard_report.msg_export_failed'))
            raise
        else:
            self._update(
                state='done', ended_at=dt.datetime.now(), file=content,
                filename=f'{title}.{extension}')
            self._announce()

    def _advance(self, count):
        self._update(done=(self.done or 0) + count)

    def _fail(self, message):
        self._update(
            state='failed', error=message, ended_at=dt.datetime.now())
        self._announce()

    def _update(self, **values):
        """Write the values in a transaction of its own.

        So others see them at once and those that read do not wait.
        """
        cls = self.__class__
        for name, value in values.items():
            if name != 'file':
                setattr(self, name, value)
        with Transaction().new_transaction():
            with without_check_access():
                cls.write([cls(self.id)], values)

    def _announce(self):
        pool = Pool()
        User = pool.get('res.user')
        cls = self.__class__
        with Transaction().new_transaction():
            export = cls(self.id)
            user = User(export.user.id)
            language = user.language.code if user.language else None
            with Transaction().set_context(language=language):
                label = gettext(
                    f'hazard_report.msg_export_{export.state}',
                    document=export.title)
            cls.notify_user(
                [export],
                'tryton-print' if export.state == 'done' else 'tryton-error',
                label, export.error or '', user=export.user)

    @classmethod
    def clean(cls, date=None):
        "Delete what is older than the days kept, give up what was lost."
        days = config.getint('hazard_report', 'export_days', default=30)
        at = dt.datetime.now()
        cls.delete(cls.search([
                    ('queued_at', '<', at - dt.timedelta(days=days))]))
        for export in cls.search([
                    ('state', 'in', ['queued', 'running']),
                    ('queued_at', '<', at - LOST)]):
            export._fail(gettext('hazard_report.msg_export_lost'))
