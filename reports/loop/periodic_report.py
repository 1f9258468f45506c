# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The daily and the monthly report: what was found, counted and drawn."

import calendar
import datetime as dt
from dataclasses import dataclass

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.chart import MIMETYPE, bar_chart
from trytond.modules.safety_base.exceptions import CallArgumentError
from trytond.modules.safety_base.guard.value import is_a
from trytond.pool import Pool
from trytond.wizard import Button, StateReport, StateView, Wizard

from ..engine.document import Table, format_day
from ..engine.print_context import TableFormatMixin, UnitMixin
from ..engine.sheet import heading, listing, named, signatures, spanned
from .periodic_rows import read_rows
from .statistics import Period, Statistics

# What the client sends of the period
DAYS = ['first', 'last']
# The days that a report of fewer draws
TREND_DAYS = 7
# Of a chart, four units a millimetre
CHART_SIZE = (516, 264)


@dataclass(frozen=True)
class Column:
    "A column of the counts; the first of a group spans all of the group."
    name: str
    group: str = ''
    span: int = 0


class Statement(Table):
    "What the reports of any period share."
    has_charts = True
    # How many narrow characters the columns of long texts hold in a line
    widths = {}
    # Up to how many hazards need no sheet of statistics
    few = -1

    @classmethod
    def get_period(cls, data):
        company = cls.get_company([], data)
        return Period(company, *(cls._get_day(data, n) for n in DAYS))

    @staticmethod
    def _get_day(data, name):
        "Return the day that the client sent, which must be one."
        day = data.get(name)
        if not is_a(dt.date, day):
            raise CallArgumentError(gettext(
                    'safety_base.msg_call_argument', argument=name))
        return day

    @classmethod
    def get_title(cls, period):
        raise NotImplementedError

    @classmethod
    def get_file_day(cls, ids, data):
        return data['last']

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        period = cls.get_period(data)
        units = cls._get_units(data)
        trend = Period(
            period.company,
            min(period.first, period.last - dt.timedelta(TREND_DAYS - 1)),
            period.last)
        statistics = Statistics.of(period, units=units, trend=trend)
        title = cls.get_title(period)
        context.update(cls._get_tables(period, units, statistics))
        context.update(cls._get_charts(statistics))
        context.update({
                'named': named,
                'spanned': spanned,
                'details_name': gettext('hazard_report.msg_sheet_details'),
                'statistics_name': gettext(
                    'hazard_report.msg_sheet_statistics'),
                'title': title,
                'sheet_title': gettext(
                    'hazard_report.msg_statement_statistics', title=title),
                'heading': heading(
                    period.company, data.get('unit'), cls._get_days(period)),
                'signatures': signatures(
                    context['employee'], period.company),
                })
        return context

    @classmethod
    def _get_units(cls, data):
        pool = Pool()
        Unit = pool.get('safety.unit')
        if unit := data.get('unit'):
            return Unit.get_descendants([unit])

    @classmethod
    def _get_days(cls, period):
        first, last = (
            format_day(d, period.zone) for d in [period.first, period.last])
        if first == last:
            return gettext('hazard_report.msg_statement_day', day=first)
        return gettext(
            'hazard_report.msg_statement_period', first=first, last=last)

    @classmethod
    def _get_tables(cls, period, units, statistics):
        total = statistics.total
        grades = statistics.columns[:statistics.number_grades]
        disciplines = statistics.columns[statistics.number_grades:]
        summary = gettext(
            'hazard_report.msg_statement_summary',
            total=total.total, closed=total.closed,
            open=total.total - total.closed,
            on_site=total.on_site, overdue=total.overdue,
            on_time_rate=format_rate(total.on_time_rate),
            rate=format_rate(total.rate),
            grades=listing(
                gettext('hazard_report.msg_statement_grade', name=n, count=c)
                for n, c in zip(grades, total.counts)))
        if statistics.imported:
            summary += gettext(
                'hazard_report.msg_statement_imported',
                number=statistics.imported)
        columns = [
            *_group('hazard_report.msg_statement_by_grade', grades),
            *_group('hazard_report.msg_statement_by_discipline', disciplines)]
        return {
            'rows': read_rows(period, units, cls.widths),
            'count': total.total,
            'nothing': gettext('hazard_report.msg_statement_nothing'),
            'summary': summary,
            'statistics': statistics,
            'columns': columns,
            'width': len(columns) + 7,
            'few': total.total <= cls.few,
            }

    @classmethod
    def _get_charts(cls, statistics):
        found, closed = (
            gettext(f'hazard_report.msg_chart_{n}')
            for n in ['found', 'closed'])
        days = statistics.days
        labels = [
            str(day.day) if len(days) > TREND_DAYS else f'{day:%m-%d}'
            for day, _, _ in days]
        return {
            'discipline_chart': (bar_chart(
                    gettext('hazard_report.msg_chart_disciplines'),
                    [n for n, _ in statistics.disciplines],
                    [(found, [c for _, c in statistics.disciplines])],
                    *CHART_SIZE), MIMETYPE),
            'day_chart': (bar_chart(
                    gettext('hazard_report.msg_chart_days'), labels,
                    [(found, [f for _, f, _ in days]),
                        (closed, [c for _, _, c in days])],
                    *CHART_SIZE), MIMETYPE),
            }


