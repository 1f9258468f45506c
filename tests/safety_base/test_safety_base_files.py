# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Files that are stored: who names them, what removes them, what stays."

import builtins
import datetime as dt
import errno
import shutil
import unittest
from pathlib import Path
from unittest.mock import patch

from access import call
from mine import build_mine
from pictures import picture
from steps import draft

from trytond.filestore import filestore
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base import attachment as attachment_module
from trytond.modules.safety_base.exceptions import (
    AttachmentLimitError, StoredFileError, StoreFullError, TextError)
from trytond.modules.safety_base.file_name import safe_name
from trytond.modules.safety_base.guard.filestore import FileStore
from trytond.pool import Pool
from trytond.tests.test_tryton import activate_module, with_transaction
from trytond.transaction import Transaction, check_access


def stored():
    "Return the files that are stored for the database."
    return {
        p for p in Path(
            filestore.path, Transaction().database.name).rglob('*')
        if p.is_file()}


def remove_due():
    "Let the retention of what is removed end and the job run."
    pool = Pool()
    Queue = pool.get('ir.filestore.queue')
    table = Queue.__table__()
    Transaction().connection.cursor().execute(*table.update(
            [table.create_date], [dt.datetime(2001, 1, 1)]))
    Queue.remove()


class StoredFileTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_module('hazard')

    def attach(self, user, record, **values):
        return call(user, 'model.ir.attachment.create', [{
                    'name': "Paper", 'type': 'data', 'resource': str(record),
                    **values}])

    def photo(self, hazard, color='red'):
        pool = Pool()
        Photo = pool.get('hazard.photo')
        photo, = Photo.create([{
                    'hazard': hazard.id, 'image': picture(color=color)}])
        return photo

    @with_transaction()
    def test_named(self):
        "No user names the file of another record, nor takes one away"
        mine = build_mine()
        hazard = draft(mine)
        photo = self.photo(hazard)
        user = mine.users.reporter
        # As it comes over the wire
        file_id = str(photo.image_id)
        with self.assertRaises(StoredFileError):
            self.attach(user, hazard, file_id=file_id)
        id_, = self.attach(user, hazard, data=b'Own')
        for value in [file_id, '/etc/passwd', '']:
            with self.assertRaises(StoredFileError):
                call(user, 'model.ir.attachment.write', [id_],
                    {'name': "Else"}, [id_], {'file_id': value})
        with self.assertRaises(StoredFileError):
            call(user, 'model.ir.attachment.copy', [id_],
                {'file_id': file_id})
        with self.assertRaises(StoredFileError):
            call(user, 'model.hazard.hazard.write', [hazard.id], {
                    'photos': [('create', [{
                                    'image': picture(color='blue'),
                                    'image_id': file_id}])]})

    @with_transaction()
    def test_told(self):
        "No user is told the id of a file"
        pool = Pool()
        Queue = pool.get('ir.filestore.queue')
        mine = build_mine()
        hazard = draft(mine)
        photo = self.photo(hazard)
        user = mine.users.reporter
        for _ in range(2):
            id_, = self.attach(user, hazard, data=b'Own')
        call(user, 'model.ir.attachment.delete', [id_])
        for model, name in [
                ('hazard.photo', 'image_id'), ('ir.attachment', 'file_id')]:
            with self.subTest(model=model):
                model = f'model.{model}'
                self.assertNotIn(name, call(user, f'{model}.fields_get'))
                for method, *args in [
                        ('read', [photo.id], [name]),
                        ('search', [(name, '=', str(photo.image_id))]),
                        ('search', [], 0, None, [(name, 'ASC')]),
                        ('export_data_domain', [], [name])]:
                    with self.assertRaises(AccessError):
                        call(user, f'{model}.{method}', *args)
        with self.assertRaises(AccessError):
            call(user, 'model.hazard.hazard.read', [hazard.id],
                ['photos.image_id'])
        with Transaction().set_user(user.id), check_access():
            with self.assertRaises(AccessError):
                Queue.export_data_domain([], ['file_id'])
        image, = call(
            user, 'model.hazard.photo.read', [photo.id], ['image'])
        self.assertEqual(bytes(image['image']), picture(color='red'))

    @with_transaction()
    def test_copied(self):
        "A copy has the file of the record, whose removal leaves it"
        pool = Pool()
        Attachment = pool.get('ir.attachment')
        mine = build_mine()
        hazard = draft(mine)
        user = mine.users.reporter
        id_, = self.attach(user, hazard, data=b'Own')
        copy, = call(user, 'model.ir.attachment.copy', [id_])
        call(user, 'model.ir.attachment.delete', [id_])
        remove_due()
        self.assertEqual(Attachment(copy).data, b'Own')

    @with_transaction()
    def test_removed(self):
        "The removal keeps what a record of another model names, and is logged"
        pool = Pool()
        Attachment = pool.get('ir.attachment')
        mine = build_mine()
        hazard = draft(mine)
        photo = self.photo(hazard)
        named, free = Attachment.create([{
                    'name': name, 'resource': str(hazard), **values}
                for name, values in [
                    ("Named", {'file_id': photo.image_id}),
                    ("Free", {'data': b'free'})]])
        free_id = free.file_id
        with Transaction().set_user(mine.users.captain.id):
            Attachment.delete([named, free])
        with self.assertLogs(
                'trytond.modules.safety_base.guard.stored_file',
                'WARNING') as logs:
            remove_due()
        text, = logs.output
        for word in [free_id, 'ir.attachment.data', mine.users.captain.login]:
            self.assertIn(word, text)
        prefix = Transaction().database.name
        self.assertTrue(filestore.size(photo.image_id, prefix))
        with self.assertRaises(FileNotFoundError):
            filestore.size(free_id, prefix)

    @with_transaction()
    def test_outside(self):
        "No file outside the directory of the database is in the store"
        self.assertIsInstance(filestore, FileStore)
        name = Transaction().database.name
        beside = Path(f'{filestore.path}-old')
        beside.mkdir()
        self.addCleanup(shutil.rmtree, beside)
        (beside / 'secret').touch()
        for id_ in [
                '/etc/passwd', '../../../../../etc/passwd', '',
                f'{filestore.path}-old/secret', f'../../../{name}-old/secret',
                f'{filestore.path}/{name}']:
            with self.subTest(id=id_):
                with self.assertRaises(FileNotFoundError):
                    filestore.get(id_, name)

    @with_transaction()
    def test_disk_full(self):
        "What a full disk does not take is refused in words and leaves nothing"
        mine = build_mine()
        hazard = draft(mine)
        before = stored()

        class Full:
            "A file whose first half is written"

            def __init__(self, file):
                self._file = file

            def __enter__(self):
                return self

            def __exit__(self, *args):
                self._file.close()

            def write(self, data):
                self._file.write(data[:len(data) // 2])
                raise OSError(errno.ENOSPC, "No space left on device")

        open_ = builtins.open
        with patch(
                'trytond.modules.safety_base.guard.filestore.open',
                lambda *args: Full(open_(*args)), create=True):
            with self.assertRaises(StoreFullError):
                self.attach(mine.users.reporter, hazard, data=b'Own')
        self.assertEqual(stored(), before)

    @with_transaction()
    def test_rolled_back(self):
        "The files of what is refused after all do not stay"
        mine = build_mine()
        hazard = draft(mine)
        before = stored()
        self.attach(mine.users.reporter, hazard, data=b'Own')
        self.assertEqual(len(stored() - before), 1)
        Transaction().rollback()
        self.assertEqual(stored() - before, set())

    @with_transaction()
    def test_attachments(self):
        "Attachments are few, small and on records that the user may write"
        Attachment = Pool().get('ir.attachment')
        mine = build_mine()
        hazard = draft(mine)
        user = mine.users.reporter
        with patch.object(attachment_module, 'BYTES_MAX', 3):
            self.attach(user, hazard, data=b'Own')
            with self.assertRaises(AttachmentLimitError):
                self.attach(user, hazard, data=b'Ours')
        with patch.object(attachment_module, 'COUNT_MAX', 2):
            self.attach(user, hazard, data=b'Own')
            with self.assertRaises(AttachmentLimitError):
                self.attach(user, hazard, type='link', link='https://a.b')
        other = draft(mine)
        count = Attachment.search([('create_uid', '=', user.id)], count=True)
        with patch.object(attachment_module, 'DAY_MAX', count + 1):
            id_, = self.attach(user, other, data=b'Own')
            with self.assertRaises(AttachmentLimitError):
                self.attach(user, other, data=b'Own')
            call(user, 'model.ir.attachment.delete', [id_])
            with self.assertRaises(AttachmentLimitError):
                self.attach(user, other, data=b'Own')
        with self.assertRaises(AccessError):
            self.attach(mine.users.other_captain, hazard, data=b'Own')

    @with_transaction()
    def test_texts(self):
        "A text that cannot be kept is refused on every database"
        mine = build_mine()
        hazard = draft(mine)
        user = mine.users.reporter
        for text in ['a\0b', '\ud800', 'a\udfff']:
            with self.subTest(text=ascii(text)):
                with self.assertRaises(TextError):
                    call(user, 'model.hazard.hazard.write', [hazard.id],
                        {'description': text})
                with self.assertRaises(TextError):
                    self.attach(user, hazard, description=text)
        call(user, 'model.hazard.hazard.write', [hazard.id],
            {'description': '😀 \t\n风门'})

    def test_names(self):
        "The names of photos are such as any computer takes"
        for name, safe in [
                ('photo.jpg', 'photo.jpg'), ('巷道 1.JPG', '巷道 1.JPG'),
                ('../../etc/passwd', 'passwd'), ('C:\\a\\b.png', 'b.png'),
                ('a\u202egpj.exe', 'agpj.exe'), ('a\0\n\x1b.jpg', 'a.jpg'),
                ('..', ''), ('', ''), (None, ''), ('<a>?.jpg', 'a.jpg'),
                ('长' * 3000 + '.jpg', '长' * 96 + '.jpg'),
                ('.' + 'x' * 300, 'x' * 100)]:
            with self.subTest(name=name):
                self.assertEqual(safe_name(name), safe)
