# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Taking back the import of an old ledger while nothing was done with it.

Nothing disappears: the hazards are cancelled, with an event of its own, and
keep their numbers. But the file can be imported anew.
"""
from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.modules.safety_base.turn import take_turn
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, inactive_records

from ..exceptions import LedgerError, LedgerUndoError
from ..loop.escalation_step import STEPS
from ..loop.steps import OPEN_STATES
from .write import SLICE

# What happens by itself, and what the head does before an import of major
# hazards can be undone
UNTOUCHED = ['import', 'archive', 'cancel', *STEPS]
# How many hazards are named on which something was done
_NAMED = 5


class LedgerUndo:
    "Take back what the ledger has brought in, for a reason."

    def __init__(self, ledger, reason):
        pool = Pool()
        self.ledger = ledger
        self.reason = reason
        self.Hazard = pool.get('hazard.hazard')

    def run(self):
        """Cancel the hazards and put away the places and units.

        Raise LedgerUndoError if it was done before or something was done with
        the hazards since, LedgerError unless somebody answers for it.
        """
        company = self.ledger.company
        take_turn([company])
        employee = acting_employee(company)
        if not employee:
            raise LedgerError(gettext('hazard.msg_ledger_employee'))
        if self.ledger.undone_at:
            raise LedgerUndoError(gettext(
                    'hazard.msg_ledger_undone',
                    ledger=self.ledger.rec_name))
        self._check_untouched()
        hazards = self.Hazard.search(
            [('ledger', '=', self.ledger.id)], order=[('id', 'ASC')])
        self.Hazard.check_cancel(
            [h for h in hazards if h.state in OPEN_STATES])
        for sub_hazards in grouped_slice(hazards, SLICE):
            self._cancel(list(sub_hazards))
        self._put_away()
        self.ledger.undone_at = now()
        self.ledger.undone_by = employee
        self.ledger.undo_reason = self.reason
        self.ledger.save()

    def _check_untouched(self):
        numbers = self._touched()
        if numbers:
            raise LedgerUndoError(gettext(
                    'hazard.msg_ledger_touched',
                    ledger=self.ledger.rec_name, count=len(numbers),
                    hazards=', '.join(numbers[:_NAMED])))

    def _touched(self):
        "Return the numbers of the hazards on which something was done."
        pool = Pool()
        cursor = Transaction().connection.cursor()
        hazard = self.Hazard.__table__()
        numbers = set()
        for name in ['hazard.event', 'hazard.photo']:
            table = pool.get(name).__table__()
            where = hazard.ledger == self.ledger.id
            if name == 'hazard.event':
                where &= ~table.action.in_(UNTOUCHED)
            cursor.execute(*hazard
                .join(table, condition=table.hazard == hazard.id)
                .select(hazard.number, where=where, distinct=True))
            numbers.update(n for n, in cursor)
        return sorted(numbers)

    def _cancel(self, hazards):
        pool = Pool()
        for hazard in hazards:
            hazard.ledger_fingerprint = None
            # Another reason is what the event of the cancellation tells.
            if hazard.state != 'cancelled':
                hazard.cancel_reason = self.reason
        self.Hazard.advance(hazards, 'cancelled', 'undo', note=self.reason)
        self.Hazard._cancel_stages(hazards)
        pool.get('hazard.plan').rest(hazards)

    def _put_away(self):
        "Deactivate what was made by the import and is named by nothing else."
        pool = Pool()
        for name, ids in self.ledger.get_made().items():
            Model = pool.get(name)
            unused = set(ids) - self._named(name, ids)
            while kept := self._with_children(Model, unused):
                unused -= kept
            Model.write(Model.browse(sorted(unused)), {'active': False})

    def _named(self, name, ids):
        "Return the ids that other records name than those of this import."
        cursor = Transaction().connection.cursor()
        hazard = self.Hazard.__table__()
        cancelled = hazard.select(
            hazard.id, where=hazard.ledger == self.ledger.id)
        named = set()
        for Model, field in _references(name):
            table = Model.__table__()
            column = getattr(table, field)
            for sub_ids in grouped_slice(ids, SLICE):
                where = fields.SQL_OPERATORS['in'](column, list(sub_ids))
                if Model is self.Hazard:
                    where &= ~table.id.in_(cancelled)
                elif 'hazard' in Model._fields and _is_stored(
                        Model.hazard, 'hazard.hazard'):
                    where &= ~table.hazard.in_(cancelled)
                cursor.execute(*table.select(
                        column, where=where, distinct=True))
                named.update(i for i, in cursor)
        return named

    @staticmethod
    def _with_children(Model, ids):
        "Return the ids of which there are children that stay."
        with inactive_records():
            children = Model.search([
                    ('parent', 'in', sorted(ids)),
                    ('id', 'not in', sorted(ids)),
                    ])
        return {c.parent.id for c in children}


def _references(name):
    "Yield the models and the names of their fields that name the records."
    for model, Model in Pool().iterobject():
        # What the columns of ledgers mean is kept for the next one.
        if (not issubclass(Model, ModelSQL) or Model._is_table_query()
                or model.startswith('hazard.ledger')):
            continue
        for field_name, field in Model._fields.items():
            if _is_stored(field, name) and (
                    (model, field_name) != (name, 'parent')):
                yield Model, field_name


def _is_stored(field, name):
    "Does the table hold ids of records of the model in the field?"
    return (field._type == 'many2one' and field.model_name == name
        and not isinstance(field, fields.Function))
