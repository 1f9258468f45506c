# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import PoolMeta


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.add_company_free(
                ('hazard.early_sign|follow', "Look for Early Signs"),
                ('hazard.statutory_report|follow',
                    "Prepare and Remind of Statutory Tables"),
                )
