# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Keys of applications.

REST is off unless ``rest`` is set in the section ``[safety_base]``.  Its keys
are made and validated by administrators, expire, and are stored as a digest
once they are valid: the key is shown when it is made and never again.
"""

import datetime as dt
import hashlib
import re

import trytond.config as config
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.protocols.wrappers import HTTPStatus, abort
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..exceptions import ApplicationError
from .identity import is_admin
from .login import is_text

# What default_key makes
_key = re.compile('[0-9a-f]{128}')
# A SHA-256 is enough for a key that is random
_prefix = 'sha256:'


def is_rest_on():
    return config.getboolean('safety_base', 'rest', default=False)


def digest(key):
    "Return what is stored of the key."
    return _prefix + hashlib.sha256(str(key or '').encode()).hexdigest()


class UserApplication(metaclass=PoolMeta):
    __name__ = 'res.user.application'

    expires_at = fields.DateTime(
        "Expires At", states={
            'readonly': Eval('state') != 'requested',
            'required': Eval('state') == 'validated',
            },
        help="The key is not accepted any more from then on.")

    @classmethod
    def __register__(cls, module_name):
        table_h = cls.__table_handler__(module_name)
        is_new = not table_h.column_exist('expires_at')
        super().__register__(module_name)
        if is_new:
            # Keys that would never expire are made anew
            cursor = Transaction().connection.cursor()
            table = cls.__table__()
            cursor.execute(*table.update(
                    [table.state], ['cancelled'],
                    where=table.state == 'validated'))

    @classmethod
    def default_expires_at(cls):
        days = config.getint(
            'safety_base', 'application_days', default=365)
        return (dt.datetime.now() + dt.timedelta(days=days)).replace(
            microsecond=0)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            if values.get('state', cls.default_state()) == 'validated':
                cls._check_key(values['key'])
                values['key'] = digest(values['key'])
            else:
                # Only who validates the key says until when.
                values['expires_at'] = cls.default_expires_at()
        return values

    @classmethod
    def _check_key(cls, key):
        if not _key.fullmatch(key or ''):
            raise ApplicationError(gettext('safety_base.msg_application_key'))

    @classmethod
    def check_modification(
            cls, mode, applications, values=None, external=False):
        super().check_modification(
            mode, applications, values=values, external=external)
        # Without a login anybody can ask for a key.
        if mode == 'create' and (external or not Transaction().user):
            cls._check_created(applications)
        if external and mode != 'delete' and not is_admin():
            raise ApplicationError(
                gettext('safety_base.msg_application_admin'))
        if external and mode == 'write' and values.keys() & {'key', 'user'}:
            raise ApplicationError(
                gettext('safety_base.msg_application_key_write'))

    @classmethod
    def _check_created(cls, applications):
        if not is_rest_on():
            raise ApplicationError(gettext('safety_base.msg_application_off'))
        if not Transaction().user and any(
                a.state != 'requested' for a in applications):
            raise ApplicationError(
                gettext('safety_base.msg_application_admin'))

    @classmethod
    def validate_(cls, applications):
        if not is_rest_on():
            raise ApplicationError(gettext('safety_base.msg_application_off'))
        if not is_admin():
            raise ApplicationError(
                gettext('safety_base.msg_application_admin'))
        actions = []
        for application in applications:
            if application.state == 'requested':
                cls._check_key(application.key)
                actions.extend([[application], {
                            'key': digest(application.key),
                            'expires_at': cls.default_expires_at(),
                            }])
        super().validate_(applications)
        if actions:
            with without_check_access():
                cls.write(*actions)

    @classmethod
    def remove(cls, login, key, application):
        """Delete the application of the user with the key.

        Raises RateLimitException for who has guessed too often.
        """
        pool = Pool()
        LoginAttempt = pool.get('res.user.login.attempt')
        if not all(map(is_text, [login, key, application])):
            return
        LoginAttempt.count(login)
        applications = cls.search([
                ('user.login', '=', login),
                ('application', '=', application),
                ['OR',
                    ('key', '=', digest(key)),
                    [('state', '=', 'requested'), ('key', '=', key)],
                    ],
                ])
        if applications:
            cls.delete(applications)
            LoginAttempt.remove(login)
        else:
            LoginAttempt.add(login)

    @classmethod
    def check(cls, key, application):
        """Return the valid application with the key, None without one.

        What its context names is believed no more than that of other calls.
        """
        if not is_rest_on():
            abort(HTTPStatus.FORBIDDEN)
        record = super().check(digest(key), application)
        if (record and record.user and record.user.active
                and record.expires_at
                and record.expires_at > dt.datetime.now()):
            cls._believe_context(record.user)
            return record

    @classmethod
    def _believe_context(cls, user):
        # The protocol has set what the header says before it asks who it is.
        pool = Pool()
        User = pool.get('res.user')
        transaction = Transaction()
        with transaction.set_user(user.id):
            context = User.believe(transaction.context)
        if '_request' in transaction.context:
            context['_request'] = transaction.context['_request']
        transaction.context = transaction.context.__class__(context)
