# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
import datetime as dt
import hashlib
import json

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_organization.clock import (
    company_zone, day_start, local_day)
from trytond.modules.safety_organization.scheduler import get_companies
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

from .exceptions import SealAccessError

SEAL_VERSION = 1
# Transactions that began before midnight may still be open after it
GRACE = dt.timedelta(hours=2)

_encode = json.JSONEncoder(sort_keys=True, separators=(',', ':')).encode


def seal_digest(company, day, digests, previous):
    """Return the digest that seals the events of the company on the day.

    It is the SHA-256, in hexadecimal, of an ASCII JSON object without spaces
    and with sorted keys: "version" (1), "company" (id), "day" (ISO 8601),
    "count", "events" (the SHA-256 of the digests of the events in the order
    of their ids, each followed by a line feed) and "previous" (the digest of
    the seal of the day before, null for the first).
    """
    events = hashlib.sha256(
        ''.join(f'{d}\n' for d in digests).encode('ascii')).hexdigest()
    content = {
        'version': SEAL_VERSION,
        'company': company,
        'day': day.isoformat(),
        'count': len(digests),
        'events': events,
        'previous': previous,
        }
    return hashlib.sha256(_encode(content).encode('ascii')).hexdigest()


class Seal(ModelSQL, ModelView):
    __name__ = 'hazard.seal'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        readonly=True)
    day = fields.Date("Day", required=True, readonly=True)
    count = fields.Integer("Events", required=True, readonly=True)
    previous = fields.Char("Previous Digest", readonly=True)
    digest = fields.Char("Digest", required=True, readonly=True)
    sealed_at = fields.Timestamp("Sealed At", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._order = [('day', 'DESC'), ('company.id', 'ASC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('company_day_unique', Unique(table, table.company, table.day),
                'hazard.msg_seal_company_day_unique'),
            ]

    @classmethod
    def check_modification(cls, mode, seals, values=None, external=False):
        super().check_modification(
            mode, seals, values=values, external=external)
        if mode != 'create' or external:
            raise SealAccessError(gettext('hazard.msg_seal_modify'))

    def get_rec_name(self, name):
        pool = Pool()
        Lang = pool.get('ir.lang')
        return f'{self.company.rec_name} {Lang.get().strftime(self.day)}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('company.rec_name', *clause[1:])]

    @classmethod
    def seal_days(cls):
        """Seal the past days of the companies that are not sealed yet.

        Each company goes on from its last seal, or else from its first event,
        so that days that the job missed are made up for.
        """
        now = cls._now()
        with without_check_access():
            for company in get_companies():
                cls._seal_company(company, now)

    @classmethod
    def _seal_company(cls, company, now):
        zone = company_zone(company)
        today = local_day(now - GRACE, zone)
        day, previous = cls._get_next(company, zone)
        vlist = []
        while day and day < today:
            digests = cls.get_digests(company.id, day, zone)
            digest = seal_digest(company.id, day, digests, previous)
            vlist.append({
                    'company': company.id,
                    'day': day,
                    'count': len(digests),
                    'previous': previous,
                    'digest': digest,
                    'sealed_at': now,
                    })
            previous = digest
            day += dt.timedelta(days=1)
        cls.create(vlist)

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
        "Return the day of the first event of the company"
        pool = Pool()
        Event = pool.get('hazard.event')
        cursor = Transaction().connection.cursor()
        event = Event.__table__()
        cursor.execute(*event.select(
                event.at,
                where=event.company == company.id,
                order_by=[event.at.asc], limit=1))
        if row := cursor.fetchone():
            return local_day(row[0], zone)

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
    def _now(cls):
        return dt.datetime.now()

