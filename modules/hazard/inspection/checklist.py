# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from trytond.model import Index, ModelSQL, ModelView, fields, sequence_ordered
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.calendar_period import (
    FREQUENCIES, get_periods, to_utc)
from trytond.modules.safety_base.named import NamedMixin
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

PLAN_DAYS = 7


class Checklist(NamedMixin, ModelSQL, ModelView):
    __name__ = 'hazard.checklist'

    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        help="The unit that is responsible for the rounds.")
    post = fields.Char(
        "Post", help="The post that makes the rounds.")
    inspectors = fields.Many2Many(
        'hazard.checklist-company.employee', 'checklist', 'employee',
        "Inspectors",
        domain=[('company', '=', Eval('company', -1))],
        help="The persons who make the rounds.\n"
        "Leave empty to let the leaders of the unit choose.")
    frequency = fields.Selection(
        FREQUENCIES, "Frequency", required=True, sort=False)
    start_on = fields.Date(
        "Plan from", required=True,
        help="The day from which rounds are planned.")
    place = fields.Many2One(
        'hazard.place', "Place", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])
    source = fields.Many2One(
        'hazard.source', "Source", ondelete='RESTRICT',
        help="The source of the hazards found in the rounds.")
    lines = fields.One2Many(
        'hazard.checklist.line', 'checklist', "Lines")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.company, Index.Equality()),
                    (t.unit, Index.Equality())),
                })
        cls._buttons.update({
                'plan': {
                    'icon': 'tryton-refresh',
                    },
                })

    @classmethod
    def default_frequency(cls):
        return 'daily'

    @classmethod
    def default_start_on(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_source(cls):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        try:
            return ModelData.get_id('hazard', 'source_routine')
        except KeyError:
            return None

    @classmethod
    def copy(cls, checklists, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('code')
        return super().copy(checklists, default=default)

    @classmethod
    @ModelView.button
    def plan(cls, checklists):
        "Plan the rounds of the coming days, each only once."
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        wanted = {}
        for checklist in checklists:
            if checklist.active:
                wanted.update(checklist._get_rounds())
        drafts, planned = cls._get_planned(checklists, wanted)
        Inspection.delete([r for k, r in drafts.items() if k not in wanted])
        # Who starts in the afternoon did not miss the shifts of the morning.
        Inspection.save([
                Inspection.planned(*k, **v) for k, v in wanted.items()
                if k not in planned and v['due_at'] > now()])

    @classmethod
    def plan_rounds(cls):
        "Plan the rounds of all checklists, called by the scheduler."
        for company in get_companies():
            with Transaction().set_context(
                    company=company.id, active_test=False):
                cls.plan(cls.search([('company', '=', company.id)]))

    def _get_rounds(self):
        "Return the values of the coming rounds by checklist and period."
        pool = Pool()
        Date = pool.get('ir.date')
        with Transaction().set_context(company=self.company.id):
            today = Date.today()
        start = max(today, self.start_on)
        shifts = self._get_shifts() if self.frequency == 'shift' else []
        rounds = {}
        for period in get_periods(
                self.frequency, start, today + dt.timedelta(days=PLAN_DAYS)):
            if self.frequency == 'shift':
                for shift in shifts:
                    rounds[self, f'{period.key}/{shift.code}'] = (
                        self._get_shift_round(period, shift))
            else:
                rounds[self, period.key] = self._get_round(period)
        return rounds

    def _get_shifts(self):
        pool = Pool()
        Configuration = pool.get('safety.configuration')
        shift_set = Configuration(1).get_multivalue(
            'shift_set', company=self.company.id)
        return [s for s in shift_set.shifts if s.active] if shift_set else []

    def _get_round(self, period):
        timezone = self.company.timezone
        end = period.end + dt.timedelta(days=1)
        return {
            'planned_on': period.start,
            'opens_at': to_utc(period.start, dt.time.min, timezone),
            'due_at': to_utc(end, dt.time.min, timezone),
            }

    def _get_shift_round(self, period, shift):
        timezone = self.company.timezone
        end = period.start
        if shift.end <= shift.start:
            end += dt.timedelta(days=1)
        return {
            'planned_on': period.start,
            'shift': shift,
            'opens_at': to_utc(period.start, shift.start, timezone),
            'due_at': to_utc(end, shift.end, timezone),
            }

    @classmethod
    def _get_planned(cls, checklists, wanted):
        """Return the rounds by checklist and period that are still to come
        and the keys of those that exist."""
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        ids = [c.id for c in checklists]
        drafts = {
            (r.checklist, r.period): r for r in Inspection.search([
                    ('checklist', 'in', ids),
                    ('state', '=', 'draft'),
                    ('period', '!=', None),
                    ('opens_at', '>', now()),
                    ])}
        planned = {
            (r.checklist, r.period) for r in Inspection.search([
                    ('checklist', 'in', ids),
                    ('period', 'in', [p for _, p in wanted]),
                    ])}
        return drafts, planned


class ChecklistLine(
        CopyAccessMixin, sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'hazard.checklist.line'

    checklist = fields.Many2One(
        'hazard.checklist', "Checklist", required=True, ondelete='CASCADE')
    item = fields.Many2One(
        'hazard.check_item', "Check Item", required=True,
        ondelete='RESTRICT')
    method = fields.Function(
        fields.Text("Method"), 'on_change_with_method')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('checklist')

    @fields.depends('item')
    def on_change_with_method(self, name=None):
        return self.item.method if self.item else None

    def get_rec_name(self, name):
        return self.item.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('item.rec_name', *clause[1:])]


class ChecklistInspector(ModelSQL):
    __name__ = 'hazard.checklist-company.employee'

    checklist = fields.Many2One(
        'hazard.checklist', "Checklist", required=True, ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='CASCADE')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('checklist')
