# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Null

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

PICTURED = ['training.question', 'training.paper.item']


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.extend([
                ('safety.member|check_certificates', "Check Certificates"),
                ('training.case|address_readers', "Address Cases"),
                ('training.daily|draw', "Draw Daily Questions"),
                ('training.paper|close_overdue', "Close Overdue Papers"),
                ])


class FilestoreQueue(metaclass=PoolMeta):
    __name__ = 'ir.filestore.queue'

    @classmethod
    def remove(cls):
        cls._keep_pictures()
        super().remove()

    @classmethod
    def _keep_pictures(cls):
        """Take the pictures that a question or a paper names off the queue.

        They have one file together, but the queue only asks whether other
        records of the same model name it.
        """
        pool = Pool()
        queue = cls.__table__()
        cursor = Transaction().connection.cursor()
        for name in PICTURED:
            table = pool.get(name).__table__()
            cursor.execute(*queue.delete(
                    where=queue.model.in_(PICTURED)
                    & (queue.field == 'picture')
                    & queue.file_id.in_(table.select(
                            table.picture_id,
                            where=table.picture_id != Null))))
