# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelSQL, ModelView, fields
from trytond.transaction import Transaction


class Inspection(ModelSQL, ModelView):
    __name__ = 'hazard.inspection'

    company = fields.Many2One(
        'company.company', "Company", required=True)
    planned_on = fields.Date("Planned on", required=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('running', "Running"),
            ('done', "Done"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'draft'
