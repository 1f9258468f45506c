# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The days of a company on which people work, and its holidays.

They come from the notices of the State Council, as far as the package
chinesecalendar is installed and knows them; the others are assumed from the
day of the week. What is entered goes before both.
"""

import datetime as dt

from trytond.cache import Cache
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from .access import CopyAccessMixin, is_external
from .clock import company_zone, day_start, local_day
from .scheduler import get_companies

try:
    import chinese_calendar
except ImportError:
    chinese_calendar = None

__all__ = ['Day']

# After how many days without work none is expected
LONGEST = 366
SATURDAY = 5


def assume(day):
    "Return whether people work on the day, what it is for, and who says so."
    if chinese_calendar:
        try:
            holiday, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            # The years before 2004, and those whose notice is still to come
            pass
        else:
            return not holiday, name and get_name(name), 'notice'
    return day.weekday() < SATURDAY, None, 'assumed'


def get_name(name):
    return chinese_calendar.Holiday(name).chinese


class Day(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'safety.day'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    date = fields.Date("Date", required=True)
    kind = fields.Selection([
            ('working', "Working Day"),
            ('holiday', "Holiday"),
            ], "Kind", required=True, sort=False)
    name = fields.Char(
        "Occasion",
        help="The holiday, also where another day is worked for it.")
    origin = fields.Selection([
            ('notice', "Notice of the State Council"),
            ('assumed', "Assumed from the Weekday"),
            ('entered', "Entered"),
            ], "Origin", required=True, readonly=True, sort=False,
        help="An assumed day is replaced once its notice is known.")

    # A batch of hazards asks for the same days again and again.
    _kinds_cache = Cache('safety.day.kinds', context=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('date', 'ASC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('date_unique', Unique(t, t.company, t.date),
                'safety_base.msg_day_unique'),
            ]
        cls._sql_indexes.add(
            Index(t, (t.company, Index.Equality()), (t.date, Index.Range())))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_kind(cls):
        return 'holiday'

    @classmethod
    def default_origin(cls):
        return 'entered'

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('origin') == 'assumed', 'warning', '')),
            ]

    def get_rec_name(self, name):
        return ' '.join(filter(None, [str(self.date), self.name]))

    @classmethod
    def _before_create(cls, vlist):
        if is_external():
            vlist = [{**v, 'origin': 'entered'} for v in vlist]
        return super()._before_create(vlist)

    @classmethod
    def _before_write(cls, *args):
        if is_external():
            args = [
                {**a, 'origin': 'entered'} if isinstance(a, dict) else a
                for a in args]
        return super()._before_write(*args)

    @classmethod
    def fill(cls):
        "Keep the days of this year and the next, but for what is entered."
        for company in get_companies():
            today = local_day(dt.datetime.now(), company_zone(company))
            cls._fill(
                company, dt.date(today.year, 1, 1),
                dt.date(today.year + 1, 12, 31))

    @classmethod
    def _fill(cls, company, start, end):
        kept = {d.date: d for d in cls.search([
                    ('company', '=', company.id),
                    ('date', '>=', start),
                    ('date', '<=', end),
                    ])}
        new, told = [], []
        for number in range((end - start).days + 1):
            date = start + dt.timedelta(days=number)
            works, name, origin = assume(date)
            values = {
                'kind': 'working' if works else 'holiday',
                'name': name,
                'origin': origin,
                }
            if date not in kept:
                new.append({'company': company.id, 'date': date, **values})
            elif kept[date].origin == 'assumed' != origin:
                told += [[kept[date]], values]
        cls.create(new)
        if told:
            cls.write(*told)

    @classmethod
    def hours_later(cls, time, hours, company):
        """Return the time at which so many hours of working days are over.

        time is the server's, the days are those of the company. Where no work
        is planned for a year they are counted on all days.
        """
        zone = company_zone(company)
        left, rested, until = dt.timedelta(hours=hours), 0, time
        while left and rested < LONGEST:
            day = local_day(until, zone)
            end = day_start(day + dt.timedelta(days=1), zone)
            if cls.is_working(day, company):
                passed = min(left, end - until)
                left -= passed
                end, rested = until + passed, 0
            else:
                rested += 1
            until = end
        return time + dt.timedelta(hours=hours) if left else until

    @classmethod
    def is_working(cls, day, company):
        kinds = cls._get_kinds(company, day.year)
        return kinds[day] == 'working' if day in kinds else assume(day)[0]

    @classmethod
    def _get_kinds(cls, company, year):
        "Return the kinds of the days that are kept of the year, by day."
        key = company.id, year
        kinds = cls._kinds_cache.get(key)
        if kinds is None:
            table = cls.__table__()
            cursor = Transaction().connection.cursor()
            cursor.execute(*table.select(
                    table.date, table.kind,
                    where=(table.company == company.id)
                    & (table.date >= dt.date(year, 1, 1))
                    & (table.date <= dt.date(year, 12, 31))))
            kinds = {cls.date.sql_format(d): k for d, k in cursor}
            cls._kinds_cache.set(key, kinds)
        return kinds

    @classmethod
    def on_modification(cls, mode, days, field_names=None):
        super().on_modification(mode, days, field_names=field_names)
        cls._kinds_cache.clear()
