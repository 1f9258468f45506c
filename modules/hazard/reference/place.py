# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql.conditionals import Coalesce
from sql.operators import Equal

from trytond.model import (
    Exclude, ModelSQL, ModelView, fields, sequence_ordered, tree)
from trytond.modules.safety_base.kept_name import KeptNameMixin
from trytond.modules.safety_base.named import NamedMixin
from trytond.pyson import Eval


class Place(
        KeptNameMixin, tree(separator=' / '), sequence_ordered(), NamedMixin,
        ModelSQL, ModelView):
    __name__ = 'hazard.place'

    kind = fields.Selection([
            ('underground', "Underground"),
            ('surface', "Surface"),
            ], "Kind", required=True, sort=False)
    parent = fields.Many2One(
        'hazard.place', "Parent", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])
    children = fields.One2Many(
        'hazard.place', 'parent', "Children",
        domain=[('company', '=', Eval('company', -1))])
    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        help="The unit that is proposed for hazards found at the place.\n"
        "Leave empty to use that of the parent.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Exclude(t,
                    (t.company, Equal),
                    (t.code, Equal)),
                'hazard.msg_place_code_unique'),
            ('name_unique', Exclude(t,
                    (t.company, Equal),
                    (Coalesce(t.parent, -1), Equal),
                    (t.name, Equal)),
                'hazard.msg_place_name_unique'),
            ]

    @classmethod
    def default_kind(cls):
        return 'underground'

    @fields.depends('parent', '_parent_parent.kind')
    def on_change_parent(self):
        if self.parent:
            self.kind = self.parent.kind

    @property
    def responsible_unit(self):
        "The unit of the place or else of the nearest place above it"
        place = self
        while place:
            if place.unit:
                return place.unit
            place = place.parent

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, operand, *extra = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        code_operand = operand
        if operator.endswith('like') and operand:
            code_operand = operand.lstrip('%')
        return [bool_op,
            super().search_rec_name(name, clause),
            ('code', operator, code_operand, *extra),
            ]

    @classmethod
    def copy(cls, places, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('code')
        default.setdefault('children')
        default.setdefault(
            'name', lambda data: '{name} ({id})'.format(**data))
        return super().copy(places, default=default)
