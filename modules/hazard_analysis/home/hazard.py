# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the lists of the start pages ask of hazards."

import datetime as dt

from dateutil.relativedelta import relativedelta

from trytond.model import Model, fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.clock import (
    current_zone, day_start, local_day)
from trytond.modules.safety_base.workflow import own_employees
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

# Of what days, the last of which is left out, counted from today
SPANS = {
    'today': lambda day: (day, day + dt.timedelta(days=1)),
    '30_days': lambda day: (
        day - dt.timedelta(days=29), day + dt.timedelta(days=1)),
    'month': lambda day: _month(day),
    'last_month': lambda day: _month(day - relativedelta(months=1)),
    'year_ago': lambda day: _month(day - relativedelta(years=1)),
    }
_SPAN_NAMES = [
    ('today', "Today"),
    ('30_days', "Last 30 Days"),
    ('month', "This Month"),
    ('last_month', "Last Month"),
    ('year_ago', "The Same Month Last Year"),
    ]


def _month(day):
    first = day.replace(day=1)
    return first, first + relativedelta(months=1)


def get_days(name):
    "Return the first day of the span and the first after it."
    return SPANS[name](local_day(dt.datetime.now(), current_zone()))


def get_times(name):
    "Return the server's times at which the span begins and ends."
    zone = current_zone()
    return tuple(day_start(day, zone) for day in get_days(name))


class LedMixin(Model):
    __slots__ = ()

    led = fields.Function(
        fields.Boolean("Of My Units"), 'get_led', searcher='search_led')

    @classmethod
    def get_led(cls, records, name):
        units = Pool().get('res.user').get_led_units()
        return {r.id: r.unit.id in units for r in records}

    @classmethod
    def search_led(cls, name, clause):
        units = Pool().get('res.user').get_led_units()
        return [
            ('unit', 'in' if asks_for_true(clause) else 'not in', units)]


class OwnMixin(Model):
    "What is the user's own; links do not know the employee of the client."
    __slots__ = ()
    _owner = 'employee'

    own = fields.Function(
        fields.Boolean("My Own"), 'get_own', searcher='search_own')

    @classmethod
    def get_own(cls, records, name):
        own = own_employees()
        return {r.id: getattr(r, cls._owner).id in own for r in records}

    @classmethod
    def search_own(cls, name, clause):
        own = [e for e in own_employees() if e]
        operator = 'in' if asks_for_true(clause) else 'not in'
        return [(cls._owner, operator, own)]


class Hazard(LedMixin, OwnMixin, metaclass=PoolMeta):
    __name__ = 'hazard.hazard'
    _owner = 'found_by'

    within = fields.Function(
        fields.Selection(
            [(None, ""), *_SPAN_NAMES], "Reported Within", sort=False),
        'get_within', searcher='search_within')
    closed_within = fields.Function(
        fields.Selection(
            [(None, ""), *_SPAN_NAMES], "Closed Within", sort=False),
        'get_within', searcher='search_within')
    escalated = fields.Function(
        fields.Boolean("Escalated to Me"),
        'get_escalated', searcher='search_escalated')

    @classmethod
    def get_within(cls, hazards, names):
        "Return the shortest span that has the time of each hazard."
        spans = [(s, *get_times(s)) for s in SPANS]
        result = {}
        for name in names:
            column = _COLUMNS[name]
            result[name] = {h.id: next((
                        span for span, start, end in spans
                        if getattr(h, column)
                        and start <= getattr(h, column) < end), None)
                for h in hazards}
        return result

    @classmethod
    def search_within(cls, name, clause):
        _, operator, value = clause
        column = _COLUMNS[name]
        if value is None:
            return [(column, operator, None)]
        values = [value] if isinstance(value, str) else value
        spans = [get_times(s) for s in values if s in SPANS]
        domain = ['OR', ('id', '<', 0), *(
                [(column, '>=', start), (column, '<', end)]
                for start, end in spans)]
        if operator in {'=', 'in'}:
            return domain
        return [('id', 'not in', cls.search(domain, order=[], query=True))]

    @classmethod
    def get_escalated(cls, hazards, name):
        mine = set(map(int, cls.search([
                        ('id', 'in', [h.id for h in hazards]),
                        ('escalated', '=', True),
                        ])))
        return {h.id: h.id in mine for h in hazards}

    @classmethod
    def search_escalated(cls, name, clause):
        pool = Pool()
        reminder = pool.get('hazard.reminder').__table__()
        told = pool.get('hazard.reminder-res.user').__table__()
        query = reminder.join(
            told, condition=told.reminder == reminder.id).select(
            reminder.hazard,
            where=(told.user == Transaction().user)
            & reminder.step.like('escalate%'))
        return [('id', 'in' if asks_for_true(clause) else 'not in', query)]


_COLUMNS = {'within': 'reported_at', 'closed_within': 'closed_at'}


class Rectification(LedMixin, metaclass=PoolMeta):
    __name__ = 'hazard.rectification'
