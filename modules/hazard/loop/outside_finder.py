# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Finders who are no employees: inspectors of an authority or of the group.

Who reports for them is found_by and answers for the card, but is not named as
the finder, and gets no points for it.
"""
from trytond.i18n import gettext
from trytond.model import Model, fields
from trytond.pyson import Eval

from ..exceptions import ReportError


class OutsideFinderMixin(Model):
    __slots__ = ()

    outside_finder = fields.Char(
        "Finder from Outside",
        states={
            'readonly': ~Eval('state').in_(['draft', 'returned']),
            },
        help="Who found it where that is no employee, like an inspector of "
        "an authority or of the group. Name the body as Inspecting Body.")
    finder = fields.Function(
        fields.Char("Finder"), 'get_finder', searcher='search_finder')

    @fields.depends('outside_finder')
    def on_change_outside_finder(self):
        if self.outside_finder:
            self.found_as = None

    @classmethod
    def get_finder(cls, hazards, name):
        return {
            h.id: h.outside_finder or h.ledger_found_by or (
                h.found_by.rec_name if h.found_by else None)
            for h in hazards}

    @classmethod
    def search_finder(cls, name, clause):
        _, operator, operand, *extra = clause
        names = ['outside_finder', 'ledger_found_by', 'found_by.rec_name']
        # The first of them that is there names the finder.
        return ['OR', *(
                [(n, operator, operand, *extra),
                    (n.removesuffix('.rec_name'), '!=', None),
                    *((before, '=', None) for before in names[:i])]
                for i, n in enumerate(names))]

    @classmethod
    def validate_fields(cls, hazards, field_names):
        super().validate_fields(hazards, field_names)
        if field_names is None or field_names & {'outside_finder', 'member'}:
            for hazard in hazards:
                if hazard.outside_finder and hazard.member:
                    raise ReportError(gettext(
                            'hazard.msg_hazard_outside_finder',
                            hazard=hazard.rec_name,
                            finder=hazard.outside_finder))
