# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Names that seldom change and that every list shows.

A name of an employee takes the reading of the employee and of the party, for
each column that names people.
"""

from trytond.cache import Cache
from trytond.pool import PoolMeta
from trytond.transaction import Transaction

SIZE = 50_000


class KeptNameMixin:
    """Keep the names of the records of a model.

    They must be made only of fields of such models.
    """
    __slots__ = ()

    # By model, id and language
    _kept_names = Cache('safety_base.kept_name', context=False)
    _kept_names.size_limit = max(_kept_names.size_limit, SIZE)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.rec_name.getter = 'get_kept_names'

    @classmethod
    def get_kept_names(cls, records, name):
        transaction = Transaction()
        language = (
            transaction.language,
            bool(transaction.context.get('fuzzy_translation')))
        names = {}
        for record in records:
            key = cls.__name__, record.id, language
            kept = cls._kept_names.get(key)
            if kept is None:
                kept = cls._kept_names.set(key, record.get_rec_name(name))
            names[record.id] = kept
        return names

    @classmethod
    def write(cls, records, values, *args):
        # From here on nothing is kept beyond the transaction.
        cls._kept_names.clear()
        super().write(records, values, *args)

    @classmethod
    def delete(cls, records):
        cls._kept_names.clear()
        super().delete(records)

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        if mode != 'create':
            cls._kept_names.clear()


class Party(KeptNameMixin, metaclass=PoolMeta):
    __name__ = 'party.party'


class Company(KeptNameMixin, metaclass=PoolMeta):
    __name__ = 'company.company'


class Employee(KeptNameMixin, metaclass=PoolMeta):
    __name__ = 'company.employee'


class Translation(metaclass=PoolMeta):
    __name__ = 'ir.translation'

    @classmethod
    def on_modification(cls, mode, translations, field_names=None):
        super().on_modification(mode, translations, field_names=field_names)
        KeptNameMixin._kept_names.clear()
