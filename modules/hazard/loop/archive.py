# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
import datetime as dt

from trytond.modules.safety_base.scheduler import get_companies
from trytond.pool import Pool, PoolMeta
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

SLICE = 500


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    @classmethod
    def archive_closed(cls):
        "Archive what was closed longer ago than the configuration says."
        with without_check_access():
            for company in get_companies():
                with Transaction().set_context(company=company.id):
                    for ids in grouped_slice(
                            cls._read_to_archive(company), SLICE):
                        cls.archive_(cls.browse(list(ids)))

    @classmethod
    def _read_to_archive(cls, company):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        days = Configuration.settings(company.id)['archive_days']
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.id,
                where=(table.company == company.id)
                & (table.state == 'closed')
                & (table.closed_at <= (
                        dt.datetime.now() - dt.timedelta(days=days))),
                order_by=[table.id.asc]))
        return [id_ for id_, in cursor]
