# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from functools import wraps

from trytond.model import ModelStorage
from trytond.pool import Pool
from trytond.transaction import (
    Transaction, inactive_records, without_check_access)


def is_external():
    "Does the transaction do what a user sent, under the rules of access?"
    transaction = Transaction()
    return bool(transaction.user and transaction.check_access)


def check_readable(records):
    "Raise AccessError unless the user may read the records."
    pool = Pool()
    ModelAccess = pool.get('ir.model.access')
    Rule = pool.get('ir.rule')
    if records and Transaction().check_access:
        name = records[0].__name__
        ModelAccess.check(name, 'read')
        Rule.check(name, [r.id for r in records], mode='read')


def check_writable(records):
    "Raise AccessError unless the rules let the user write the records."
    pool = Pool()
    Rule = pool.get('ir.rule')
    if not is_writable(records):
        Rule.check(
            records[0].__name__, [r.id for r in records], mode='write')


def is_writable(records):
    """Do the rules let the user write the records?

    It only reads ids, where Rule.check reads the records.
    """
    if not records or not Transaction().check_access:
        return True
    return {r.id for r in records} <= get_writable(records)


def get_writable(records):
    "Return the set of ids of the records that the rules let the user write."
    Rule = Pool().get('ir.rule')
    transaction = Transaction()
    Model = records[0].__class__
    ids = {r.id for r in records}
    domain = Rule.domain_get(Model.__name__, mode='write')
    if not domain:
        return ids
    cursor = transaction.connection.cursor()
    # As root, because the rules must not be ruled themselves
    with transaction.set_user(0, set_context=True), \
            inactive_records(), without_check_access():
        cursor.execute(*Model.search(
                [('id', 'in', list(ids)), domain], order=[], query=True))
    return {id_ for id_, *_ in cursor}


def writable(func):
    """
    Decorator of buttons to refuse the records that no rule lets the user
    write, because a button itself checks only if they may be read.
    """
    @wraps(func)
    def wrapper(cls, records, *args, **kwargs):
        check_writable(records)
        return func(cls, records, *args, **kwargs)
    return wrapper


class CopyAccessMixin(ModelStorage):
    """Let users copy only what they may read.

    Tryton reads what it copies without any access check.
    """
    __slots__ = ()

    @classmethod
    def copy(cls, records, default=None):
        check_readable(records)
        return super().copy(records, default=default)
