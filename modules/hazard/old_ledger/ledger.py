# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The record of an old ledger that was brought in."

import json

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.safety_base.reason import ReasonWizard

from .imported import ImportedMixin
from .undo import LedgerUndo


class Ledger(ImportedMixin, ModelSQL, ModelView):
    __name__ = 'hazard.ledger'
    _undo_wizard = 'hazard.wizard_ledger_undo'

    rows = fields.Integer(
        "Rows", required=True, readonly=True,
        help="The rows of the file that hold hazards.")
    hazards = fields.Integer("Hazards Imported", required=True, readonly=True)
    open = fields.Integer(
        "Still Open", required=True, readonly=True,
        help="The imported hazards that wait in an inbox.")
    known = fields.Integer(
        "Already Here", required=True, readonly=True,
        help="The hazards of the file that had been imported before.")
    places = fields.Integer("New Places", required=True, readonly=True)
    units = fields.Integer("New Units", required=True, readonly=True)
    made = fields.Text(
        "Records Made", readonly=True,
        help="The places and units that the import has made, by model.")

    def get_made(self):
        "Return the ids of the places and units that it has made, by model."
        return json.loads(self.made or '{}')

    @classmethod
    def find_undone(cls, company, name):
        "Return the ids of the records that imports made which were undone."
        return {
            id_ for ledger in cls.search([
                    ('company', '=', company.id),
                    ('undone_at', '!=', None),
                    ]) for id_ in ledger.get_made().get(name, [])}

    def _undo(self, reason):
        LedgerUndo(self, reason).run()


class Undo(ReasonWizard):
    __name__ = 'hazard.ledger.undo'
    _button = 'undo'
