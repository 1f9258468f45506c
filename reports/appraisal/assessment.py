# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The form on which a member is assessed at the end of a year."

import datetime as dt
from collections import Counter, defaultdict

from trytond.i18n import gettext
from trytond.pool import Pool

from ..engine.bulk_read import Names
from ..engine.document import format_day
from ..engine.sheet import selection_texts
from .points import check_entries, format_points, read_rows
from .points_statement import SHEET, PointsDocument, name_sheets

__all__ = ['AnnualAssessment']

PROPOSAL = 'appraisal.proposal'


class AnnualAssessment(PointsDocument):
    __name__ = 'appraisal.assessment.form'

    @classmethod
    def get_pages(cls, sheets):
        by_year = defaultdict(list)
        for sheet in sheets:
            members = by_year[sheet['start_date'].year]
            if sheet['member'] not in members:
                members.append(sheet['member'])
        return [
            page for year, members in sorted(by_year.items())
            for page in get_year(year, members)]


def get_year(year, members):
    "Return the pages of the members (ids) with the months of the year."
    pool = Pool()
    today = pool.get('ir.date').today()
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    check_entries([
            ('member', 'in', members),
            ('period.start_date', '>=', first),
            ('period.end_date', '<=', last),
            ])
    sheets = read_rows('appraisal.sheet', [
            ('member', 'in', members),
            ('period_kind', 'in', ['month', 'year']),
            ('start_date', '>=', first),
            # Periods are there before they begin
            ('start_date', '<=', today),
            ('end_date', '<=', last),
            ], SHEET, order=[('start_date', 'ASC'), ('id', 'ASC')])
    name_sheets(sheets, None)
    rows = defaultdict(list)
    years = {}
    for sheet in sheets:
        if sheet['period_kind'] == 'year':
            years[sheet['member']] = sheet
        else:
            sheet['label'] = gettext(
                'hazard_report.msg_assessment_month',
                month=sheet['start_date'].month)
            rows[sheet['member']].append(sheet)
    served = {
        m['id']: m for m in read_rows(
            'safety.member', [('id', 'in', members)], ['since', 'until'])}
    proposals = get_proposals(first, last, members)
    for member in members:
        # Who did not serve in the year only has late entries
        if member in years and years[member]['rank']:
            yield {
                **get_page(
                    years[member], rows[member], served.get(member, {}),
                    today),
                'proposals': proposals[member],
                }


def get_proposals(first, last, members):
    "Return what followed for the members (ids) in words."
    result = defaultdict(list)
    rows = read_rows(PROPOSAL, [
            ('member', 'in', members),
            ('period.start_date', '>=', first),
            ('period.end_date', '<=', last),
            ], ['member', 'period', 'action', 'state'],
        order=[('id', 'ASC')])
    periods = Names().load('appraisal.period', {r['period'] for r in rows})
    texts = {n: selection_texts(PROPOSAL, n) for n in ['action', 'state']}
    for row in rows:
        result[row['member']].append(gettext(
                'hazard_report.msg_assessment_proposal',
                period=periods[row['period']],
                **{n: t[row[n]] for n, t in texts.items()}))
    return result


def get_page(sheet, months, member, today):
    sheet['label'] = gettext('hazard_report.msg_assessment_year')
    tasks = Counter(
        m['task_state'] for m in months
        if m['task_state'] == 'reached' or m['end_date'] < today)
    return {
        **sheet,
        'rows': [*months, sheet],
        'since': format_day(member.get('since'), None),
        'result': gettext(
            'hazard_report.msg_assessment_result',
            score=format_points(sheet['score']), members=sheet['members'],
            rank=sheet['rank'], grade=sheet['grade_text']),
        'tasks': gettext(
            'hazard_report.msg_assessment_tasks', verified=sheet['verified'],
            reached=tasks['reached'], missed=tasks['missed']),
        }
