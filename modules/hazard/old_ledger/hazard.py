# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a hazard keeps of the old ledger that it was brought in from."

from trytond.model import Unique, fields
from trytond.modules.safety_base.text_search import text_index
from trytond.pool import PoolMeta
from trytond.pyson import Eval

_NAMES = [
    'ledger', 'ledger_number', 'ledger_found_by', 'ledger_responsible',
    'ledger_checked_by', 'ledger_text', 'ledger_fingerprint']


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    imported = fields.Boolean(
        "From Old Ledger", readonly=True,
        help="The hazard was not reported here but brought in from a ledger "
        "that was kept before.")
    # Not on the card, as only some may read it
    ledger = fields.Many2One(
        'hazard.ledger', "Old Ledger", readonly=True, ondelete='RESTRICT')
    ledger_number = fields.Char(
        "Number in Old Ledger", readonly=True,
        states={
            'invisible': ~Eval('ledger_number'),
            })
    ledger_found_by = fields.Char(
        "Found By in Old Ledger", readonly=True,
        states={
            'invisible': ~Eval('ledger_found_by'),
            },
        help="Filled in where whom the ledger names is no employee; who "
        "imported the ledger stands in for them on the card.")
    ledger_responsible = fields.Char(
        "Responsible in Old Ledger", readonly=True,
        states={
            'invisible': ~Eval('ledger_responsible'),
            })
    ledger_checked_by = fields.Char(
        "Checked By in Old Ledger", readonly=True,
        states={
            'invisible': ~Eval('ledger_checked_by'),
            })
    ledger_text = fields.Text(
        "Row of Old Ledger", readonly=True,
        help="The whole row as it stands in the old ledger.")
    ledger_fingerprint = fields.Char(
        "Fingerprint", readonly=True,
        help="By which the same row is not brought in twice.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.ledger_fingerprint.search_unaccented = False
        t = cls.__table__()
        cls._sql_indexes.add(text_index(cls, 'ledger_found_by'))
        cls._sql_constraints += [
            ('ledger_fingerprint_unique',
                Unique(t, t.company, t.ledger_fingerprint),
                'hazard.msg_hazard_ledger_fingerprint_unique'),
            ]

    @classmethod
    def default_imported(cls):
        return False

    @fields.depends('imported')
    def on_change_with_late_entry(self, name=None):
        return not self.imported and super().on_change_with_late_entry()

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('//page[@id="ledger"]', 'states', {
                    'invisible': ~Eval('imported', False),
                    }),
            ]

    @classmethod
    def copy(cls, hazards, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('imported', False)
        for name in _NAMES:
            default.setdefault(name)
        return super().copy(hazards, default=default)
