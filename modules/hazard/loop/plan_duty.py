# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Who may check and approve a treatment plan: nobody an own one."

from trytond.i18n import gettext
from trytond.modules.safety_base.workflow import check_actor
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool

from ..exceptions import PlanError


def check_checker(plans):
    "Raise PlanError for plans that who acts has drawn up."
    _check(plans, {'draw'}, ['drawn_by'], 'msg_plan_check_own')


def check_approver(plans):
    "Raise PlanError for plans which who acts has drawn up or checked."
    _check(
        plans, {'draw', 'check'}, ['drawn_by', 'checked_by'],
        'msg_plan_approve_own')


def _check(plans, actions, names, message):
    Event = Pool().get('hazard.event')
    check_actor(p.company for p in plans)
    person = acting_person()
    users = Event.get_users([p.hazard for p in plans])
    checker = person | represented_people()
    for plan in plans:
        acted = set().union(
            plan.writers, *(users[str(plan), a] for a in actions))
        if checker.is_any([getattr(plan, n) for n in names], acted):
            raise PlanError(gettext(
                    f'hazard.{message}', hazard=plan.hazard.rec_name))