def _group(message, names):
    return [
        Column(n, '' if i else gettext(message), 0 if i else len(names))
        for i, n in enumerate(names)]


def format_rate(rate):
    "Return the rate in percent, a dash for none."
    return '\N{EM DASH}' if rate is None else f'{rate:.1%}'


class Daily(Statement):
    __name__ = 'hazard.statement.daily'
    widths = {'description': 47}
    few = 12

    @classmethod
    def get_title(cls, period):
        return gettext('hazard_report.msg_statement_daily')


class Monthly(Statement):
    __name__ = 'hazard.statement.monthly'
    widths = {'description': 24, 'measures': 18}

    @classmethod
    def get_title(cls, period):
        return gettext(
            'hazard_report.msg_statement_monthly',
            year=period.first.year, month=period.first.month)


class StatementStartMixin(UnitMixin, TableFormatMixin):

    def get_data(self, first, last):
        return {
            'first': first,
            'last': last,
            'unit': self.unit.id if self.unit else None,
            'format': self.format,
            }


class DailyStart(StatementStartMixin):
    __name__ = 'hazard.statement.daily.start'

    date = fields.Date("Date", required=True)

    @classmethod
    def default_date(cls):
        return Pool().get('ir.date').today()


class MonthlyStart(StatementStartMixin):
    __name__ = 'hazard.statement.monthly.start'

    year = fields.Integer(
        "Year", required=True,
        domain=[('year', '>=', 1900), ('year', '<=', 9999)])
    month = fields.Many2One('ir.calendar.month', "Month", required=True)

    @classmethod
    def default_year(cls):
        return cls._last_day().year

    @classmethod
    def default_month(cls):
        pool = Pool()
        Month = pool.get('ir.calendar.month')
        month, = Month.search([('index', '=', cls._last_day().month)])
        return month.id

    @classmethod
    def _last_day(cls):
        "Return the last whole day: on the first, of the month before."
        return Pool().get('ir.date').today() - dt.timedelta(days=1)


class PrintDaily(Wizard):
    __name__ = 'hazard.statement.daily.print'
    start_state = 'start'
    start = StateView(
        'hazard.statement.daily.start',
        'hazard_report.statement_daily_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('hazard.statement.daily')

    def do_print_(self, action):
        return action, self.start.get_data(self.start.date, self.start.date)


class PrintMonthly(Wizard):
    __name__ = 'hazard.statement.monthly.print'
    start_state = 'start'
    start = StateView(
        'hazard.statement.monthly.start',
        'hazard_report.statement_monthly_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('hazard.statement.monthly')

    def do_print_(self, action):
        year, month = self.start.year, self.start.month.index
        _, days = calendar.monthrange(year, month)
        return action, self.start.get_data(
            dt.date(year, month, 1), dt.date(year, month, days))
