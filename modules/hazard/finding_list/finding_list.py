# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The workbook of findings that was brought in."

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.safety_base.reason import ReasonWizard
from trytond.modules.safety_base.turn import take_turn
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access

from ..exceptions import LedgerError, LedgerUndoError
from ..loop.escalation_step import STEPS
from ..loop.steps import OPEN_STATES
from ..old_ledger.imported import ImportedMixin

# How many hazards are named on which something was done
_NAMED = 5
_UNTOUCHED = {'submit', *STEPS}


class FindingList(ImportedMixin, ModelSQL, ModelView):
    __name__ = 'hazard.finding.list'
    _undo_wizard = 'hazard.wizard_finding_list_undo'

    rows = fields.Integer("Rows", required=True, readonly=True)
    hazards = fields.Integer("Hazards Reported", required=True, readonly=True)
    known = fields.Integer(
        "Already Here", required=True, readonly=True,
        help="The findings of the file that had been reported before.")

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
