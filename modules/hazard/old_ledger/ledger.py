# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The record of an old ledger that was brought in."

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields

from ..exceptions import LedgerAccessError


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

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('imported_at', 'DESC'), ('id', 'DESC')]

    @classmethod
    def check_modification(cls, mode, ledgers, values=None, external=False):
        super().check_modification(
            mode, ledgers, values=values, external=external)
        if external or mode == 'delete':
            raise LedgerAccessError(gettext('hazard.msg_ledger_modify'))
