# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What of the law a hazard is against."

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from ..exceptions import ProvisionError
from ..loop.steps import REPORTABLE_STATES


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    _provisions = ('criterion', 'legal_basis')
    _states = {
        'readonly': ~Eval('state').in_(REPORTABLE_STATES),
        }

    criterion = fields.Many2One(
        'hazard.criterion', "Criterion", states=_states,
        domain=[
            ('in_force', '=', True),
            ('children', '=', None),
            ],
        search_context={
            'in_force_at': Eval('found_at'),
            },
        help="The criterion by which the hazard is a major one. Offered are "
        "those in force on the day of discovery.")
    legal_basis = fields.Many2One(
        'hazard.legal_basis', "Violated Provision", states=_states,
        domain=[
            ('in_force', '=', True),
            ],
        search_context={
            'in_force_at': Eval('found_at'),
            },
        help="The provision that the hazard is against. Offered are those in "
        "force on the day of discovery.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._editable = cls._editable.union(cls._provisions)

    @fields.depends('check_item', 'found_at', 'company', 'legal_basis')
    def on_change_check_item(self):
        super().on_change_check_item()
        if self.check_item and (day := self._day_of_discovery()):
            found = self.check_item.get_legal_basis(day)
            if found or not self._has_legal_basis(day):
                self.legal_basis = found

    @fields.depends('check_item', 'found_at', 'company', 'legal_basis')
    def on_change_found_at(self):
        super().on_change_found_at()
        day = self._day_of_discovery()
        if day and self.legal_basis and not self._has_legal_basis(day):
            self.legal_basis = (
                self.check_item.get_legal_basis(day) if self.check_item
                else None)

    def _has_legal_basis(self, day):
        return self.legal_basis and self.legal_basis.is_in_force(day)

    def _day_of_discovery(self):
        if self.found_at and self.company:
            return local_day(self.found_at, company_zone(self.company))

    @property
    def violated(self):
        "The provisions that the hazard is against, a line each."
        return '\n'.join(
            p.citation for p in [self.criterion, self.legal_basis] if p)

    @classmethod
    def validate_fields(cls, hazards, field_names):
        super().validate_fields(hazards, field_names)
        if field_names is None or field_names & {
                'found_at', 'company', *cls._provisions}:
            for hazard in hazards:
                hazard.check_provisions()

    def check_report(self):
        "Also raise ProvisionError for what was not in force."
        super().check_report()
        self.check_provisions()

    def check_provisions(self):
        """Raise ProvisionError for what was not in force.

        That is on the company's day of discovery.
        """
        for name in self._provisions:
            provision = getattr(self, name)
            if not provision:
                continue
            day = self._day_of_discovery()
            if not provision.is_in_force(day):
                self._refuse(provision, day)

    def _refuse(self, provision, day):
        Lang = Pool().get('ir.lang')
        edition = provision.edition
        raise ProvisionError(gettext(
                'hazard.msg_hazard_provision_in_force' if edition
                else 'hazard.msg_hazard_own_provision_in_force',
                hazard=self.rec_name,
                provision=provision.rec_name,
                edition=edition.rec_name if edition else '',
                day=Lang.get().strftime(day)))
