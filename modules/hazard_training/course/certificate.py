# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
from collections import defaultdict

from dateutil.relativedelta import relativedelta
from sql import Null
from sql.aggregate import Max

from trytond import backend
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.modules.safety_base.clock import company_zone, day_start
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.workflow import (
    LoopMixin, acting_employee, step)
from trytond.modules.safety_organization.person import acting_person
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction, without_check_access

from ..child_record import ChildMixin
from ..exceptions import CertificateError
from ..training import TrainingMixin, today
from .certificate_check import get_recorded
from .course import QUALIFYING


class Certificate(TrainingMixin, LoopMixin, ModelSQL, ModelView):
    __name__ = 'training.certificate'
    _rec_name = 'number'

    # Certificates are recorded once and afterwards only revoked.
    _editable = frozenset({
            'company', 'employee', 'course', 'issued_on', 'valid_until',
            'external_number'})
    _derived = frozenset({
            'number', 'year', 'serial', 'unit', 'course_kind', 'issued_by',
            'recorded', 'recorded_at'})
    _editable_states = ()

    _states = {
        'readonly': Eval('id', 0) > 0,
        }

    number = fields.Char("Number", readonly=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_states)
    year = fields.Integer("Year", readonly=True)
    serial = fields.Integer("Serial Number", readonly=True)
    employee = fields.Many2One(
        'company.employee', "Holder", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))], states=_states)
    unit = fields.Many2One(
        'safety.unit', "Unit", readonly=True, ondelete='RESTRICT',
        help="The unit to which the holder belonged when certified.")
    course = fields.Many2One(
        'training.course', "Course", required=True, ondelete='RESTRICT',
        domain=[
            ('company', '=', Eval('company', -1)),
            ('certified', '=', True),
            ],
        states=_states)
    course_kind = fields.Selection(
        'get_course_kinds', "Kind of Course", readonly=True)
    course_kind_string = course_kind.translated('course_kind')
    kinds = fields.Many2Many(
        'training.certificate-safety.member.kind', 'certificate', 'kind',
        "Kinds of Member", readonly=True,
        help="For which kinds it is valid. Empty for all kinds.")
    issued_on = fields.Date("Issued on", required=True, states=_states)
    valid_until = fields.Date(
        "Valid until",
        domain=[If(Bool(Eval('valid_until')) & Bool(Eval('issued_on')),
                ('valid_until', '>=', Eval('issued_on', None)), ())],
        states=_states,
        help="The last day on which it is valid. Empty for no limit.")
    external_number = fields.Char(
        "Number of the Paper", states=_states,
        help="The number of a certificate that was issued elsewhere or "
        "before.")
    attendance = fields.Many2One(
        'training.attendance', "Attendance", readonly=True,
        ondelete='RESTRICT')
    origin = fields.Reference(
        "Exam", selection='get_origins', readonly=True)
    issued_by = fields.Many2One(
        'company.employee', "Issued by", readonly=True)
    recorded = fields.Text(
        "Recorded Content", readonly=True,
        help="What was certified when it was issued; it is sealed.")
    recorded_at = fields.Timestamp("Recorded at", readonly=True)
    renewed_by = fields.Many2One(
        'training.certificate', "Renewed by", readonly=True,
        ondelete='RESTRICT')
    reminded_on = fields.Date("Reminded on", readonly=True)
    revoked_by = fields.Many2One(
        'company.employee', "Revoked by", readonly=True)
    revoked_at = fields.DateTime("Revoked at", readonly=True)
    revoke_reason = fields.Text(
        "Reason of Revocation", readonly=True,
        states={
            'invisible': Eval('state') != 'revoked',
            })
    href = fields.Function(fields.Char("Link"), 'get_href')
    status = fields.Function(
        fields.Selection([
                ('valid', "Valid"),
                ('expiring', "Expiring"),
                ('expired', "Expired"),
                ('renewed', "Renewed"),
                ('revoked', "Revoked"),
                ], "Status", sort=False),
        'get_status', searcher='search_status')
    status_string = status.translated('status')
    state = fields.Selection([
            ('valid', "Issued"),
            ('revoked', "Revoked"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('serial_unique', Unique(t, t.company, t.year, t.serial),
                'hazard_training.msg_certificate_serial_unique'),
            ('attendance_unique', Unique(t, t.attendance),
                'hazard_training.msg_certificate_attendance_unique'),
            ('origin_unique', Unique(t, t.origin),
                'hazard_training.msg_certificate_origin_unique'),
            ]
        cls._sql_indexes.update({
                Index(t,
                    (t.company, Index.Equality()),
                    (t.year, Index.Range(order='DESC')),
                    (t.serial, Index.Range(order='DESC'))),
                Index(t,
                    (t.employee, Index.Equality()),
                    (t.valid_until, Index.Range())),
                Index(t,
                    (t.company, Index.Equality()),
                    (t.recorded_at, Index.Range())),
                Index(t,
                    (t.company, Index.Equality()),
                    (t.valid_until, Index.Range()),
                    where=(t.state == 'valid') & (t.renewed_by == Null)),
                })
        cls._order = [
            ('year', 'DESC NULLS FIRST'),
            ('serial', 'DESC NULLS FIRST'),
            ('id', 'DESC'),
            ]
        cls._transitions |= {('valid', 'revoked')}
        cls._buttons.update({
                'revoke': {
                    'invisible': Eval('state') != 'valid',
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_issued_on(cls):
        return Pool().get('ir.date').today()

    @classmethod
    def default_state(cls):
        return 'valid'

    @classmethod
    def get_course_kinds(cls):
        pool = Pool()
        Course = pool.get('training.course')
        return Course.fields_get(['kind'])['kind']['selection']

    @classmethod
    def _get_origins(cls):
        "Return the names of the models of what is passed before."
        return ['training.paper']

    @classmethod
    def get_origins(cls):
        pool = Pool()
        Model = pool.get('ir.model')
        get_name = Model.get_name
        return [(None, ''), *((m, get_name(m)) for m in cls._get_origins())]

    @fields.depends('course', 'issued_on', '_parent_course.validity_months')
    def on_change_course(self):
        if self.course:
            self.valid_until = self._get_end(self.course, self.issued_on)

    @fields.depends(methods=['on_change_course'])
    def on_change_issued_on(self):
        self.on_change_course()

    @staticmethod
    def _get_end(course, issued_on):
        if issued_on and course.validity_months:
            return (issued_on
                + relativedelta(months=course.validity_months, days=-1))

    @classmethod
    def get_href(cls, certificates, name):
        return {c.id: c.__href__ for c in certificates}

    @classmethod
    def get_status(cls, certificates, name):
        return {c.id: c._get_status() for c in certificates}

    def _get_status(self):
        if self.state == 'revoked':
            return 'revoked'
        if self.renewed_by:
            return 'renewed'
        day = today(self.company)
        if self.valid_until and self.valid_until < day:
            return 'expired'
        if (self.valid_until
                and self.valid_until <= day + self._warning(self.company.id)):
            return 'expiring'
        return 'valid'

    @classmethod
    def _warning(cls, company):
        pool = Pool()
        Configuration = pool.get('training.configuration')
        return dt.timedelta(
            days=Configuration.settings(company)['expiry_reminder_days'])

    @classmethod
    def search_status(cls, name, clause):
        pool = Pool()
        Company = pool.get('company.company')
        _, operator, operand = clause
        if operator in {'=', '!='}:
            operand = [operand]
        day, soon = dt.datetime.now().date(), dt.timedelta()
        if (company := Transaction().context.get('company')) is not None:
            day, soon = today(Company(company)), cls._warning(company)
        current = [('state', '=', 'valid'), ('renewed_by', '=', None)]
        domains = {
            'valid': [current, ['OR',
                    ('valid_until', '=', None),
                    ('valid_until', '>', day + soon)]],
            'expiring': [current,
                ('valid_until', '>=', day),
                ('valid_until', '<=', day + soon)],
            'expired': [current, ('valid_until', '<', day)],
            'renewed': [
                ('state', '=', 'valid'), ('renewed_by', '!=', None)],
            'revoked': [('state', '=', 'revoked')],
            }
        chosen = set(operand) & domains.keys()
        if operator in {'!=', 'not in'}:
            chosen = domains.keys() - chosen
        return ['OR',
            *(domains[s] for s in sorted(chosen)), ('id', '=', -1)]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('status') == 'expired', 'danger',
                    If(Eval('status') == 'expiring', 'warning',
                        If(Eval('status').in_(['renewed', 'revoked']),
                            'muted', '')))),
            ]

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(
            clause, 'number', 'external_number', 'employee.rec_name')

    @classmethod
    def preprocess_values(cls, mode, values):
        pool = Pool()
        Course = pool.get('training.course')
        Employee = pool.get('company.employee')
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            if values.get('course') is not None:
                course = Course(values['course'])
                values['course_kind'] = course.kind
                values['kinds'] = [('add', [k.id for k in course.kinds])]
                if values.get('valid_until') is None:
                    values['valid_until'] = cls._get_end(
                        course, values.get('issued_on'))
            if values.get('employee') is not None:
                employee = Employee(values['employee'])
                values['unit'] = employee.unit.id if employee.unit else None
            if values.get('company') is not None:
                values['issued_by'] = acting_employee(values['company'])
            values.update(dict.fromkeys([
                        'number', 'year', 'serial', 'recorded',
                        'recorded_at']))
        return values

    @classmethod
    def validate_fields(cls, certificates, names):
        super().validate_fields(certificates, names)
        if 'issued_on' in names or not names:
            for certificate in certificates:
                if certificate.issued_on > today(certificate.company):
                    raise CertificateError(gettext(
                            'hazard_training.msg_certificate_future',
                            employee=certificate.employee.rec_name))

    def check_end(self):
        "Raise CertificateError where it outlasts what its course gives."
        end = self._get_end(self.course, self.issued_on)
        if end and (not self.valid_until or self.valid_until > end):
            raise CertificateError(gettext(
                    'hazard_training.msg_certificate_end',
                    employee=self.employee.rec_name,
                    months=self.course.validity_months))

    @classmethod
    def check_modification(
            cls, mode, certificates, values=None, external=False):
        if mode == 'delete':
            for certificate in certificates:
                raise AccessError(gettext(
                        'hazard_training.msg_certificate_delete',
                        certificate=certificate.rec_name))
        super().check_modification(
            mode, certificates, values=values, external=external)
        if mode == 'create' and external:
            person = acting_person()
            for certificate in certificates:
                certificate.check_end()
                if person.is_any([certificate.employee]):
                    raise CertificateError(gettext(
                            'hazard_training.msg_certificate_own',
                            employee=certificate.employee.rec_name))

    @classmethod
    def on_modification(cls, mode, certificates, field_names=None):
        super().on_modification(mode, certificates, field_names=field_names)
        if mode == 'create':
            with without_check_access():
                certificates = cls.browse([c.id for c in certificates])
                cls._assign_numbers(certificates)
                cls._keep_recorded(certificates)
                cls._mark_renewed(certificates)

    @classmethod
    def _assign_numbers(cls, certificates):
        "Number on from the last of the company's year, leaving no gap."
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        by_year = defaultdict(list)
        for certificate in sorted(certificates, key=lambda c: c.id):
            by_year[certificate.company.id, certificate.issued_on.year].append(
                certificate)
        for (company, year), group in by_year.items():
            cursor.execute(*table.select(
                    Max(table.serial),
                    where=(table.company == company) & (table.year == year)))
            last = cursor.fetchone()[0] or 0
            for serial, certificate in enumerate(group, last + 1):
                certificate.year = year
                certificate.serial = serial
                certificate.number = f'{year}-{serial:05}'
        try:
            cls.save(certificates)
        except SQLConstraintError as exception:
            # Somebody else was faster; the server starts this request again
            # upon an operational error.
            raise backend.DatabaseOperationalError(
                str(exception)) from exception

    @classmethod
    def _keep_recorded(cls, certificates):
        "Keep what is certified, by which a later change is found."
        for certificate in certificates:
            certificate.recorded = get_recorded(certificate)
            certificate.recorded_at = dt.datetime.now()
        cls.save(certificates)

    @classmethod
    def _mark_renewed(cls, certificates):
        "Tell older certificates by which newer ones they are renewed."
        older = defaultdict(list)
        for certificate in cls.search([
                    ('employee', 'in', [c.employee.id for c in certificates]),
                    ('state', '=', 'valid'),
                    ('renewed_by', '=', None),
                    ]):
            older[certificate.employee].append(certificate)
        renewed = set()
        for certificate in certificates:
            for other in older[certificate.employee]:
                if certificate._renews(other):
                    other.renewed_by = certificate
                    renewed.add(other)
        cls.save(list(renewed))

    def _renews(self, other):
        if other == self or self.state != 'valid':
            return False
        ends = [c.valid_until or dt.date.max for c in (self, other)]
        if ends[0] <= ends[1]:
            return False
        if self.course == other.course:
            return True
        return (
            {self.course_kind, other.course_kind} <= set(QUALIFYING)
            and (not self.kinds
                or bool(other.kinds)
                and set(other.kinds) <= set(self.kinds)))

    @classmethod
    @step('revoked')
    def revoke(cls, certificates):
        pool = Pool()
        Member = pool.get('safety.member')
        for certificate in certificates:
            certificate.revoke_reason = get_reason(
                'hazard_training.wizard_certificate_revoke')
        cls.move(certificates, 'revoked', 'revoked')
        renewed = cls.search([
                ('renewed_by', 'in', [c.id for c in certificates])])
        cls.write(renewed, {'renewed_by': None})
        Member.suspend_uncertified([c.employee for c in certificates])

    @classmethod
    @without_check_access
    def issue_earned(cls, course, employees, issued_by=None):
        """Issue and return the certificates that the employees have earned.

        Who was present in a finished session of the course and, if the course
        requires an exam, passed one, earns one certificate. To be called
        whenever an employee has attended or passed. Only what came after the
        day of the last certificate of the course leads to another.
        """
        if not course.certified or not employees:
            return []
        ids = list({e.id for e in employees})
        since = cls._get_since(course, ids)
        attended = cls._get_attended(course, ids, since)
        passed = dict.fromkeys(ids)
        if course.exam_required:
            passed = cls._get_passed(course, ids, since)
        day = today(course.company)
        certificates = cls.create([{
                    'company': course.company.id,
                    'employee': employee,
                    'course': course.id,
                    'issued_on': day,
                    'attendance': attendance,
                    'origin': str(origin) if origin else None,
                    } for employee, attendance in sorted(attended.items())
                for origin in [passed.get(employee)]
                if employee in passed])
        # Not who happens to act, as the holder who passes an exam
        if certificates:
            cls.write(certificates, {'issued_by': issued_by})
            cls._keep_recorded(certificates)
        return certificates

    @classmethod
    def _get_since(cls, course, employees):
        """Return by employee id the time from which what they do counts.

        Only a certificate that was recorded by mistake and revoked leaves
        standing what came before it.
        """
        zone = company_zone(course.company)
        since = defaultdict(lambda: dt.datetime.min)
        for certificate in cls.search([
                    ('course', '=', course.id),
                    ('employee', 'in', employees),
                    ['OR',
                        ('state', '=', 'valid'),
                        ('attendance', '!=', None),
                        ],
                    ], order=[('issued_on', 'ASC')]):
            since[certificate.employee.id] = day_start(
                certificate.issued_on + dt.timedelta(days=1), zone)
        return since

    @classmethod
    def _get_passed(cls, course, employees, since):
        "Return by employee id the last passed exam of the course."
        pool = Pool()
        Paper = pool.get('training.paper')
        papers = Paper.search([
                ('exam.course', '=', course.id),
                ('employee', 'in', employees),
                ('state', '=', 'passed'),
                ], order=[('id', 'ASC')])
        return {
            p.employee.id: p for p in papers
            if p.closed_at >= since[p.employee.id]}

    @classmethod
    def _get_attended(cls, course, employees, since):
        "Return by employee id the last attendance of the course."
        pool = Pool()
        Attendance = pool.get('training.attendance')
        return {
            a.employee.id: a.id
            for a in Attendance.search_attended(course, employees)
            if a.session.starts_at >= since[a.employee.id]}


class CertificateKind(ChildMixin, ModelSQL):
    __name__ = 'training.certificate-safety.member.kind'
    _parent = 'certificate'

    certificate = fields.Many2One(
        'training.certificate', "Certificate", required=True,
        ondelete='CASCADE')
    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, ondelete='RESTRICT')

    @classmethod
    def _is_open(cls, mode, certificate):
        # It has no number while it is being created.
        return mode == 'create' and certificate.number is None


class CertificateRevoke(ReasonWizard):
    __name__ = 'training.certificate.revoke'
    _button = 'revoke'
