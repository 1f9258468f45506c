# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql.aggregate import Count, Sum
from sql.conditionals import Case

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.hazard.loop import notice
from trytond.modules.safety_base.access import writable
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.workflow import (
    LoopMixin, acting_employee, step)
from trytond.modules.safety_organization.person import acting_person
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from ..child_record import ChildMixin
from ..exceptions import SessionError
from ..training import TrainingMixin, find_people, today

OPEN = ['draft', 'planned', 'running']
_COUNTS = ['invited', 'present', 'absent']


class Session(TrainingMixin, LoopMixin, ModelSQL, ModelView):
    __name__ = 'training.session'

    _editable = frozenset({
            'company', 'course', 'starts_at', 'ends_at', 'place', 'trainer',
            'external_trainer', 'capacity', 'kinds', 'units', 'attendances',
            'note'})
    _editable_states = tuple(OPEN)
    _planned_fields = frozenset({'company', 'course'})

    _states = {
        'readonly': ~Eval('state').in_(['draft', 'planned']),
        }
    _states_open = {
        'readonly': ~Eval('state').in_(OPEN),
        }

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states={
            'readonly': Eval('state') != 'draft',
            })
    course = fields.Many2One(
        'training.course', "Course", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        states={
            'readonly': Eval('state') != 'draft',
            })
    course_kind = fields.Function(
        fields.Selection('get_course_kinds', "Kind"),
        'on_change_with_course_kind', searcher='search_course_kind')
    starts_at = fields.DateTime(
        "Starts at", required=True, format='%H:%M', states=_states)
    ends_at = fields.DateTime(
        "Ends at", required=True, format='%H:%M',
        domain=[If(Bool(Eval('ends_at')) & Bool(Eval('starts_at')),
                ('ends_at', '>', Eval('starts_at', None)), ())],
        states=_states)
    place = fields.Char("Place", required=True, states=_states)
    trainer = fields.Many2One(
        'company.employee', "Trainer", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        states={
            'readonly': _states['readonly'],
            'required': (
                ~Eval('external_trainer') & (Eval('state') != 'cancelled')),
            },
        help="May start and finish the session and take the attendance.")
    external_trainer = fields.Char(
        "External Trainer", states=_states,
        help="Who trains but is no employee.")
    capacity = fields.Integer(
        "Capacity",
        domain=['OR',
            ('capacity', '=', None),
            ('capacity', '>', 0),
            ],
        states=_states)
    kinds = fields.Many2Many(
        'training.session-safety.member.kind', 'session', 'kind',
        "Invited Kinds", states=_states,
        help="Candidates, active and suspended members of these kinds are "
        "invited.")
    units = fields.Many2Many(
        'training.session-safety.unit', 'session', 'unit', "Invited Units",
        domain=[('company', '=', Eval('company', -1))], states=_states,
        help="Only people of these units and of those below them are "
        "invited. Without kinds all of their employees are.")
    attendances = fields.One2Many(
        'training.attendance', 'session', "Attendance", states=_states_open)
    invited = fields.Function(fields.Integer("Invited"), 'get_count')
    present = fields.Function(fields.Integer("Present"), 'get_count')
    absent = fields.Function(fields.Integer("Absent"), 'get_count')
    note = fields.Text("Note", states=_states_open)
    planned_by = fields.Many2One(
        'company.employee', "Planned by", readonly=True)
    planned_at = fields.DateTime("Planned at", readonly=True)
    started_by = fields.Many2One(
        'company.employee', "Started by", readonly=True)
    started_at = fields.DateTime("Started at", readonly=True)
    done_by = fields.Many2One('company.employee', "Done by", readonly=True)
    done_at = fields.DateTime("Done at", readonly=True)
    cancelled_by = fields.Many2One(
        'company.employee', "Cancelled by", readonly=True)
    cancelled_at = fields.DateTime("Cancelled at", readonly=True)
    cancel_reason = fields.Text(
        "Reason of Cancellation", readonly=True,
        states={
            'invisible': Eval('state') != 'cancelled',
            })
    state = fields.Selection([
            ('draft', "Draft"),
            ('planned', "Planned"),
            ('running', "Running"),
            ('done', "Done"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t,
                    (t.company, Index.Equality()),
                    (t.starts_at, Index.Range(order='DESC'))),
                Index(t,
                    (t.company, Index.Equality()),
                    (t.starts_at, Index.Range()),
                    where=t.state.in_(OPEN)),
                })
        cls._order = [('starts_at', 'DESC'), ('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'planned'),
            ('planned', 'running'),
            ('running', 'done'),
            ('draft', 'cancelled'),
            ('planned', 'cancelled'),
            ('running', 'cancelled'),
            }
        cls._buttons.update({
                'plan': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'invite': {
                    'invisible': ~Eval('state').in_(['planned', 'running']),
                    'icon': 'tryton-refresh',
                    'depends': ['state'],
                    },
                'start': {
                    'invisible': Eval('state') != 'planned',
                    'icon': 'tryton-launch',
                    'depends': ['state'],
                    },
                'attend_all': {
                    'invisible': Eval('state') != 'running',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'finish': {
                    'invisible': Eval('state') != 'running',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': ~Eval('state').in_(OPEN),
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def get_course_kinds(cls):
        pool = Pool()
        Course = pool.get('training.course')
        return Course.fields_get(['kind'])['kind']['selection']

    @fields.depends('course', '_parent_course.kind')
    def on_change_with_course_kind(self, name=None):
        return self.course.kind if self.course else None

    @classmethod
    def search_course_kind(cls, name, clause):
        return [('course.kind', *clause[1:])]

    @fields.depends('course', 'kinds', '_parent_course.kinds')
    def on_change_course(self):
        if self.course and not self.kinds:
            self.kinds = self.course.kinds

    @classmethod
    def get_count(cls, sessions, names):
        pool = Pool()
        Attendance = pool.get('training.attendance')
        table = Attendance.__table__()
        cursor = Transaction().connection.cursor()
        counts = {
            n: dict.fromkeys((s.id for s in sessions), 0) for n in _COUNTS}

        def number(status):
            return Sum(Case((table.status == status, 1), else_=0))
        cursor.execute(*table.select(
                table.session, Count(table.id),
                number('present'), number('absent'),
                where=fields.SQL_OPERATORS['in'](
                    table.session, [s.id for s in sessions]),
                group_by=[table.session]))
        for session, *numbers in cursor:
            for name, value in zip(_COUNTS, numbers):
                counts[name][session] = value
        return {n: counts[n] for n in names}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'cancelled', 'muted',
                    If(Eval('state') == 'running', 'success', ''))),
            ]

    def get_rec_name(self, name):
        pool = Pool()
        Lang = pool.get('ir.lang')
        day = self.local_day()
        return f'{self.course.rec_name} {Lang.get().strftime(day)}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('course.rec_name', *clause[1:])]

    @classmethod
    def check_modification(cls, mode, sessions, values=None, external=False):
        super().check_modification(
            mode, sessions, values=values, external=external)
        if mode == 'delete':
            for session in sessions:
                if session.state != 'draft':
                    raise AccessError(gettext(
                            'hazard_training.msg_session_delete_draft',
                            session=session.rec_name))

    @classmethod
    def _check_editable(cls, sessions, values):
        super()._check_editable(sessions, values)
        for session in sessions:
            if session.state != 'draft':
                for name in values.keys() & cls._planned_fields:
                    if cls._is_changed(session, name, values[name]):
                        cls._refuse_field(session, name)

    @classmethod
    def copy(cls, sessions, default=None):
        default = default.copy() if default is not None else {}
        for name in {
                'attendances', 'planned_by', 'planned_at', 'started_by',
                'started_at', 'done_by', 'done_at', 'cancelled_by',
                'cancelled_at', 'cancel_reason'}:
            default.setdefault(name)
        default.setdefault('state', 'draft')
        return super().copy(sessions, default=default)

    @classmethod
    @step('planned')
    def plan(cls, sessions):
        cls._invite(sessions)
        cls.move(sessions, 'planned', 'planned')
        cls._tell(sessions, 'planned')

    @classmethod
    @writable
    @ModelView.button
    def invite(cls, sessions):
        sessions = cls.browse([s.id for s in sessions])
        invited = cls._invite(sessions)
        cls._tell(sessions, 'planned', invited)

    @classmethod
    @step('running')
    def start(cls, sessions):
        for session in sessions:
            if session.local_day() > today(session.company):
                raise SessionError(gettext(
                        'hazard_training.msg_session_early',
                        session=session.rec_name))
            session.check_capacity()
        cls.move(sessions, 'running', 'started')

    @classmethod
    @writable
    @ModelView.button
    def attend_all(cls, sessions):
        pool = Pool()
        Attendance = pool.get('training.attendance')
        # Somebody else says that who presses the button is present.
        own = [e for e in acting_person().employees if e]
        Attendance.write(Attendance.search([
                    ('session', 'in', [s.id for s in sessions]),
                    ('status', '=', None),
                    ('employee', 'not in', own),
                    ]), {'status': 'present'})

    @classmethod
    @step('done')
    def finish(cls, sessions):
        pool = Pool()
        Certificate = pool.get('training.certificate')
        for session in sessions:
            session.check_attendance()
        cls.move(sessions, 'done', 'done')
        for session in sessions:
            Certificate.issue_earned(session.course, [
                    a.employee for a in session.attendances
                    if a.status == 'present'],
                issued_by=acting_employee(session.company))

    @classmethod
    @step('cancelled')
    def cancel(cls, sessions):
        told = [s for s in sessions if s.state != 'draft']
        for session in sessions:
            session.cancel_reason = get_reason(
                'hazard_training.wizard_session_cancel')
        cls.move(sessions, 'cancelled', 'cancelled')
        cls._tell(told, 'cancelled', describe=lambda s: s.cancel_reason)

    def local_day(self):
        "Return the day in the company on which the session starts."
        return local_day(self.starts_at, company_zone(self.company))

    def check_capacity(self):
        if self.capacity and len(self.attendances) > self.capacity:
            raise SessionError(gettext(
                    'hazard_training.msg_session_capacity',
                    session=self.rec_name,
                    capacity=self.capacity,
                    invited=len(self.attendances)))

    def check_attendance(self):
        if not self.attendances:
            raise SessionError(gettext(
                    'hazard_training.msg_session_nobody',
                    session=self.rec_name))
        if unmarked := [a for a in self.attendances if not a.status]:
            raise SessionError(gettext(
                    'hazard_training.msg_session_unmarked',
                    session=self.rec_name,
                    employees=', '.join(
                        a.employee.rec_name for a in unmarked[:5]),
                    number=len(unmarked)))

    @classmethod
    def _invite(cls, sessions):
        "Add who is to be invited and is not yet; return them by session."
        pool = Pool()
        Attendance = pool.get('training.attendance')
        attendances, invited = [], {}
        for session in sessions:
            known = {a.employee for a in session.attendances}
            invited[session] = [
                e for e in session._find_invited() if e not in known]
            attendances.extend(
                Attendance(session=session, employee=employee)
                for employee in invited[session])
        Attendance.save(attendances)
        for session in cls.browse([s.id for s in sessions]):
            session.check_capacity()
        return invited

    def _find_invited(self):
        return find_people(
            self.company, self.kinds, self.units, self.local_day(),
            ['candidate', 'active', 'suspended'])

    @classmethod
    def _tell(cls, sessions, step, invited=None, describe=None):
        if invited is None:
            invited = {
                s: [a.employee for a in s.attendances]
                for s in cls.browse([s.id for s in sessions])}
        audience = {
            s: {e.id for e in employees} for s, employees in invited.items()}
        if any(audience.values()):
            notice.notify(
                audience, f'hazard_training.msg_session_{step}',
                'tryton-notification',
                describe=describe or (lambda s: s.place))

    @fields.depends('attendances', 'company', 'state')
    def on_scan_code(self, code):
        "Mark who has the code as present, invited or not."
        pool = Pool()
        Attendance = pool.get('training.attendance')
        Employee = pool.get('company.employee')
        if self.state != 'running':
            raise SessionError(gettext('hazard_training.msg_scan_running'))
        employees = Employee.search([
                ('company', '=', self.company.id if self.company else -1),
                ('party.code', '=', code.strip()),
                ], limit=1)
        if not employees:
            raise SessionError(gettext(
                    'hazard_training.msg_scan_unknown', code=code))
        employee, = employees
        attendances = list(self.attendances or [])
        for attendance in attendances:
            if attendance.employee == employee:
                break
        else:
            attendance = Attendance(employee=employee, company=self.company)
            attendances.append(attendance)
        attendance.status = 'present'
        attendance.absence = None
        self.attendances = attendances


class InvitationMixin(ChildMixin):
    "Add to a model who is invited to a session."
    __slots__ = ()
    _parent = 'session'
    _parent_states = frozenset({'draft', 'planned'})

    session = fields.Many2One(
        'training.session', "Session", required=True, ondelete='CASCADE')


class SessionKind(InvitationMixin, ModelSQL):
    __name__ = 'training.session-safety.member.kind'

    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, ondelete='RESTRICT')


class SessionUnit(InvitationMixin, ModelSQL):
    __name__ = 'training.session-safety.unit'

    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, ondelete='RESTRICT')


class SessionCancel(ReasonWizard):
    __name__ = 'training.session.cancel'
    _button = 'cancel'
