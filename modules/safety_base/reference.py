# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.model import (
    DeactivableMixin, ModelSQL, ModelView, Unique, fields, sequence_ordered)

from .kept_name import KeptNameMixin
from .named import search_any


class ReferenceMixin(
        KeptNameMixin, sequence_ordered(), DeactivableMixin, ModelSQL,
        ModelView):
    """Add to a model what every list of reference data has.

    A name in the language of the user, a code that is unique in the list
    and stays the same in each language, the order and whether it is in use.
    """
    __slots__ = ()

    name = fields.Char("Name", required=True, translate=True)
    code = fields.Char("Code", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.code),
                'safety_base.msg_reference_code_unique'),
            ]
        cls._order.append(('code', 'ASC'))

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'name', 'code')

    @classmethod
    def copy(cls, records, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault(
            'code', lambda data: '{code} (copy {id})'.format(**data))
        return super().copy(records, default=default)
