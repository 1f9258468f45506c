# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.model import fields
from trytond.modules.safety_organization.reference import ReferenceMixin


class Category(ReferenceMixin):
    __name__ = 'hazard.category'

    group = fields.Selection([
            ('cause', "By Cause"),
            ('basic', "Basic Management"),
            ('site', "On-site Management"),
            ('disaster', "Type of Disaster"),
            ], "Group", required=True, sort=False)

    @classmethod
    def default_group(cls):
        return 'disaster'
