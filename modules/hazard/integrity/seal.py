# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
import datetime as dt
import hashlib

from sql import Null

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.clock import (
    company_zone, day_start, local_day)
from trytond.modules.safety_base.reason import get_reason
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..exceptions import SealAccessError
from .event_content import encode

SEAL_VERSION = 2
# Transactions that began before midnight may still be open after it
GRACE = dt.timedelta(hours=2)
# A day is sealed at the latest so long after it, else late
IN_TIME = dt.timedelta(days=1) + GRACE
# After a longer pause of the job its clock may be wrong
PAUSE = dt.timedelta(hours=30)
# How many days without anything to seal are sealed, and how many in one run
QUIET_DAYS = 7
RUN_DAYS = 62


def seal_digest(seal, digests, records=()):
    """Return the digest of the seal that has these stored values.

    It is the SHA-256, in hexadecimal, of an ASCII JSON object without spaces
    and with sorted keys: "version", "company" (id), "day" (ISO 8601),
    "count", "events" (the digest of the digests of the events of the day in
    the order of their ids) and "previous" (the digest of the seal of the day
    before, null for the first); from version 2 on also "sealed_at" (ISO 8601
    in UTC with six digits of a second) and "records" (the digest of the lines
    of get_sealed). Where no version is stored it is 1.
    A new version of this form must keep the older ones verifiable.
    """
    content = {
        'version': seal.get('version') or 1,
        'company': seal['company'],
        'day': seal['day'].isoformat(),
        'count': len(digests),
        'events': lines_digest(digests),
        'previous': seal['previous'],
        }
    if content['version'] > 1:
        content['sealed_at'] = seal['sealed_at'].isoformat(
            timespec='microseconds')
        content['records'] = lines_digest(records)
    return hashlib.sha256(encode(content).encode('ascii')).hexdigest()


def lines_digest(lines):
    "Return the digest of the lines, each followed by a line feed."
    return hashlib.sha256(
        ''.join(f'{ln}\n' for ln in lines).encode()).hexdigest()


def is_late(day, sealed_at, zone):
    "Was the day sealed later than the daily job does?"
    return sealed_at > day_start(day + dt.timedelta(days=1), zone) + IN_TIME


