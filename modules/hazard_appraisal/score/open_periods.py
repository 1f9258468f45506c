# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Of which open periods the sheets are computed.

The database would compute those of all, as it does not see that a condition on
the period leaves most entries out. So the periods are found out before: from
the ids of the sheets or from what a search asks of the period.
"""

from collections import namedtuple
from contextlib import contextmanager

from sql import Null
from sql.operators import Or

from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

from ..appraisal import FACTOR
from .period import KINDS, Tree

# Fields of a sheet that are those of its period
NAMES = {
    'company': 'company',
    'period_kind': 'kind',
    'start_date': 'start_date',
    'end_date': 'end_date',
    'state': 'state',
    }

# The ids of the open periods, of the ten days that they consist of and of
# those of which the entries are needed, as of a cap that goes on from before
Chosen = namedtuple('Chosen', ['periods', 'tendays', 'needed'])


def get_chosen():
    "Return what is chosen, or None for all that is open."
    return Transaction().context.get('_appraisal_periods')


@contextmanager
def only(periods):
    "Compute the sheets of the periods of the ids only, None is for all."
    chosen = None if periods is None else _choose(set(periods))
    with Transaction().set_context(_appraisal_periods=chosen):
        yield


def _choose(periods):
    branches = _read_branches()
    tendays = {b[0] for b in branches if not periods.isdisjoint(b)}
    needed = set(tendays)
    for kind in _read_cap_periods():
        level = KINDS.index(kind)
        windows = {b[level] for b in branches if b[0] in tendays}
        needed.update(b[0] for b in branches if b[level] in windows)
    return Chosen(periods, tendays, needed)


def _read_branches():
    "Return the ids of ten days, month, quarter and year that are open."
    Period = Pool().get('appraisal.period')
    table, tree = Period.__table__(), Tree()
    levels = [period for _, period in tree.levels()]
    cursor = Transaction().connection.cursor()
    cursor.execute(*tree.join(table, table.id).select(
            *(p.id for p in levels),
            where=Or([p.state == 'open' for p in levels])))
    return cursor.fetchall()


def _read_cap_periods():
    Rule = Pool().get('appraisal.rule')
    rule = Rule.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*rule.select(
            rule.cap_period, where=rule.cap_period != Null,
            group_by=[rule.cap_period]))
    return [kind for kind, in cursor]


class ChosenMixin:
    "Sheets of which those that nobody asks for are not computed"
    __slots__ = ()

    @classmethod
    def search(cls, domain, *args, **kwargs):
        with only(asked(domain)):
            return super().search(domain, *args, **kwargs)

    @classmethod
    def read(cls, ids, fields_names):
        with only(list({i // FACTOR for i in ids})):
            return super().read(ids, fields_names)


def asked(domain):
    "Return the ids of the open periods that may be asked for, None for all."
    Period = Pool().get('appraisal.period')
    clauses = list(_period_clauses(domain))
    if not clauses:
        return None
    with without_check_access():
        return list(map(int, Period.search(
                    [('state', '=', 'open'), *clauses])))


def _period_clauses(domain):
    "Yield what is asked of the period, whatever else is."
    if not domain or domain[0] == 'OR':
        return
    if isinstance(domain[0], str) and domain[0] != 'AND':
        if clause := _period_clause(*domain):
            yield clause
        return
    for part in domain:
        if part != 'AND':
            yield from _period_clauses(part)


def _period_clause(name, operator, *values):
    root, _, rest = name.partition('.')
    if root != 'period':
        if name in NAMES:
            return NAMES[name], operator, *values
    elif rest:
        return rest, operator, *values
    elif operator in {'=', 'in'} and not isinstance(values[0], str):
        return 'id', operator, *values
