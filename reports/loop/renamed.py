# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What databases recorded under the former name of the printed ledger."

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

_FORMER, _NAME = 'hazard.ledger', 'hazard.ledger.table'


class Export(metaclass=PoolMeta):
    __name__ = 'hazard.export'

    @classmethod
    def __register__(cls, module):
        pool = Pool()
        super().__register__(module)
        # Migration from 8.0.0: hazard.ledger is the model of old ledgers
        cursor = Transaction().connection.cursor()
        for name in ['hazard.export', 'hazard.print']:
            table = pool.get(name).__table__()
            cursor.execute(*table.update(
                    [table.report], [_NAME], where=table.report == _FORMER))
        table = pool.get('ir.translation').__table__()
        cursor.execute(*table.update(
                [table.name], [_NAME],
                where=(table.type == 'report') & (table.name == _FORMER)))
