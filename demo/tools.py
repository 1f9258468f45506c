# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the topics of the demonstration share."""

import csv
import datetime as dt
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import time_machine

from trytond.pool import Pool
from trytond.tools.timezone import get_tzinfo
from trytond.transaction import Transaction
from trytond.worker import run_task

__all__ = ['ZONE', 'Clock', 'get_ref', 'read', 'working']

ZONE = 'Asia/Shanghai'
# What is locked must be so from the start of the transaction.
LOCKED = [
    'appraisal_configuration', 'appraisal_period', 'hazard_configuration',
    'hazard_numbering', 'safety_configuration']
DATA = Path(__file__).parent / 'data'


def read(name):
    "Return the rows of the table as dictionaries, None where it is empty"
    with (DATA / f'{name}.csv').open(encoding='utf-8', newline='') as file:
        return [
            {key: value or None for key, value in row.items()}
            for row in csv.DictReader(file)]


def get_ref(name):
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    return ModelData.get_id(name)


@contextmanager
def working(database, user=0):
    """Work in a transaction of its own, as the server would.

    A user, given as id, is bound by the access rules; nobody is the
    scheduler.
    """
    with Transaction().start(
            database, user, context={'language': 'zh_CN'},
            _lock_tables=LOCKED) as transaction:
        context = {'_skip_warnings': True}
        if user:
            context = get_context(user)
        with transaction.set_context(context):
            yield
        tasks = transaction.tasks.copy()
        transaction.tasks.clear()
    for task in tasks:
        run_task(database, task)


@cache
def get_context(user):
    "Return the context that the client of the user gets when logging in"
    User = Pool().get('res.user')
    return {
        **User.get_preferences(context_only=True), '_check_access': True}


class Clock:
    "The time of the server, which stands still until it is moved"

    def __init__(self):
        self.now = dt.datetime.now(dt.UTC).replace(
            microsecond=0, tzinfo=None)

    def __enter__(self):
        self._travel = time_machine.travel(
            self.now.replace(tzinfo=dt.UTC), tick=False)
        self._traveller = self._travel.start()
        return self

    def __exit__(self, *args):
        self._travel.stop()

    def move(self, time):
        self._traveller.move_to(time.replace(tzinfo=dt.UTC))

    def ago(self, days, hour):
        "Return the time in UTC of the local hour so many days ago"
        zone = get_tzinfo(ZONE)
        today = self.now.replace(tzinfo=dt.UTC).astimezone(zone).date()
        midnight = dt.datetime.combine(
            today - dt.timedelta(days=days), dt.time(), zone)
        time = midnight + dt.timedelta(hours=hour)
        return time.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)

    def local(self, time):
        return time.replace(tzinfo=dt.UTC).astimezone(get_tzinfo(ZONE))
