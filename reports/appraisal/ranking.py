# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The circular on who came first and last in a period of the appraisal."

from collections import Counter, defaultdict
from itertools import groupby
from operator import itemgetter

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..engine.bulk_read import Names, count
from ..engine.document import Document, format_day, format_moment, get_zone
from ..engine.numbering import next_number
from ..engine.records_mixin import RecordsMixin
from ..engine.sheet import listing, selection_texts
from .points import entry_domain, format_points, read_rows

__all__ = ['Period', 'RankingCircular']

# How many are named first and last, and how many with those who share a rank
NAMED = 10
SHARED = 15
# How many of those are named who rose, fell, excelled or failed
MOVED = 5
TOLD = 20
SHEET = [
    'employee', 'kind', 'unit', 'points', 'score', 'rank', 'bottom_rank',
    'former_rank', 'rank_change', 'task', 'verified', 'task_state', 'grade']
UNIT_SHEET = [
    'unit', 'score', 'rank', 'former_rank', 'rank_change', 'on_time_rate',
    'first_pass_rate', 'recurrence_rate', 'overdue', 'gaps']


class Period(metaclass=PoolMeta):
    __name__ = 'appraisal.period'

    circular_number = fields.Char(
        "Number of the Circular", readonly=True,
        states={
            'invisible': ~Eval('circular_number'),
            },
        help="Given when the circular of the closed period is first printed.")

    @classmethod
    @without_check_access
    def give_circular_number(cls, period):
        "Return the number of the circular, empty before the period is closed."
        if period.state != 'closed':
            return ''
        period = cls(period.id)
        if not period.circular_number:
            company = period.company
            day = local_day(now(), company_zone(company))
            period.circular_number = next_number(
                'hazard_report.sequence_type_circular',
                'hazard_report.msg_sign_circular', company, day.year)
            period.save()
        return period.circular_number


class RankingCircular(RecordsMixin, Document):
    __name__ = 'appraisal.ranking.circular'
    _model = 'appraisal.period'

    @classmethod
    def get_context(cls, records, header, data):
        pool = Pool()
        Period = pool.get('appraisal.period')
        context = super().get_context(records, header, data)
        record = cls.get_one(records)
        period = Period(int(record))
        zone = get_zone(period.company)
        sheets = read_sheets(period)
        number = Period.give_circular_number(period)
        units = read_rows(
            'appraisal.unit.sheet', [('period', '=', period.id)],
            UNIT_SHEET, order=[('rank', 'ASC'), ('id', 'ASC')])
        context.update({
                'period': period,
                'points': format_points,
                'title': gettext(
                    'hazard_report.msg_circular_title',
                    period=period.rec_name),
                'number': number,
                'provisional': gettext(
                    'hazard_report.msg_circular_open',
                    time=format_moment(context['printed_at'], zone)),
                'intro': gettext(
                    'hazard_report.msg_circular_intro',
                    period=period.rec_name,
                    first=format_day(period.start_date, zone),
                    last=format_day(period.end_date, zone)),
                **get_sections(period, sheets, units),
                })
        return context


def managed_domain():
    """Return the domain of the sheets of the kinds that the user manages.

    Others than a managing department are not confined to kinds.
    """
    pool = Pool()
    Data = pool.get('ir.model.data')
    Kind = pool.get('safety.member.kind')
    User = pool.get('res.user')
    admin = Data.get_id('hazard_appraisal', 'group_appraisal_admin')
    kinds = Kind.get_managed()
    if not Transaction().check_access or admin in User.get_groups():
        return []
    return [('kind', 'in', list(kinds))] if kinds else []


def read_sheets(period):
    return read_rows(
        'appraisal.sheet', [
            ('period', '=', period.id),
            # Who has left may still have late entries
            ('rank', '!=', None),
            *managed_domain()],
        SHEET, order=[('rank', 'ASC'), ('id', 'ASC')])


