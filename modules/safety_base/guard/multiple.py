# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What is read over many relations has bounds.

Each relation to many records multiplies what comes out, the more where the
path has been there before: the employees of the company of each employee of a
company are their square.  Forms and exports follow one such relation, or two.
"""

from collections import Counter

from trytond.i18n import gettext
from trytond.model import ModelStorage

from ..access import is_external
from ..exceptions import PathLimitError
from .path import CELLS

TO_MANY = {'one2many', 'many2many'}
# To many records on one path
MULTIPLE = 2


class MultipleMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def read(cls, ids, fields_names):
        paths = [n.split('.') for n in fields_names if '.' in n]
        if not paths or not is_external():
            return super().read(ids, fields_names)
        for path in paths:
            _check_multiple(cls, path)
        rows = super().read(ids, fields_names)
        if _count_cells(rows, {}) > CELLS:
            _refuse()
        return rows

    @classmethod
    def export_data(cls, records, fields_names, header=False):
        if is_external():
            for path in {tuple(n.split('/')) for n in fields_names}:
                # Each record of the first relation comes out once.
                if _check_multiple(cls, path) > 1:
                    _count_records(records, path)
        return super().export_data(records, fields_names, header=header)


def _check_multiple(Model, path):
    """
    Return the last place on the path where there may be many records.

    Raises PathLimitError if it follows too many such relations.
    """
    followed = place = 0
    for i, name in enumerate(path, 1):
        field = Model._fields.get(name.partition(':')[0])
        if field is None or not hasattr(field, 'get_target'):
            break
        if field._type in TO_MANY:
            place = i
            followed += i < len(path)
        Model = field.get_target()
    if followed > MULTIPLE:
        _refuse()
    return place


def _count_cells(rows, counted):
    "Return the number of values in the rows, which share what they nest."
    total = 0
    for row in rows:
        key = id(row)
        if key not in counted:
            counted[key] = len(row) + sum(
                _count_value(value, counted) for value in row.values())
        total += counted[key]
    return total


def _count_value(value, counted):
    if isinstance(value, dict):
        return _count_cells([value], counted)
    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], dict):
            return _count_cells(value, counted)
        return len(value)
    return 0


def _count_records(records, path):
    "Raise PathLimitError if the path leads to too many records."
    counts = Counter(records)
    for name in path:
        targets = Counter()
        for record, count in counts.items():
            for target in _get_targets(record, name):
                targets[target] += count
        if targets.total() > CELLS:
            _refuse()
        counts = targets


def _get_targets(record, name):
    field = record._fields.get(name)
    if not hasattr(field, 'get_target'):
        return []
    value = getattr(record, name)
    if field._type in TO_MANY:
        return value or []
    return [value] if value is not None else []


def _refuse():
    raise PathLimitError(gettext(
            'safety_base.msg_path_multiple', count=MULTIPLE, cells=CELLS))
