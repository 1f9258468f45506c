# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The record of an old ledger that was brought in."

import json

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.safety_base.access import check_readable
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction, without_check_access

from ..exceptions import LedgerAccessError
from .undo import LedgerUndo

_states = {
    'invisible': ~Eval('undone_at'),
    }


class Ledger(ModelSQL, ModelView):
    __name__ = 'hazard.ledger'
    _rec_name = 'file_name'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='RESTRICT')
    file_name = fields.Char("File Name", required=True, readonly=True)
    sha256 = fields.Char(
        "SHA-256", required=True, readonly=True,
        help="The digest of the file.")
    imported_at = fields.DateTime("Imported At", required=True, readonly=True)
    user = fields.Many2One(
        'res.user', "User", required=True, readonly=True, ondelete='RESTRICT')
    employee = fields.Many2One(
        'company.employee', "Imported By", required=True, readonly=True,
        ondelete='RESTRICT')
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
    undone_at = fields.DateTime("Undone At", readonly=True, states=_states)
    undone_by = fields.Many2One(
        'company.employee', "Undone By", readonly=True, ondelete='RESTRICT',
        states=_states)
    undo_reason = fields.Text("Reason", readonly=True, states=_states)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('imported_at', 'DESC'), ('id', 'DESC')]
        cls._buttons.update({
                'undo': {
                    'invisible': Bool(Eval('undone_at')),
                    'icon': 'tryton-undo',
                    'depends': ['undone_at'],
                    },
                })

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Bool(Eval('undone_at')), 'muted', '')),
            ]

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

    @classmethod
    def check_modification(cls, mode, ledgers, values=None, external=False):
        super().check_modification(
            mode, ledgers, values=values, external=external)
        if external or mode == 'delete':
            raise LedgerAccessError(gettext('hazard.msg_ledger_modify'))

    @classmethod
    @ModelView.button
    def undo(cls, ledgers):
        if not ledgers:
            return
        if Transaction().check_access:
            Pool().get('res.user').check_identity()
        check_readable(ledgers)
        reason = get_reason('hazard.wizard_ledger_undo')
        with without_check_access():
            for ledger in cls.browse(sorted({r.id for r in ledgers})):
                LedgerUndo(ledger, reason).run()
        return 'reload'


class Undo(ReasonWizard):
    __name__ = 'hazard.ledger.undo'
    _button = 'undo'