def get_sections(period, sheets, units):
    "Return the sections with their headings, of which none is empty."
    names = Names()
    employees = names.load(
        'company.employee', {s['employee'] for s in sheets})
    named = names.load('safety.unit', {r['unit'] for r in [*sheets, *units]})
    for row in sheets:
        row['name'] = employees[row['employee']]
    for row in [*sheets, *units]:
        row['unit'] = named[row['unit']] or ''
        row['change'] = format_change(row)
    kinds = get_kinds(sheets)
    sections = {
        'general': get_general(period, sheets),
        'kinds': kinds and [get_kind(*k) for k in kinds],
        'units': units and get_units(units),
        'changes': [c for k in kinds for c in get_changes(*k)],
        'requirements': True,
        }
    numerals = iter(gettext('hazard_report.msg_circular_headings').split('|'))
    headings = {
        name: next(numerals) + gettext(f'hazard_report.msg_circular_{name}')
        for name, content in sections.items() if content}
    numerals = gettext('hazard_report.msg_circular_subheadings').split('|')
    for number, kind in enumerate(sections['kinds']):
        # Behind the last numeral there is nothing
        kind['heading'] = (
            numerals[min(number, len(numerals) - 1)] + kind['name'])
    return {**sections, 'headings': headings}


def get_general(period, sheets):
    "Return the paragraphs on the figures of the period."
    if not sheets:
        return [gettext('hazard_report.msg_circular_nobody')]
    scores = [s['score'] for s in sheets]
    texts = [gettext(
            'hazard_report.msg_circular_members', members=len(sheets),
            verified=get_verified(sheets),
            average=format_points(get_average(sheets)),
            highest=format_points(max(scores)),
            lowest=format_points(min(scores)))]
    tasks = Counter(s['task_state'] for s in sheets)
    if tasks['reached'] or tasks['missed']:
        texts.append(gettext(
                'hazard_report.msg_circular_task',
                reached=tasks['reached'], missed=tasks['missed']))
    if period.kind != 'tenday':
        grades = Counter(s['grade'] for s in sheets)
        texts.append(gettext(
                'hazard_report.msg_circular_grades',
                **{n: grades[n] for n in [
                        'excellent', 'good', 'pass', 'fail']}))
    texts.append(get_ledger(period))
    former = read_sheets(period.former) if period.former else []
    if former:
        texts.append(gettext(
                'hazard_report.msg_circular_former',
                former=period.former.rec_name,
                average=tell_change(
                    'score', get_average(sheets) - get_average(former)),
                verified=tell_change(
                    'count', get_verified(sheets) - get_verified(former))))
    return texts


def get_ledger(period):
    "Return the paragraph on the entries of the period."
    domain = [*entry_domain(period.kind, period.id), *managed_domain()]
    particular = []
    for name, clause in [
            ('reversals', ('reversal_of', '!=', None)),
            ('late', ('late', '=', True))]:
        if number := count('appraisal.entry', [*domain, clause]):
            particular.append(gettext(
                    f'hazard_report.msg_circular_{name}', count=number))
    entries = count('appraisal.entry', domain)
    if not particular:
        return gettext('hazard_report.msg_circular_ledger', entries=entries)
    return gettext(
        'hazard_report.msg_circular_ledger_particular', entries=entries,
        particular=listing(particular))


def get_verified(sheets):
    return sum(s['verified'] for s in sheets)


def get_average(sheets):
    return sum(s['score'] for s in sheets) / len(sheets)


def get_kinds(sheets):
    "Return the names of the kinds in their order, with their sheets."
    by_kind = defaultdict(list)
    for sheet in sheets:
        by_kind[sheet['kind']].append(sheet)
    return [
        (k['rec_name'], by_kind[k['id']]) for k in read_rows(
            'safety.member.kind', [('id', 'in', list(by_kind))],
            ['rec_name'])]


