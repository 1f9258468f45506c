# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Explanations of seals that do not fit for a reason, as a wrong clock.

A note erases nothing: what does not fit stays visible as a remark, with who
explained it, when and why. It holds what the events of the day were then, so
that later changes of the day are found as ever.
"""
import datetime as dt
import hashlib

from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.clock import company_zone
from trytond.modules.safety_base.reason import ReasonWizard
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.modules.safety_base.workflow import acting_employee
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

from ..exceptions import SealAccessError
from .event_content import encode, read_names

NOTE_FIELDS = [
    'company', 'seal', 'sequence', 'at', 'user', 'employee', 'name',
    'reason', 'count', 'events', 'previous']


def note_digest(values):
    """Return the digest of the note that has these stored values.

    It is the SHA-256, in hexadecimal, of an ASCII JSON object without spaces
    and with sorted keys: "version" (1) and the names of NOTE_FIELDS. Records
    are ids, "at" is ISO 8601 in UTC with six digits of a second.
    """
    content = {n: values[n] for n in NOTE_FIELDS}
    content['at'] = content['at'].isoformat(timespec='microseconds')
    content['version'] = 1
    return hashlib.sha256(encode(content).encode('ascii')).hexdigest()


class SealNote(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'hazard.seal.note'
    _refusal = SealAccessError, 'hazard.msg_seal_modify'
    _rec_name = 'reason'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        readonly=True)
    seal = fields.Many2One(
        'hazard.seal', "Seal", required=True, ondelete='RESTRICT',
        readonly=True)
    sequence = fields.Integer("Sequence", required=True, readonly=True)
    at = fields.Timestamp("At", required=True, readonly=True)
    user = fields.Many2One(
        'res.user', "User", required=True, ondelete='RESTRICT',
        readonly=True)
    employee = fields.Many2One(
        'company.employee', "Employee", ondelete='RESTRICT', readonly=True)
    name = fields.Char(
        "Name", required=True, readonly=True,
        help="The name that who explains it bore then.")
    reason = fields.Text("Explanation", required=True, readonly=True)
    count = fields.Integer(
        "Events", required=True, readonly=True,
        help="How many events of the day there were then.")
    events = fields.Char(
        "Digest of the Events", required=True, readonly=True)
    previous = fields.Char("Previous Digest", readonly=True)
    digest = fields.Char("Digest", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('seal')
        cls._order = [('seal', 'DESC'), ('sequence', 'ASC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('company_sequence_unique', Unique(t, t.company, t.sequence),
                'hazard.msg_seal_note_sequence_unique'),
            ]

    @classmethod
    def append(cls, seal, reason):
        "Add a note in the name of the user to the seal."
        # Here, as seals need notes
        from .seal import lines_digest
        pool = Pool()
        User = pool.get('res.user')
        user, company = Transaction().user, seal.company
        employee = acting_employee(company)
        digests = seal.__class__.get_digests(
            company.id, seal.day, company_zone(company))
        sequence, previous = cls._get_last(company)
        values = {
            'company': company.id,
            'seal': seal.id,
            'sequence': sequence + 1,
            'at': dt.datetime.now(),
            'user': user,
            'employee': employee,
            'name': (
                read_names([employee])[employee] if employee
                else User(user).name),
            'reason': reason,
            'count': len(digests),
            'events': lines_digest(digests),
            'previous': previous,
            }
        values['digest'] = note_digest(values)
        with without_check_access():
            note, = cls.create([values])
        return note

    @classmethod
    def _get_last(cls, company):
        "Return the sequence and the digest of the last note of the company."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.sequence, table.digest,
                where=table.company == company.id,
                order_by=[table.sequence.desc], limit=1))
        return cursor.fetchone() or (0, None)

    @classmethod
    def read_notes(cls, company):
        """Return the values of the notes of the company in their order.

        They are few, as people write them.
        """
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        names = ['id', *NOTE_FIELDS, 'digest']
        cursor.execute(*table.select(
                *(getattr(table, n) for n in names),
                where=table.company == company.id,
                order_by=[table.sequence.asc]))
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    @classmethod
    def get_digests(cls, company, start, end):
        "Return the digests of the notes from start until before end."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.digest,
                where=(table.company == company.id)
                & (table.at >= start) & (table.at < end),
                order_by=[table.sequence.asc]))
        return [digest for digest, in cursor]


class SealExplain(ReasonWizard):
    __name__ = 'hazard.seal.explain'
    _button = 'explain'
