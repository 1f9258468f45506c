# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The provisions that check items and criteria cite."

from trytond.model import ModelSQL, fields

from .edition import ProvisionMixin


class LegalBasis(ProvisionMixin):
    __name__ = 'hazard.legal_basis'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.edition.required = True
        cls.article.required = True


class CheckItemLegalBasis(ModelSQL):
    __name__ = 'hazard.check_item-hazard.legal_basis'

    # Not required: where the item was deleted, an update still cites for it.
    check_item = fields.Many2One(
        'hazard.check_item', "Check Item", ondelete='CASCADE')
    legal_basis = fields.Many2One(
        'hazard.legal_basis', "Legal Basis", ondelete='CASCADE')


class CriterionLegalBasis(ModelSQL):
    __name__ = 'hazard.criterion-hazard.legal_basis'

    criterion = fields.Many2One(
        'hazard.criterion', "Criterion", ondelete='CASCADE')
    legal_basis = fields.Many2One(
        'hazard.legal_basis', "Legal Basis", ondelete='CASCADE')
