# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Changes to Tryton that make it faster and change no result.

Each is what should be changed upstream, and goes when it is.  They are left
out where the section safety_base of the configuration says ``patches =
False``.
"""
import gzip
import sys
import time

import trytond.config as config
from trytond import backend, tools
from trytond.model import ModelSQL, ModelStorage, fields
from trytond.model.modelsql import convert_from
from trytond.pool import Pool
from trytond.protocols import jsonrpc
from trytond.protocols.wrappers import Response
from trytond.transaction import Transaction

__all__ = ['install']

# Bytes that go into one packet
PIECE = 1400
# Seconds after which a connection may have been closed by a firewall
REST = 5


def install():
    if config.getboolean('safety_base', 'patches', default=True):
        for module in list(sys.modules.values()):
            if getattr(module, 'cursor_dict', None) is _cursor_dict:
                module.cursor_dict = cursor_dict
        fields.selection.SelectionMixin.get_selection = get_selection
        ModelStorage.__init__ = init_record
        ModelSQL._ModelSQL__check_domain_rule = check_domain_rule
        if backend.name == 'postgresql':
            keep_connections(sys.modules[backend.Database.__module__])
        jsonrpc.dumps = dumps
        jsonrpc.JSONProtocol.response = response


_cursor_dict = tools.cursor_dict
_response = jsonrpc.JSONProtocol.response.__func__
_get_selection = fields.selection.SelectionMixin.get_selection.__func__
_init_record = ModelStorage.__init__
_check_domain_rule = ModelSQL._ModelSQL__check_domain_rule.__func__


def keep_connections(module):
    """Ask a connection whether it lives only after it has rested.

    Upstream: Database has the pool send a statement each time it takes a
    connection, three for a call. A call whose connection proves broken is
    tried again.
    """
    Pool = module.ConnectionPool
    if issubclass(Pool, RestedMixin):
        return
    module.ConnectionPool = type(Pool.__name__, (RestedMixin, Pool), {
            '_check_rested': staticmethod(Pool.check_connection)})


class RestedMixin:
    "Add to a pool of connections that those in use are not checked."

    @classmethod
    def check_connection(cls, connection):
        now = time.monotonic()
        if now - getattr(connection, 'rested_since', 0) > REST:
            cls._check_rested(connection)
        connection.rested_since = now


def dumps(obj):
    """Return the JSON of the answer, whatever its length.

    Upstream: jsonrpc.dumps iterates over it token by token, and what proves
    too long for one piece is encoded once more, each token being compressed
    for itself.
    """
    return jsonrpc.encoder.encode(obj)


@classmethod
def response(cls, data, request):
    "Return the answer to the request, compressed where it is long."
    answer = _response(cls, data, request)
    if (isinstance(answer, Response)
            and 'gzip' in request.accept_encodings
            and len(content := answer.get_data()) > PIECE):
        answer.set_data(gzip.compress(content, compresslevel=1))
        answer.content_encoding = 'gzip'
        answer.vary.add('Accept-Encoding')
    return answer


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


def init_record(self, id=None, _ids=None, **kwargs):
    """Make a record of those that are read together.

    Upstream: ModelStorage.__init__ asserts of each record that the ids of
    all the others are integers, a million times for a thousand records.
    """
    _init_record(self, id, **kwargs)
    if _ids is not None:
        self._ids = _ids


@classmethod
def check_domain_rule(cls, ids, mode):
    """Raise AccessError unless the records exist and the rules allow them.

    Upstream: before and after it writes records ModelSQL asks whether they
    exist, and then whether the rules allow them, which tells both.
    """
    if mode != 'write':
        return _check_domain_rule(cls, ids, mode)
    transaction = Transaction()
    # ModelSQL.write gives the same list before and after.
    found = transaction.__dict__.pop('_found', None) is ids
    domain = Pool().get('ir.rule').domain_get(cls.__name__, mode=mode)
    if not (_are_allowed(cls, ids, domain) if domain else found):
        _check_domain_rule(cls, ids, mode)
    transaction._found = ids


def _are_allowed(model, ids, domain):
    "Return whether records of all the ids are within the domain."
    table = model.__table__()
    tables, expression = model.search_domain(
        domain, active_test=False, tables={None: (table, None)})
    cursor = Transaction().connection.cursor()
    cursor.execute(*convert_from(None, tables).select(
            table.id, where=expression
            & fields.SQL_OPERATORS['in'](table.id, set(ids))))
    return len({id_ for id_, in cursor}) == len(set(ids))
