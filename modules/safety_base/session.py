# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import PoolMeta


class Session(metaclass=PoolMeta):
    __name__ = 'ir.session'

    @classmethod
    def search(
            cls, domain, offset=0, limit=None, order=None, count=False,
            query=False):
        """Also tell when the sessions were last modified.

        Every call is checked, and would read it by a statement of its own.
        """
        sessions = super().search(
            domain, offset=offset, limit=limit, order=order, count=count,
            query=query)
        if not (count or query):
            for session in sessions:
                session.last_modified_at = (
                    session.write_date or session.create_date)
        return sessions
