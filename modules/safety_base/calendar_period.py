# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The periods in which something must be done once."""
import calendar
import datetime as dt
from collections import namedtuple

from trytond.tools import timezone as tz

FREQUENCIES = [
    ('shift', "Each Shift"),
    ('daily', "Daily"),
    ('weekly', "Weekly"),
    ('ten_days', "Every Ten Days"),
    ('half_month', "Every Half Month"),
    ('monthly', "Monthly"),
    ('quarterly', "Quarterly"),
    ('yearly', "Yearly"),
    ]

# key names the period in ever the same way; start and end are its first and
# last day.
Period = namedtuple('Period', ['key', 'start', 'end'])


def get_period(frequency, day):
    "Return the period of the frequency that the day belongs to."
    return _PERIODS[frequency](day)


def get_periods(frequency, start, end):
    "Yield the periods with at least one day from start to end."
    day = start
    while day <= end:
        period = get_period(frequency, day)
        yield period
        day = period.end + dt.timedelta(days=1)


def to_utc(date, time, timezone):
    "Return the UTC datetime of the local time at the date."
    zone = tz.get_tzinfo(timezone) if timezone else tz.UTC
    local = dt.datetime.combine(date, time, tzinfo=zone)
    return local.astimezone(tz.UTC).replace(tzinfo=None)


def _last_day(year, month):
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _daily(day):
    return Period(day.isoformat(), day, day)


def _weekly(day):
    year, week, weekday = day.isocalendar()
    start = day - dt.timedelta(days=weekday - 1)
    return Period(f'{year}-W{week:02}', start, start + dt.timedelta(days=6))


def _ten_days(day):
    part = min((day.day - 1) // 10, 2)
    start = day.replace(day=part * 10 + 1)
    if part == 2:
        end = _last_day(day.year, day.month)
    else:
        end = start + dt.timedelta(days=9)
    return Period(f'{day:%Y-%m}-T{part + 1}', start, end)


def _half_month(day):
    if day.day <= 15:
        return Period(
            f'{day:%Y-%m}-H1', day.replace(day=1), day.replace(day=15))
    return Period(
        f'{day:%Y-%m}-H2', day.replace(day=16), _last_day(day.year, day.month))


def _monthly(day):
    return Period(
        f'{day:%Y-%m}', day.replace(day=1), _last_day(day.year, day.month))


def _quarterly(day):
    quarter = (day.month - 1) // 3
    return Period(
        f'{day.year:04}-Q{quarter + 1}',
        dt.date(day.year, quarter * 3 + 1, 1),
        _last_day(day.year, quarter * 3 + 3))


def _yearly(day):
    return Period(
        f'{day.year:04}', dt.date(day.year, 1, 1), dt.date(day.year, 12, 31))


_PERIODS = {
    'shift': _daily,
    'daily': _daily,
    'weekly': _weekly,
    'ten_days': _ten_days,
    'half_month': _half_month,
    'monthly': _monthly,
    'quarterly': _quarterly,
    'yearly': _yearly,
    }
