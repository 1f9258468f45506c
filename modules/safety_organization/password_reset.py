# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Passwords for those who have forgotten theirs.

Tryton stores the temporary password in clear, also where no mail can be sent.
Here only the receiver of the mail ever sees it: what is stored is a hash,
which opens the dialog for a new password as a one-time password does.  Who
asks without a login learns nothing: the task that looks for the user runs
after the answer.
"""
import datetime as dt
import logging
from email.message import EmailMessage

from sql import Null

import trytond.config as config
from trytond import backend, security
from trytond.i18n import gettext
from trytond.model import ModelView, dualmethod
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.guard.login import is_text
from trytond.pool import Pool, PoolMeta
from trytond.sendmail import send_message_transactional
from trytond.tools.email_ import set_from_header
from trytond.transaction import Transaction
from trytond.url import http_host
from trytond.worker import run_task

from .exceptions import PasswordResetError
from .login import generate_password, hash_password

# What trytond sets where the configuration says nothing
NO_SERVER = 'smtp://localhost:25'
logger = logging.getLogger(__name__)


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def __register__(cls, module_name):
        super().__register__(module_name)
        # Those that were stored in clear
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.update(
                [table.password_reset, table.password_reset_expire],
                [Null, Null],
                where=(table.password_reset != Null)
                & ~table.password_reset.like('$%')))

    @classmethod
    def check_mail(cls):
        "Raise PasswordResetError where no mail server is set."
        if config.get('email', 'uri', default=NO_SERVER) == NO_SERVER:
            raise PasswordResetError(gettext(
                    'safety_organization.msg_password_reset_no_mail'))

    @classmethod
    def ask_password_reset(cls, login):
        """
        Queue the reset of the password of the login, whether or not it exists

        Raise PasswordResetError where no mail server is set, and
        RateLimitException as for wrong passwords, which it counts as one.
        """
        pool = Pool()
        LoginAttempt = pool.get('res.user.login.attempt')
        cls.check_mail()
        LoginAttempt.count(login)
        LoginAttempt.add(login)
        # The task needs a record, but who it is about is looked for later.
        cls.__queue__.send_password_reset([cls(0)], login)

    @classmethod
    def send_password_reset(cls, users, login):
        "Mail a new password unless the user has one that is still valid"
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id,
                where=(table.login == login)
                & ((table.password_reset_expire == Null)
                    | (table.password_reset_expire < dt.datetime.now()))))
        users = cls.search([
                ('id', 'in', [id_ for id_, in cursor]),
                ('email', 'not in', [None, '']),
                ])
        if users:
            cls.reset_password(users)

    @dualmethod
    @ModelView.button
    def reset_password(cls, users, length=None, from_=None):
        cls.check_mail()
        actions = []
        for user in users:
            if not user.email:
                raise PasswordResetError(gettext(
                        'safety_organization.msg_password_reset_no_email',
                        user=user.rec_name))
            password = generate_password()
            expire = dt.datetime.now() + dt.timedelta(
                seconds=config.getint('password', 'reset_timeout'))
            actions.extend([[user], {
                        'password_reset': hash_password(password),
                        'password_reset_expire': expire,
                        }])
            cls._mail_password(user, password, expire)
        cls.write(*actions)

    @classmethod
    def _mail_password(cls, user, password, expire):
        language = user.language.code if user.language else None
        with Transaction().set_context(
                language=language or Transaction().language):
            subject = gettext(
                'safety_organization.msg_password_reset_subject')
            hours = round(
                config.getint('password', 'reset_timeout') / 3600)
            text = gettext(
                'safety_organization.msg_password_reset_mail',
                login=user.login, password=password, hours=hours,
                url=f'{http_host()}/#{Transaction().database.name}')
        message = EmailMessage()
        from_ = config.get('email', 'from')
        set_from_header(message, from_, from_)
        message['To'] = user.email
        message['Subject'] = subject
        message.set_content(text)
        send_message_transactional(message)

    @classmethod
    def _get_login(cls, login):
        user_id, password_hash, _ = super()._get_login(login)
        # It would be compared as it is stored.
        return user_id, password_hash, None

    @classmethod
    def _select_one_time(cls, table):
        yield from super()._select_one_time(table)
        yield table.password_reset, table.password_reset_expire


class EmailResetPassword(metaclass=PoolMeta):
    __name__ = 'res.user.email_reset_password'

    @classmethod
    def execute(cls, ids, data):
        # It prints the password as it is stored.
        raise AccessError(gettext(
                'safety_organization.msg_password_reset_report'))


def reset_password(dbname, login, context=None):
    """
    Answer common.db.reset_password the same for every login

    It replaces trytond.security.reset_password, which looks for the user and
    sends the mail before the answer, and sleeps to hide it.
    """
    if not is_text(login):
        return
    for count in range(config.getint('database', 'retry'), -1, -1):
        with Transaction().start(dbname, 0, context=context) as transaction:
            pool = security._get_pool(dbname)
            User = pool.get('res.user')
            if not hasattr(User, 'ask_password_reset'):
                logger.info("No password is reset in %s", dbname)
                return
            try:
                User.ask_password_reset(login)
                transaction.commit()
            except backend.DatabaseOperationalError:
                if count:
                    continue
                raise
        break
    while transaction.tasks:
        run_task(pool, transaction.tasks.pop())


# Nothing of trytond lets a module answer this call, which comes without user.
security.reset_password = reset_password
