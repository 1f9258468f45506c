# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the cells of an old ledger say.

The characters of Chinese dates, amounts and numerals are written as escapes.
"""
import datetime as dt
import hashlib
import json
import re
import unicodedata
from decimal import Decimal

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from trytond.modules.safety_base.spreadsheet import cell_text, compare_key

from .numbered import numeral

# The serial numbers of the days from 1954 to 2119
SERIALS = range(20_000, 80_000)
# Between the numbers of a date; long dashes too
_APART = r' *[-./\u3001\u3002\u2010-\u2015\u2212] *'
_DATE = re.compile(
    r'(\d{4}|[2-4]\d)(?:' + _APART + r'| *\u5e74 *)(\d{1,2})'
    r'(?:' + _APART + r'| *\u6708 *)(\d{1,2})'
    r'(?!\d) *[\u65e5\u53f7]?(.*)', re.DOTALL)
# The day or the month first, which is clear unless both can be a month
_YEAR_LAST = re.compile(r'(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?!\d)(.*)')
_MONTHS = [
    'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct',
    'nov', 'dec']
_NAMED = [
    re.compile(r'(?P<day>\d{1,2})[-. ]?(?P<month>[a-z]{3,9})[-., ]*'
        r'(?P<year>\d{4}|\d{2})(?!\d)(?P<rest>.*)', re.IGNORECASE),
    re.compile(r'(?P<month>[a-z]{3,9})[-. ]?(?P<day>\d{1,2}),? +'
        r'(?P<year>\d{4})(?!\d)(?P<rest>.*)', re.IGNORECASE),
    ]
_MONTH_DAY = re.compile(
    r'(\d{1,2})\u6708(\d{1,2})[\u65e5\u53f7]?(?:\u4e4b?\u524d)?')
_DAYS = re.compile(
    r'(\d{1,3}|[\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b'
    r'\u4e5d\u5341])(?:\u4e2a)?(?:\u5929|\u65e5|days?)\u4e4b?\u5185?')
_TIME = re.compile(
    r'[T,\s]*(\d{1,2}) *[:\u65f6\u70b9] *(\d{1,2})?'
    r' *(?:[:\u5206] *(\d{1,2})?(?:\.\d+)?)? *\u79d2?\s*')
_AMOUNT = re.compile(r'(\d[\d,]*(?:\.\d+)?)(\u4e07)?\u5143?')
# What is written instead of nothing
_NOTHING = {'', '/', '\\', '-', '--', '\u2014', '\u2014\u2014', '\u65e0'}


def clean(value):
    "Return the text of the cell, empty for what stands for nothing."
    text = cell_text(value)
    return '' if text in _NOTHING else text


def parse_moment(value, epoch=WINDOWS_EPOCH):
    """Return the date and, where it is told, the time of the cell.

    The year stands first and has four digits.
    Raises ValueError for what is no date or more than one.
    """
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.date):
        return value, None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value, epoch)
    text = unicodedata.normalize('NFKC', str(value)).strip()
    if re.fullmatch(r'\d+(\.\d+)?', text):
        return _from_number(float(text), epoch)
    day, rest = _parse_day(text)
    return day, _parse_time(rest)


def _parse_day(text):
    "Return the day with which the text begins, and what follows."
    if match := _DATE.fullmatch(text):
        year, month, day, rest = match.groups()
        return dt.date(_full_year(year), int(month), int(day)), rest
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year, rest = match.groups()
        first, second = int(first), int(second)
        if first > 12 or first == second:
            return dt.date(int(year), second, first), rest
        if second > 12:
            return dt.date(int(year), first, second), rest
    for pattern in _NAMED:
        match = pattern.fullmatch(text)
        if match and (month := match['month'].lower()[:3]) in _MONTHS:
            return dt.date(
                _full_year(match['year']), _MONTHS.index(month) + 1,
                int(match['day'])), match['rest']
    raise ValueError(f"No date: {text}")


def _full_year(text):
    return int(text) + (2000 if len(text) == 2 else 0)


def parse_deadline(text, found, at_once=()):
    """Return the day of a deadline that is told from the day of finding on.

    at_once are the words for that same day. None is returned for what tells
    no day.
    """
    key = compare_key(text)
    if key in at_once:
        return found
    if match := _DAYS.fullmatch(key):
        number = match[1]
        days = (
            int(number) if number.isdigit()
            else 2 if number == '\u4e24' else numeral(number))
        return found + dt.timedelta(days=days)
    if match := _MONTH_DAY.fullmatch(key):
        for year in [found.year, found.year + 1]:
            try:
                day = dt.date(year, int(match[1]), int(match[2]))
            except ValueError:
                continue
            if day >= found:
                return day


def _moment(value):
    value = value.replace(microsecond=0, tzinfo=None)
    return value.date(), value.time() if value.time() != dt.time() else None


def _from_number(number, epoch):
    if int(number) in SERIALS:
        value = from_excel(number, epoch)
        # A fraction of a day is seldom a whole number of seconds
        return _moment(value + dt.timedelta(milliseconds=500))
    if number == int(number) and len(str(int(number))) == 8:
        return dt.datetime.strptime(str(int(number)), '%Y%m%d').date(), None
    raise ValueError(f"No date: {number}")


def _parse_time(text):
    if match := _TIME.fullmatch(text):
        return dt.time(*(int(n or 0) for n in match.groups()))
    # A weekday or a shift may follow, another date may not
    if any(c.isdigit() for c in text):
        raise ValueError(f"No time: {text}")


def parse_amount(value):
    """Return the amount in yuan.

    Raises ValueError for what is no amount.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    text = unicodedata.normalize('NFKC', str(value)).replace(' ', '')
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise ValueError(f"No amount: {text}")
    number, ten_thousands = match.groups()
    amount = Decimal(number.replace(',', ''))
    return amount * 10_000 if ten_thousands else amount


def fingerprint(*values):
    """Return by what the same row is known again.

    It is the SHA-256, in hexadecimal, of the values as a JSON list of texts
    as they are compared.
    """
    texts = [compare_key(str(v)) if v else '' for v in values]
    return hashlib.sha256(json.dumps(texts).encode('ascii')).hexdigest()


def closest(text, names):
    """Return the value by the name that the text is or, clearly, means.

    The longest name that stands in the text, else the only one in which the
    text stands.
    """
    key = compare_key(text)
    if not key or key in names:
        return names.get(key)
    inside = [n for n in names if _stands_in(n, key)]
    if inside:
        return names[max(inside, key=len)]
    around = {v for n, v in names.items() if key in n}
    return around.pop() if len(around) == 1 and len(key) > 1 else None


def _stands_in(name, key):
    if len(name) > 1:
        return name in key
    # The letter of a grade stands first
    return key.startswith(name) and not (key[1].isascii() and key[1].isalnum())
