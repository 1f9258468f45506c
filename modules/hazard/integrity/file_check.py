# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Is each file there, and as it was stored where its digest is kept?"

import errno
import hashlib
import os

from sql import Literal, Null

from trytond.filestore import filestore
from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.pool import Pool
from trytond.transaction import Transaction

# How many rows are read at once
SLICE = 1_000


def check_files(counts, scope=None):
    """Yield what does not fit of the files that records name, and count them.

    They are those of the company and the days of the scope, or all others:
    of records that belong to no company.
    """
    for name, Model in sorted(Pool().iterobject()):
        if (not issubclass(Model, ModelSQL) or Model._is_table_query()
                or _has_company(Model) != bool(scope)):
            continue
        for field in Model._fields.values():
            if isinstance(field, fields.Binary) and field.file_id:
                for id_, *file in _read_files(Model, field, scope):
                    counts['files'] += 1
                    yield from _check_file(f'{name},{id_}', field, *file)


def _has_company(Model):
    field = Model._fields.get('company')
    return (field is not None and not isinstance(field, fields.Function)
        and field._type == 'many2one')


def _read_files(Model, field, scope):
    "Yield the id of each record, the id of its file and its digest"
    digest = getattr(Model, '_file_digests', {}).get(field.name)
    table = Model.__table__()
    file_id = getattr(table, field.file_id)
    where = file_id > ''
    if digest:
        where |= getattr(table, digest) != Null
    if scope:
        where &= table.company == scope.company.id
        if not scope.whole:
            where &= scope.restrict(table.create_date)
    columns = [
        table.id, file_id,
        getattr(table, digest) if digest else Literal(None)]
    cursor = Transaction().connection.cursor()
    last = -1
    while True:
        cursor.execute(*table.select(
                *columns, where=where & (table.id > last),
                order_by=[table.id.asc], limit=SLICE))
        rows = cursor.fetchall()
        if not rows:
            break
        yield from rows
        last = rows[-1][0]


def _check_file(record, field, id_, digest):
    "Yield what is wrong with the file"
    # Here, as it needs files
    from .problem_text import describe, get_label
    from .verification import Problem
    prefix = field.store_prefix
    if prefix is None:
        prefix = Transaction().database.name
    problem = None

    def changed():
        return gettext(
            'hazard.msg_verify_file_changed', file=id_,
            record=describe(record), field=get_label(record, field.name))

    def unreadable():
        return gettext(
            'hazard.msg_verify_file_unreadable', file=id_ or '',
            record=describe(record), field=get_label(record, field.name),
            error=reason)
    try:
        if not id_:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        elif digest is None:
            # Others tell where a digest is missing that was once kept.
            filestore.size(id_, prefix)
        elif hashlib.sha256(
                filestore.get(id_, prefix)).hexdigest() != digest:
            problem = changed
    except (OSError, ValueError) as error:
        # What is forged may be no name of a file.
        reason = getattr(error, 'strerror', None) or error
        problem = unreadable
    if problem:
        yield Problem(problem, record, field.name)
