# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Limits of failed logins.

Tryton lets the thread that serves a failed login sleep, up to 31 seconds, so
a few requests keep all others waiting.  Here who is over a limit is told so
at once (429), and what is refused is not counted: the limit ends by itself.
The limits are those of Tryton, ``max_attempt`` for each login and
``max_attempt_ip_network`` for each network.  A known device counts for itself
only, so its user gets in whatever others try.
"""
import trytond.config as config
from trytond.exceptions import RateLimitException
from trytond.pool import PoolMeta

from .text import is_storable


def is_text(value):
    "Return whether the value is a text that a database takes."
    return isinstance(value, str) and is_storable(value)


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def get_login(cls, login, parameters):
        if (is_text(login) and isinstance(parameters, dict)
                and is_text(parameters.get('password', ''))
                and all(is_text(v) for v in parameters.values() if v)):
            return super().get_login(login, parameters)


class LoginAttempt(metaclass=PoolMeta):
    __name__ = 'res.user.login.attempt'

    @classmethod
    def count(cls, login, device_cookie=None):
        """
        Raise RateLimitException where too many logins failed lately: of the
        device, if it is known, otherwise of the login or from the network

        Returns always 0, as Tryton sleeps for a time that grows with it.
        """
        if device_cookie is None and super().count_ip() > config.getint(
                'session', 'max_attempt_ip_network'):
            raise RateLimitException()
        if super().count(login, device_cookie) > config.getint(
                'session', 'max_attempt'):
            raise RateLimitException()
        return 0

    @classmethod
    def count_ip(cls):
        "Return 0: count looks at the network, when it knows the device."
        return 0
