# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"How far the hazard of a row of an old ledger has come, by what it tells."

import datetime as dt
from dataclasses import dataclass, field

from trytond.modules.safety_base.clock import day_start
from trytond.modules.safety_base.spreadsheet import compare_key

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
    handling: str = 'four_fix'
    # Of the hazard: closed, recheck, failed, rectification or four_fix
    stage: str = None

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


class Words:
    "What the texts of results and states say."

    def __init__(self, passed, failed, on_site):
        self.passed = passed
        self.failed = failed
        self.on_site = on_site

    def is_failed(self, text):
        return _says(text, self.failed)

    def is_passed(self, text):
        # What failed may contain the word for what passed
        return not self.is_failed(text) and _says(text, self.passed)

    def is_on_site(self, *texts):
        return any(_says(t, self.on_site) for t in texts)


def _says(text, words):
    key = compare_key(text)
    return any(w in key if len(w) > 1 else w == key for w in words)


def settle(entry, words):
    """Set how far the hazard has come and, where it is closed, when.

    Return whether the row tells when, if it says that it is closed.
    """
    texts, values = entry.texts, entry.values
    failed = words.is_failed(texts.get('result', ''))
    said = words.is_passed(texts.get('state', ''))
    if not values.get('closed_at') and not failed:
        last = values.get('checked_at')
        if said:
            last = last or values.get('rectified_at')
        if last:
            values['closed_at'] = last
        elif said:
            return False
    if values.get('closed_at'):
        entry.stage = 'closed'
        _settle_on_site(entry, words)
    elif failed:
        entry.stage = 'failed'
    elif values.get('rectified_at'):
        entry.stage = 'recheck'
    else:
        entry.stage = 'four_fix'
    return True


def _settle_on_site(entry, words):
    texts = entry.texts
    measures = (
        texts.get('actions') or texts.get('measures') or texts.get('result'))
    if measures and words.is_on_site(
            *(texts.get(n, '') for n in ['handling', 'state', 'result'])):
        entry.handling = 'on_site'
        entry.values['on_site_measures'] = measures
