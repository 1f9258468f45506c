# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool


class OriginMixin:
    """Count the points of records in the queue once they change.

    _counted holds the names of the fields of which the facts depend.
    """
    __slots__ = ()
    _counted = frozenset()

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        if mode == 'write' and cls._counted & (field_names or set()):
            cls.__queue__.count_points(records)

    @classmethod
    def count_points(cls, records):
        "Add what is missing of the records in the ledger."
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        Entry.collect_records(cls.__name__, records)
