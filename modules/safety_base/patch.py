# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Changes to Tryton that make it faster and change no result.

Each is what should be changed upstream, and goes when it is.  They are left
out where the section safety_base of the configuration says ``patches =
False``.
"""
import sys

import trytond.config as config
from trytond import tools
from trytond.model import fields
from trytond.protocols import jsonrpc
from trytond.transaction import Transaction

__all__ = ['install']


def install():
    if config.getboolean('safety_base', 'patches', default=True):
        for module in list(sys.modules.values()):
            if getattr(module, 'cursor_dict', None) is _cursor_dict:
                module.cursor_dict = cursor_dict
        fields.selection.SelectionMixin.get_selection = get_selection
        jsonrpc.encoder = Encoder(separators=(',', ':'))


_cursor_dict = tools.cursor_dict
_get_selection = fields.selection.SelectionMixin.get_selection.__func__


class Encoder(jsonrpc.JSONEncoder):
    """Encode an answer as a whole, which Python does in C.

    Upstream: jsonrpc.dumps and the response iterate over it token by token,
    each of which is compressed for itself.
    """

    def iterencode(self, obj, _one_shot=False):
        return super().iterencode(obj, _one_shot=True)


def cursor_dict(cursor, size=None):
    """Yield the rows of the cursor as dictionaries.

    Upstream: tools.cursor_dict asks for the description of the cursor for
    each row, which psycopg makes anew each time.
    """
    size = cursor.arraysize if size is None else size
    names = None
    while rows := cursor.fetchmany(size):
        if names is None:
            names = [d[0] for d in cursor.description]
        for row in rows:
            yield dict(zip(names, row))


@classmethod
def get_selection(cls, model, name, inst):
    """Return the texts of the values of the field.

    Upstream: SelectionMixin.get_selection translates the whole definition of
    the field for each record. What no method computes is the same for all
    records of a transaction.
    """
    if isinstance(model._fields[name].selection, str):
        return _get_selection(cls, model, name, inst)
    transaction = Transaction()
    texts = transaction.__dict__.setdefault('_selections', {})
    key = (
        model.__name__, name, transaction.user, transaction.language,
        transaction.context.get('fuzzy_translation'))
    if key not in texts:
        texts[key] = _get_selection(cls, model, name, inst)
    return texts[key]
