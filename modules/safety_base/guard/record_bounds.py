# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What one call makes has bounds.

Nothing that the clients send makes more than some hundred records at once.
Who administers the database may import them by many thousands.
"""

from trytond.i18n import gettext
from trytond.model import ModelStorage

from ..exceptions import RecordLimitError
from .call import get_method
from .identity import is_admin
from .text_bounds import check_texts

# Records of a call, and what their values nest
RECORDS = 1000
LINES = 5000


def check_bounds(obj, rpc, args, context):
    "Raise an error for a call that makes too much or sends too long texts."
    check_texts(obj, rpc, args, context)
    check_records(obj, rpc, args)


def check_records(obj, rpc, args):
    "Raise RecordLimitError for a call that makes too many records."
    if not issubclass(obj, ModelStorage):
        return
    method = get_method(obj, rpc)
    if method in {'copy', 'create'} and args:
        _check(args[0], RECORDS)
    elif method == 'import_data' and len(args) > 1:
        _check(args[1], RECORDS)
    if method in {'copy', 'create', 'write'}:
        _check(list(_made(args)), LINES)


def _check(records, limit):
    if (isinstance(records, (list, tuple)) and len(records) > limit
            and not is_admin()):
        raise RecordLimitError(gettext(
                'safety_base.msg_record_limit',
                count=limit, number=len(records)))


def _made(value):
    "Yield what stands for a record that is made, however it is nested."
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        if value and value[0] == 'copy':
            yield from _copied(value)
        for part in value:
            yield from _made(part)


def _copied(command):
    for part in command[1:]:
        if isinstance(part, (list, tuple)):
            yield from part
