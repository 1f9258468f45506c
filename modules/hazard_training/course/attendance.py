# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.workflow import now
from trytond.modules.safety_organization.person import acting_person
from trytond.pool import Pool
from trytond.pyson import Eval, If

from ..exceptions import AttendanceAccessError
from ..training import TrainingMixin


class Attendance(TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.attendance'

    _states_running = {
        'readonly': Eval('session_state') != 'running',
        }

    session = fields.Many2One(
        'training.session', "Session", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', 0) > 0,
            })
    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    course = fields.Function(
        fields.Many2One('training.course', "Course"),
        'on_change_with_course', searcher='search_session')
    starts_at = fields.Function(
        fields.DateTime("Starts at", format='%H:%M'),
        'on_change_with_starts_at', searcher='search_session')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        states={
            'readonly': Eval('id', 0) > 0,
            })
    unit = fields.Many2One(
        'safety.unit', "Unit", readonly=True, ondelete='RESTRICT',
        help="The unit to which the employee belonged when invited.")
    absence = fields.Selection([
            (None, ""),
            ('duty', "On duty"),
            ('leave', "On leave"),
            ('sick', "Sick"),
            ('travel', "Travelling"),
            ('unexcused', "Without excuse"),
            ], "Reason of Absence", sort=False,
        states={
            'readonly': _states_running['readonly'],
            'invisible': Eval('status') != 'absent',
            'required': Eval('status') == 'absent',
            })
    absence_string = absence.translated('absence')
    arrived_at = fields.DateTime(
        "Arrived at", readonly=True,
        states={
            'invisible': Eval('status') != 'present',
            })
    note = fields.Char("Note", states=_states_running)
    session_state = fields.Function(
        fields.Selection('get_session_states', "State of the Session"),
        'on_change_with_session_state', searcher='search_session_state')
    status = fields.Selection([
            (None, ""),
            ('present', "Present"),
            ('absent', "Absent"),
            ], "Attendance", sort=False, states=_states_running)
    status_string = status.translated('status')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('session_employee_unique',
                Unique(t, t.session, t.employee),
                'hazard_training.msg_attendance_unique'),
            ]
        cls._sql_indexes.update({
                Index(t,
                    (t.employee, Index.Equality()),
                    (t.status, Index.Equality(cardinality='low'))),
                Index(t,
                    (t.company, Index.Equality()),
                    (t.unit, Index.Equality())),
                })
        cls._order = [
            ('session.starts_at', 'DESC'),
            ('session.id', 'DESC'),
            ('unit', 'ASC NULLS LAST'),
            ('id', 'ASC'),
            ]

    @classmethod
    def get_session_states(cls):
        pool = Pool()
        Session = pool.get('training.session')
        return Session.fields_get(['state'])['state']['selection']

    @fields.depends('session', '_parent_session.course')
    def on_change_with_course(self, name=None):
        return self.session.course if self.session else None

    @fields.depends('session', '_parent_session.starts_at')
    def on_change_with_starts_at(self, name=None):
        return self.session.starts_at if self.session else None

    @fields.depends('session', '_parent_session.state')
    def on_change_with_session_state(self, name=None):
        return self.session.state if self.session else None

    @fields.depends('session', '_parent_session.company')
    def on_change_session(self):
        self.company = self.session.company if self.session else None

    @fields.depends('employee', '_parent_employee.unit')
    def on_change_employee(self):
        self.unit = self.employee.unit if self.employee else None

    @fields.depends('status')
    def on_change_status(self):
        if self.status != 'absent':
            self.absence = None

    @classmethod
    def search_session(cls, name, clause):
        return [(f'session.{clause[0]}', *clause[1:])]

    @classmethod
    def search_session_state(cls, name, clause):
        return [('session.state', *clause[1:])]

    @classmethod
    def order_starts_at(cls, tables):
        return cls.session.convert_order(
            'session.starts_at', tables, cls)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('status') == 'absent', 'warning',
                    If(Eval('session_state') == 'cancelled', 'muted', ''))),
            ]

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} - {self.session.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'employee.rec_name', 'session.rec_name')

    @classmethod
    def search_attended(cls, course, employees):
        """Return where the employees were present in the course, oldest first.

        Only finished sessions count. Employees are given as ids.
        """
        return cls.search([
                ('session.course', '=', course.id),
                ('session.state', '=', 'done'),
                ('employee', 'in', employees),
                ('status', '=', 'present'),
                ], order=[('session.starts_at', 'ASC'), ('id', 'ASC')])

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Employee = pool.get('company.employee')
        Session = pool.get('training.session')
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            values.setdefault('status', None)
            if values.get('session') is not None:
                session = Session(values['session'])
                values['company'] = session.company.id
            if values.get('employee') is not None:
                unit = Employee(values['employee']).unit
                values['unit'] = unit.id if unit else None
        if 'status' in values:
            present = values['status'] == 'present'
            values['arrived_at'] = now() if present else None
            if values['status'] != 'absent':
                values['absence'] = None
        return values

    @classmethod
    def check_modification(
            cls, mode, attendances, values=None, external=False):
        super().check_modification(
            mode, attendances, values=values, external=external)
        if not external:
            return
        for attendance in attendances:
            attendance.check_open(mode, values)
        if mode == 'create':
            cls.check_marker(
                [a for a in attendances if a.status == 'present'])
        elif mode == 'write' and values.get('status') == 'present':
            cls.check_marker(attendances)

    @classmethod
    def check_marker(cls, present):
        "Raise AttendanceAccessError for who marks himself as present."
        person = acting_person()
        for attendance in present:
            if person.is_any([attendance.employee]):
                raise AttendanceAccessError(gettext(
                        'hazard_training.msg_attendance_own',
                        attendance=attendance.rec_name))

    def check_open(self, mode, values):
        "Raise AttendanceAccessError unless the attendance may be changed so."
        state = self.session.state
        if mode == 'write' and values.keys() & {
                'session', 'company', 'employee', 'unit', 'arrived_at'}:
            raise AttendanceAccessError(gettext(
                    'hazard_training.msg_attendance_identity',
                    attendance=self.rec_name))
        if mode == 'create':
            marked = self.status
        else:
            marked = mode == 'write' and values.keys() & {
                'status', 'absence', 'note'}
        if (state not in {'draft', 'planned', 'running'}
                or marked and state != 'running'):
            raise AttendanceAccessError(gettext(
                    'hazard_training.msg_attendance_running',
                    attendance=self.rec_name))
