# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
One-time passwords.

The temporary password of Tryton (``password_reset``) is stored in clear, can
be read by every user, works until it expires and does not have to be changed.
A one-time password is stored as a hash and only opens the dialog of the login
in which the user chooses an own password.
"""
import datetime as dt
import secrets
from itertools import count

import pwdlib
import pwdlib.hashers.argon2

import trytond.config as config
from trytond.exceptions import LoginException
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.res.user import PasswordError
from trytond.transaction import Transaction

# Without the characters that look alike on paper
ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
LENGTH = 10
# The passwords are random, so a cheap hash protects them well enough
_hash = pwdlib.PasswordHash([
        pwdlib.hashers.argon2.Argon2Hasher(
            time_cost=1, memory_cost=8192, parallelism=1),
        ])


def hash_password(password):
    return _hash.hash(password)


def generate_password():
    return ''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    one_time_password = fields.Char(
        "One-time Password", strip=False, readonly=True, loading='lazy',
        help="The hash of the password with which the user may log in once.")
    one_time_expire = fields.Timestamp(
        "One-time Password Expire", readonly=True, loading='lazy')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._secrets = cls._secrets | {
            'one_time_password', 'one_time_expire'}
        cls._never_read = cls._never_read | {'one_time_password'}

    @classmethod
    def one_time_values(cls, password):
        "Return the values that let a user log in once with the password"
        days = config.getint(
            'safety_organization', 'one_time_password_days', default=30)
        return {
            'one_time_password': hash_password(password),
            'one_time_expire': dt.datetime.now() + dt.timedelta(days=days),
            }

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'write' and 'password_hash' in values:
            values['one_time_password'] = None
            values['one_time_expire'] = None
        return values

    @classmethod
    def copy(cls, users, default=None):
        default = default.copy() if default is not None else {}
        default['one_time_password'] = None
        default['one_time_expire'] = None
        return super().copy(users, default=default)

    @classmethod
    def _login_password(cls, login, parameters):
        user_id = super()._login_password(login, parameters)
        if not user_id:
            user_id = cls._get_one_time_user(login, parameters['password'])
            if user_id:
                cls._choose_password(cls(user_id), parameters)
        return user_id

    @classmethod
    def _get_one_time_user(cls, login, password):
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        for hash_column, expire in cls._select_one_time(table):
            cursor.execute(*table.select(
                    table.id, hash_column,
                    where=(table.login == login)
                    & table.active
                    & hash_column.like('$argon2%')
                    & (expire > dt.datetime.now())))
            if row := cursor.fetchone():
                user_id, hash_ = row
                if password and _hash.verify(password, hash_):
                    return user_id

    @classmethod
    def _select_one_time(cls, table):
        "Yield the columns of the hash and of the time when it expires"
        yield table.one_time_password, table.one_time_expire

    @classmethod
    def _choose_password(cls, user, parameters):
        message = gettext('safety_organization.msg_login_new_password')
        # The client keeps what was typed, so each try has names of its own
        for i in count(1):
            new, again = f'new_password_{i}', f'new_password_again_{i}'
            if not parameters.get(new):
                raise LoginException(new, message, type='password')
            try:
                cls._check_new_password(
                    user, parameters[new], parameters['password'])
            except PasswordError as exception:
                message = exception.message
                continue
            if again not in parameters:
                raise LoginException(again, gettext(
                        'safety_organization.msg_login_new_password_again'),
                    type='password')
            if parameters[again] == parameters[new]:
                break
            message = gettext(
                'safety_organization.msg_login_new_password_differ')
        cls.write([user], {'password': parameters[new]})

    @classmethod
    def _check_new_password(cls, user, new, old):
        if new == old:
            raise PasswordError(gettext(
                    'safety_organization.msg_login_new_password_same'))
        cls.validate_password(new, [user])
