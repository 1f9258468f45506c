# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Ids of stored files, which neither come from outside nor go there.

Whoever could name the file of another record would read it and, by removing
the record, have it deleted for good. Nobody reads them, as no secret.
"""

import datetime as dt
import logging

from sql import Column, Null

import trytond.config as config
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelStorage, fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from ..exceptions import StoredFileError

logger = logging.getLogger(__name__)


class StoredId(str):
    "The id of a stored file as the server itself has read it."
    __slots__ = ()


class StoredFileMixin(ModelStorage):
    "Take and give no ids of stored files where access is checked."
    __slots__ = ()

    @classmethod
    def read(cls, ids, fields_names):
        rows = super().read(ids, fields_names)
        for name in stored_ids(cls).intersection(fields_names):
            for row in rows:
                if row[name]:
                    row[name] = StoredId(row[name])
        return rows

    @classmethod
    def create(cls, vlist):
        cls._check_stored_ids(vlist)
        return super().create(vlist)

    @classmethod
    def write(cls, records, values, *args):
        cls._check_stored_ids([values, *args[1::2]])
        super().write(records, values, *args)

    @classmethod
    def _check_stored_ids(cls, vlist):
        "Raise StoredFileError for what is not from the server."
        names = stored_ids(cls)
        if not names or not Transaction().check_access:
            return
        for values in vlist:
            for name in names.intersection(values):
                value = values[name]
                if value is not None and not isinstance(value, StoredId):
                    raise StoredFileError(gettext(
                            'safety_base.msg_stored_file_id',
                            **cls.__names__(name)))


def stored_ids(Model):
    "Return the names of the fields with the ids of the files of the model."
    names = Model.__dict__.get('_stored_ids')
    if names is None:
        names = Model._stored_ids = frozenset(
            f.file_id for f in Model._fields.values()
            if isinstance(f, fields.Binary) and f.file_id)
    return names


class FilestoreQueue(metaclass=PoolMeta):
    __name__ = 'ir.filestore.queue'
    # Of files that nothing names any more
    _secrets = {'file_id'}

    @classmethod
    def remove(cls):
        cls._set_prefix()
        cls._keep_named()
        cls._log_due()
        super().remove()

    @classmethod
    def _set_prefix(cls):
        # Files are stored under the name of the database where no prefix is
        # set, but the removal would stop at the first one without prefix.
        transaction = Transaction()
        table = cls.__table__()
        cursor = transaction.connection.cursor()
        cursor.execute(*table.update(
                [table.prefix], [transaction.database.name],
                where=table.prefix == Null))

    @classmethod
    def _keep_named(cls):
        """Take off the queue the files that any record names.

        The removal only asks whether others of the same model and field do.
        """
        queue = cls.__table__()
        cursor = Transaction().connection.cursor()
        for table, column in cls._naming_columns():
            cursor.execute(*queue.delete(
                    where=queue.file_id.in_(table.select(
                            column, where=column != Null))))

    @classmethod
    def _naming_columns(cls):
        for _, Model in Pool().iterobject():
            if not issubclass(Model, ModelSQL) or not stored_ids(Model):
                continue
            tables = [Model.__table__()]
            if Model._history:
                tables.append(Model.__table_history__())
            for table in tables:
                for name in stored_ids(Model):
                    yield table, Column(table, name)

    @classmethod
    def _log_due(cls):
        "Log which files are removed now, since nothing else tells it later."
        User = Pool().get('res.user')
        table, user = cls.__table__(), User.__table__()
        days = config.getint('attachment', 'retention_days', default=90)
        cursor = Transaction().connection.cursor()
        cursor.execute(*table
            .join(user, 'LEFT', condition=table.create_uid == user.id)
            .select(
                table.file_id, table.model, table.field, user.login,
                table.create_date,
                where=table.create_date
                < dt.datetime.now() - dt.timedelta(days=days),
                order_by=table.id))
        for row in cursor:
            logger.warning(
                "remove file %s of %s.%s, given up by %s at %s", *row)
