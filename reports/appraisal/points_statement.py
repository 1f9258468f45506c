# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The points of a member in a period, entry by entry."

from collections import defaultdict

from trytond.i18n import gettext

from ..engine.bulk_read import Names
from ..engine.document import Document, format_day, format_moment, get_zone
from ..engine.records_mixin import RecordsMixin
from ..engine.sheet import listing, selection_texts
from .points import find_entries, format_points, read_rows

__all__ = ['PointsDocument', 'PointsStatement']

SHEET = [
    'period', 'member', 'employee', 'kind', 'unit', 'base', 'report_points',
    'loop_points', 'training_points', 'opinion_points', 'duty_points',
    'points', 'over_cap', 'score', 'members', 'rank', 'unit_rank',
    'former_rank', 'task', 'verified', 'task_state', 'grade', 'period_kind',
    'start_date', 'end_date', 'state']


class PointsDocument(RecordsMixin, Document):
    "Base of the documents with a page for the member of each sheet"
    _model = 'appraisal.sheet'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        zone = get_zone(context['company'])
        sheets = read_rows(
            cls._model, [('id', 'in', [int(r) for r in records])], SHEET)
        name_sheets(sheets, zone)
        context.update({
                'points': format_points,
                'provisional': gettext(
                    'hazard_report.msg_points_open',
                    time=format_moment(context['printed_at'], zone)),
                'pages': cls.get_pages(sheets),
                })
        return context

    @classmethod
    def get_pages(cls, sheets):
        "Return what the template shows of each of the sheets."
        raise NotImplementedError


class PointsStatement(PointsDocument):
    __name__ = 'appraisal.points.statement'

    @classmethod
    def get_pages(cls, sheets):
        by_period = defaultdict(list)
        for sheet in sheets:
            by_period[sheet['period']].append(sheet)
        lines = defaultdict(list)
        for period, group in by_period.items():
            for entry in find_entries(
                    group[0]['period_kind'], period,
                    [s['member'] for s in group]):
                lines[period, entry['member']].append(entry)
        add_texts([e for entries in lines.values() for e in entries])
        return [
            {**s, **get_statement(lines[s['period'], s['member']], s)}
            for s in sheets]


def name_sheets(sheets, zone):
    "Replace ids and values by the words for them."
    names = Names()
    tasks = selection_texts('appraisal.sheet', 'task_state')
    grades = selection_texts('appraisal.sheet', 'grade')
    known = {
        name: names.load(model, {s[name] for s in sheets})
        for name, model in [
            ('employee', 'company.employee'), ('unit', 'safety.unit'),
            ('kind', 'safety.member.kind')]}
    periods = names.load('appraisal.period', {s['period'] for s in sheets})
    for sheet in sheets:
        sheet.update((n, texts[sheet[n]] or '') for n, texts in known.items())
        sheet.update({
                'period_name': periods[sheet['period']],
                'days': gettext(
                    'hazard_report.msg_points_days',
                    first=format_day(sheet['start_date'], zone),
                    last=format_day(sheet['end_date'], zone)),
                'ranked': format_rank(sheet),
                'found': format_found(sheet),
                'task_text': tasks[sheet['task_state']] or '',
                'grade_text': grades[sheet['grade']] or '',
                })


def format_rank(sheet):
    if sheet['rank'] is None:
        return ''
    return f'{sheet["rank"]}/{sheet["members"]}'


def format_found(sheet):
    "Return how many hazards were found, of those of the task if any."
    if sheet['task'] is None:
        return str(sheet['verified'])
    return f'{sheet["verified"]}/{sheet["task"]}'


def add_texts(entries):
    "Add the rule of the entries in words."
    names = Names()
    rules = names.load('appraisal.rule', {e['rule'] for e in entries})
    for entry in entries:
        entry['rule_name'] = rules[entry['rule']]


def get_statement(entries, sheet):
    "Return the lines of the entries and what they come to."
    numbers = {e['id']: n for n, e in enumerate(entries, 1)}
    total = sum(e['points'] for e in entries)
    return {
        'lines': [{
                **e,
                'number': numbers[e['id']],
                'note': get_note(e, numbers),
                } for e in entries],
        'sum': gettext(
            'hazard_report.msg_points_sum', entries=len(entries),
            total=format_points(total),
            over=format_points(sheet['over_cap']),
            points=format_points(sheet['points'])),
        }


def get_note(entry, numbers):
    "Return what is particular about the entry."
    notes = []
    if entry['late']:
        notes.append(gettext('hazard_report.msg_points_late'))
    if reversal := entry['reversal_of']:
        if reversal in numbers:
            notes.append(gettext(
                    'hazard_report.msg_points_reversal',
                    number=numbers[reversal]))
        else:
            notes.append(gettext('hazard_report.msg_points_former_reversal'))
    if entry['reversed_by']:
        notes.append(gettext('hazard_report.msg_points_reversed'))
    return listing([*notes, entry['reason'] or ''])
