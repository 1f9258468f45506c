# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What users choose for themselves is under rules that know the user."

from trytond.pool import PoolMeta
from trytond.transaction import Transaction

OWN = {
    'ir.export', 'ir.export.line', 'ir.ui.view_tree_optional',
    'ir.ui.view_tree_width'}


class Rule(metaclass=PoolMeta):
    __name__ = 'ir.rule'

    @classmethod
    def _get_context(cls, model_name):
        context = super()._get_context(model_name)
        if model_name in OWN:
            context['user_id'] = Transaction().user
        return context

    @classmethod
    def _get_cache_key(cls, model_names):
        key = super()._get_cache_key(model_names)
        if model_names & OWN:
            key = (*key, Transaction().user)
        return key
