# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What every document shares: language, company, words, formats and the log."

import datetime as dt

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.clock import company_zone
from trytond.pool import Pool
from trytond.report import Report
from trytond.rpc import RPC
from trytond.tools import timezone as tz
from trytond.transaction import Transaction, without_check_access

from ..exceptions import FormatError, RecordCountError
from .capital_amount import capital_amount
from .convert import convert
from .freeze_panes import freeze_workbook
from .rows import RowsTemplate
from .template import Template

__all__ = ['Document', 'Table']

LANGUAGE = 'zh_CN'


class Document(Report):
    """Base of the documents of text.

    data may have the format, one of formats, instead of the one of the
    action.
    """
    formats = ('odt', 'pdf')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # Printing writes the log.
        cls.__rpc__['execute'] = RPC(readonly=False)

    @classmethod
    def execute(cls, ids, data):
        pool = Pool()
        Print = pool.get('hazard.print')
        format_ = data.get('format')
        if format_ is not None and format_ not in cls.formats:
            raise FormatError(gettext(
                    'hazard_report.msg_document_format', format=format_,
                    formats=', '.join(cls.formats)))
        ids = list(map(int, ids))
        action = cls._get_action(data)
        data = {**data, 'ids': ids, 'action_id': action.id}
        company = cls.get_company(ids, data)
        with Transaction().set_context(language=cls.get_language(company)):
            extension, content, direct, title = super().execute(ids, data)
            title = cls.get_file_name(action, ids, data, title)
            Print.log(
                cls.__name__, action.model or data.get('model'), ids,
                company=company, title=title,
                format=extension, count=cls.get_count(ids, data))
        return extension, content, direct, title

    @staticmethod
    def get_one(records):
        "Return the record, raise RecordCountError unless it is the only one."
        if len(records) != 1:
            raise RecordCountError(gettext('hazard_report.msg_document_one'))
        return records[0]

    @classmethod
    def get_file_name(cls, action, ids, data, title):
        """Return the name of the file, which says what it is and of when.

        title is the name of the action, with that of the records: it would
        name some of many.
        """
        if len(ids) == 1:
            return title
        return f'{action.name}-{cls.get_file_day(ids, data).isoformat()}'

    @classmethod
    def get_file_day(cls, ids, data):
        "Return the day of the document, of which its file is named."
        pool = Pool()
        Date = pool.get('ir.date')
        return Date.today()

    @classmethod
    def get_count(cls, ids, data):
        "Return how many records the document shows."
        return len(ids)

    @classmethod
    def get_company(cls, ids, data):
        "Return the company whose head the document bears."
        pool = Pool()
        Company = pool.get('company.company')
        company = Transaction().context.get('company')
        return Company(company) if company is not None else None

    @classmethod
    def get_language(cls, company):
        "Return the code of the language of the company, by default Chinese."
        if company and company.party.lang:
            return company.party.lang.code
        return LANGUAGE

    @classmethod
    @without_check_access
    def _get_action(cls, data):
        """Return the action, which some users may not read, nor execute.

        Raise AccessError for that of another document, whose groups would
        not be those of this one.
        """
        pool = Pool()
        ActionReport = pool.get('ir.action.report')
        if data.get('action_id') is not None:
            action = ActionReport(data['action_id'])
            if action.report_name != cls.__name__:
                raise AccessError(gettext(
                        'ir.msg_access_report_error', report=cls.__name__))
            return action
        action, = ActionReport.search(
            [('report_name', '=', cls.__name__)], limit=1)
        return action

    @classmethod
    def _execute(cls, records, header, data, action):
        if format_ := data.get('format'):
            # A copy, since the action may be used for another header
            action = action.__class__(action.id)
            action.extension = format_
        return super()._execute(records, header, data, action)

    @classmethod
    def get_context(cls, records, header, data):
        pool = Pool()
        Date = pool.get('ir.date')
        context = super().get_context(records, header, data)
        ids = [int(r) for r in records]
        company = cls.get_company(ids, data)
        zone = get_zone(company)
        context.update({
                'company': company,
                'employee': context['user'].employee,
                'printer': name_printer(context['user']),
                'today': Date.today(),
                'printed_at': dt.datetime.now(),
                'page_words': page_words(),
                'day': lambda value: format_day(value, zone),
                'short_day': lambda value: format_short_day(value, zone),
                'moment': lambda value: format_moment(value, zone),
                'amount': format_amount,
                'capital': capital_amount,
                'paragraphs': paragraphs,
                })
        return context

    @classmethod
    def render(cls, report, report_context):
        if report.get_template_cached() is None:
            report.set_template_cached(cls.load_template(report))
        return super().render(report, report_context)

    @classmethod
    def load_template(cls, report):
        return Template(report.report_content)

    @classmethod
    def convert(cls, report, data, timeout=None, retry=0):
        source = report.template_extension
        target = report.extension or source
        if target == source:
            return target, data
        return target, convert(data, source, target, timeout=timeout)


class Table(Document):
    """Base of the documents of a spreadsheet.

    repeated is the name of a list in the context of the template: for each of
    its items, which have a name, the first sheet is made, in which the item
    is called sheet.  A document whose charts shall be in its XLSX has it
    made by LibreOffice, which takes longer.
    """
    formats = ('ods', 'pdf', 'xlsx')
    repeated = None
    has_charts = False

    @classmethod
    def load_template(cls, report):
        return RowsTemplate(report.report_content, repeated=cls.repeated)

    @classmethod
    def render(cls, report, report_context):
        if report.extension == 'xlsx' and not cls.has_charts:
            report_context['xlsx'] = True
        return super().render(report, report_context)

    @classmethod
    def convert(cls, report, data, timeout=None, retry=0):
        if report.extension == 'xlsx' and not cls.has_charts:
            return report.extension, data
        extension, content = super().convert(
            report, data, timeout=timeout, retry=retry)
        if extension == 'xlsx':
            heads = [f[2:] for f in report.get_template_cached().frozen]
            content = freeze_workbook(content, heads)
        return extension, content


def name_printer(user):
    "Return the name of who prints, in the language of the document."
    if user.employee:
        return user.employee.rec_name
    if user.login == 'admin':
        return gettext('hazard_report.msg_document_administrator')
    return user.name


def get_zone(company):
    "Return the time zone of the company, UTC without one."
    return company_zone(company) if company else tz.UTC


def page_words():
    "Return what stands before, between and after page and count of pages."
    words = gettext('hazard_report.msg_document_page', page='\n', pages='\n')
    return words.split('\n')


def format_day(value, zone):
    "Return the day, of a time in the zone, as 2026年11月22日."
    if value is None:
        return ''
    day = to_day(value, zone)
    return gettext(
        'hazard_report.msg_document_day',
        year=day.year, month=day.month, day=day.day)


def format_short_day(value, zone):
    return '' if value is None else to_day(value, zone).isoformat()


def format_moment(value, zone):
    if value is None:
        return ''
    return to_local(value, zone).strftime('%Y-%m-%d %H:%M')


def format_amount(value):
    return '' if value is None else f'{value:,.2f}'


def paragraphs(text):
    "Return the lines of the text, one empty line when there is none."
    return [line.strip() for line in (text or '').splitlines()] or ['']


def to_local(time, zone):
    "Return the server's time as the naive one of the zone."
    return time.replace(tzinfo=tz.UTC).astimezone(zone).replace(tzinfo=None)


def to_day(value, zone):
    "Return the date, which for a time of the server is that in the zone."
    if isinstance(value, dt.datetime):
        return to_local(value, zone).date()
    return value
