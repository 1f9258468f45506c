# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

"The letters to a unit: notice, its reply list and the recheck opinion."

import re
from collections import Counter
from functools import reduce

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import Transaction

from ..engine.document import Document, format_day, get_zone, to_local
from .recheck_opinion import VERDICTS

__all__ = ['RecheckOpinion', 'RectificationNotice', 'RectificationReply']

# How many inspectors are named
NAMED = 6
# What numbers were before they began with the sign of the body
FORMER = re.compile('[0-9]{4}-[0-9]+')


class Letter(Document):

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        zone = get_zone(context['company'])
        context.update({
                'number_of': get_number,
                'cited': cite,
                'time': lambda value: format_time(value, zone),
                'days': lambda lines: format_days(lines, zone),
                'checkers': get_checkers,
                'inspectors': get_inspectors,
                'last_done': get_last_done,
                'results': get_results,
                })
        return context


class Issued(Letter):
    "A letter of which each copy is the one that was issued."

    @classmethod
    def render_record(cls, record):
        "Return the letter on the record as it is now, as an ODT file."
        pool = Pool()
        ActionReport = pool.get('ir.action.report')
        action, *_ = ActionReport.search(
            [('report_name', '=', cls.__name__)], order=[('id', 'ASC')])
        with Transaction().set_context(
                company=record.company.id,
                language=cls.get_language(record.company)):
            records = record.__class__.browse([record.id])
            return bytes(
                cls.render(action, cls.get_context(records, {}, {})))

    @classmethod
    def _execute(cls, records, header, data, action):
        pool = Pool()
        record = cls.get_one(records)
        document = pool.get(action.model)(int(record))
        if document.state == 'draft':
            return super()._execute(records, header, data, action)
        extension = (
            data.get('format') or action.extension
            or action.template_extension)
        return extension, document.get_issued(extension)


class RectificationNotice(Issued):
    __name__ = 'hazard.rectification_notice'


class RecheckOpinion(Issued):
    __name__ = 'hazard.recheck_opinion'


class RectificationReply(Letter):
    __name__ = 'hazard.rectification_notice.reply'


def get_number(document):
    "Return the number as it stands below the title."
    return cite(document) or gettext('hazard_report.msg_letter_draft')


def cite(document):
    "Return the number as a letter cites it, empty for a draft."
    number = document.number or ''
    if FORMER.fullmatch(number):
        return gettext('hazard_report.msg_letter_number', number=number)
    return number


def format_time(value, zone):
    "Return the time in the words of a letter, a full hour without minutes."
    if value is None:
        return ''
    local = to_local(value, zone)
    message = 'time' if local.minute else 'hour'
    return gettext(
        f'hazard_report.msg_letter_{message}', day=format_day(value, zone),
        hour=local.hour, minute=f'{local.minute:02}')


def format_days(lines, zone):
    "Return the day, or the first and the last one, of the inspection."
    times = sorted(line.hazard.found_at for line in lines)
    if not times:
        return ''
    days = list(dict.fromkeys(
            format_day(t, zone) for t in (times[0], times[-1])))
    if len(days) == 1:
        return days[0]
    return gettext(
        'hazard_report.msg_letter_days', first=days[0], last=days[1])


def get_inspectors(lines):
    "Return the names of who found the hazards, and how many if they are many."
    names = list(dict.fromkeys(
            line.hazard.finder for line in lines))
    text = join_names(names[:NAMED])
    if len(names) > NAMED:
        text = gettext(
            'hazard_report.msg_letter_inspectors', names=text,
            count=len(names))
    return text


def get_checkers(opinion):
    "Return the places where those sign who rechecked, one if none is named."
    checkers = [opinion.checker, opinion.second_checker]
    names = [c.rec_name for c in checkers if c] or ['']
    return [
        gettext('hazard_report.msg_letter_checker', name=n) for n in names]


def join_names(names):
    "Return the names as the language enumerates them."
    def join(first, second):
        return gettext(
            'hazard_report.msg_letter_names', names=first, name=second)
    return reduce(join, names) if names else ''


def get_last_done(hazard):
    "Return the last rectification of the hazard that is done, if any."
    done = [r for r in hazard.rectifications if r.state == 'done']
    return done[-1] if done else None


def get_results(opinion):
    "Return how many hazards got which verdict, in the words of a letter."
    counts = Counter(line.verdict for line in opinion.lines)
    return gettext(
        'hazard_report.msg_letter_results', count=len(opinion.lines),
        results=join_names([
                gettext(
                    f'hazard_report.msg_letter_results_{verdict}',
                    count=counts[verdict])
                for verdict, _ in VERDICTS if counts[verdict]]))
