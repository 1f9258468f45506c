# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"How far the hazard of a row of an old ledger has come, by what it tells."

import datetime as dt
from dataclasses import dataclass, field

from trytond.modules.safety_base.clock import day_start

# In the order in which they happen
STEPS = ['found_at', 'rectified_at', 'checked_at', 'closed_at']
TIMES = [*STEPS, 'deadline']
_DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)


@dataclass
class Entry:
    "A hazard to be brought in: the texts of its row and what they mean."
    table: object
    row: int
    # By field
    columns: dict
    texts: dict
    # The whole row as it stands in the ledger
    text: str
    values: dict = field(default_factory=dict)
    description: str = None
    # Of the hazard, of the whole text and of each hazard in it
    fingerprint: str = None
    whole: str = None
    parts: list = field(default_factory=list)
    # What stands in the cells of dates and is none
    unreadable: dict = field(default_factory=dict)
    handling: str = 'four_fix'
    # Of the hazard: closed, recheck, failed, rectification or four_fix
    stage: str = None
    # The field of the date that is not told by the row
    taken: str = None

    @property
    def key(self):
        return self.table.sheet.name, self.row

    def get(self, name):
        return self.values.get(name)

    def known_as(self, numbers):
        "Return its number, whether it was brought in whole or in parts."
        if number := (
                numbers.get(self.fingerprint) or numbers.get(self.whole)):
            return number
        parts = [numbers.get(f) for f in self.parts]
        if self.fingerprint == self.whole and all(parts):
            return parts[0]


def server_time(moment, zone, after=None):
    """Return the server's time of the day and time in the zone.

    A day without a time stands for its beginning, but not before what
    happened after on the same day.
    """
    day, time = moment
    if time is not None:
        return to_utc(dt.datetime.combine(day, time), zone)
    start = day_start(day, zone)
    if after and start < after < start + _DAY:
        return after
    return start


def end_of_day(moment, zone):
    "Return the server's time until which a deadline lasts."
    day, time = moment
    if time is not None:
        return server_time(moment, zone)
    return day_start(day + _DAY, zone) - _SECOND


def to_utc(local, zone):
    return local.replace(tzinfo=zone).astimezone(dt.UTC).replace(tzinfo=None)


def order_times(moments, zone):
    """Return the server's times by field and the fields out of order.

    moments are days and times by field.
    """
    times, wrong, last = {}, [], None
    for name in STEPS:
        if moment := moments.get(name):
            times[name] = server_time(moment, zone, last)
            if last and times[name] < last:
                wrong.append(name)
            last = max(filter(None, [last, times[name]]))
    if moment := moments.get('deadline'):
        times['deadline'] = end_of_day(moment, zone)
        found = times.get('found_at')
        if found and times['deadline'] < found:
            wrong.append('deadline')
    return times, wrong


def settle(entry, words, closed_day=None, now=dt.datetime.max):
    """Set how far the hazard has come and, where it is closed, when.

    Where the row does not tell when it was closed or rectified, closed_day
    tells what is taken: found_at or deadline. Return the name of the field
    that has to be told, or of the date that is missing.
    """
    values = entry.values
    state, result = _said(entry, words, 'state'), None
    if result_text := entry.texts.get('result'):
        result = words.find('result', result_text)
    on_site = _said(entry, words, 'handling') == 'on_site'
    if values.get('closed_at'):
        return _close(entry, words)
    if entry.texts.get('state') and not state:
        return 'state'
    if result == 'failed':
        entry.stage = 'failed'
    elif state in {'closed', 'on_site'} or (
            not state and (on_site or result == 'passed')):
        at_once = on_site or state == 'on_site'
        return _end(
            entry, 'closed_at', ['checked_at', 'rectified_at'],
            'found_at' if at_once else closed_day, now) or _close(
                entry, words)
    elif state:
        if state == 'rectified' and not values.get('rectified_at'):
            if missing := _end(
                    entry, 'rectified_at', [], closed_day, now):
                return missing
        entry.stage = (
            'recheck' if values.get('rectified_at') else 'four_fix')
    elif result_text and not result:
        return 'result'
    elif values.get('checked_at'):
        values['closed_at'] = values['checked_at']
        return _close(entry, words)
    elif values.get('rectified_at'):
        entry.stage = 'recheck'
    else:
        entry.stage = 'four_fix'
    if entry.texts.get('handling') and not _said(entry, words, 'handling'):
        return 'handling'


def _said(entry, words, field):
    """Return what the field says, or what stands instead of a date.

    A word instead of the date of a step says that the step was done.
    """
    if text := entry.texts.get(field):
        return words.find(field, text)
    if field != 'state':
        return None
    for name in ['closed_at', 'checked_at', 'rectified_at']:
        if text := entry.unreadable.get(name):
            said = words.find('state', text)
            if said == 'closed' and name == 'rectified_at':
                return 'rectified'
            if said:
                return said


def _end(entry, name, known, day, now):
    "Set when a step was done by what is known, else by the day to be taken."
    values = entry.values
    for other in known:
        if values.get(other):
            values[name] = values[other]
            return None
    if not day:
        return name
    found = values.get('found_at')
    values[name] = max(found, min(now, values.get(day) or found))
    entry.taken = name


def _close(entry, words):
    entry.stage = 'closed'
    texts = entry.texts
    measures = (
        texts.get('actions') or texts.get('measures') or texts.get('result'))
    if measures and any(
            words.find('state', texts.get(n, '')) == 'on_site'
            for n in ['handling', 'state', 'result']):
        entry.handling = 'on_site'
        entry.values['on_site_measures'] = measures
