# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

_PREFIXES = ('safety.', 'hazard.')


def _needs_organization(model_name):
    if model_name.startswith(_PREFIXES):
        return True
    Model = Pool().get(model_name)
    return getattr(Model, '_rule_context_organization', False)


class Rule(metaclass=PoolMeta):
    __name__ = 'ir.rule'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.domain.help += (
            '\n- "employees" as list of ids from the current user'
            '\n- "acting_employees" as list of ids of these and of those for '
            'whom the current user stands in'
            '\n- "led_units" as list of ids of the units led by the user'
            '\n- "managed_companies" as list of ids of the companies '
            'led by the user'
            '\n- "member_kinds" as list of ids of the kinds of member '
            'managed by the user'
            '\n- "user_id" as id of the current user')

    @classmethod
    def _get_organization_context(cls):
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        User = pool.get('res.user')
        return {
            'employees': tuple(User.get_employees()),
            'acting_employees': User.get_acting_employees(),
            'led_units': User.get_led_units(),
            'managed_companies': User.get_managed_companies(),
            'member_kinds': Kind.get_managed(),
            'user_id': Transaction().user,
            }

    @classmethod
    def _get_context(cls, model_name):
        context = super()._get_context(model_name)
        if _needs_organization(model_name):
            context.update(cls._get_organization_context())
        return context

    @classmethod
    def _get_cache_key(cls, model_names):
        key = super()._get_cache_key(model_names)
        if any(map(_needs_organization, model_names)):
            key = (*key, *cls._get_organization_context().values())
        return key


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.add_company_free(
            ('safety.coverage|notify_gaps', "Notify Coverage Gaps"))
