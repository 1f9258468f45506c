# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from sql import Literal, Null
from sql.aggregate import Count
from sql.conditionals import Coalesce
from sql.operators import Or

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.clock import today
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.workflow import (
    LoopMixin, acting_employee, now, step)
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from ..exceptions import InspectionError
from ..loop import notice

_OPEN = ['draft', 'running']


class Inspection(LoopMixin, ModelSQL, ModelView):
    __name__ = 'hazard.inspection'

    _editable = frozenset({
            'company', 'checklist', 'unit', 'place', 'planned_on',
            'inspectors', 'note', 'lines', 'hazards'})
    _editable_states = tuple(_OPEN)
    _planned_fields = frozenset({'company', 'checklist', 'unit', 'planned_on'})

    _states = {
        'readonly': (Eval('state') != 'draft') | Eval('period'),
        }

    checklist = fields.Many2One(
        'hazard.checklist', "Checklist", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))], states=_states)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_states)
    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))], states=_states)
    place = fields.Many2One(
        'hazard.place', "Place", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        states={
            'readonly': ~Eval('state').in_(_OPEN),
            })
    inspectors = fields.Many2Many(
        'hazard.inspection-company.employee', 'inspection', 'employee',
        "Inspectors",
        domain=[('company', '=', Eval('company', -1))],
        states={
            'readonly': ~Eval('state').in_(_OPEN),
            },
        help="The persons who make the round, "
        "besides the leaders of the unit.")
    planned_on = fields.Date("Planned on", required=True, states=_states)
    shift = fields.Many2One(
        'safety.shift', "Shift", readonly=True, ondelete='RESTRICT',
        states={
            'invisible': ~Eval('shift'),
            })
    period = fields.Char("Period", readonly=True)
    opens_at = fields.DateTime(
        "Opens at", readonly=True,
        help="The round cannot start before.")
    due_at = fields.DateTime("Due at", readonly=True)
    timing = fields.Function(
        fields.Selection([
                (None, ""),
                ('planned', "Planned"),
                ('due', "Due today"),
                ('missed', "Missed"),
                ('late', "Done late"),
                ], "Timing", sort=False),
        'get_timing', searcher='search_timing')
    lines = fields.One2Many(
        'hazard.inspection.line', 'inspection', "Lines",
        states={
            'readonly': Eval('state') != 'running',
            })
    hazards = fields.One2Many(
        'hazard.hazard', 'inspection', "Hazards", readonly=True)
    hazard_count = fields.Function(
        fields.Integer("Hazards Found"), 'get_hazard_count')
    note = fields.Text(
        "Note",
        states={
            'readonly': ~Eval('state').in_(_OPEN),
            })
    started_by = fields.Many2One(
        'company.employee', "Started by", readonly=True)
    started_at = fields.DateTime("Started at", readonly=True)
    stated_by = fields.Many2One(
        'company.employee', "Nothing Found Stated by", readonly=True)
    stated_at = fields.DateTime("Nothing Found Stated at", readonly=True)
    done_by = fields.Many2One(
        'company.employee', "Done by", readonly=True)
    done_at = fields.DateTime("Done at", readonly=True)
    cancelled_by = fields.Many2One(
        'company.employee', "Cancelled by", readonly=True)
    cancelled_at = fields.DateTime("Cancelled at", readonly=True)
    cancel_reason = fields.Text(
        "Reason of Cancellation", readonly=True,
        states={
            'invisible': Eval('state') != 'cancelled',
            })
    due_reminded_at = fields.DateTime("Reminded as Due at", readonly=True)
    missed_reminded_at = fields.DateTime(
        "Reminded as Missed at", readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('running', "Running"),
            ('done', "Done"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('period_unique', Unique(t, t.checklist, t.period),
                'hazard.msg_inspection_period_unique'),
            ]
        opened = t.state.in_(_OPEN)
        cls._sql_indexes.update({
                Index(t,
                    (t.company, Index.Equality()),
                    (t.due_at, Index.Range()),
                    where=opened),
                Index(t,
                    (t.unit, Index.Equality()),
                    (t.planned_on, Index.Range())),
                Index(t,
                    (t.company, Index.Equality()),
                    (t.planned_on, Index.Range())),
                })
        cls._order = [
            ('planned_on', 'DESC'),
            ('opens_at', 'DESC NULLS LAST'),
            ('id', 'DESC'),
            ]
        cls._transitions |= {
            ('draft', 'running'),
            ('running', 'done'),
            ('draft', 'cancelled'),
            ('running', 'cancelled'),
            }
        cls._buttons.update({
                'start': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-launch',
                    'depends': ['state'],
                    },
                'zero_report': {
                    'invisible': (
                        (Eval('state') != 'running')
                        | Eval('hazard_count', 0)),
                    'icon': 'tryton-ok',
                    'depends': ['state', 'hazard_count'],
                    },
                'finish': {
                    'invisible': Eval('state') != 'running',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': ~Eval('state').in_(_OPEN),
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_planned_on(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_inspectors(cls):
        context = Transaction().context
        if (context.get('company') is not None
                and context.get('employee') is not None):
            return [context['employee']]

    @classmethod
    def default_state(cls):
        return 'draft'

    @fields.depends(
        'checklist', '_parent_checklist.company', '_parent_checklist.unit',
        '_parent_checklist.place')
    def on_change_checklist(self):
        if self.checklist:
            self.company = self.checklist.company
            self.unit = self.checklist.unit
            self.place = self.checklist.place

    @classmethod
    def get_timing(cls, inspections, name):
        at, (_, end) = now(), today()
        return {i.id: i._get_timing(at, end) for i in inspections}

    def _get_timing(self, at, end):
        if self.state == 'done':
            if self.due_at and self.done_at > self.due_at:
                return 'late'
        elif self.state in _OPEN:
            if self.due_at and self.due_at < at:
                return 'missed'
            if not self.due_at or self.due_at <= end:
                return 'due'
            return 'planned'

    @classmethod
    def search_timing(cls, name, clause):
        _, operator, operand = clause
        if operator in {'=', '!='}:
            operand = [operand]
        table = cls.__table__()
        conditions = cls._timing_conditions(table)
        where = Literal(False)
        for timing in operand:
            if timing is None:
                where |= ~Coalesce(Or(conditions.values()), False)
            else:
                where |= conditions.get(timing, Literal(False))
        operator = 'in' if operator in {'=', 'in'} else 'not in'
        return [('id', operator, table.select(table.id, where=where))]

    @classmethod
    def _timing_conditions(cls, table):
        opened = table.state.in_(_OPEN)
        _, end = today()
        return {
            'planned': opened & (table.due_at > end),
            'due': opened & (
                (table.due_at == Null)
                | ((table.due_at >= now()) & (table.due_at <= end))),
            'missed': opened & (table.due_at < now()),
            'late': (table.state == 'done') & (table.done_at > table.due_at),
            }

    @classmethod
    def get_hazard_count(cls, inspections, name):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        table = Hazard.__table__()
        cursor = Transaction().connection.cursor()
        counts = dict.fromkeys((i.id for i in inspections), 0)
        cursor.execute(*table.select(
                table.inspection, Count(table.id),
                where=fields.SQL_OPERATORS['in'](
                    table.inspection, list(counts))
                & (table.state != 'cancelled'),
                group_by=[table.inspection]))
        counts.update(cursor)
        return counts

    def get_rec_name(self, name):
        pool = Pool()
        Lang = pool.get('ir.lang')
        names = [
            self.checklist.rec_name, Lang.get().strftime(self.planned_on)]
        if self.shift:
            names.append(self.shift.rec_name)
        return ' '.join(names)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('checklist.rec_name', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'cancelled', 'muted', '')),
            ('/tree/field[@name="timing"]', 'visual',
                If(Eval('timing') == 'missed', 'danger',
                    If(Eval('timing').in_(['due', 'late']), 'warning', ''))),
            ]

    @classmethod
    def check_modification(
            cls, mode, inspections, values=None, external=False):
        super().check_modification(
            mode, inspections, values=values, external=external)
        for inspection in inspections:
            if mode == 'write' and inspection.state not in _OPEN:
                raise AccessError(gettext(
                        'hazard.msg_inspection_modify_ended',
                        inspection=inspection.rec_name))
            if mode == 'delete' and (
                    inspection.state != 'draft'
                    or external and inspection.period):
                raise AccessError(gettext(
                        'hazard.msg_inspection_delete',
                        inspection=inspection.rec_name))

    @classmethod
    def _check_editable(cls, records, values):
        super()._check_editable(records, values)
        for record in records:
            if record.period or record.state != 'draft':
                for name in values.keys() & cls._planned_fields:
                    if cls._is_changed(record, name, values[name]):
                        cls._refuse_field(record, name)

    @classmethod
    def copy(cls, inspections, default=None):
        default = default.copy() if default is not None else {}
        for name in {
                'period', 'opens_at', 'due_at', 'shift', 'lines', 'hazards',
                'started_by', 'started_at', 'stated_by', 'stated_at',
                'done_by', 'done_at', 'cancelled_by', 'cancelled_at',
                'cancel_reason', 'due_reminded_at', 'missed_reminded_at'}:
            default.setdefault(name)
        default.setdefault('state', 'draft')
        return super().copy(inspections, default=default)

    @classmethod
    def planned(cls, checklist, period, **values):
        "Return an unsaved round of the checklist in the period."
        return cls(
            checklist=checklist, company=checklist.company,
            unit=checklist.unit, place=checklist.place,
            inspectors=checklist.inspectors, period=period, state='draft',
            **values)

    @classmethod
    @step('running')
    def start(cls, inspections):
        pool = Pool()
        Line = pool.get('hazard.inspection.line')
        lines = []
        for inspection in inspections:
            inspection.check_start()
            lines.extend(
                Line(inspection=inspection, item=line.item,
                    sequence=line.sequence)
                for line in inspection.checklist.lines)
        cls.move(inspections, 'running', 'started')
        Line.save(lines)

    def check_start(self):
        if not self.checklist.lines:
            raise InspectionError(gettext(
                    'hazard.msg_inspection_no_line',
                    checklist=self.checklist.rec_name))
        if (self.opens_at and self.opens_at > now()
                or self.planned_on > self._today):
            raise InspectionError(gettext(
                    'hazard.msg_inspection_early',
                    inspection=self.rec_name))

    @classmethod
    @step('done')
    def zero_report(cls, inspections):
        at = now()
        for inspection in inspections:
            inspection.check_complete()
            inspection.check_zero()
            inspection.stated_by = acting_employee(inspection.company)
            inspection.stated_at = at
            if not inspection.stated_by:
                raise InspectionError(gettext(
                        'hazard.msg_inspection_zero_nobody'))
        cls.move(inspections, 'done', 'done')

    @classmethod
    @step('done')
    def finish(cls, inspections):
        for inspection in inspections:
            inspection.check_complete()
            inspection.check_hazards()
        cls.move(inspections, 'done', 'done')

    @classmethod
    @step('cancelled')
    def cancel(cls, inspections):
        for inspection in inspections:
            inspection.cancel_reason = get_reason(
                'hazard.wizard_inspection_cancel')
        cls.move(inspections, 'cancelled', 'cancelled')

    @property
    def _today(self):
        pool = Pool()
        Date = pool.get('ir.date')
        with Transaction().set_context(company=self.company.id):
            return Date.today()

    @property
    def _found(self):
        return [h for h in self.hazards if h.state != 'cancelled']

    def check_complete(self):
        for line in self.lines:
            if not line.result:
                raise InspectionError(gettext(
                        'hazard.msg_inspection_unchecked',
                        item=line.item.rec_name))

    def check_zero(self):
        if self._found or any(ln.result == 'hazard' for ln in self.lines):
            raise InspectionError(gettext(
                    'hazard.msg_inspection_zero_hazard',
                    inspection=self.rec_name))
        if not any(line.result == 'ok' for line in self.lines):
            raise InspectionError(gettext(
                    'hazard.msg_inspection_zero_unchecked',
                    inspection=self.rec_name))

    def check_hazards(self):
        found = self._found
        if not found:
            raise InspectionError(gettext(
                    'hazard.msg_inspection_no_hazard',
                    inspection=self.rec_name))
        if any(h.state == 'draft' for h in found):
            raise InspectionError(gettext(
                    'hazard.msg_inspection_hazard_draft',
                    inspection=self.rec_name))
        items = {h.check_item for h in found}
        for line in self.lines:
            if line.result == 'hazard' and line.item not in items:
                raise InspectionError(gettext(
                        'hazard.msg_inspection_hazard_missing',
                        item=line.item.rec_name))

    @classmethod
    def remind_rounds(cls):
        "Remind of due and missed rounds, called by the scheduler."
        company = Transaction().context.get('company')
        domain = [('state', 'in', _OPEN)]
        if company is not None:
            domain.append(('company', '=', company))
        at = now()
        cls._remind([domain,
                ('state', '=', 'draft'),
                ('due_reminded_at', '=', None),
                ('opens_at', '<=', at),
                ('due_at', '>', at),
                ('due_at', '<=', at + dt.timedelta(days=1)),
                ], 'due')
        cls._remind([domain,
                ('missed_reminded_at', '=', None),
                ('due_at', '<=', at),
                ], 'missed')

    @classmethod
    def _remind(cls, domain, step):
        inspections = cls.search(domain)
        if not inspections:
            return
        people = notice.People(inspections)
        at = now()
        audience = {}
        for inspection in inspections:
            employees = {e.id for e in inspection.inspectors}
            if step == 'missed' or not employees:
                employees |= people.get_leaders(inspection.unit)
            audience[inspection] = employees
            setattr(inspection, f'{step}_reminded_at', at)
        notice.notify(
            audience, f'hazard.msg_inspection_{step}', 'tryton-notification',
            describe=lambda i: i.unit.rec_name)
        cls.save(inspections)


class InspectionInspector(ModelSQL):
    __name__ = 'hazard.inspection-company.employee'

    inspection = fields.Many2One(
        'hazard.inspection', "Inspection", required=True, ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('inspection')

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        for record in records if external else []:
            if record.inspection.state not in _OPEN:
                raise AccessError(gettext(
                        'hazard.msg_inspection_modify_ended',
                        inspection=record.inspection.rec_name))


class InspectionCancel(ReasonWizard):
    __name__ = 'hazard.inspection.cancel'
    _button = 'cancel'


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # Nothing is added to a round once it is stated what was found.
        cls.inspection.domain.append(
            If(Eval('state') == 'draft',
                ('state', '=', 'running'),
                ()))
