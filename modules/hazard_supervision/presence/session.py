# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool, PoolMeta


class Session(metaclass=PoolMeta):
    __name__ = 'ir.session'

    # What calls without a session, as tasks, the scheduler and the tokens of
    # applications do, never comes by here. A login does not either: trytond
    # tries it once, and two who log in at once would write the same row.

    @classmethod
    def check(cls, user, key, domain=None):
        Presence = Pool().get('supervision.presence')
        found = super().check(user, key, domain=domain)
        if found:
            Presence.work(user)
        return found
