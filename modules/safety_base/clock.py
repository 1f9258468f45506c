# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The days of a company in the time of the server, which is UTC."

import datetime as dt

from trytond.pool import Pool
from trytond.tools import timezone as tz
from trytond.transaction import Transaction

from .boolean_search import asks_for_true


def company_zone(company):
    "Return the time zone of the company."
    return tz.ZoneInfo(company.timezone) if company.timezone else tz.UTC


def current_zone():
    "Return the time zone of the company for which the user works."
    pool = Pool()
    Company = pool.get('company.company')
    company = Transaction().context.get('company')
    return company_zone(Company(company)) if company is not None else tz.UTC


def local_day(time, zone):
    "Return the day of the server's time in the zone."
    return time.replace(tzinfo=tz.UTC).astimezone(zone).date()


def day_start(day, zone):
    "Return the server's time at which the day begins in the zone."
    midnight = dt.datetime.combine(day, dt.time(), zone)
    return midnight.astimezone(tz.UTC).replace(tzinfo=None)


def full_hour(time, zone):
    "Return the server's time of the full hour in the zone, not earlier."
    hour = time.replace(tzinfo=tz.UTC).astimezone(zone)
    if hour.minute or hour.second or hour.microsecond:
        hour = hour.replace(minute=0, second=0, microsecond=0)
        hour += dt.timedelta(hours=1)
    return hour.astimezone(tz.UTC).replace(tzinfo=None)


def today():
    "Return the server's times at which the user's day begins and ends."
    zone = current_zone()
    day = local_day(dt.datetime.now(), zone)
    return day_start(day, zone), day_start(day + dt.timedelta(days=1), zone)


def search_today(field, clause):
    """Return the domain for the times of the field that are today or not.

    clause compares a boolean.  The clients know only the day of the server.
    """
    start, end = today()
    if asks_for_true(clause):
        return [(field, '>=', start), (field, '<', end)]
    return ['OR', (field, '<', start), (field, '>=', end), (field, '=', None)]
