# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The workbook of findings that was brought in."

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.safety_base.access import check_readable
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.turn import take_turn
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction, check_access, without_check_access

from ..exceptions import LedgerAccessError, LedgerError, LedgerUndoError
from ..loop.escalation_step import STEPS
from ..loop.steps import OPEN_STATES

# How many hazards are named on which something was done
_NAMED = 5
_UNTOUCHED = {'submit', *STEPS}
_states = {
    'invisible': ~Eval('undone_at'),
    }


class FindingList(ModelSQL, ModelView):
    __name__ = 'hazard.finding.list'
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
    rows = fields.Integer("Rows", required=True, readonly=True)
    hazards = fields.Integer("Hazards Reported", required=True, readonly=True)
    known = fields.Integer(
        "Already Here", required=True, readonly=True,
        help="The findings of the file that had been reported before.")
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
    def check_modification(cls, mode, lists, values=None, external=False):
        super().check_modification(
            mode, lists, values=values, external=external)
        if external or mode == 'delete':
            raise LedgerAccessError(gettext('hazard.msg_ledger_modify'))

    @classmethod
    @ModelView.button
    def undo(cls, lists):
        "Cancel what the workbooks brought in, unless it was worked on."
        if not lists:
            return
        if Transaction().check_access:
            Pool().get('res.user').check_identity()
        check_readable(lists)
        reason = get_reason('hazard.wizard_finding_list_undo')
        with without_check_access():
            for list_ in cls.browse(sorted({r.id for r in lists})):
                list_._undo(reason)
        return 'reload'

    def _undo(self, reason):
        Hazard = Pool().get('hazard.hazard')
        take_turn([self.company])
        employee = acting_employee(self.company)
        if not employee:
            raise LedgerError(gettext('hazard.msg_ledger_employee'))
        if self.undone_at:
            raise LedgerUndoError(gettext(
                    'hazard.msg_ledger_undone', ledger=self.rec_name))
        hazards = Hazard.search(
            [('finding_list', '=', self.id)], order=[('id', 'ASC')])
        self._check_untouched(hazards)
        with Transaction().set_context(reason=reason), check_access():
            Hazard.cancel([h for h in hazards if h.state != 'cancelled'])
        self.undone_at = now()
        self.undone_by = employee
        self.undo_reason = reason
        self.save()

    def _check_untouched(self, hazards):
        "Raise LedgerUndoError if something was done with the hazards."
        pool = Pool()
        Event, Photo = pool.get('hazard.event'), pool.get('hazard.photo')
        waiting = [h for h in hazards if h.state != 'cancelled']
        ids = [h.id for h in waiting]
        touched = {h for h in waiting if h.state not in OPEN_STATES}
        if touched and all(
                h.handling == 'on_site' and h.closed_at for h in touched):
            self._refuse('hazard.msg_finding_list_on_site', touched)
        touched |= {e.hazard for e in Event.search([
                    ('hazard', 'in', ids),
                    ('action', 'not in', sorted(_UNTOUCHED)),
                    ])}
        touched |= {p.hazard for p in Photo.search([('hazard', 'in', ids)])}
        if touched:
            self._refuse('hazard.msg_ledger_touched', touched)

    def _refuse(self, message, hazards):
        numbers = sorted(h.number for h in hazards)
        raise LedgerUndoError(gettext(
                message, ledger=self.rec_name, count=len(numbers),
                hazards=', '.join(numbers[:_NAMED])))


class Undo(ReasonWizard):
    __name__ = 'hazard.finding.list.undo'
    _button = 'undo'
