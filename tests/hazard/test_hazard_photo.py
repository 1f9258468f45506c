# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Photos: what is kept of them, who may add and see them, duplicates."

import datetime as dt
import io
import unittest
from unittest.mock import MagicMock, patch

from mine import build_mine, new_hazard
from organization import acting, create_company, get_ref
from pictures import exif, picture
from PIL import Image
from steps import confirm, draft, finish, report, step, to_rectify, waiting
from templates import activate_built

from trytond.model.exceptions import AccessError, SQLConstraintError
from trytond.modules.hazard.exceptions import (
    PhotoAccessError, PhotoRequiredError)
from trytond.modules.hazard.loop import photo as photo_module
from trytond.modules.safety_base.exceptions import PhotoFormatError
from trytond.pool import Pool
from trytond.tests.test_tryton import with_transaction
from trytond.transaction import Transaction


def photo(color='red', **values):
    values.setdefault('filename', 'photo.jpg')
    values.setdefault('image', picture(color=color))
    return values


class HazardPhotoTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        activate_built('hazard', build_mine)

    def create(self, user, *vlist):
        pool = Pool()
        Photo = pool.get('hazard.photo')
        with acting(user):
            photos = Photo.create(list(vlist))
        return Photo.browse([p.id for p in photos])

    @with_transaction()
    def test_content(self):
        "The server tells what the photo is, whatever the client sends"
        mine = build_mine()
        hazard = draft(mine)
        data = picture(size=(400, 300))
        record, = self.create(mine.users.reporter, photo(
                image=data, hazard=hazard.id, filename='IMG.heic',
                sha256='x', width=1, taken_at=dt.datetime(2000, 1, 1),
                taken_source='camera', thumbnail=b'x', company=None))
        self.assertEqual(record.image, data)
        self.assertEqual(record.filename, 'IMG.jpg')
        self.assertEqual(len(record.sha256), 64)
        self.assertEqual((record.width, record.height), (400, 300))
        self.assertEqual(record.taken_source, 'upload')
        self.assertEqual(record.uploaded_by, mine.employees.reporter)
        self.assertEqual(record.company, mine.company)
        self.assertEqual(
            Image.open(io.BytesIO(record.thumbnail)).size, (160, 120))
        self.assertTrue(record.preview)
        self.assertEqual(record.stage, 'found')

    @with_transaction()
    def test_former_unit(self):
        "Whom a hazard was taken from sees no photo of what is not theirs"
        mine = build_mine()
        hazard = report(mine, photos=[photo()])
        with acting(
                mine.users.safety, reason="Theirs.",
                unit=mine.units.driving.id):
            hazard.__class__.reassign([hazard.__class__(hazard.id)])
        confirm(
            mine, hazard, user=mine.users.other_captain,
            responsible=mine.employees.other_captain.id)
        finish(
            mine, hazard, user=mine.users.other_captain,
            photos=[('create', [photo('blue')])])
        Photo = Pool().get('hazard.photo')
        for user, stages in [
                (mine.users.captain, ['found']),
                (mine.users.other_captain, ['found', 'rectified'])]:
            with acting(user):
                photos = Photo.search([('hazard', '=', hazard.id)])
                self.assertEqual(sorted(p.stage for p in photos), stages)
                # The client reads the names of what they are of.
                self.assertEqual(len(Photo.read(
                            [p.id for p in photos],
                            ['rectification.rec_name'])), len(stages))

    @with_transaction()
    def test_taken_at(self):
        "The camera's time goes before the time of the upload"
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        hazard = draft(mine)
        record, = self.create(mine.users.reporter, photo(
                hazard=hazard.id,
                image=picture(exif=exif(time='2026:05:04 10:20:30'))))
        self.assertEqual(record.taken_at, dt.datetime(2026, 5, 4, 2, 20, 30))
        self.assertEqual(record.taken_source, 'camera')

    @with_transaction()
    def test_no_photo(self):
        "What is not a photo is refused with the card"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        values = new_hazard(mine)._save_values()
        with acting(mine.users.reporter):
            with self.assertRaises(PhotoFormatError):
                Hazard.create([{
                            **values,
                            'photos': [('create', [
                                        photo(image=b'%PDF')])],
                            }])

    @with_transaction()
    def test_with_card(self):
        "Photos come with a new card"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        values = new_hazard(mine)._save_values()
        with acting(mine.users.reporter):
            hazard, = Hazard.create([{
                        **values,
                        'photos': [('create', [photo('red'), photo('blue')])],
                        }])
        hazard = Hazard(hazard.id)
        self.assertEqual(len(hazard.photos), 2)
        self.assertEqual(hazard.photo_count, 2)
        self.assertEqual(hazard.thumbnail, hazard.photos[0].thumbnail)
        self.assertFalse(hazard.duplicate_photo)

    @with_transaction()
    def test_never_changed(self):
        "A photo is never changed"
        pool = Pool()
        Photo = pool.get('hazard.photo')
        mine = build_mine()
        hazard = draft(mine)
        record, = self.create(
            mine.users.reporter, photo(hazard=hazard.id))
        for user in [mine.users.reporter, mine.users.safety]:
            for values in [{'filename': 'x.jpg'}, {'stage': 'on_site'}]:
                with self.subTest(user=user.login, values=values), \
                        acting(user), self.assertRaises(AccessError):
                    Photo.write([Photo(record.id)], values)
        with self.assertRaises(PhotoAccessError):
            Photo.write([record], {'image': picture('PNG')})

    @with_transaction()
    def test_remove(self):
        "A photo may be removed as long as the card is open"
        pool = Pool()
        Photo = pool.get('hazard.photo')
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = draft(mine)
        first, second = self.create(
            mine.users.reporter,
            photo('red', hazard=hazard.id), photo('blue', hazard=hazard.id))
        with acting(mine.users.captain):
            with self.assertRaises(AccessError):
                Photo.delete([Photo(first.id)])
        with acting(mine.users.reporter):
            Photo.delete([Photo(first.id)])
            Hazard.submit([Hazard(hazard.id)])
            with self.assertRaises(PhotoAccessError):
                Photo.delete([Photo(second.id)])
            with self.assertRaises(PhotoAccessError):
                Photo.create([photo('green', hazard=hazard.id)])

    @with_transaction()
    def test_delete_draft(self):
        "A draft is deleted with its photos"
        pool = Pool()
        Photo = pool.get('hazard.photo')
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = draft(mine)
        self.create(mine.users.reporter, photo(hazard=hazard.id))
        with acting(mine.users.reporter):
            Hazard.delete([Hazard(hazard.id)])
        self.assertFalse(Photo.search([]))

    @with_transaction()
    def test_copy(self):
        "A copied card has no photos"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = draft(mine)
        self.create(mine.users.reporter, photo(hazard=hazard.id))
        copy, = Hazard.copy([hazard])
        self.assertFalse(copy.photos)

    @with_transaction()
    def test_card_of_others(self):
        "Nobody adds photos to the card of somebody else"
        mine = build_mine()
        hazard = draft(mine)
        others = ['worker', 'captain', 'chief', 'station', 'safety']
        for number, name in enumerate(others):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.create(
                    getattr(mine.users, name),
                    photo((number * 50, 0, 99), hazard=hazard.id))

    @with_transaction()
    def test_not_decoded(self):
        "What the user may not add is not decoded"
        mine = build_mine()
        hazard = draft(mine)
        with patch.object(photo_module.image, 'read') as read:
            for user in [mine.users.captain, mine.users.other_captain]:
                for values in [
                        {'hazard': hazard.id}, {'hazard': hazard.id,
                            'stage': 'on_site'}]:
                    with self.assertRaises(AccessError):
                        self.create(user, photo(**values))
            reported = report(mine)
            with self.assertRaises(PhotoAccessError):
                self.create(
                    mine.users.reporter, photo(hazard=reported.id))
        read.assert_not_called()

    @with_transaction()
    def test_rectification(self):
        "Photos of the result belong to who rectifies, until it is done"
        pool = Pool()
        Photo = pool.get('hazard.photo')
        mine = build_mine()
        rectification = to_rectify(mine)
        others = ['reporter', 'other_captain', 'station', 'safety']
        for number, name in enumerate(others):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.create(
                    getattr(mine.users, name),
                    photo(
                        (number * 50, 0, 99),
                        rectification=rectification.id))
        record, = self.create(
            mine.users.worker, photo(rectification=rectification.id))
        self.assertEqual(record.hazard, rectification.hazard)
        self.assertEqual(record.stage, 'rectified')
        finish(mine, rectification.hazard)
        with acting(mine.users.worker):
            with self.assertRaises(PhotoAccessError):
                Photo.delete([Photo(record.id)])
        with self.assertRaises(PhotoAccessError):
            self.create(
                mine.users.worker,
                photo('blue', rectification=rectification.id))

    @with_transaction()
    def test_by_stage_form(self):
        "Photos come with the rectification that they are added to"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        rectification = finish(
            mine, hazard, photos=[('create', [photo()])])
        self.assertEqual(
            [p.stage for p in rectification.photos], ['rectified'])
        self.assertEqual(rectification.hazard_photos, rectification.photos)
        self.assertTrue(rectification.thumbnail)

    @with_transaction()
    def test_recheck(self):
        "Photos of the recheck belong to its checker"
        mine = build_mine()
        hazard = report(mine)
        confirm(mine, hazard)
        finish(mine, hazard)
        recheck = waiting('hazard.recheck', hazard)
        with self.assertRaises(AccessError):
            self.create(mine.users.worker, photo('blue', recheck=recheck.id))
        recheck = step(
            'hazard.recheck', hazard, 'pass_', mine.users.captain,
            photos=[('create', [photo()])])
        self.assertEqual(recheck.photos[-1].stage, 'recheck')
        self.assertEqual(
            recheck.photos[-1].uploaded_by, mine.employees.captain)
        with self.assertRaises(PhotoAccessError):
            self.create(
                mine.users.captain, photo('green', recheck=recheck.id))

    @with_transaction()
    def test_read(self):
        "Who reads the hazard reads its photos"
        pool = Pool()
        Photo = pool.get('hazard.photo')
        mine = build_mine()
        hazard = draft(mine)
        record, = self.create(mine.users.reporter, photo(hazard=hazard.id))

        def readers():
            for name in vars(mine.users):
                with acting(getattr(mine.users, name)):
                    if Photo.search([('id', '=', record.id)]):
                        yield name
        self.assertEqual(list(readers()), ['reporter'])
        with acting(mine.users.reporter):
            hazard.__class__.submit([hazard.__class__(hazard.id)])
        self.assertEqual(
            set(readers()), {
                'reporter', 'captain', 'secretary', 'chief', 'safety',
                'station', 'dispatcher', 'head'})
        confirm(mine, hazard)
        self.assertIn('worker', readers())

    @with_transaction()
    def test_other_company(self):
        "Photos of another company are not seen"
        pool = Pool()
        Photo = pool.get('hazard.photo')
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='x_')
        hazard = report(mine)
        with acting(other.users.safety):
            self.assertFalse(Photo.search([('hazard', '=', hazard.id)]))
        with self.assertRaises(AccessError) as raised:
            self.create(other.users.safety, photo(hazard=hazard.id))
        self.assertNotIn(hazard.number, str(raised.exception))

    @with_transaction()
    def test_number(self):
        "Photos of a hazard and of a day are bounded, removed ones count"
        mine = build_mine()
        user = mine.users.reporter
        hazard = draft(mine)
        with patch.object(photo_module, 'COUNT_MAX', 1):
            first, = self.create(user, photo(hazard=hazard.id))
            with self.assertRaises(PhotoAccessError):
                self.create(user, photo('blue', hazard=hazard.id))
        with acting(user):
            first.__class__.delete([first.__class__(first.id)])
        other = draft(mine)
        Photo = first.__class__
        stored = Photo.search([('create_uid', '=', user.id)], count=True)
        with patch.object(photo_module, 'DAY_MAX', stored + 2):
            self.create(user, photo('green', hazard=other.id))
            with self.assertRaises(PhotoAccessError):
                self.create(user, photo('white', hazard=other.id))

    @with_transaction()
    def test_same_on_hazard(self):
        "The same photo is not accepted twice on a hazard"
        mine = build_mine()
        hazard = draft(mine)
        with self.assertRaises(SQLConstraintError):
            self.create(
                mine.users.reporter,
                photo(hazard=hazard.id), photo(hazard=hazard.id))

    @with_transaction()
    def test_duplicate(self):
        "A photo used on another hazard of the company is flagged on both"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Photo = pool.get('hazard.photo')
        mine = build_mine()
        other = build_mine(create_company("Other"), prefix='x_')
        first = report(mine, photos=[photo()])
        second = report(mine, photos=[photo(), photo('blue')])
        third = report(mine, photos=[photo('green')])
        elsewhere = report(other, photos=[photo('green')])
        hazards = Hazard.browse([first, second, third, elsewhere])
        self.assertEqual(
            [h.duplicate_photo for h in hazards],
            [True, True, False, False])
        self.assertEqual(
            [p.duplicate for h in hazards for p in h.photos],
            [True, True, False, False, False])
        self.assertEqual(
            [p.duplicate_hazards for p in hazards[1].photos],
            [first.number, ''])
        self.assertEqual(
            len(Photo.search([('duplicate', '=', True)])), 2)
        self.assertEqual(
            len(Photo.search([('duplicate', '!=', True)])), 3)
        self.assertEqual(
            Hazard.search([('duplicate_photo', '=', True)],
                order=[('id', 'ASC')]),
            [first, second])
        self.assertEqual(
            Hazard.search([('duplicate_photo', 'in', [False])],
                order=[('id', 'ASC')]),
            [third, elsewhere])

    @with_transaction()
    def test_lists(self):
        "Thumbnails and flags of a list take the same queries for any length"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazards = [
            report(mine, photos=[photo(image=picture(size=(n + 9, 9)))])
            for n in range(6)]

        transaction = Transaction()

        def count(records):
            real = transaction.connection.cursor()
            cursor = MagicMock(wraps=real)
            cursor.__iter__.side_effect = lambda: iter(real)
            with patch.object(photo_module, 'Transaction') as fake:
                fake.return_value.connection.cursor.return_value = cursor
                fake.return_value.database.name = transaction.database.name
                summary = Hazard.get_photo_summary(
                    records,
                    ['thumbnail', 'photo_count', 'duplicate_photo'])
            self.assertTrue(all(summary['thumbnail'].values()))
            return cursor.execute.call_count
        self.assertEqual(count(hazards), 2)
        self.assertEqual(count(hazards[:1]), 2)

    @with_transaction()
    def test_lost_file(self):
        "A list opens even when a file is lost"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine, photos=[photo()])
        with patch.object(
                photo_module.filestore, 'get', side_effect=OSError), \
                self.assertLogs(photo_module.logger):
            values, = Hazard.read([hazard.id], ['thumbnail'])
        self.assertIsNone(values['thumbnail'])

    @with_transaction()
    def test_size_context(self):
        "Lists get the thumbnails at once even when asked for their size"
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        mine = build_mine()
        hazard = report(mine, photos=[photo()])
        with acting(
                mine.users.captain, **{'hazard.hazard.thumbnail': 'size'}):
            values, = Hazard.read([hazard.id], ['thumbnail'])
        self.assertEqual(values['thumbnail'][:2], b'\xff\xd8')

    def require(self, mine, when):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        with Transaction().set_context(company=mine.company.id):
            configuration = Configuration(1)
            configuration.require_photo = when
            configuration.save()

    @with_transaction()
    def test_required(self):
        "The company may ask for a photo of the result"
        mine = build_mine()
        rectification = to_rectify(mine)
        self.require(mine, 'always')
        with self.assertRaises(PhotoRequiredError):
            finish(mine, rectification.hazard)
        finish(
            mine, rectification.hazard, photos=[('create', [photo()])])

    @with_transaction()
    def test_required_major(self):
        "The company may ask for it for major hazards only"
        pool = Pool()
        Grade = pool.get('hazard.grade')
        Photo = pool.get('hazard.photo')
        mine = build_mine()
        rectification = to_rectify(mine)
        self.require(mine, 'major')
        Photo.check_required([rectification])
        hazard = rectification.hazard
        hazard.grade = Grade(get_ref('hazard.grade_major'))
        hazard.save()
        with self.assertRaises(PhotoRequiredError):
            Photo.check_required([rectification])
