# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import PoolMeta


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._company_free = set()
        cls.add_company_free(('safety.day|fill', "Keep Days and Holidays"))

    @classmethod
    def add_company_free(cls, *methods):
        """Add the methods, pairs of value and label, to the selection.

        They go through the companies themselves. Their records in XML cannot
        say so: Tryton fails when it reads a list of records again, as it does
        when a module is activated for which others have extras.
        """
        cls.method.selection.extend(methods)
        cls._company_free.update(value for value, _ in methods)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('method') in cls._company_free:
            values.setdefault('companies', [])
        return values
