# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The store of files, in place of that of trytond.

It holds only what records name: a file that could not be written as a whole
or whose transaction is rolled back is removed.

``[database] class`` would have to be set by each installation and is read
before models can be imported, so the class of the store is changed, unless
the configuration chose one.
"""

import errno
import os
from contextlib import suppress

from trytond import filestore
from trytond.i18n import gettext
from trytond.transaction import Transaction

from ..exceptions import StoreFullError

_FULL = {errno.ENOSPC, errno.EDQUOT}


class FileStore(filestore.FileStore):

    def set(self, data, prefix=''):
        id_ = self._id(data)
        path = self._filename(id_, prefix)
        try:
            os.makedirs(os.path.dirname(path), mode=0o770, exist_ok=True)
            with open(path, 'wb') as file:
                file.write(data)
        except OSError as exception:
            _remove(path)
            if exception.errno in _FULL:
                raise StoreFullError(gettext(
                        'safety_base.msg_store_full')) from exception
            raise
        transaction = Transaction()
        if transaction.connection:
            transaction.join(_Written()).paths.append(path)
        return id_

    def _filename(self, id, prefix):
        directory = os.path.normpath(os.path.join(self.path, prefix))
        path = os.path.normpath(
            os.path.join(directory, id[:2], id[2:4], id))
        if not path.startswith(os.path.join(directory, '')):
            raise FileNotFoundError(
                errno.ENOENT, "The file is not in the store", path)
        return path


class _Written:
    "The files that a transaction has written, which go with it."

    def __init__(self):
        self.paths = []

    def __eq__(self, other):
        return isinstance(other, _Written)

    def tpc_begin(self, transaction):
        pass

    commit = tpc_vote = tpc_begin

    def tpc_finish(self, transaction):
        self.paths.clear()

    def tpc_abort(self, transaction):
        for path in self.paths:
            _remove(path)
        self.paths.clear()


def _remove(path):
    with suppress(FileNotFoundError):
        os.remove(path)


def install():
    "Make the store this one unless it is another than that of trytond."
    store = filestore.filestore
    if type(store) is filestore.FileStore:
        store.__class__ = FileStore
