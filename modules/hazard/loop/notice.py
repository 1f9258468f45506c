# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Who must act on what, and telling them in the application.

Everything works on batches with a number of queries that does not depend on
their size.
"""
from collections import defaultdict
from functools import cached_property

from sql import Literal

from trytond.model import fields
from trytond.modules.safety_base.notice import notify as notify_people
from trytond.modules.safety_base.workflow import now
from trytond.modules.safety_organization.leader import (
    Leaders, by_company, group_members, select_employees)
from trytond.pool import Pool

_in = fields.SQL_OPERATORS['in']


def actors(stages):
    """Return the set of ids of the employees who must act, by stage.

    Four-fix: the leaders of the unit. Rectification: the responsible.
    Recheck: whom the grade names as verifier, never who rectified. Plan: the
    leaders, the safety department and the mine's head in turn.
    A unit without leaders is led by those of its nearest parent; where there
    is nobody at all the safety department is asked, then the mine's leaders.
    """
    people = People(stages)
    return {s: people.get_actors(s) for s in stages}


def work_waiting(stages):
    "Tell whoever must act on the stages that the work waits for them."
    audience = actors(stages)
    for model, sub_stages in _by_model(stages).items():
        name = model.split('.')[-1]
        notify(
            {s: audience[s] for s in sub_stages},
            f'hazard.msg_notice_{name}', 'tryton-notification', work=True)


def work_handed(audience, employee, reason):
    """Tell that the work on the stages is no longer theirs.

    They may no longer read it, so it says all there is to know.
    """
    notify(
        audience, 'hazard.msg_notice_handed', 'tryton-switch',
        describe=lambda s: f'{employee}: {reason} ({_describe(s)})')


def plan_waiting(plans):
    "Tell whoever must draw up, check or approve the treatment plans."
    audience = actors(plans)
    for name in ['draw', 'check', 'approve']:
        notify(
            {p: audience[p] for p in plans if _plan_step(p) == name},
            f'hazard.msg_notice_plan_{name}', 'tryton-notification',
            work=True)


def _plan_step(plan):
    if plan.state == 'draft':
        return 'check' if plan.drawn_at else 'draw'
    return 'approve'


def second_asked(stages):
    "Tell the second persons that their confirmation is asked for."
    for model, sub_stages in _by_model(stages).items():
        name = model.split('.')[-1]
        notify(
            {s: {s.second_checker.id} for s in sub_stages},
            f'hazard.msg_notice_second_{name}', 'tryton-notification')


def urgent_danger(hazards):
    """Tell of urgent danger, and return who is concerned by hazard.

    These are the dispatch room and the leaders on duty; where there is no
    such room the safety department, where nobody is on duty the mine's
    leaders.
    """
    DutyLeader = Pool().get('hazard.duty_leader')
    people = People(hazards)
    on_duty = {c: DutyLeader.at(c, now()) for c in people.companies}
    audience = {}
    for hazard in hazards:
        company = hazard.company.id
        audience[hazard] = (
            (people.dispatch[company] or people.safety[company])
            | (on_duty[company] or people.mine[company]))
    notify(audience, 'hazard.msg_notice_urgent', 'tryton-warning')
    return audience


def hazard_closed(hazards):
    "Tell the reporters that their hazards are closed."
    notify(_reporters(hazards), 'hazard.msg_notice_closed', 'tryton-ok')


def hazard_returned(hazards):
    "Tell the reporters why their hazards were returned."
    notify(
        _reporters(hazards), 'hazard.msg_notice_returned', 'tryton-undo',
        describe=lambda h: h.return_reason)


def notify(audience, message, icon, describe=None, work=False):
    "Notify of records that belong to hazards, by default with place and text."
    return notify_people(
        audience, message, icon, describe or _describe, work=work)


class People:
    "Who may be asked about the stages, read once for all of them."

    def __init__(self, stages=(), companies=()):
        self.companies = {*companies, *(s.company.id for s in stages)}
        self.units = {s.unit.id for s in stages if s.unit}
        self.named = {
            e.id for s in stages for n in ['responsible', 'assignee']
            if (e := getattr(s, n, None))}

    def get_actors(self, stage):
        name = stage.__name__.split('.')[-1]
        employees, without = getattr(self, f'_get_{name}_actors')(stage)
        if assignee := getattr(stage, 'assignee', None):
            employees = {assignee.id}
        company = stage.company.id
        employees = employees - without
        if employees - self._unreachable:
            return employees
        # Who has no login is not told, so somebody else must be.
        return employees | (
            self.get_leaders(stage.unit, without)
            or self.safety[company] - without
            or self.mine[company] - without)

    def _get_four_fix_actors(self, stage):
        return self.get_leaders(stage.unit), set()

    def _get_rectification_actors(self, stage):
        return {stage.responsible.id} if stage.responsible else set(), set()

    def _get_plan_actors(self, plan):
        company = plan.company.id
        return {
            'draw': self.get_leaders(plan.unit),
            'check': self.safety[company],
            'approve': self.heads[company] or self.mine[company],
            }[_plan_step(plan)], set()

    def _get_acceptance_actors(self, stage):
        company = stage.company.id
        employees = self.safety[company]
        if stage.acceptor == 'head':
            employees = self.heads[company] or self.mine[company]
        employees = employees - {e.id for e in stage._barred() if e}
        if stage.outside:
            # It enters what was signed, whoever decides.
            employees |= self.safety[company]
        return employees, set()

    def _get_recheck_actors(self, stage):
        without = {stage.rectified_by.id} if stage.rectified_by else set()
        company = stage.company.id
        if stage.verifier == 'unit':
            employees = self.get_leaders(stage.unit, without)
        elif stage.verifier == 'leader':
            employees = self.mine[company]
        else:
            employees = self.safety[company] - without
            employees = employees or self.mine[company]
        return employees, without

    def _get_filing_actors(self, stage):
        return self.safety[stage.company.id], set()

    def _get_publication_actors(self, stage):
        return self.get_leaders(stage.unit), set()

    def get_leaders(self, unit, without=frozenset()):
        """Return who leads the unit or else its nearest parent.

        Who cannot be told does so only where nobody else does.
        """
        if not unit:
            return set()
        return (self._leaders.get(unit.id, without | self._unreachable)
            or self._leaders.get(unit.id, without))

    @cached_property
    def _leaders(self):
        return Leaders(self.units)

    @cached_property
    def _unreachable(self):
        "Of leaders and who is named, those who left or have no login."
        pool = Pool()
        UserEmployee = pool.get('res.user-company.employee')
        user = pool.get('res.user').__table__()
        user_employee = UserEmployee.__table__()
        employees = self.named | self._leaders.employees
        if not employees:
            return set()
        return employees - {e for e, in select_employees(
                user_employee.join(
                    user, condition=user_employee.user == user.id),
                user_employee.employee, [],
                where=(user.active == Literal(True))
                & _in(user_employee.employee, list(employees)))}

    @cached_property
    def safety(self):
        "The employees of the safety department, by company id."
        return self._get_members('group_hazard_safety')

    @cached_property
    def leading(self):
        "The employees who may do the work of leaders, by company id."
        return self._get_members('group_hazard_leader')

    @cached_property
    def heads(self):
        "The heads of the mines, by company id."
        return self._get_members('group_hazard_head')

    def _get_members(self, group):
        Data = Pool().get('ir.model.data')
        return group_members(Data.get_id('hazard', group), self.companies)

    @cached_property
    def dispatch(self):
        "The employees of the dispatch room, by company id."
        return self._get_members('group_hazard_dispatch')

    @cached_property
    def mine(self):
        "The leaders of the mines, by company id."
        pool = Pool()
        Leader = pool.get('safety.unit.leader')
        Unit = pool.get('safety.unit')
        leader = Leader.__table__()
        unit = Unit.__table__()
        rows = select_employees(
            leader.join(unit, condition=leader.unit == unit.id),
            leader.employee, [],
            where=(unit.kind == 'mine') & (unit.active == Literal(True)),
            companies=self.companies)
        return by_company(rows)


def _by_model(records):
    by_model = defaultdict(list)
    for record in records:
        by_model[record.__name__].append(record)
    return by_model


def _reporters(hazards):
    return {h: {h.found_by.id} if h.found_by else set() for h in hazards}


def _describe(record):
    hazard = getattr(record, 'hazard', record)
    parts = [
        hazard.place.rec_name if hazard.place else None,
        hazard.description,
        ]
    return ': '.join(filter(None, parts))
