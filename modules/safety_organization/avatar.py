# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond import backend
from trytond.modules.safety_base import image
from trytond.pool import PoolMeta
from trytond.transaction import Transaction

# The largest that is ever shown
SIZE = 2048


class Avatar(metaclass=PoolMeta):
    __name__ = 'ir.avatar'

    def get(self, size=64):
        transaction = Transaction()
        if (backend.name == 'sqlite' and not transaction.readonly
                and transaction.connection.in_transaction):
            # Another transaction has the same connection on SQLite, so to
            # keep the size there would store what may still be undone.
            if not 0 < size <= SIZE:
                raise ValueError("Invalid size")
            return self._resize(size) if self.image else None
        return super().get(size=size)

    @classmethod
    def convert(cls, data, **params):
        # Else it is decoded as a whole, however large it is.
        return super().convert(
            image.reduced(bytes(data), SIZE) if data else data, **params)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if values.get('image'):
            # What is not set by the field avatar was not converted.
            values['image'] = image.reduced(bytes(values['image']), SIZE)
        return values
