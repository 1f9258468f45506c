# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Members are active only with a valid certificate for their kind.

A certificate of an induction or a refresher counts, for the kinds of its
course or, where the course names none, for all.  Who was active before the
company required certificates keeps the place for the grace period, unless a
certificate was revoked.
"""

import datetime as dt
from collections import Counter, defaultdict

from sql import Literal, Null
from sql.aggregate import Max
from sql.conditionals import Case, Coalesce

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.hazard.loop import notice
from trytond.modules.safety_base.scheduler import get_companies
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from ..exceptions import MemberCertificateError
from ..training import today
from .course import QUALIFYING

SLICE = 500
UNCERTIFIED = {'none', 'expired'}
_in = fields.SQL_OPERATORS['in']


class Member(metaclass=PoolMeta):
    __name__ = 'safety.member'

    certified_until = fields.Function(
        fields.Date(
            "Certified until",
            help="The last day of the certificate, or of the grace period, "
            "by which the member may be active."),
        'get_certification')
    certification = fields.Function(
        fields.Selection([
                ('none', "None"),
                ('valid', "Valid"),
                ('expiring', "Expiring"),
                ('expired', "Expired"),
                ('grace', "Grace Period"),
                ], "Certificate", sort=False),
        'get_certification', searcher='search_certification')

    @classmethod
    def get_certification(cls, members, names):
        certifications = cls.get_certifications(members)
        values = {
            'certification': {
                m: state for m, (state, _) in certifications.items()},
            'certified_until': {
                m: until if until != dt.date.max else None
                for m, (_, until) in certifications.items()},
            }
        return {n: values[n] for n in names}

    @classmethod
    def get_certifications(cls, members):
        "Return the state and the last day of the certification by member id."
        result = {}
        for sub_members in grouped_slice(list(members), SLICE):
            ids = [m.id for m in sub_members]
            result.update(cls.read_certifications(
                    lambda t, ids=ids: _in(t.id, ids)))
        return result

    @classmethod
    def read_certifications(cls, where):
        """Return the state and the last day of the certification by member id.

        where is a function that returns from the table of the members the
        condition for which to read.
        """
        pool = Pool()
        Company = pool.get('company.company')
        Configuration = pool.get('training.configuration')
        rows = list(cls._read_certified(where))
        rules = {
            company.id: (today(company), Configuration.settings(company.id))
            for company in Company.browse({c for _, c, *_ in rows})}
        return {
            id_: _get_certification(end, since, revoked, *rules[company])
            for id_, company, revoked, since, end in rows}

    @classmethod
    def _read_certified(cls, where):
        pool = Pool()
        Certificate = pool.get('training.certificate')
        CertificateKind = pool.get('training.certificate-safety.member.kind')
        member = cls.__table__()
        certificate = Certificate.__table__()
        kind = CertificateKind.__table__()
        fits = (kind.kind == Null) | (kind.kind == member.kind)
        end = Case((fits & (certificate.state == 'valid'),
                Coalesce(certificate.valid_until, dt.date.max)))
        revoked = Case((fits & (certificate.state == 'revoked'), 1), else_=0)
        cursor = Transaction().connection.cursor()
        cursor.execute(*member
            .join(certificate, 'LEFT',
                condition=(member.employee == certificate.employee)
                & _in(certificate.course_kind, QUALIFYING))
            .join(kind, 'LEFT',
                condition=kind.certificate == certificate.id)
            .select(
                member.id, member.company, Max(revoked), member.since,
                Max(end),
                where=where(member),
                group_by=[member.id, member.company, member.since]))
        for id_, company, revoked, *days in cursor:
            yield id_, company, bool(revoked), *map(_date, days)

    @classmethod
    def read_places(cls, units):
        """Return the places in the units with the states of who is there.

        A place is a tuple of the ids of unit, shift and kind; the states are
        those of the member and of the certification.
        """
        table = cls.__table__()
        cursor = Transaction().connection.cursor()

        def where(table):
            return (_in(table.unit, units)
                & table.state.in_(['active', 'suspended']))
        certifications = cls.read_certifications(where)
        cursor.execute(*table.select(
                table.id, table.unit, table.shift, table.kind, table.state,
                where=where(table)))
        return [
            ((unit, shift, kind), state, certifications[id_][0])
            for id_, unit, shift, kind, state in cursor]

    @classmethod
    def search_certification(cls, name, clause):
        _, operator, operand = clause
        if operator in {'=', '!='}:
            operand = [operand]
        found = [
            i for i, (state, _) in cls.read_certifications(
                lambda t: Literal(True)).items()
            if state in operand]
        return [('id',
                'in' if operator in {'=', 'in'} else 'not in', found)]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="certification"]', 'visual',
                If(Eval('certification').in_(['none', 'expired']), 'danger',
                    If(Eval('certification') == 'expiring', 'warning', ''))),
            ]

    @classmethod
    def check_activation(cls, members):
        super().check_activation(members)
        with without_check_access():
            members = cls.browse([m.id for m in members])
            certifications = cls.get_certifications(members)
            for member in members:
                state, _ = certifications[member.id]
                if state in UNCERTIFIED:
                    raise MemberCertificateError(gettext(
                            f'hazard_training.msg_member_activate_{state}',
                            member=member.rec_name,
                            kind=member.kind.rec_name))

    @classmethod
    @without_check_access
    def suspend_uncertified(cls, revoked_from=None):
        """Suspend the active members who are not certified any more.

        Only those of the employees from whom a certificate was just revoked
        where these are given. The reason is recorded; members and the users
        who manage their kind are told.
        """
        reasons = defaultdict(list)
        for id_, (state, until) in cls._read_active(revoked_from).items():
            if state in UNCERTIFIED:
                reasons[until].append(id_)
        for until, ids in reasons.items():
            for sub_ids in grouped_slice(ids, SLICE):
                members = cls.browse(list(sub_ids))
                reason = _get_reason(until, revoked_from is not None)
                with Transaction().set_context(reason=reason):
                    cls.suspend(members)
                cls._tell_certification(members, 'suspended')

    @classmethod
    @without_check_access
    def remind_certificates(cls):
        "Tell once of each certificate that it expires soon."
        pool = Pool()
        Certificate = pool.get('training.certificate')
        ids = [
            i for i, (state, _) in cls._read_active().items()
            if state == 'expiring']
        for sub_ids in grouped_slice(ids, SLICE):
            members = cls.browse(list(sub_ids))
            certificates = Certificate.search([
                    ('employee', 'in', [m.employee.id for m in members]),
                    ('status', '=', 'expiring'),
                    ('course_kind', 'in', QUALIFYING),
                    ('reminded_on', '=', None),
                    ])
            holders = {c.employee for c in certificates}
            cls._tell_certification(
                [m for m in members if m.employee in holders], 'expiring')
            for certificate in certificates:
                certificate.reminded_on = today(certificate.company)
            Certificate.save(certificates)

    @classmethod
    def check_certificates(cls):
        """Remind of certificates and suspend members, called by the scheduler.

        Each company has its own day and settings.
        """
        for company in get_companies():
            with Transaction().set_context(company=company.id):
                cls.remind_certificates()
                cls.suspend_uncertified()

    @classmethod
    def _read_active(cls, employees=None):
        company = Transaction().context.get('company')

        def where(table):
            condition = table.state == 'active'
            if employees is not None:
                condition &= _in(table.employee, [e.id for e in employees])
            elif company is not None:
                condition &= table.company == company
            return condition
        return cls.read_certifications(where)

    @classmethod
    def _tell_certification(cls, members, message):
        pool = Pool()
        Coverage = pool.get('safety.coverage')
        managers = {}
        for company, kind in {(m.company, m.kind) for m in members}:
            managers[company, kind] = {
                e.id for u in Coverage.get_managers(company, kind)
                for e in u.employees if e.company == company}
        if members:
            notice.notify({
                    m: {m.employee.id} | managers[m.company, m.kind]
                    for m in members},
                f'hazard_training.msg_member_{message}', 'tryton-warning',
                describe=lambda m: m.unit.rec_name if m.unit else '')


class Coverage(metaclass=PoolMeta):
    __name__ = 'safety.coverage'

    expiring = fields.Function(
        fields.Integer(
            "Expiring",
            help="The number of active members whose certificates expire "
            "soon."),
        'get_certification')
    uncertified = fields.Function(
        fields.Integer(
            "Uncertified",
            help="The number of suspended members without valid "
            "certificate."),
        'get_certification')

    @classmethod
    @without_check_access
    def get_certification(cls, coverages, names):
        pool = Pool()
        Member = pool.get('safety.member')
        units = list({c.unit.id for c in coverages})
        places = Member.read_places(units)
        counts = {
            'expiring': Counter(
                place for place, member_state, state in places
                if member_state == 'active' and state == 'expiring'),
            'uncertified': Counter(
                place for place, member_state, state in places
                if member_state == 'suspended' and state in UNCERTIFIED),
            }
        return {
            n: {c.id: counts[n][c.unit.id, c.shift.id, c.kind.id]
                for c in coverages}
            for n in names}


def _get_certification(end, since, revoked, day, settings):
    if end and end >= day:
        soon = dt.timedelta(days=settings['expiry_reminder_days'])
        return ('expiring' if end - day <= soon else 'valid', end)
    required_since = settings['required_since']
    if (required_since and not revoked
            and min(day, since or day) < required_since):
        grace = required_since + dt.timedelta(days=settings['grace_days'] - 1)
        if grace >= day:
            return ('grace', grace)
    return ('expired' if end else 'none', end)


def _date(value):
    # SQLite gives the result of an expression as text.
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _get_reason(until, revoked):
    "Return the reason of a suspension in the language of the database."
    pool = Pool()
    Configuration = pool.get('ir.configuration')
    Lang = pool.get('ir.lang')
    language = Configuration.get_language()
    with Transaction().set_context(language=language):
        if revoked:
            return gettext('hazard_training.msg_member_reason_revoked')
        if until:
            return gettext('hazard_training.msg_member_reason_expired',
                date=Lang.get(language).strftime(until))
        return gettext('hazard_training.msg_member_reason_none')
