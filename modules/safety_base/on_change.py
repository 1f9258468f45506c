# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What changes with a value is told of records that the user may read.

Tryton reads without any check what the client does not send of a record, and
the record of any model that a reference names.
"""

from trytond.model import ModelStorage, ModelView
from trytond.transaction import Transaction

from .resource import check_readable


class OnChangeMixin(ModelView):
    __slots__ = ()

    def on_change(self, fieldnames):
        self._check_sent()
        return super().on_change(fieldnames)

    def on_change_with(self, fieldnames):
        self._check_sent()
        return super().on_change_with(fieldnames)

    def on_change_notify(self):
        self._check_sent()
        return super().on_change_notify()

    def _check_sent(self):
        transaction = Transaction()
        if not transaction.user or not transaction.check_access:
            return
        references = [
            getattr(self._values, n, None)
            for n, f in self._fields.items() if f._type == 'reference']
        for record in [self, *references]:
            if (isinstance(record, ModelStorage)
                    and record.id is not None and record.id >= 0):
                check_readable(record.__name__, record.id)
