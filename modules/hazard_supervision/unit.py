# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import PoolMeta


class Unit(metaclass=PoolMeta):
    __name__ = 'safety.unit'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.kind.selection += [
            ('bureau', "Bureau"),
            ('section', "Section"),
            ]
