# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The names that events record are not those of before a change."

from trytond.pool import Pool, PoolMeta


class NamedMixin:
    __slots__ = ()
    _naming = None

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        if mode == 'write' and cls._naming in field_names:
            Pool().get('hazard.event')._names_cache.clear()


class Party(NamedMixin, metaclass=PoolMeta):
    __name__ = 'party.party'
    _naming = 'name'


class Employee(NamedMixin, metaclass=PoolMeta):
    __name__ = 'company.employee'
    _naming = 'party'
