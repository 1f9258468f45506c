# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Percentiles as SQL, which SQLite does not have."

from sql import Cast, Literal
from sql.aggregate import Aggregate
from sql.functions import Function

from trytond import backend
from trytond.transaction import Transaction

_NAME = 'PERCENTILE_CONT'


class _Percentile(Aggregate):
    __slots__ = ()
    _sql = _NAME


class _SQLitePercentile(Function):
    __slots__ = ()
    _function = _NAME


def percentile(value, part):
    """Return the SQL of the value that so great a part is not above.

    Between two values it is as far as the part is between them.
    """
    value = Cast(value, 'FLOAT')
    if backend.name == 'sqlite':
        _provide(Transaction().connection)
        return _SQLitePercentile(value, Literal(part))
    return _Percentile(Literal(part), within=value)


def interpolate(values, part):
    "Return the percentile of the values, None where there are none."
    if not values:
        return None
    values = sorted(values)
    position = part * (len(values) - 1)
    below = int(position)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (position - below)


def _provide(connection):
    # Not while a query that uses it is read
    cursor = connection.cursor()
    cursor.execute(
        'SELECT 1 FROM pragma_function_list WHERE LOWER(name) = ?',
        [_NAME.lower()])
    if not cursor.fetchone():
        connection.create_aggregate(_NAME, 2, _Values)


class _Values:

    def __init__(self):
        self.values, self.part = [], None

    def step(self, value, part):
        self.part = part
        if value is not None:
            self.values.append(value)

    def finalize(self):
        return interpolate(self.values, self.part)
