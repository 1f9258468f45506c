# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The summary of opinions: what was said and answered, and in what time."

from types import SimpleNamespace

from trytond.i18n import gettext
from trytond.modules.safety_feedback.feedback import REPLIED, get_today
from trytond.pool import Pool
from trytond.wizard import Button, StateReport, StateView, Wizard

from ..engine.bulk_read import Names, find, read_pages
from ..engine.document import Table, format_day, get_zone, to_day
from ..engine.print_context import PeriodMixin, TableFormatMixin, UnitMixin
from ..engine.sheet import heading, named, pieces, selection_texts, signatures

COLUMNS = [
    'number', 'submitted_on', 'author', 'anonymous', 'kind', 'subject',
    'text', 'unit', 'due_on', 'answer_text', 'answered_at', 'late', 'state',
    'satisfaction']
ORDER = [('submitted_on', 'ASC'), ('id', 'ASC')]
RELATIONS = {
    'author': 'company.employee',
    'kind': 'safety.feedback.kind',
    'unit': 'safety.unit',
    }
# How many narrow characters the columns of long texts hold in a line
WIDTHS = {'text': 42, 'answer_text': 38}


class FeedbackSummary(Table):
    __name__ = 'safety.feedback.summary'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        company = context['company']
        opinions = list(cls._get_opinions(
                cls._find(records, company, data), get_zone(company)))
        today = get_today(company)
        title = gettext('hazard_report.msg_feedback_title')
        context.update({
                'named': named,
                'title': title,
                'sheet_title': gettext('hazard_report.msg_feedback_counts'),
                'heading': heading(
                    company, data.get('unit'), cls._get_days(company, data)),
                'rows': [
                    row for number, opinion in enumerate(opinions, 1)
                    for row in _get_rows(number, opinion)],
                'count': len(opinions),
                'nothing': gettext('hazard_report.msg_feedback_nothing'),
                'kinds': _count(opinions, 'kind', today),
                'units': _count(opinions, 'unit', today),
                'summary': _get_summary(opinions, today),
                'signatures': signatures(context['employee'], company),
                })
        return context

    @classmethod
    def get_count(cls, ids, data):
        return len(ids) or 1

    @classmethod
    def _find(cls, records, company, data):
        pool = Pool()
        Unit = pool.get('safety.unit')
        domain = [('company', '=', company.id), ('state', '!=', 'draft')]
        if 'first' not in data:
            domain.append(('id', 'in', [int(r) for r in records]))
        else:
            domain += [
                ('submitted_on', '>=', data['first']),
                ('submitted_on', '<=', data['last'])]
        if unit := data.get('unit'):
            domain.append(('unit', 'in', list(Unit.get_descendants([unit]))))
        return find('safety.feedback', domain, order=ORDER)

    @classmethod
    def _get_days(cls, company, data):
        if 'first' not in data:
            return
        first, last = (
            format_day(data[n], get_zone(company)) for n in ['first', 'last'])
        return gettext(
            'hazard_report.msg_statement_period', first=first, last=last)

    @classmethod
    def _get_opinions(cls, ids, zone):
        names = Names()
        texts = {
            n: selection_texts('safety.feedback', n)
            for n in ['state', 'satisfaction']}
        for page in read_pages('safety.feedback', ids, COLUMNS):
            known = {
                n: names.load(model, {r[n] for r in page})
                for n, model in RELATIONS.items()}
            for row in page:
                yield {
                    **row,
                    **{n: known[n][row[n]] or '' for n in RELATIONS},
                    'author': (
                        gettext('hazard_report.msg_feedback_anonymous')
                        if row['anonymous'] else known['author'][
                            row['author']]),
                    'text': '\n'.join([row['subject'], row['text']]),
                    'answered_on': (
                        to_day(row['answered_at'], zone)
                        if row['answered_at'] else None),
                    'state_name': texts['state'][row['state']],
                    'rating': texts['satisfaction'][row['satisfaction']],
                    }


def _get_rows(number, opinion):
    "Yield the row of the opinion, and further ones for its long texts."
    parts = {
        n: pieces(opinion[n] or '', width) for n, width in WIDTHS.items()}
    for index in range(max(map(len, parts.values()))):
        texts = {
            n: p[index] if index < len(p) else '' for n, p in parts.items()}
        if not index:
            yield {**opinion, 'serial': number, **texts}
        else:
            yield {**dict.fromkeys([*opinion, 'serial']), **texts}


def _count(opinions, name, today):
    "Return the counts of the opinions by kind or unit, their sum last."
    groups = {}
    for opinion in opinions:
        groups.setdefault(opinion[name], []).append(opinion)
    rows = [_Counts(n, groups[n], today) for n in sorted(groups)]
    if rows:
        rows.append(_Counts(
                gettext('hazard_report.msg_feedback_sum'), opinions, today))
    return [vars(r) for r in rows]


class _Counts(SimpleNamespace):

    def __init__(self, name, opinions, today):
        replied = [o for o in opinions if o['state'] in REPLIED]
        late = sum(bool(o['late']) for o in replied)
        overdue = sum(
            o['state'] == 'submitted' and o['due_on'] < today
            for o in opinions)
        judged = len(replied) + overdue
        ratings = [
            int(o['satisfaction']) for o in opinions if o['satisfaction']]
        super().__init__(
            name=name or gettext('hazard_report.msg_feedback_unrouted'),
            number=len(opinions),
            replied=len(replied),
            adopted=sum(o['state'] == 'adopted' for o in opinions),
            declined=sum(o['state'] == 'declined' for o in opinions),
            late=late,
            overdue=overdue,
            rate=(len(replied) - late) / judged if judged else None,
            satisfaction=(
                round(sum(ratings) / len(ratings), 1) if ratings else None))


def _get_summary(opinions, today):
    counts = _Counts('', opinions, today)
    return gettext(
        'hazard_report.msg_feedback_summary',
        number=counts.number, replied=counts.replied,
        adopted=counts.adopted, declined=counts.declined,
        late=counts.late, overdue=counts.overdue,
        anonymous=sum(bool(o['anonymous']) for o in opinions))


class FeedbackSummaryStart(PeriodMixin, UnitMixin, TableFormatMixin):
    __name__ = 'safety.feedback.summary.start'


class PrintFeedbackSummary(Wizard):
    __name__ = 'safety.feedback.summary.print'
    start_state = 'start'
    start = StateView(
        'safety.feedback.summary.start',
        'hazard_report.feedback_summary_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Print", 'print_', 'tryton-print', default=True),
            ])
    print_ = StateReport('safety.feedback.summary')

    def do_print_(self, action):
        return action, {
            'first': self.start.from_date,
            'last': self.start.to_date,
            'unit': self.start.unit.id if self.start.unit else None,
            'format': self.start.format,
            }