def get_kind(name, sheets):
    first, more = get_first(sheets, 'rank')
    known = {s['id'] for s in first}
    rest = sorted(
        (s for s in sheets if s['id'] not in known),
        key=itemgetter('bottom_rank'))
    last, less = get_first(rest, 'bottom_rank')
    # Those who share the rank in the middle are told once
    less = less if less != more else ''
    captions = [
        gettext(f'hazard_report.msg_circular_{c}', count=NAMED)
        for c in ['first', 'last']] if rest else ['']
    return {
        'name': name,
        'texts': [
            gettext(
                'hazard_report.msg_circular_kind', members=len(sheets),
                verified=get_verified(sheets),
                average=format_points(get_average(sheets))),
            *get_distinguished(sheets)],
        'lists': [
            {'caption': caption, 'rows': rows, 'more': text}
            for caption, rows, text in zip(
                captions, [first, last[::-1]], [more, less])
            if rows or text],
        }


def get_first(sheets, name):
    """Return the first ones by their rank and a text on who shares the last.

    Who shares a rank is shown, or left out, with all who do.
    """
    first = []
    for rank, group in groupby(
            (s for s in sheets if s[name] <= NAMED), key=itemgetter(name)):
        group = list(group)
        if len(first) + len(group) > SHARED:
            return first, gettext(
                'hazard_report.msg_circular_shared', count=len(group),
                rank=group[0]['rank'], score=format_points(group[0]['score']))
        first += group
    return first, ''


def get_distinguished(sheets):
    "Return the paragraphs that name who did very well or badly."
    grades = selection_texts('appraisal.sheet', 'grade')
    tasks = selection_texts('appraisal.sheet', 'task_state')
    for label, people in [
            (grades['excellent'],
                [s for s in sheets if s['grade'] == 'excellent']),
            (grades['fail'], [s for s in sheets if s['grade'] == 'fail']),
            (gettext(
                    'hazard_report.msg_circular_task_state',
                    state=tasks['missed']),
                [s for s in sheets if s['task_state'] == 'missed'])]:
        if people:
            names = listing(s['name'] for s in people[:TOLD])
            if len(people) > TOLD:
                names = gettext(
                    'hazard_report.msg_circular_others', names=names)
            yield gettext(
                'hazard_report.msg_circular_named', label=label,
                count=len(people), names=names)


def get_units(units):
    return {
        'text': gettext(
            'hazard_report.msg_circular_unit_scores', units=len(units),
            average=format_points(get_average(units))),
        'rows': units,
        }


def get_changes(name, sheets):
    "Return the paragraphs on who rose and who fell."
    moved = sorted(
        (s for s in sheets if s['rank_change']), key=itemgetter('rank_change'))
    risen = [s for s in reversed(moved) if s['rank_change'] > 0][:MOVED]
    fallen = [s for s in moved if s['rank_change'] < 0][:MOVED]
    new = [
        s for s in sheets if s['rank'] <= NAMED
        and s['former_rank'] and s['former_rank'] > NAMED]
    for message, people in [('risen', risen), ('fallen', fallen)]:
        if people:
            yield gettext(
                f'hazard_report.msg_circular_{message}', kind=name,
                names=listing(gettext(
                        'hazard_report.msg_circular_move', name=s['name'],
                        former=s['former_rank'], rank=s['rank'])
                    for s in people))
    if new:
        yield gettext(
            'hazard_report.msg_circular_new', kind=name, count=NAMED,
            names=listing(s['name'] for s in new[:TOLD]))


def format_change(row):
    "Return by how many ranks the row rose or fell, in words."
    change = row['rank_change']
    return '' if change is None else tell_change('rank', change)


def tell_change(name, change):
    "Return in words by how much what is named changed."
    case = 'same' if not change else 'up' if change > 0 else 'down'
    return gettext(
        f'hazard_report.msg_change_{name}_{case}',
        number=format_points(abs(change)))
