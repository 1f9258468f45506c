# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.access import CopyAccessMixin, writable
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.reason import (
    ReasonWizard, StepWizard, get_reason)
from trytond.modules.safety_base.turn import take_turn
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.pyson import Bool, Date, Eval, If
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import Button, StateTransition, StateView

from ..day import get_today
from ..exceptions import AssignmentAccessError, AssignmentError

DAY = dt.timedelta(days=1)
WAYS = [
    ('hand', "By Hand"),
    ('evenly', "Evenly"),
    ('trade', "By Trade"),
    ('township', "By Township"),
    ('proportion', "In Proportion"),
    ]
_KINDS = ['bureau', 'section']


class Assignment(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'supervision.assignment'
    _rule_context_organization = True
    _written = {'ended_at', 'ended_by', 'end_reason'}

    _states = {
        'readonly': Eval('id', -1) > 0,
        }

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_states)
    enterprise = fields.Many2One(
        'supervision.enterprise', "Enterprise", required=True,
        ondelete='RESTRICT', states=_states,
        domain=[('company', '=', Eval('company', -1))])
    section = fields.Many2One(
        'safety.unit', "Section", required=True, ondelete='RESTRICT',
        states=_states,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('kind', 'in', _KINDS),
            ])
    officer = fields.Many2One(
        'company.employee', "Officer", ondelete='RESTRICT', states=_states,
        domain=[('company', '=', Eval('company', -1))],
        help="Who looks after the enterprise.")
    start = fields.Date("From", required=True, states=_states)
    end = fields.Date(
        "To", states=_states,
        domain=[
            If(Bool(Eval('start')) & Bool(Eval('end')),
                ('end', '>=', Eval('start', None)),
                ()),
            ],
        help="The last day. Leave empty where none is known.")
    dealt = fields.Selection(
        WAYS, "Dealt", required=True, readonly=True, sort=False)
    ended_at = fields.DateTime(
        "Ended at", readonly=True,
        states={
            'invisible': ~Eval('ended_at'),
            })
    ended_by = fields.Many2One(
        'company.employee', "Ended by", readonly=True, ondelete='RESTRICT',
        states={
            'invisible': ~Eval('ended_at'),
            })
    end_reason = fields.Text(
        "Reason of the End", readonly=True,
        states={
            'invisible': ~Eval('end_reason'),
            })
    changes = fields.One2Many(
        'supervision.assignment.change', 'assignment', "Changes",
        readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('start', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.update({
                Index(t, (t.enterprise, Index.Equality()),
                    (t.start, Index.Range(order='DESC'))),
                Index(t, (t.officer, Index.Equality()),
                    where=t.ended_at == Null),
                Index(t, (t.section, Index.Equality()),
                    where=t.ended_at == Null),
                Index(t, (t.company, Index.Equality()),
                    (t.start, Index.Range(order='DESC'))),
                })
        over = Bool(Eval('ended_at')) | (Eval('end', Date()) < Date())
        for name in ['end_', 'reassign']:
            cls._buttons[name] = {
                'invisible': over,
                'depends': ['ended_at', 'end'],
                }

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_start(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_dealt(cls):
        return 'hand'

    @fields.depends('officer', 'section')
    def on_change_officer(self):
        if not self.section and self.officer and self.officer.unit:
            if self.officer.unit.kind in _KINDS:
                self.section = self.officer.unit

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Bool(Eval('ended_at')) | (Eval('end', Date()) < Date()),
                    'muted', '')),
            ]

    def get_rec_name(self, name):
        whom = self.officer or self.section
        return f'{self.enterprise.rec_name} → {whom.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(
            clause, 'enterprise.rec_name', 'section.rec_name',
            'officer.rec_name')

    @classmethod
    def get_lasting(cls, day):
        "Return the domain of the assignments that end after the day or on it."
        return [
            ('ended_at', '=', None),
            ['OR', ('end', '=', None), ('end', '>=', day)],
            ]

    @classmethod
    def get_current(cls, day):
        "Return the domain of the assignments that hold on the day."
        return [*cls.get_lasting(day), ('start', '<=', day)]

    @classmethod
    def get_officers(cls, company):
        "Return the ids of the employees of the company with an officer's rank"
        pool = Pool()
        Group = pool.get('res.group')
        ModelData = pool.get('ir.model.data')
        User = pool.get('res.user')
        officer = ModelData.get_id(
            'hazard_supervision', 'group_supervision_officer')
        today = get_today(company)
        with without_check_access():
            groups = Group.search([
                    'OR',
                    ('id', '=', officer),
                    ('parent', 'child_of', [officer]),
                    ])
            users = User.search([
                    ('groups', 'in', [g.id for g in groups]),
                    ('employees.company', '=', int(company)),
                    ])
            return {
                e.id for u in users for e in u.employees
                if e.company.id == int(company)
                and not (e.end_date and e.end_date < today)}

    @classmethod
    def validate_fields(cls, assignments, field_names):
        super().validate_fields(assignments, field_names)
        if field_names and field_names <= {*cls._written, 'end'}:
            return
        take_turn(list({a.enterprise for a in assignments}))
        cls._check_officers(assignments)
        cls._check_overlap(assignments)

    @classmethod
    def _check_officers(cls, assignments):
        officers = {
            c: cls.get_officers(c)
            for c in {a.company for a in assignments if a.officer}}
        for assignment in assignments:
            officer = assignment.officer
            if officer and officer.id not in officers[assignment.company]:
                raise AssignmentError(gettext(
                        'hazard_supervision.msg_assignment_officer',
                        officer=officer.rec_name,
                        enterprise=assignment.enterprise.rec_name))

    @classmethod
    def _check_overlap(cls, assignments):
        table, other = cls.__table__(), cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.join(
                other, condition=(table.enterprise == other.enterprise)
                & (table.id != other.id)).select(
                table.id,
                where=fields.SQL_OPERATORS['in'](
                    table.id, [a.id for a in assignments])
                & (table.ended_at == Null) & (other.ended_at == Null)
                & ((table.end == Null) | (table.end >= other.start))
                & ((other.end == Null) | (other.end >= table.start)),
                limit=1))
        if row := cursor.fetchone():
            assignment = cls(row[0])
            raise AssignmentError(gettext(
                    'hazard_supervision.msg_assignment_overlap',
                    enterprise=assignment.enterprise.rec_name))

    @classmethod
    def check_modification(
            cls, mode, assignments, values=None, external=False):
        super().check_modification(
            mode, assignments, values=values, external=external)
        if mode == 'delete' or external and mode == 'write':
            raise AssignmentAccessError(gettext(
                    'hazard_supervision.msg_assignment_kept',
                    assignment=assignments[0].rec_name))
        for assignment in assignments if external else []:
            if (assignment.start < get_today(assignment.company)
                    or any(getattr(assignment, n) for n in cls._written)):
                raise AssignmentAccessError(gettext(
                        'hazard_supervision.msg_assignment_past',
                        assignment=assignment.rec_name))

    @classmethod
    def on_modification(cls, mode, assignments, field_names=None):
        Change = Pool().get('supervision.assignment.change')
        super().on_modification(mode, assignments, field_names=field_names)
        if mode == 'create':
            Change.append(assignments, 'assigned')

    @classmethod
    def copy(cls, assignments, default=None):
        default = default.copy() if default is not None else {}
        for name in ['changes', *cls._written]:
            default.setdefault(name)
        return super().copy(assignments, default=default)

    @classmethod
    def close(cls, assignments, reason, start=None):
        """End the assignments, at once unless others begin later on start."""
        Change = Pool().get('supervision.assignment.change')
        at = now()
        for assignment in assignments:
            today = get_today(assignment.company)
            if start and start > max(today, assignment.start):
                assignment.end = start - DAY
            else:
                assignment.end = max(today, assignment.start)
                assignment.ended_at = at
                assignment.ended_by = acting_employee(assignment.company)
            assignment.end_reason = reason
        with without_check_access():
            cls.save(assignments)
            Change.append(assignments, 'ended', reason)

    @classmethod
    def check_lasting(cls, assignments):
        "Raise AssignmentError for those that have ended."
        for assignment in assignments:
            if assignment.ended_at or (
                    assignment.end
                    and assignment.end < get_today(assignment.company)):
                raise AssignmentError(gettext(
                        'hazard_supervision.msg_assignment_ended',
                        assignment=assignment.rec_name))

    @classmethod
    @writable
    @ModelView.button
    def end_(cls, assignments):
        "End the assignments at once."
        if not assignments:
            return
        cls.check_lasting(assignments)
        reason = get_reason('hazard_supervision.wizard_assignment_end')
        cls.close(assignments, reason)
        return 'reload'

    @classmethod
    @writable
    @ModelView.button
    def reassign(cls, assignments):
        "Give the enterprises to another section or officer from today."
        if not assignments:
            return
        cls.check_lasting(assignments)
        reason = get_reason('hazard_supervision.wizard_assignment_reassign')
        section = from_context('section', int)
        officer = from_context('officer', int)
        if any(
                (a.section.id, a.officer.id if a.officer else None)
                == (section, officer) for a in assignments):
            raise AssignmentError(gettext(
                    'hazard_supervision.msg_assignment_same',
                    assignment=assignments[0].rec_name))
        values = [{
                'company': a.company.id,
                'enterprise': a.enterprise.id,
                'section': section,
                'officer': officer,
                'start': max(get_today(a.company), a.start),
                'end': a.end,
                } for a in assignments]
        cls.close(assignments, reason)
        with check_access():
            cls.create(values)
        return 'reload'


class End(ReasonWizard):
    __name__ = 'supervision.assignment.end'
    _button = 'end_'


class Reassign(StepWizard):
    __name__ = 'supervision.assignment.reassign'
    _button = 'reassign'
    start_state = 'ask'

    ask = StateView(
        'supervision.assignment.reassign.ask',
        'hazard_supervision.supervision_assignment_reassign_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Reassign", 'reassign', 'tryton-ok', default=True),
            ])
    reassign = StateTransition()

    def transition_reassign(self):
        officer = self.ask.officer
        return self.press_button(
            reason=self.ask.reason, section=self.ask.section.id,
            officer=officer.id if officer else None)


class ReassignAsk(ModelView):
    __name__ = 'supervision.assignment.reassign.ask'

    section = fields.Many2One(
        'safety.unit', "Section", required=True,
        domain=[
            ('company', '=', Eval('context', {}).get('company', -1)),
            ('kind', 'in', _KINDS),
            ])
    officer = fields.Many2One(
        'company.employee', "Officer",
        domain=[('company', '=', Eval('context', {}).get('company', -1))])
    reason = fields.Text("Reason", required=True)
