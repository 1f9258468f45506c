# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The runs of the job that seals the days: when, how far, what was unusual."

import logging

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from ..exceptions import SealAccessError

logger = logging.getLogger(__name__)


class SealRun(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'hazard.seal.run'
    _refusal = SealAccessError, 'hazard.msg_seal_modify'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        readonly=True)
    ran_at = fields.Timestamp("Ran At", required=True, readonly=True)
    days = fields.Integer("Days Sealed", required=True, readonly=True)
    sealed_until = fields.Date("Sealed Until", readonly=True)
    digest = fields.Char(
        "Digest of the Last Seal", readonly=True,
        states={
            'invisible': ~Eval('digest'),
            })
    warning = fields.Text(
        "What Was Unusual", readonly=True,
        states={
            'invisible': ~Eval('warning'),
            })

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('id', 'DESC')]
        cls._sql_indexes.add(
            Index(t,
                (t.company, Index.Equality()),
                (t.id, Index.Range(order='DESC'))))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('warning'), 'warning', '')),
            ]

    def get_rec_name(self, name):
        pool = Pool()
        Lang = pool.get('ir.lang')
        day = Lang.get().strftime(self.ran_at.date())
        return f'{self.company.rec_name} {day}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('company.rec_name', *clause[1:])]

    @classmethod
    def record(cls, company, now, seals, warning):
        """Record a run that made the seals, given as values.

        Who administers is told the warning, if there is one.
        """
        run, = cls.create([{
                    'company': company.id,
                    'ran_at': now,
                    'days': len(seals),
                    'sealed_until': seals[-1]['day'] if seals else None,
                    'digest': seals[-1]['digest'] if seals else None,
                    'warning': warning,
                    }])
        if warning:
            logger.warning("sealing of %s: %s", company.rec_name, warning)
            for user in cls._get_administrators(company):
                cls.notify_user(
                    [run], 'tryton-warning',
                    gettext('hazard.msg_notice_seal_run'), warning,
                    user=user)

    @classmethod
    def _get_administrators(cls, company):
        "Return the ids of the users who administer the server or hazards."
        pool = Pool()
        Data = pool.get('ir.model.data')
        User = pool.get('res.user')
        return [u.id for u in User.search([
                    ['OR',
                        ('groups', '=', Data.get_id('res', 'group_admin')),
                        [
                            ('groups', '=', Data.get_id(
                                    'hazard', 'group_hazard_admin')),
                            ('companies', '=', company.id),
                            ],
                        ],
                    ])]

    @classmethod
    def read_runs(cls, company, since=None):
        """Return the runs of the company that sealed days as tuples.

        They are time, last day and its digest of those that sealed the day
        since or later ones, where it is given.
        """
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        where = (table.company == company.id) & (table.days > 0)
        if since:
            where &= table.sealed_until >= since
        cursor.execute(*table.select(
                table.ran_at, table.sealed_until, table.digest,
                where=where, order_by=[table.id.asc]))
        return cursor.fetchall()
