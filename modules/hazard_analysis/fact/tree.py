# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Indicators of units and of places with all that is below them, as trees."

from sql import Column, Null, Union, With

from trytond.model import fields
from trytond.pool import Pool

from .fact import COUNTS, DIMENSIONS, SUMS
from .indicator import IndicatorMixin


class TreeMixin(IndicatorMixin):
    "Each row counts once what its key and all that is below it have."
    __slots__ = ()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        key, = cls._keys
        cls._order = [(key, 'ASC'), ('id', 'ASC')]

    @classmethod
    def query(cls, selection):
        rows = super().query(selection)
        key, = cls._keys
        table = cls._get_target().__table__()
        return (rows
            .join(table, 'LEFT', condition=table.id == Column(rows, key))
            .select(
                *(Column(rows, c.output_name).as_(c.output_name)
                    for c in rows.columns),
                (table.parent + 1).as_('parent')))

    @classmethod
    def _get_facts(cls, selection):
        facts = super()._get_facts(selection)
        key, = cls._keys
        below = _read_ancestors(cls._get_target())
        names = ['id', *DIMENSIONS, *COUNTS, *SUMS]
        return (facts
            .join(below, 'LEFT', condition=below.id == Column(facts, key))
            .select(
                *(Column(facts, n).as_(n) for n in names if n != key),
                below.ancestor.as_(key)))

    @classmethod
    def _get_target(cls):
        key, = cls._keys
        return Pool().get(cls._fields[key].model_name)

    @classmethod
    def _get_clause(cls, key, value):
        if value is None:
            return key, '=', None
        return key, 'child_of', [value.id], 'parent'


def _read_ancestors(Model):
    "Return the query of each record with itself and what it is below of."
    table = Model.__table__()
    above = Model.__table__()
    tree = With('id', 'ancestor', recursive=True)
    tree.query = table.select(table.id, table.id)
    tree.query = Union(tree.query, tree.join(
            above, condition=above.id == tree.ancestor).select(
            tree.id, above.parent, where=above.parent != Null), all_=True)
    return tree.select(tree.id, tree.ancestor, with_=[tree])


class UnitTree(TreeMixin):
    __name__ = 'hazard.analysis.unit_tree'
    _keys = ('unit',)

    unit = fields.Many2One('safety.unit', "Responsible Unit", readonly=True)
    parent = fields.Many2One(
        'hazard.analysis.unit_tree', "Parent", readonly=True)
    children = fields.One2Many(
        'hazard.analysis.unit_tree', 'parent', "Children", readonly=True)


class PlaceTree(TreeMixin):
    __name__ = 'hazard.analysis.place_tree'
    _keys = ('place',)

    place = fields.Many2One('hazard.place', "Place", readonly=True)
    parent = fields.Many2One(
        'hazard.analysis.place_tree', "Parent", readonly=True)
    children = fields.One2Many(
        'hazard.analysis.place_tree', 'parent', "Children", readonly=True)
