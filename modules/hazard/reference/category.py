# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.model import fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.reference import ReferenceMixin

GROUPS = [
    ('cause', "By Cause"),
    ('basic', "Basic Management"),
    ('site', "On-site Management"),
    ('disaster', "Type of Disaster"),
    ]


class Category(ReferenceMixin):
    __name__ = 'hazard.category'

    group = fields.Selection(GROUPS, "Group", required=True, sort=False)
    in_group = fields.Function(
        fields.Boolean(
            "In Group",
            help="Whether it is in the group of the context."),
        'get_in_group', searcher='search_in_group')

    @classmethod
    def default_group(cls):
        return 'disaster'

    @classmethod
    def get_in_group(cls, categories, name):
        group = from_context('category_group', str)
        return {c.id: not group or c.group == group for c in categories}

    @classmethod
    def search_in_group(cls, name, clause):
        "Find all where the context tells no group."
        positive = asks_for_true(clause)
        if group := from_context('category_group', str):
            return [('group', '=' if positive else '!=', group)]
        return [('id', '>' if positive else '<', 0)]
