# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The results of an exam: each closed paper, and what they come to by unit."

from collections import defaultdict
from operator import itemgetter

from trytond.i18n import gettext
from trytond.modules.safety_base.clock import company_zone
from trytond.tools import grouped_slice

from ..engine.bulk_read import Names, find, read_pages
from ..engine.document import Table, to_day
from ..engine.records_mixin import RecordsMixin
from ..engine.sheet import heading, listing, named, selection_texts, signatures
from .exam_paper import minutes_between

NAMES = [
    'unit', 'employee', 'attempt', 'started_at', 'closed_at', 'timed_out',
    'score', 'total', 'state']
SLICE = 500


class ExamResults(RecordsMixin, Table):
    __name__ = 'training.exam.results'
    _model = 'training.exam'
    # Exams are read by all who may take them.
    _reserved = 'training.result.unit'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        exam = cls.get_one(records)
        company = context['company']
        rows = get_rows(exam)
        best = get_best(rows)
        passed = sum(r['passed'] for r in best.values())
        title = gettext(
            'hazard_report.msg_results_title', exam=exam.rec_name)
        context.update({
                'named': named,
                'title': title,
                'units_name': gettext('hazard_report.msg_results_units'),
                'units_title': gettext(
                    'hazard_report.msg_results_units_title', title=title),
                'heading': heading(company),
                'terms': gettext(
                    'hazard_report.msg_results_terms',
                    total=exam.total, pass_mark=exam.pass_mark,
                    minutes=exam.minutes, attempts=exam.attempts),
                'rows': rows,
                'units': get_units(rows),
                'nothing': gettext('hazard_report.msg_results_nothing'),
                'summary': gettext(
                    'hazard_report.msg_results_summary',
                    people=len(best), papers=len(rows), passed=passed,
                    rate=percent(passed, len(best)),
                    average=percent(
                        sum(map(itemgetter('rate'), rows)), len(rows))),
                'explained': gettext('hazard_report.msg_results_explained'),
                'signatures': signatures(
                    context['employee'], company, blanks=5),
                })
        return context


def get_rows(exam):
    "Return what is shown of the closed papers of the exam."
    zone = company_zone(exam.company)
    ids = find('training.paper', [
            ('exam', '=', int(exam)),
            ('state', '!=', 'running'),
            ], order=[
            ('unit', 'ASC NULLS LAST'),
            ('employee', 'ASC'),
            ('id', 'ASC'),
            ])
    names = Names()
    states = selection_texts('training.paper', 'state')
    rows = []
    for page in read_pages('training.paper', ids, NAMES):
        employees = names.load(
            'company.employee', [p['employee'] for p in page])
        units = names.load('safety.unit', [p['unit'] for p in page])
        kinds = get_kinds([p['employee'] for p in page], names)
        for paper in page:
            result = states[paper['state']]
            if paper['timed_out']:
                result = gettext(
                    'hazard_report.msg_results_timed_out', result=result)
            rows.append({
                    **paper,
                    'number': len(rows) + 1,
                    'name': employees[paper['employee']],
                    'unit': units[paper['unit']] or '',
                    'kinds': listing(kinds[paper['employee']]),
                    'day': to_day(paper['started_at'], zone),
                    'result': result,
                    'passed': paper['state'] == 'passed',
                    'rate': paper['score'] / (paper['total'] or 1),
                    'minutes': minutes_between(
                        paper['started_at'], paper['closed_at']),
                    })
    return rows


def get_kinds(employees, names):
    "Return the names of the kinds of which each employee is a member."
    result = defaultdict(list)
    for sub_employees in grouped_slice(list(set(employees)), SLICE):
        members = [
            m for page in read_pages('safety.member', find('safety.member', [
                        ('employee', 'in', list(sub_employees)),
                        ('state', '!=', 'dismissed'),
                        ], order=[('id', 'ASC')]), ['employee', 'kind'])
            for m in page]
        known = names.load('safety.member.kind', [m['kind'] for m in members])
        for member in members:
            result[member['employee']].append(known[member['kind']])
    return result


def get_best(rows):
    "Return the best row of each person."
    best = {}
    for row in rows:
        known = best.get(row['employee'])
        if known is None or (
                (row['passed'], row['rate'])
                > (known['passed'], known['rate'])):
            best[row['employee']] = row
    return best


def get_units(rows):
    by_unit = defaultdict(list)
    for row in rows:
        by_unit[row['unit']].append(row)
    return [{
            'unit': unit,
            'people': len({p['employee'] for p in papers}),
            'papers': len(papers),
            'passed': sum(p['passed'] for p in papers),
            'pass_rate': sum(p['passed'] for p in papers) / len(papers),
            'average': sum(p['rate'] for p in papers) / len(papers),
            'best': max(p['rate'] for p in papers),
            } for unit, papers in by_unit.items()]


def percent(part, whole):
    return f'{100 * part / whole:.1f}%' if whole else '—'
