# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import (
    DeactivableMixin, ModelSQL, ModelView, fields, sequence_ordered)
from trytond.modules.safety_base.named import search_any


class Trade(sequence_ordered(), DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'safety.trade'
    name = fields.Char(
        "Name", required=True, translate=True,
        help="The main identifier of the trade.")
    code = fields.Char("Code", help="The code used by the enterprise.")
    special = fields.Boolean(
        "Special Operation",
        help="Check if the trade requires a special operation certificate.")

    @classmethod
    def __setup__(cls):
        cls.code.search_unaccented = False
        super().__setup__()
        cls._order.insert(1, ('name', 'ASC'))

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'name', 'code')
