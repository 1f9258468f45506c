# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.modules.safety_base import image
from trytond.pool import PoolMeta

# The largest that is ever shown
SIZE = 2048


class Avatar(metaclass=PoolMeta):
    __name__ = 'ir.avatar'

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
