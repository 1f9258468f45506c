# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The log of who printed what."

import datetime as dt

from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.modules.safety_base.workflow import acting_employee
from trytond.transaction import Transaction, without_check_access

from ..exceptions import PrintAccessError

# How many records are named one by one
NAMED = 100


class Print(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'hazard.print'
    _refusal = PrintAccessError, 'hazard_report.msg_print_modify'
    _rec_name = 'title'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", readonly=True, ondelete='RESTRICT')
    user = fields.Many2One(
        'res.user', "User", required=True, readonly=True,
        ondelete='RESTRICT')
    employee = fields.Many2One(
        'company.employee', "Employee", readonly=True, ondelete='RESTRICT')
    printed_at = fields.DateTime("Printed At", required=True, readonly=True)
    report = fields.Char("Report", required=True, readonly=True)
    title = fields.Char("Document", required=True, readonly=True)
    format = fields.Char("Format", required=True, readonly=True)
    model = fields.Char("Model", readonly=True)
    records = fields.Text(
        "Records", readonly=True,
        help="The identifiers of the first records that the document shows.")
    count = fields.Integer("Number of Records", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('printed_at', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.update({
                Index(t, (t.company, Index.Equality()),
                    (t.printed_at, Index.Range(order='DESC'))),
                Index(t, (t.user, Index.Equality()),
                    (t.printed_at, Index.Range(order='DESC'))),
                })

    @classmethod
    @without_check_access
    def log(cls, report, model, ids, *, company, title, format, count=None):
        "Note that the user printed the records; count tells if not ids do."
        ids = list(ids)
        cls.create([{
                    'company': company.id if company else None,
                    'user': Transaction().user,
                    'employee': (
                        acting_employee(company) if company else None),
                    'printed_at': dt.datetime.now(),
                    'report': report,
                    'title': title,
                    'format': format,
                    'model': model,
                    'records': ','.join(map(str, ids[:NAMED])) or None,
                    'count': len(ids) if count is None else count,
                    }])
