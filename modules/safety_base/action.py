# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Which groups may run a wizard or make a report.

The client names the action by which it does; an action of something else
would have none of the groups and models that the right one asks for.
"""

from trytond.pool import PoolMeta


class _Mixin:
    __slots__ = ()

    @classmethod
    def get_groups(cls, name, action_id=None):
        return super().get_groups(name, cls._of(name, action_id))

    @classmethod
    def _of(cls, name, action_id):
        "Return the action, None when it is that of something else."
        if isinstance(action_id, int) and cls.search([
                    (cls._action_name, '=', name),
                    ('id', '=', action_id),
                    ], count=True):
            return action_id


class ActionReport(_Mixin, metaclass=PoolMeta):
    __name__ = 'ir.action.report'


class ActionWizard(_Mixin, metaclass=PoolMeta):
    __name__ = 'ir.action.wizard'

    @classmethod
    def get_models(cls, name, action_id=None):
        return super().get_models(name, cls._of(name, action_id))
