# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Days and hours of a zone as SQL, as the databases know no zones alike."

import datetime as dt
from functools import lru_cache

from sql import Literal
from sql.conditionals import Case

from trytond.modules.hazard.loop.figures import epoch
from trytond.tools import timezone as tz

FIRST_DAY = dt.date(1970, 1, 1)
# Nothing was recorded before, and so far ahead nothing is
YEARS = range(2000, 2050)


def local_hour(time, zone):
    "Return the SQL of the hour of the day in the zone."
    return (_local_seconds(time, zone) / Literal(3600)) % Literal(24)


def local_day(time, zone):
    "Return the SQL of the number of the day in the zone since 1970."
    return _local_seconds(time, zone) / Literal(86400)


def _local_seconds(time, zone):
    (_, offset), *changes = _get_offsets(zone)
    if changes:
        offset = Case(
            *((time >= start, seconds) for start, seconds in changes[::-1]),
            else_=offset)
    return epoch(time) + offset


@lru_cache
def _get_offsets(zone):
    "Return from when on local time is how many seconds ahead of UTC."
    offsets = [(None, _get_offset(dt.datetime(YEARS[0], 1, 1), zone))]
    hour = dt.timedelta(hours=1)
    for day in range((dt.date(YEARS[-1], 12, 31)
                - dt.date(YEARS[0], 1, 1)).days):
        start = dt.datetime(YEARS[0], 1, 1) + dt.timedelta(day)
        if _get_offset(start + 24 * hour, zone) == offsets[-1][1]:
            continue
        while _get_offset(start, zone) == offsets[-1][1]:
            start += hour / 2
        offsets.append((start, _get_offset(start, zone)))
    return offsets


def _get_offset(time, zone):
    offset = time.replace(tzinfo=tz.UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds())
