# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.modules.safety_base.clock import current_zone
from trytond.pool import PoolMeta
from trytond.tools import timezone as tz

from .local_time import local_hour


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    found_hour = fields.Function(
        fields.Integer(
            "Hour", help="Of the day in the zone of the company."),
        'get_found_hour', searcher='search_found_hour')

    @classmethod
    def get_found_hour(cls, hazards, name):
        zone = current_zone()
        return {
            h.id: h.found_at.replace(tzinfo=tz.UTC).astimezone(zone).hour
            for h in hazards}

    @classmethod
    def search_found_hour(cls, name, clause):
        _, operator, operand = clause
        Operator = fields.SQL_OPERATORS[operator]
        table = cls.__table__()
        return [('id', 'in', table.select(
                    table.id,
                    where=Operator(
                        local_hour(table.found_at, current_zone()),
                        operand)))]
