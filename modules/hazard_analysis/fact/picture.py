# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Pictures of the hazards of the context, drawn by the server."

import datetime as dt
from collections import Counter

from dateutil.relativedelta import relativedelta
from sql import Cast, Column, Literal, Select, Union
from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.hazard.loop.figures import ENDED
from trytond.modules.safety_base.calendar_period import get_periods
from trytond.modules.safety_base.chart import bar_chart, row_chart
from trytond.modules.safety_base.clock import current_zone
from trytond.modules.safety_base.share_chart import heat_table, pareto_chart
from trytond.pool import Pool
from trytond.transaction import Transaction, inactive_records

from .local_time import FIRST_DAY, local_day
from .selection import Selection

# So many bars and names fit
BARS = 10
MONTHS = 12
WIDTH = 640


KINDS = [
    ('flow', "Found and Closed"),
    ('stages', "By State"),
    ('places', "Places"),
    ('check_items', "Check Items"),
    ('months', "Disciplines by Month"),
    ]


class Picture(ModelSQL, ModelView):
    __name__ = 'hazard.analysis.picture'

    company = fields.Many2One('company.company', "Company", readonly=True)
    kind = fields.Selection(KINDS, "Picture of", readonly=True, sort=False)
    kind_string = kind.translated('kind')
    picture = fields.Function(fields.Binary("Picture"), 'get_picture')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'ASC')]

    @classmethod
    def table_query(cls):
        company = Selection.from_context().company
        return Union(*(
                Select([
                        Literal(id_).as_('id'),
                        Literal(company).as_('company'),
                        Cast(kind, 'VARCHAR').as_('kind')])
                for id_, (kind, _) in enumerate(KINDS, 1)), all_=True)

    def get_picture(self, name):
        "Draw it of the hazards that the user may read."
        return _DRAWN[self.kind]()

    def get_rec_name(self, name):
        return self.kind_string

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('kind', *clause[1:])]


def _read(domain, *names):
    "Return how many facts of the domain have the same values of the names."
    facts = Pool().get('hazard.analysis.fact').query(domain)
    columns = [Column(facts, name) for name in names]
    cursor = Transaction().connection.cursor()
    cursor.execute(*facts.select(
            *columns, Count(facts.id), group_by=columns))
    return cursor.fetchall()


def _names(model, ids):
    Model = Pool().get(model)
    # Also of what is no longer in use
    with inactive_records():
        return {r.id: r.rec_name for r in Model.browse(list(ids))}


def _draw_pareto(name, model, title):
    counts = Counter({
            key: number for key, number in _read(
                Selection.from_context().domain(), name) if key})
    largest = counts.most_common(BARS)
    names = _names(model, [key for key, _ in largest])
    return pareto_chart(
        gettext(title), [names[key].split(' / ')[-1] for key, _ in largest],
        [number for _, number in largest], counts.total(), WIDTH)


def _draw_places():
    return _draw_pareto(
        'place', 'hazard.place', 'hazard_analysis.msg_picture_places')


def _draw_check_items():
    return _draw_pareto(
        'check_item', 'hazard.check_item',
        'hazard_analysis.msg_picture_check_items')


def _draw_stages():
    "Draw how many hazards wait at each stage, and what became of the rest."
    Hazard = Pool().get('hazard.hazard')
    counts = dict(_read(Selection.from_context().domain(), 'state'))
    counts['closed'] = counts.get('closed', 0) + counts.get('archived', 0)
    texts = dict(Hazard.fields_get(['state'])['state']['selection'])
    total = sum(counts.get(s, 0) for s in [*ENDED, 'returned', 'closed'])
    return row_chart(
        gettext('hazard_analysis.msg_picture_stages'),
        [(texts[s].lstrip('✗ '), counts.get(s, 0),
                f'{counts.get(s, 0) / total:.0%}' if total else '')
            for s in ['returned', *ENDED, 'closed']], WIDTH)


def _draw_flow():
    "Draw what was found and closed by month of the last year."
    selection = Selection.from_context()
    periods = list(get_periods(
            'monthly', _first_month(selection), selection.last))
    series = [
        (gettext(f'hazard_analysis.msg_picture_{name}'), [
                numbers[p.start] for p in periods])
        for name, numbers in [
            ('found', _count_months(selection, 'found_at')),
            ('closed', _count_months(selection, 'closed_at'))]]
    return bar_chart(
        gettext('hazard_analysis.msg_picture_flow'),
        [f'{p.start:%y-%m}' for p in periods], series, WIDTH)


def _count_months(selection, basis):
    return Counter(dict(_fold(_read_days(selection, basis))))


def _fold(days):
    "Return the numbers by the first day of the month."
    months = Counter()
    for (day, *_), number in days:
        months[day.replace(day=1)] += number
    return months


def _read_days(selection, basis, *names):
    "Yield days with the values of the names, and the numbers of hazards."
    facts = Pool().get('hazard.analysis.fact').query(_last_year(
            selection, basis))
    day = local_day(Column(facts, basis), current_zone()).as_('day')
    days = facts.select(day, *(Column(facts, n).as_(n) for n in names))
    columns = [Column(days, name) for name in ['day', *names]]
    cursor = Transaction().connection.cursor()
    cursor.execute(*days.select(
            *columns, Count(), group_by=columns))
    for number, *values, count in cursor:
        yield (FIRST_DAY + dt.timedelta(int(number)), *values), count


def _first_month(selection):
    return selection.last.replace(day=1) - relativedelta(months=MONTHS - 1)


def _last_year(selection, basis):
    start = Selection(
        selection.company, _first_month(selection), selection.last,
        basis).times()
    return [*selection.common(), *start]


def _draw_months():
    "Draw the hazards of the disciplines by month of the last year."
    selection = Selection.from_context()
    counts = Counter()
    for (day, discipline), number in _read_days(
            selection, 'found_at', 'discipline'):
        counts[discipline, day.replace(day=1)] += number
    names = _names('hazard.discipline', {d for d, _ in counts})
    months = [p.start for p in get_periods(
            'monthly', _first_month(selection), selection.last)]
    return heat_table(
        gettext('hazard_analysis.msg_picture_months'),
        [f'{m:%y-%m}' for m in months],
        [(name, [counts[id_, m] for m in months])
            for id_, name in names.items()], WIDTH)


_DRAWN = {
    'flow': _draw_flow,
    'stages': _draw_stages,
    'places': _draw_places,
    'check_items': _draw_check_items,
    'months': _draw_months,
    }
