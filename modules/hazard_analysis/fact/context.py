# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import ModelView, fields
from trytond.pyson import Eval

from .selection import BASES, COMPARISONS, IMPORTED, default_days


class Context(ModelView):
    __name__ = 'hazard.analysis.context'

    analysis_from = fields.Date(
        "From", required=True,
        domain=[('analysis_from', '<=', Eval('analysis_to', None))])
    analysis_to = fields.Date("To", required=True)
    analysis_basis = fields.Selection(
        BASES, "By When", required=True, sort=False,
        help="Which time of the hazards is within the period.")
    analysis_comparison = fields.Selection(
        COMPARISONS, "Compared to", required=True, sort=False)
    analysis_unit = fields.Many2One(
        'safety.unit', "Unit", help="With the units below it.")
    analysis_place = fields.Many2One(
        'hazard.place', "Place", help="With the places within it.")
    analysis_discipline = fields.Many2One('hazard.discipline', "Discipline")
    analysis_grade = fields.Many2One('hazard.grade', "Grade")
    analysis_category = fields.Many2One('hazard.category', "Category")
    analysis_source = fields.Many2One('hazard.source', "Source")
    analysis_kind = fields.Many2One('safety.member.kind', "Found As")
    analysis_imported = fields.Selection(
        IMPORTED, "From Old Ledgers", required=True, sort=False)

    @classmethod
    def default_analysis_from(cls):
        return default_days()[0]

    @classmethod
    def default_analysis_to(cls):
        return default_days()[1]

    @classmethod
    def default_analysis_basis(cls):
        return BASES[0][0]

    @classmethod
    def default_analysis_comparison(cls):
        return COMPARISONS[0][0]

    @classmethod
    def default_analysis_imported(cls):
        return IMPORTED[0][0]
