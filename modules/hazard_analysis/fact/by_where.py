# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Indicators by where the hazards are: unit, place and check item."

from trytond.model import fields

from .indicator import IndicatorMixin


class ByUnit(IndicatorMixin):
    __name__ = 'hazard.analysis.by_unit'
    _keys = ('unit',)

    unit = fields.Many2One('safety.unit', "Responsible Unit", readonly=True)


class ByPlace(IndicatorMixin):
    __name__ = 'hazard.analysis.by_place'
    _keys = ('place',)

    place = fields.Many2One('hazard.place', "Place", readonly=True)


class ByCheckItem(IndicatorMixin):
    __name__ = 'hazard.analysis.by_check_item'
    _keys = ('check_item',)

    check_item = fields.Many2One(
        'hazard.check_item', "Check Item", readonly=True)