class Seal(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'hazard.seal'
    _refusal = SealAccessError, 'hazard.msg_seal_modify'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        readonly=True)
    day = fields.Date("Day", required=True, readonly=True)
    count = fields.Integer("Events", required=True, readonly=True)
    previous = fields.Char("Previous Digest", readonly=True)
    digest = fields.Char("Digest", required=True, readonly=True)
    version = fields.Integer(
        "Version of the Digest", readonly=True,
        help="Empty for the first one, which leaves out when it was sealed.")
    sealed_at = fields.Timestamp("Sealed At", required=True, readonly=True)
    late = fields.Function(
        fields.Boolean(
            "Sealed Late",
            help="The job did not run on the day after."),
        'get_late')
    notes = fields.One2Many(
        'hazard.seal.note', 'seal', "Explanations", readonly=True,
        states={
            'invisible': ~Eval('notes'),
            })

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._order = [('day', 'DESC'), ('company.id', 'ASC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('company_day_unique', Unique(table, table.company, table.day),
                'hazard.msg_seal_company_day_unique'),
            ]
        cls._buttons.update({
                'explain': {'icon': 'tryton-note'},
                })

    @classmethod
    def get_late(cls, seals, name):
        return {
            s.id: is_late(s.day, s.sealed_at, company_zone(s.company))
            for s in seals}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('late', False), 'warning', '')),
            ]

    def get_rec_name(self, name):
        pool = Pool()
        Lang = pool.get('ir.lang')
        return f'{self.company.rec_name} {Lang.get().strftime(self.day)}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('company.rec_name', *clause[1:])]

    @classmethod
    @ModelView.button
    def explain(cls, seals):
        "Add to the seals the note for which the reason is."
        pool = Pool()
        Note = pool.get('hazard.seal.note')
        if not seals:
            return
        reason = get_reason('hazard.wizard_seal_explain')
        for seal in cls.browse([s.id for s in seals]):
            Note.append(seal, reason)

    @classmethod
    def seal_days(cls):
        """Seal the past days of the companies that are not sealed yet.

        Each company goes on from its last seal, or else from what was
        recorded first, so that days that the job missed are made up for.
        After a pause it waits for another run, since the clock may be wrong;
        what is unusual is logged, and the administrators are told.
        """
        now = cls._now()
        with without_check_access():
            for company in get_companies():
                cls._seal_company(company, now)

    @classmethod
    def _seal_company(cls, company, now):
        pool = Pool()
        Run = pool.get('hazard.seal.run')
        zone = company_zone(company)
        day, previous = cls._get_next(company, zone)
        if not day:
            return
        today = local_day(now - GRACE, zone)
        end = min(
            today,
            cls.get_last_day(company, zone)
            + dt.timedelta(days=QUIET_DAYS + 1),
            day + dt.timedelta(days=RUN_DAYS))
        warning = cls._get_pause(company, now)
        if warning:
            end = day
        elif end < today and (end - day).days == RUN_DAYS:
            warning = gettext('hazard.msg_seal_run_many', days=RUN_DAYS)
        vlist = []
        while day < end:
            vlist.append(cls._get_seal(company, day, previous, now, zone))
            previous = vlist[-1]['digest']
            day += dt.timedelta(days=1)
        cls.create(vlist)
        late = [v for v in vlist if is_late(v['day'], now, zone)]
        if late and not warning:
            warning = gettext('hazard.msg_seal_run_late', days=len(late))
        Run.record(company, now, vlist, warning)

    @classmethod
    def _get_seal(cls, company, day, previous, now, zone):
        digests = cls.get_digests(company.id, day, zone)
        seal = {
            'company': company.id,
            'day': day,
            'count': len(digests),
            'previous': previous,
            'version': SEAL_VERSION,
            'sealed_at': now,
            }
        seal['digest'] = seal_digest(
            seal, digests, cls.get_sealed_of_day(company, day, zone))
        return seal

    @classmethod
    def _get_pause(cls, company, now):
        "Return what is to be told if the clock may be wrong."
        last = cls._get_last_run(company)
        if last and not last <= now <= last + PAUSE:
            return gettext(
                'hazard.msg_seal_run_pause',
                hours=round((now - last).total_seconds() / 3600))

    @classmethod
    def _get_last_run(cls, company):
        "Return when the job ran before."
        pool = Pool()
        Run = pool.get('hazard.seal.run')
        cursor = Transaction().connection.cursor()
        # Before runs were recorded only seals tell of them.
        for table, column in [
                (run := Run.__table__(), run.ran_at),
                (seal := cls.__table__(), seal.sealed_at)]:
            cursor.execute(*table.select(
                    column,
                    where=table.company == company.id,
                    order_by=[table.id.desc], limit=1))
            if row := cursor.fetchone():
                return row[0]

    @classmethod
    def _get_next(cls, company, zone):
        "Return the first day that is not sealed and the digest before it"
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.day, table.digest,
                where=table.company == company.id,
                order_by=[table.day.desc], limit=1))
        if row := cursor.fetchone():
            day, digest = row
            return day + dt.timedelta(days=1), digest
        return cls.get_first_day(company, zone), None

    @classmethod
    def get_first_day(cls, company, zone):
        "Return the day of what was recorded first in the company"
        days = cls._get_days(company, zone, lambda at: at.asc)
        return min(days, default=None)

    @classmethod
    def get_last_day(cls, company, zone):
        "Return the day of what was recorded last in the company"
        days = cls._get_days(company, zone, lambda at: at.desc)
        return max(days, default=None)

    @classmethod
    def _get_days(cls, company, zone, order):
        "Yield the first day of each kind of what is sealed by the order."
        pool = Pool()
        cursor = Transaction().connection.cursor()
        for model, name in cls.get_sealed_times():
            table = pool.get(model).__table__()
            at = getattr(table, name)
            cursor.execute(*table.select(
                    at, where=(table.company == company.id) & (at != Null),
                    order_by=[order(at)], limit=1))
            if row := cursor.fetchone():
                yield local_day(row[0], zone)

    @classmethod
    def get_sealed_times(cls):
        """Return what is sealed as tuples of the name of the model and of
        the field with the time. Modules add to it, see get_sealed."""
        return [('hazard.event', 'at'), ('hazard.seal.note', 'at')]

    @classmethod
    def get_digests(cls, company, day, zone):
        "Return the digests of the company's events of the day by id"
        pool = Pool()
        Event = pool.get('hazard.event')
        cursor = Transaction().connection.cursor()
        event = Event.__table__()
        cursor.execute(*event.select(
                event.digest,
                where=(event.company == company)
                & (event.at >= day_start(day, zone))
                & (event.at < day_start(day + dt.timedelta(days=1), zone)),
                order_by=[event.id.asc]))
        return [digest for digest, in cursor]

    @classmethod
    def get_sealed_of_day(cls, company, day, zone):
        return cls.get_sealed(
            company, day_start(day, zone),
            day_start(day + dt.timedelta(days=1), zone))

    @classmethod
    def get_sealed(cls, company, start, end):
        """Return what is sealed besides the events from start until before
        end, as ASCII lines in an order that stays. Modules add to it."""
        pool = Pool()
        Note = pool.get('hazard.seal.note')
        return Note.get_digests(company, start, end)

    @classmethod
    def _now(cls):
        return dt.datetime.now()
