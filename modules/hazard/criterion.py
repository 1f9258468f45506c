# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.model import fields, tree
from trytond.modules.safety_organization.reference import ReferenceMixin
from trytond.pyson import Eval, If


class Criterion(tree(), ReferenceMixin):
    __name__ = 'hazard.criterion'

    parent = fields.Many2One(
        'hazard.criterion', "Category", path='path', ondelete='RESTRICT',
        help="The category of criteria that this one belongs to.")
    path = fields.Char("Path")
    children = fields.One2Many('hazard.criterion', 'parent', "Criteria")
    valid_from = fields.Date(
        "Valid from",
        domain=[If(Eval('valid_from') & Eval('valid_to'),
                ('valid_from', '<=', Eval('valid_to')),
                ()),
            ],
        help="The first day on which the criterion is in force.")
    valid_to = fields.Date(
        "Valid to",
        domain=[If(Eval('valid_from') & Eval('valid_to'),
                ('valid_to', '>=', Eval('valid_from')),
                ()),
            ],
        help="The last day on which the criterion is in force.")

    def get_rec_name(self, name):
        return f'{self.code} {self.name}'
