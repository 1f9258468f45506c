# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is kept of a file that brought in hazards, and how it is undone."

from trytond.i18n import gettext
from trytond.model import Model, ModelView, fields
from trytond.modules.safety_base.access import check_readable
from trytond.modules.safety_base.reason import get_reason
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction, without_check_access

from ..exceptions import LedgerAccessError

_states = {
    'invisible': ~Eval('undone_at'),
    }


class ImportedMixin(Model):
    """A file from which hazards were imported, which nobody changes.

    _undo_wizard is the XML id of the wizard that asks for the reason, and
    _undo(reason) takes back what the file brought in.
    """
    __slots__ = ()
    _rec_name = 'file_name'
    _log = False
    _undo_wizard = None

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

    @classmethod
    def check_modification(cls, mode, files, values=None, external=False):
        super().check_modification(
            mode, files, values=values, external=external)
        if external or mode == 'delete':
            raise LedgerAccessError(gettext('hazard.msg_ledger_modify'))

    @classmethod
    @ModelView.button
    def undo(cls, files):
        "Take back what the files brought in, unless it was worked on."
        if not files:
            return
        if Transaction().check_access:
            Pool().get('res.user').check_identity()
        check_readable(files)
        reason = get_reason(cls._undo_wizard)
        with without_check_access():
            for file in cls.browse(sorted({f.id for f in files})):
                file._undo(reason)
        return 'reload'
