# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import Pool, PoolMeta


class Enterprise(metaclass=PoolMeta):
    __name__ = 'supervision.enterprise'

    last_work = fields.Function(
        fields.Date(
            "Last Work", help="When its people last worked with the system."),
        'get_last_work')

    @classmethod
    def get_last_work(cls, enterprises, name):
        Presence = Pool().get('supervision.presence')
        last = Presence.get_last([e.id for e in enterprises])
        return {e.id: last.get(e.id) for e in enterprises}

    @classmethod
    def has_worked(cls, days):
        """Note the first work of a user on the days, by id of the enterprises.

        Whoever was invited is registered by it.
        """
        invited = cls.search([
                ('id', 'in', list(days)),
                ('registration', '=', 'invited'),
                ('active', 'in', [True, False]),
                ])
        for enterprise in invited:
            enterprise.registration = 'registered'
            enterprise.registered_on = days[enterprise.id]
        cls.save(invited)
