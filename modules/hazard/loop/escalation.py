# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Reminding of open stages and climbing when nobody acts.

A stage is reminded of before it is due, its owner is told when it is overdue,
then its unit's leader, the safety department and the mine's leader, each
after the hours of the configuration. A step belongs to the deadline: it is
taken once on its day and again only if the deadline moves. Every step leaves
a reminder and one event, even if there was nobody to tell.
"""
import datetime as dt
from collections import defaultdict

from sql import Literal
from sql.conditionals import Coalesce

from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.server_written import (
    AppendOnlyMixin, ServerWrittenMixin)
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from ..exceptions import ReminderAccessError
from .escalation_step import STEPS
from .notice import People, notify
from .stage import get_parts

SLICE = 1_000


class Reminder(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'hazard.reminder'
    _refusal = ReminderAccessError, 'hazard.msg_reminder_modify'
    _log = False

    hazard = fields.Many2One(
        'hazard.hazard', "Hazard", required=True, ondelete='RESTRICT',
        readonly=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        readonly=True)
    stage = fields.Reference(
        "Stage", selection='get_stages', required=True, readonly=True)
    step = fields.Selection(
        [(name, step.label) for name, step in STEPS.items()], "Step",
        required=True, readonly=True, sort=False)
    day = fields.Date(
        "Day", required=True, readonly=True,
        help="The day on which the step was to be taken.")
    sent_at = fields.Timestamp("Sent At", required=True, readonly=True)
    users = fields.Many2Many(
        'hazard.reminder-res.user', 'reminder', 'user', "Users Told",
        readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls.__access__.add('hazard')
        cls._order = [('id', 'DESC')]
        cls._sql_constraints += [
            ('stage_step_day_unique',
                Unique(table, table.stage, table.step, table.day),
                'hazard.msg_reminder_unique'),
            ]
        cls._sql_indexes.add(
            Index(table,
                (table.stage, Index.Equality()),
                (table.step, Index.Equality()),
                (table.day, Index.Range())))

    @classmethod
    def get_stages(cls):
        pool = Pool()
        get_name = pool.get('ir.model').get_name
        return [(None, ''), *(
                (m.__name__, get_name(m.__name__)) for m in get_watched())]

    def get_rec_name(self, name):
        return self.hazard.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('hazard.rec_name', *clause[1:])]

    @classmethod
    def remind(cls):
        "Take the steps that are due of all open stages."
        with without_check_access():
            for company in get_companies():
                with Transaction().set_context(company=company.id):
                    for Stage in get_watched():
                        cls._remind_stages(Stage, company)

    @classmethod
    def _remind_stages(cls, Stage, company):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        delays = get_delays(Configuration.settings(company.id))
        now = cls._now()
        stages = cls._read_stages(Stage, company, now - min(delays.values()))
        for sub_stages in grouped_slice(stages, SLICE):
            due = cls._get_due(
                Stage, list(sub_stages), delays, company_zone(company), now)
            for step in delays:
                cls._take(Stage, step, due.get(step, {}), now)

    @classmethod
    def _read_stages(cls, Stage, company, until):
        """Return the id, opening and deadline of the stages due until a time.

        What an old ledger brought in overdue climbs from then on, instead of
        all steps at once. Whose hours count on working days waits for one.
        """
        pool = Pool()
        Day = pool.get('safety.day')
        Grade = pool.get('hazard.grade')
        Hazard = pool.get('hazard.hazard')
        cursor = Transaction().connection.cursor()
        stage = Stage.__table__()
        hazard = Hazard.__table__()
        grade = Grade.__table__()
        where = Literal(True)
        if not Day.is_working(
                local_day(cls._now(), company_zone(company)), company):
            where = Coalesce(
                grade.working_days, Literal(False)) == Literal(False)
        cursor.execute(*stage.join(
                hazard, condition=stage.hazard == hazard.id
                ).join(
                grade, condition=hazard.grade == grade.id
                ).select(
                stage.id, stage.opened_at, stage.due_at,
                stage.create_date, hazard.imported,
                where=stage.state.in_(Stage._waiting_states)
                & (stage.company == company.id)
                & (stage.due_at <= until) & where,
                order_by=[stage.due_at.asc, stage.id.asc]))
        return [
            (id_, opened_at, max(due_at, entered_at) if imported else due_at)
            for id_, opened_at, due_at, entered_at, imported in cursor]

    @classmethod
    def _get_due(cls, Stage, stages, delays, zone, now):
        "Return the days by stage id of the steps to take, by step"
        references = [f'{Stage.__name__},{id_}' for id_, *_ in stages]
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.stage, table.step, table.day,
                where=table.stage.in_(references)))
        taken = set(cursor.fetchall())
        due = defaultdict(dict)
        for reference, (id_, opened_at, due_at) in zip(references, stages):
            for step, delay in delays.items():
                if not is_due(step, opened_at, due_at, delay, now):
                    continue
                day = local_day(due_at + delay, zone)
                if (reference, step, day) not in taken:
                    due[step][id_] = day
        return due

    @classmethod
    def _take(cls, Stage, step, days, now):
        "Tell whom the step is for and record it"
        pool = Pool()
        Event = pool.get('hazard.event')
        if not days:
            return
        stages = Stage.browse(list(days))
        audience = get_audience(step, stages)
        told = notify(
            audience, f'hazard.msg_reminder_{step}', 'tryton-warning',
            work=True)
        names = get_names(audience)
        cls.create([{
                    'hazard': s.hazard.id,
                    'company': s.company.id,
                    'stage': str(s),
                    'step': step,
                    'day': days[s.id],
                    'sent_at': now,
                    'users': [('add', sorted(told.get(s, [])))],
                    } for s in stages])
        Event.append([{
                    'hazard': s.hazard,
                    'action': step,
                    'from_state': s.hazard.state,
                    'to_state': s.hazard.state,
                    'note': names[s],
                    'stage': s,
                    } for s in stages])

    @classmethod
    def _now(cls):
        return dt.datetime.now()


class ReminderUser(ServerWrittenMixin, ModelSQL):
    __name__ = 'hazard.reminder-res.user'
    _refusal = ReminderAccessError, 'hazard.msg_reminder_modify'

    reminder = fields.Many2One(
        'hazard.reminder', "Reminder", required=True, ondelete='CASCADE')
    user = fields.Many2One(
        'res.user', "User", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('reminder')


def get_watched():
    "Return the models of the stages of which people are reminded."
    return [m for m in get_parts() if m._reminded]


def get_delays(settings):
    "Return the time from the deadline to each step, as configured."
    return {
        name: dt.timedelta(hours=step.hours(settings))
        for name, step in STEPS.items()}


def is_due(step, opened_at, due_at, delay, now):
    """Is it time for the step?

    A stage that is opened too late for a reminder before its deadline, or is
    overdue already, is not reminded of.
    """
    if step == 'remind':
        return opened_at < due_at + delay <= now < due_at
    return due_at + delay <= now


def get_audience(step, stages):
    "Return the sets of ids of the employees whom the step tells, by stage."
    people = People(stages)
    return {s: STEPS[step].audience(people, s) for s in stages}


def get_names(audience):
    "Return the names of the employees of the audience, by record."
    pool = Pool()
    Employee = pool.get('company.employee')
    ids = sorted(set().union(*audience.values()))
    names = {e.id: e.rec_name for e in Employee.browse(ids)}
    return {
        r: ', '.join(names[e] for e in sorted(employees))
        for r, employees in audience.items()}
