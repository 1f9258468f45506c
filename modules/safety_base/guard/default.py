# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Defaults name the records that the user may read.

A client may say by its context which record a new one belongs to, and Tryton
answers by the name of that record.
"""

from trytond.model import Model
from trytond.model.exceptions import AccessError
from trytond.transaction import Transaction

from ..access import is_external
from .resource import check_readable, split

# Of the context these are the user's own.
BELIEVED = {'company', 'employee'}


class DefaultMixin(Model):
    __slots__ = ()

    @classmethod
    def default_get(cls, fields_names=None, with_rec_name=True, **options):
        values = super().default_get(
            fields_names, with_rec_name=with_rec_name, **options)
        if is_external():
            for name in cls._get_sent(values):
                try:
                    check_readable(*cls._get_named(name, values[name]))
                except AccessError:
                    del values[f'{name}.']
        return values

    @classmethod
    def _get_sent(cls, values):
        "Return the fields with a name whose record the context says."
        context = Transaction().context
        sent = [v for n, v in context.items() if n not in BELIEVED]
        return [
            n for n in cls._fields if f'{n}.' in values
            and (n == 'resource' or f'default_{n}' in context
                or values[n] in sent)]

    @classmethod
    def _get_named(cls, name, value):
        "Return the name of the model and the id of the value of the field."
        field = cls._fields[name]
        if field._type == 'reference':
            return split(value)
        return field.get_target().__name__, value
