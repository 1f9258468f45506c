# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Whose turn it is: what a user can and should do now.

Who may write a stage is wider: whoever leads a unit above another one may act
for it, but is not asked as long as somebody nearer is there. It is the same
people as notice.py tells, as far as they can act.
"""
from collections import defaultdict
from functools import cached_property
from itertools import chain

from sql import Literal

from trytond.model import Model, fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.workflow import own_employees
from trytond.modules.safety_organization.leader import Leaders, group_members
from trytond.pool import Pool
from trytond.transaction import check_access


class InboxMixin(Model):
    "What waits for somebody."
    __slots__ = ()

    mine = fields.Function(
        fields.Boolean("Waits for Me"), 'get_mine', searcher='search_mine')

    @classmethod
    def get_mine(cls, records, name):
        mine = set(map(int, cls.search([
                        ('id', 'in', [r.id for r in records]),
                        ('mine', '=', True),
                        ])))
        return {r.id: r.id in mine for r in records}

    @classmethod
    def search_mine(cls, name, clause):
        domain = cls.get_waiting_domain()
        if asks_for_true(clause):
            return domain
        return [('id', 'not in', cls.search(domain, order=[], query=True))]

    @classmethod
    def get_waiting_domain(cls):
        "Return the domain of what waits for the user."
        return [cls.get_acting_domain(), cls.get_turn(Turn())]

    @classmethod
    def get_turn(cls, turn):
        "Return the domain of what, of all that, the user should do."
        return []

    @classmethod
    def get_acting_domain(cls):
        "Return the domain of what the user may do, whoever else may."
        Rule = Pool().get('ir.rule')
        with check_access():
            return Rule.domain_get(cls.__name__, mode='write') or []


class Turn:
    "Where the user is asked to act, read once for a search."

    @cached_property
    def own(self):
        "The ids of the employees of the user."
        return {e for e in own_employees() if e}

    @cached_property
    def acting(self):
        "Their ids and those of the employees for whom the user stands in."
        return self.own | set(Pool().get('res.user').get_represented())

    def is_in(self, name):
        "Whether the user is in the group of the loop that has this name."
        Data = Pool().get('ir.model.data')
        User = Pool().get('res.user')
        return Data.get_id('hazard', f'group_hazard_{name}') in set(
            User.get_groups())

    def is_not(self, name):
        "Return the domain by which none of the own employees is in a field."
        return ['OR', (name, '=', None), (name, 'not in', list(self.own))]

    def get_units(self, barred=None):
        """Return the domain of the units for which it is the user's turn.

        barred names the field of who must not act: where it is the only one
        who could, the next above is asked.
        """
        units, instead = [], defaultdict(list)
        for unit in self._units:
            nearest = self._get_leaders(unit)
            if self._is_asked(nearest):
                units.append(unit)
            elif len(nearest) == 1 and self._is_asked(
                    self._get_leaders(unit, nearest)):
                instead[min(nearest)].append(unit)
        domain = [('unit', 'in', units)]
        if not barred:
            return domain
        return ['OR', [domain, self.is_not(barred)], *(
                [('unit', 'in', units), (barred, '=', employee)]
                for employee, units in instead.items())]

    def _is_asked(self, leaders):
        return bool(leaders & self.acting) or (
            not leaders and self._is_safety)

    @cached_property
    def _is_safety(self):
        return self.is_in('safety')

    @cached_property
    def _units(self):
        "The units that may have nobody nearer than the user."
        pool = Pool()
        Unit = pool.get('safety.unit')
        User = pool.get('res.user')
        if self._is_safety:
            return list(map(int, Unit.search([
                            ('company', 'in', User.get_own()[0])])))
        return User.get_led_units()

    @cached_property
    def _leaders(self):
        return Leaders(self._units)

    @cached_property
    def _unable(self):
        "Leaders without a login that could act."
        Data = Pool().get('ir.model.data')
        able = group_members(
            Data.get_id('hazard', 'group_hazard_leader'),
            Pool().get('res.user').get_own()[0])
        return self._leaders.employees - set(chain(*able.values()))

    def _get_leaders(self, unit, without=frozenset()):
        return self._leaders.get(unit, self._unable | without)


def with_login():
    "Return the query of the employees whose users can log in."
    pool = Pool()
    user = pool.get('res.user').__table__()
    user_employee = pool.get('res.user-company.employee').__table__()
    return user_employee.join(
        user, condition=user_employee.user == user.id).select(
        user_employee.employee, where=user.active == Literal(True))
