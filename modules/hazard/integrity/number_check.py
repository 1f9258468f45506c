# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Is each number of a year there once?"

from collections import defaultdict

from sql import Null

from trytond.i18n import gettext
from trytond.pool import Pool

from .verification import Problem, fetch


def check_numbers(scope):
    "Yield the numbers of hazards that are missing, or there twice."
    pool = Pool()
    Numbering = pool.get('hazard.numbering')
    if not scope.whole:
        return
    hazard = pool.get('hazard.hazard').__table__()
    series = defaultdict(lambda: defaultdict(list))
    numberings = Numbering.search([('company', '=', scope.company.id)])
    counters = [(n, n.get_counter()) for n in numberings]
    for row in fetch(hazard.select(
                hazard.id, hazard.number,
                where=(hazard.company == scope.company.id)
                & (hazard.number != Null),
                order_by=[hazard.id.asc]), ['id', 'number']):
        for numbering, counter in counters:
            count = counter(row['number'])
            if count is not None:
                series[numbering][count].append(row['id'])
                break
    for numbering in numberings:
        yield from check_series(
            numbering.rec_name, f'hazard.numbering,{numbering.id}',
            series[numbering], numbering.last, 'hazard.hazard',
            numbering.complete_from)
        scope.counts['numbers'] += len(series[numbering])


def check_series(
        name, record, found, last, model, complete_from=1, field='last'):
    """Yield what does not fit of a series of numbers from one to last.

    name, record and field, which holds the last number, are those of the
    series; found holds by number the ids of the records of the model that
    bear it. Gaps before complete_from are
    but a remark.
    """
    for first, end in _get_gaps(found, last):
        yield Problem(
            gettext(
                'hazard.msg_verify_number_missing', series=name,
                numbers=f'{first}–{end}' if end > first else first),
            record, field, remark=end < complete_from)
    for number, ids in sorted(found.items()):
        if len(ids) > 1:
            yield Problem(
                gettext(
                    'hazard.msg_verify_number_twice', series=name,
                    number=number),
                f'{model},{ids[-1]}', 'number')
        if number > last:
            yield Problem(
                gettext(
                    'hazard.msg_verify_number_beyond', series=name,
                    number=number, last=last),
                f'{model},{ids[0]}', 'number')


def _get_gaps(numbers, last):
    "Return the first and the last number of each gap from one to last."
    gaps, expected = [], 1
    for number in [*sorted(n for n in numbers if n <= last), last + 1]:
        if number > expected:
            gaps.append((expected, number - 1))
        expected = number + 1
    return gaps
