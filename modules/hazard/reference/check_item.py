# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.model import Index, fields
from trytond.modules.safety_base.reference import ReferenceMixin


class CheckItem(ReferenceMixin):
    __name__ = 'hazard.check_item'

    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", ondelete='RESTRICT')
    category = fields.Many2One(
        'hazard.category', "Category", ondelete='RESTRICT')
    legal_bases = fields.Many2Many(
        'hazard.check_item-hazard.legal_basis', 'check_item', 'legal_basis',
        "Legal Bases", order=[('id', 'ASC')],
        help="The provisions that the item is checked against, the one that "
        "matters most first.")
    basis = fields.Text(
        "Basis", translate=True,
        help="The requirement that the item is checked against.")
    method = fields.Text(
        "Method", translate=True,
        help="How the item is checked.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(
            Index(t, (t.discipline, Index.Equality())))

    def get_legal_basis(self, day):
        "Return the first provision that is in force on the day, or None."
        return next(
            (b for b in self.legal_bases if b.is_in_force(day)), None)
