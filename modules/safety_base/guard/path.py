# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What clients read, export and sort by has bounds.

Each dot or slash of a path is another reading or join, and each path a column,
so a single call could keep the database busy for hours.  The widest forms read
some two hundred paths, of three steps at most.  The definitions of fields are
told with those of the fields that they lead to, and no further: each level is
some thirty times the one before.

Where a procedure checks no access nothing is read by paths, which lead from
what is the user's own to all that is not.
"""

import inspect
from contextlib import suppress

from trytond.i18n import gettext
from trytond.model import Model, ModelStorage
from trytond.report import Report

from ..access import is_external
from ..exceptions import PathLimitError
from .call import get_method
from .value import are_ids

COLUMNS = 1000
STEPS = 10
LEVEL = 1
# As many as a domain may name
RECORDS = 50_000
# Values that one call tells
CELLS = 1_000_000
# The paths that the clients send where no access is checked
UNCHECKED = {'ir.export': {'export_fields.name'}}


class LevelMixin(Model):
    __slots__ = ()

    @classmethod
    def fields_get(cls, fields_names=None, level=0):
        if is_external() and not level <= LEVEL:
            raise PathLimitError(gettext('safety_base.msg_path_level'))
        return super().fields_get(fields_names, level=level)


class PathMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def read(cls, ids, fields_names):
        check_paths(fields_names)
        names = list(dict.fromkeys(fields_names))
        check_cells(ids, names)
        return super().read(ids, names)

    @classmethod
    def export_data(cls, records, fields_names, header=False):
        check_paths(fields_names, '/')
        check_cells(records, fields_names)
        names = list(dict.fromkeys(fields_names))
        rows = super().export_data(records, names, header=header)
        if len(names) < len(fields_names):
            places = [names.index(n) for n in fields_names]
            rows = [[row[i] for i in places] for row in rows]
        return rows


def check_paths(paths, separator='.', columns=COLUMNS):
    "Raise PathLimitError for too many or too long paths of a user."
    if not is_external():
        return
    if len(paths) > columns or any(
            isinstance(p, str) and p.count(separator) > STEPS for p in paths):
        raise PathLimitError(gettext(
                'safety_base.msg_path_limit', columns=columns, steps=STEPS))


def check_cells(records, names):
    "Raise PathLimitError for too many values of a user."
    if is_external() and len(records) * len(names) > CELLS:
        raise PathLimitError(gettext(
                'safety_base.msg_path_cells', cells=CELLS))


def check_ids(obj, rpc, args):
    """Return the arguments, with the ids once each where Tryton takes others.

    Raises PathLimitError for too many of them.
    """
    is_read = obj.__rpc__.get('read') is rpc or issubclass(obj, Report)
    if not args or not isinstance(args[0], (list, tuple)) or not (
            is_read or rpc.instantiate == 0):
        return args
    ids = args[0]
    if (is_read or not rpc.unique) and are_ids(ids):
        ids = list(dict.fromkeys(ids))
    return [check_count(ids), *args[1:]]


def check_count(ids):
    "Return the ids, of which PathLimitError is raised for too many."
    if len(ids) > RECORDS:
        raise PathLimitError(gettext(
                'safety_base.msg_path_records', count=RECORDS))
    return ids


def check_unchecked(obj, rpc, args, kwargs):
    "Raise PathLimitError for paths sent to what checks no access."
    if rpc.check_access or not issubclass(obj, Model):
        return
    sent = _find_sent(obj, rpc, args, kwargs)
    names = [*_texts(sent.get('fields_names')), *_texts(sent.get('order'))]
    unchecked = UNCHECKED.get(obj.__name__, set())
    if any('.' in n and n not in unchecked for n in names):
        raise PathLimitError(gettext('safety_base.msg_path_unchecked'))


def _find_sent(obj, rpc, args, kwargs):
    "Return the arguments of the call by their names."
    method = get_method(obj, rpc)
    kwargs = dict(kwargs)
    if 'context' in kwargs:
        del kwargs['context']
    else:
        args = args[:-1]
    if method is not None:
        # What has another number of arguments fails where it is called.
        with suppress(TypeError):
            signature = inspect.signature(getattr(obj, method))
            return signature.bind_partial(*args, **kwargs).arguments
    return kwargs


def _texts(value):
    "Yield the texts in lists, however they nest."
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)
