# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Anonymous opinions: submitted as nobody and followed by a code.

The code is shown once and only its digest is kept.  Nothing that is written
bears the user: neither the opinion, its photos and notices nor the log, the
queue or the session of the wizard.
"""
import datetime as dt
import hashlib
import logging
import secrets
from contextlib import contextmanager

from trytond import backend
from trytond.exceptions import TrytonException, UserError
from trytond.i18n import gettext
from trytond.model import ModelSQL, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, TransactionError
from trytond.wizard import Wizard

from .exceptions import ReceiptError
from .feedback import get_today
from .sender import get_sender

# Neither 0 and O nor 1, I and L, which people mistake for each other
ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
# 79 bits, which nobody finds by trying
LENGTH = 16
_GROUP = 4

logger = logging.getLogger(__name__)


@contextmanager
def as_nobody(company):
    "Act as no user at all, with nothing in the context that tells who it is."
    transaction = Transaction()
    language = transaction.context.get('language')
    with transaction.set_user(0), transaction.reset_context(), \
            transaction.set_context(company=company, language=language):
        yield


def new_code():
    code = ''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return '-'.join(
        code[i:i + _GROUP] for i in range(0, LENGTH, _GROUP))


def get_digest(code):
    "Return the digest of the code, however it was typed."
    code = ''.join(c for c in (code or '').upper() if c in ALPHABET)
    return hashlib.sha256(code.encode()).hexdigest()


class Receipt(ServerWrittenMixin, CopyAccessMixin, ModelSQL):
    __name__ = 'safety.feedback.receipt'
    _refusal = AccessError, 'safety_feedback.msg_receipt_modify'
    _log = False

    feedback = fields.Many2One(
        'safety.feedback', "Feedback", required=True, ondelete='CASCADE')
    digest = fields.Char("Digest", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('feedback_unique', Unique(t, t.feedback),
                'safety_feedback.msg_receipt_unique'),
            ('digest_unique', Unique(t, t.digest),
                'safety_feedback.msg_receipt_unique'),
            ]


class Feedback(metaclass=PoolMeta):
    __name__ = 'safety.feedback'

    @classmethod
    def submit_anonymous(cls, company, values):
        "Submit an opinion of nobody and return its number and its code."
        pool = Pool()
        Company = pool.get('company.company')
        Kind = pool.get('safety.feedback.kind')
        Photo = pool.get('safety.feedback.photo')
        Receipt = pool.get('safety.feedback.receipt')
        Sender = pool.get('safety.feedback.sender')
        cls.check_employee(company)
        sender = get_sender(company)
        code = new_code()
        with as_nobody(company):
            Sender.count(Company(company), sender)
            photos = [
                {'image': image} for image in values.pop('photos', [])]
            Photo.check_number(photos, values['subject'])
            feedback, = cls.create([{
                        **values,
                        **cls.get_submitted(
                            Company(company), Kind(values['kind'])),
                        'company': company,
                        'anonymous': True,
                        'photos': [('create', photos)],
                        'state': 'submitted',
                        }])
            receipt, = Receipt.create([{
                        'feedback': feedback.id,
                        'digest': get_digest(code),
                        }])
            blur([feedback], feedback.submitted_on)
            blur(feedback.photos, feedback.submitted_on)
            blur([receipt], feedback.submitted_on)
            cls.__queue__.tell_submitted([feedback])
            return feedback.number, code

    @classmethod
    def find_by_code(cls, company, code):
        """Return the opinion of the code, to be used by as_nobody.

        Raise ReceiptError when there is none.
        """
        pool = Pool()
        Receipt = pool.get('safety.feedback.receipt')
        receipts = Receipt.search([
                ('digest', '=', get_digest(code)),
                ('feedback.company', '=', company),
                ])
        if not receipts:
            raise ReceiptError(gettext('safety_feedback.msg_receipt_unknown'))
        receipt, = receipts
        return receipt.feedback


def blur(records, day):
    "Let the records tell the day but not the time of their creation."
    _set_time(records, 'create_date', day)


@contextmanager
def blurred(feedback):
    """Let the opinion not tell when somebody wrote it within the block.

    It tells the day, or what it told before if that is later.
    """
    before = feedback.write_date
    yield
    day = dt.datetime.combine(get_today(feedback.company), dt.time())
    _set_time([feedback], 'write_date', max(filter(None, [before, day])))


def _set_time(records, name, time):
    if records:
        if not isinstance(time, dt.datetime):
            time = dt.datetime.combine(time, dt.time())
        table = records[0].__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [getattr(table, name)], [time],
                where=table.id.in_([r.id for r in records])))


class PrivateWizard(Wizard):
    """Base of the wizards of which nothing must be kept.

    Tryton stores what is typed with the user in the session of the wizard,
    and logs the wizard on the records from which it was opened.
    """
    model = record = None
    records = []

    @classmethod
    def execute(cls, *args, **kwargs):
        try:
            return super().execute(*args, **kwargs)
        except (TransactionError, TrytonException, UserError,
                backend.DatabaseOperationalError,
                backend.DatabaseTimeoutError):
            raise
        except Exception as exception:
            # The server would log who sent what.
            logger.error(
                "%s failed: %s", cls.__name__, type(exception).__name__)
            raise ReceiptError(gettext(
                    'safety_feedback.msg_receipt_form')) from None

    def _save(self):
        pass
