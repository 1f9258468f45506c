# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import unittest

from trytond.filestore import filestore
from trytond.pool import Pool
from trytond.tests.test_tryton import (
    activate_module, drop_db, with_transaction)
from trytond.transaction import Transaction


class FilesTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drop_db()
        cls.addClassCleanup(drop_db)
        activate_module('safety_organization')

    @with_transaction()
    def test_removed(self):
        "Deleted files are removed after the retention where no prefix is set"
        pool = Pool()
        Attachment = pool.get('ir.attachment')
        Queue = pool.get('ir.filestore.queue')
        User = pool.get('res.user')
        prefix = Transaction().database.name
        kept, deleted = Attachment.create([{
                    'name': name,
                    'data': name.encode(),
                    'resource': str(User(1)),
                    } for name in ["Kept", "Deleted"]])
        files = [kept.file_id, deleted.file_id]
        Attachment.delete([deleted])
        Queue.remove()
        for id_ in files:
            self.assertTrue(filestore.size(id_, prefix))
        table = Queue.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.create_date], [dt.datetime(2001, 1, 1)]))
        Queue.remove()
        self.assertTrue(filestore.size(files[0], prefix))
        with self.assertRaises(FileNotFoundError):
            filestore.size(files[1], prefix)
