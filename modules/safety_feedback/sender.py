# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""How many anonymous opinions the same person sent today.

The person is known by a digest with a salt that is made anew each day; both
are forgotten with the first opinion of another day, or by the daily job.
"""
import hashlib
import secrets

from trytond import backend
from trytond.i18n import gettext
from trytond.model import ModelSQL, Unique, fields
from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.pool import Pool
from trytond.transaction import Transaction

from .exceptions import FeedbackLimitError
from .feedback import get_today


def get_sender(company):
    "Return what tells the person who acts from others: the party's id."
    pool = Pool()
    Employee = pool.get('company.employee')
    Feedback = pool.get('safety.feedback')
    table = Employee.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.party,
            where=table.id == Feedback.check_employee(company)))
    party, = cursor.fetchone()
    return party


class Sender(ServerWrittenMixin, CopyAccessMixin, ModelSQL):
    __name__ = 'safety.feedback.sender'
    _refusal = AccessError, 'safety_feedback.msg_receipt_modify'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    day = fields.Date("Day", required=True)
    salt = fields.Char("Salt")
    digest = fields.Char("Digest", required=True)
    number = fields.Integer("Number", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('digest_unique', Unique(t, t.company, t.day, t.digest),
                'safety_feedback.msg_sender_unique'),
            ]

    @classmethod
    def count(cls, company, person):
        """Count one more opinion of the person, to be used by as_nobody.

        Raises FeedbackLimitError when there were as many as the settings let
        one person send in a day.
        """
        pool = Pool()
        Configuration = pool.get('safety.feedback.configuration')
        limit = Configuration.settings(company)['anonymous_limit']
        digest = cls._get_digest(company, person)
        sender, = cls.search([
                ('company', '=', company.id),
                ('digest', '=', digest),
                ]) or [cls(
                    company=company, day=get_today(company), digest=digest,
                    number=0)]
        if sender.number >= limit:
            raise FeedbackLimitError(gettext(
                    'safety_feedback.msg_feedback_limit', limit=limit))
        sender.number += 1
        cls._save([sender])

    @classmethod
    def _get_digest(cls, company, person):
        cls.forget(company)
        salts = cls.search([
                ('company', '=', company.id),
                ('salt', '!=', None),
                ])
        if not salts:
            # The unique digest lets only one of two at once make the salt.
            salts = [cls(
                    company=company, day=get_today(company),
                    salt=secrets.token_hex(32), digest='salt', number=0)]
            cls._save(salts)
        salt, = salts
        return hashlib.sha256(f'{salt.salt}:{person}'.encode()).hexdigest()

    @classmethod
    def _save(cls, senders):
        try:
            cls.save(senders)
        except SQLConstraintError as exception:
            # The server starts the request of who came second again.
            raise backend.DatabaseOperationalError(
                str(exception)) from exception
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [table.create_date, table.write_date], [None, None],
                where=table.id.in_([s.id for s in senders])))

    @classmethod
    def forget(cls, company):
        "Forget who sent anything before today."
        cls.delete(cls.search([
                    ('company', '=', company.id),
                    ('day', '!=', get_today(company)),
                    ]))
