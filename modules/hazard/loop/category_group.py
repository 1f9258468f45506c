# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval

from ..reference.category import GROUPS
from .steps import REPORTABLE_STATES


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    category_group = fields.Function(
        fields.Selection(
            [(None, ""), *GROUPS], "Group of Categories", sort=False,
            states={
                'readonly': ~Eval('state').in_(REPORTABLE_STATES),
                },
            help="Choose a group to find the category among fewer."),
        'get_category_group', setter='set_category_group')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._editable = cls._editable | {'category_group'}
        # By the context, since a domain on a function field would be
        # checked at every step.
        cls.category.domain = [('in_group', '=', True)]
        cls.category.search_context = {
            'category_group': Eval('category_group'),
            }

    @fields.depends('category', 'category_group')
    def on_change_category_group(self):
        if self.category and self.category.group != self.category_group:
            self.category = None

    @fields.depends('category')
    def on_change_category(self):
        if self.category:
            self.category_group = self.category.group

    @fields.depends(methods=['on_change_category'])
    def on_change_check_item(self):
        super().on_change_check_item()
        self.on_change_category()

    @classmethod
    def get_category_group(cls, hazards, name):
        return {
            h.id: h.category.group if h.category else None for h in hazards}

    @classmethod
    def set_category_group(cls, hazards, name, value):
        "It only helps to choose."
