# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.company.model import (
    CompanyMultiValueMixin, CompanyValueMixin)
from trytond.pool import Pool


class Configuration(
        ModelSingleton, CompanyMultiValueMixin, ModelSQL, ModelView):
    __name__ = 'safety.configuration'

    shift_set = fields.MultiValue(fields.Many2One(
            'safety.shift.set', "Shift Set", required=True,
            help="The shifts in which the company works."))

    @classmethod
    def default_shift_set(cls, **pattern):
        return cls.multivalue_model('shift_set').default_shift_set()


class ConfigurationShiftSet(CompanyValueMixin, ModelSQL):
    __name__ = 'safety.configuration.shift_set'

    shift_set = fields.Many2One(
        'safety.shift.set', "Shift Set", required=True)

    @classmethod
    def default_shift_set(cls):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        try:
            return ModelData.get_id('safety_organization', 'shift_set_clock')
        except KeyError:
            return None
