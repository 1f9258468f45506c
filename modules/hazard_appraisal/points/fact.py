# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What happened that rules may give points for.

Facts are read by one query for each kind of them, from what is not changed
afterwards: the timeline of hazards and what was decided, answered or done.
Thus they are the same whenever they are read.
"""

import datetime as dt
from collections import namedtuple
from functools import cached_property

from trytond.model import fields
from trytond.modules.safety_base.clock import company_zone, day_start

from .membership import Membership

# source and occurrence tell it apart from all other facts of the event.
# Whom it is about is the id of a member or of an employee, then of all of
# the memberships in which the employee served on the day.
# time is the server's time or a day of the company; ended the time at which
# it turned out to be void, for the reason.
# number and frequency are what only some rules ask for.
Fact = namedtuple('Fact', [
        'event', 'source', 'occurrence', 'member', 'employee', 'time',
        'grade', 'number', 'frequency', 'ended', 'reason'],
    defaults=[1, None, None, None, None, None, None, None, None])


class Scope:
    """Which facts are to be read.

    They are those of the company, of the records with the ids or on days
    since the day, where these are given.
    """

    def __init__(self, company, since=None, ids=None):
        self.company = company
        self.zone = company_zone(company)
        self.since = since
        self.ids = ids

    @cached_property
    def service(self):
        "When the members of the company served"
        return Membership(self.company)

    @property
    def start(self):
        "The server's time since which the facts are read, or None"
        return day_start(self.since, self.zone) if self.since else None

    def restrict(self, table, time=None, id_=None):
        "Return the condition for a table with the company, a time and an id."
        where = table.company == self.company.id
        if self.ids is not None:
            where &= fields.SQL_OPERATORS['in'](id_, self.ids)
        if self.since and time is not None:
            where &= time >= self.start
        return where


def to_time(value):
    "Return the time that the database calculated; SQLite returns a text."
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value)
    return value
