# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import hashlib
import io
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from pictures import exif, noise, opened, picture
from PIL import Image

from trytond.modules.safety_base import image, image_bounds
from trytond.modules.safety_base.exceptions import (
    PhotoFormatError, PhotoSizeError)


class HazardImageTestCase(unittest.TestCase):
    "Test what a picture tells of itself"

    def setUp(self):
        def gettext(message, **variables):
            return message
        patcher = patch.object(image, 'gettext', gettext)
        patcher.start()
        self.addCleanup(patcher.stop)

    def refuse(self, exception, message, data):
        with self.assertRaises(exception) as refused:
            image.read(data)
        self.assertEqual(
            refused.exception.message,
            f'safety_base.msg_photo_{message}')

    def test_formats(self):
        "Test the formats are known by their content"
        for format, extension in [
                ('JPEG', '.jpg'), ('PNG', '.png'), ('WEBP', '.webp')]:
            with self.subTest(format=format):
                data = picture(format)
                read = image.read(data)
                self.assertEqual((read.width, read.height), (40, 30))
                self.assertEqual(read.extensions[0], extension)
                self.assertEqual(
                    read.sha256, hashlib.sha256(data).hexdigest())

    def test_multi_picture(self):
        "Test a JPEG with more than one picture as phones write it"
        data = io.BytesIO()
        Image.new('RGB', (40, 30)).save(
            data, format='MPO', save_all=True,
            append_images=[Image.new('RGB', (20, 15), 'red')])
        self.assertEqual(image.read(data.getvalue()).extensions[0], '.jpg')

    def test_modes(self):
        "Test pictures in other than true colour"
        for format, mode in [
                ('JPEG', 'L'), ('JPEG', 'CMYK'), ('PNG', 'P'), ('PNG', '1'),
                ('PNG', 'LA'), ('PNG', 'RGBA'), ('PNG', 'I;16'),
                ('WEBP', 'RGBA')]:
            with self.subTest(format=format, mode=mode):
                read = image.read(picture(format, mode=mode))
                self.assertEqual(opened(read.thumbnail).mode, 'RGB')

    def test_other_format(self):
        "Test what is not a picture or of another format is refused"
        for data in [
                b'', b'text', b'%PDF-1.4', picture('GIF', mode='P'),
                picture('BMP'), picture('TIFF'),
                b'\0\0\0\x1cftypavif' + b'\0' * 50]:
            with self.subTest(data=data[:12]):
                self.refuse(PhotoFormatError, 'format', data)

    def test_heic(self):
        "Test HEIC is refused with its own message"
        self.refuse(
            PhotoFormatError, 'heic', b'\0\0\0\x24ftypheic' + b'\0' * 50)

    def test_damaged(self):
        "Test a picture that was cut off is refused"
        for format in ['JPEG', 'PNG', 'WEBP']:
            with self.subTest(format=format):
                data = noise((200, 200))
                if format != 'JPEG':
                    stream = io.BytesIO()
                    opened(data).save(stream, format=format)
                    data = stream.getvalue()
                with self.assertRaises(PhotoFormatError):
                    image.read(data[:len(data) // 2])

    def test_bytes(self):
        "Test a file over 10 MB is refused"
        self.refuse(
            PhotoSizeError, 'bytes', picture() + b'\0' * image.MAX_BYTES)

    def test_pixels(self):
        "Test a picture is refused for its pixels without being decoded"
        data = picture('PNG', size=(10000, 6000), mode='1')
        self.assertLess(len(data), 100000)
        self.refuse(PhotoSizeError, 'pixels', data)
        data = picture('PNG', size=(20000, 20000), mode='1')
        self.refuse(PhotoSizeError, 'pixels', data)

    def test_pixels_of_format(self):
        "Test what is decoded as a whole may have fewer pixels"
        with patch.dict(
                image_bounds.PIXELS_MAX,
                {'JPEG': 1200, 'JPEG of scans': 600, 'PNG': 600, 'WEBP': 600}):
            image.read(picture())
            for data in [
                    picture('PNG'), picture('WEBP'),
                    picture(progressive=True)]:
                self.refuse(PhotoSizeError, 'pixels', data)

    def test_scans(self):
        "Test a JPEG is refused for its scans without being decoded"
        data = picture(size=(400, 300), progressive=True)
        scans, progressive = image_bounds.read_scans(data)
        self.assertTrue(progressive)
        self.assertTrue(1 < scans < image_bounds.SCANS_MAX)
        self.assertEqual(image_bounds.read_scans(picture()), (1, False))
        # Markers in the data of the camera count for nothing.
        details = b'Exif\0\0' + b'\xff\xda\0\2' * 100
        self.assertEqual(
            image_bounds.read_scans(
                data[:2] + b'\xff\xe1'
                + (len(details) + 2).to_bytes(2) + details + data[2:]),
            (scans, True))
        # A scan that has no data
        scan = b'\xff\xda\0\x08\1\1\0\0\x3f\0'
        many = data[:-2] + scan * 5000 + data[-2:]
        with patch.object(Image.Image, 'load', self.fail):
            self.refuse(PhotoFormatError, 'scans', many)

    def test_two_at_once(self):
        "Test no more than two pictures are decoded at the same time"
        decoding, most = [], []
        reduce = image._reduce

        def counted(*args):
            decoding.append(1)
            most.append(len(decoding))
            try:
                return reduce(*args)
            finally:
                decoding.pop()

        data = noise((600, 400))
        with patch.object(image, '_reduce', counted), \
                ThreadPoolExecutor(8) as executor:
            read = list(executor.map(image.read, [data] * 8))
        self.assertEqual(len(read), 8)
        self.assertLessEqual(max(most), 2)

    def test_copies(self):
        "Test the size of the thumbnail and of the preview"
        read = image.read(noise((2000, 1000)))
        self.assertEqual(opened(read.thumbnail).size, (160, 80))
        self.assertLessEqual(len(read.thumbnail), image.THUMBNAIL_BYTES)
        self.assertEqual(opened(read.preview).size, (1280, 640))

    def test_orientation(self):
        "Test the copies are upright"
        read = image.read(picture(size=(400, 200), exif=exif(orientation=6)))
        self.assertEqual((read.width, read.height), (200, 400))
        self.assertEqual(opened(read.thumbnail).size, (80, 160))
        self.assertEqual(opened(read.preview).size, (200, 400))

    def test_no_camera_data_in_copies(self):
        "Test neither position nor time goes into the copies"
        data = picture(
            exif=exif(time='2026:05:04 10:20:30', position=True))
        self.assertTrue(opened(data).getexif().get_ifd(0x8825))
        read = image.read(data)
        for copy in [read.thumbnail, read.preview]:
            self.assertFalse(dict(opened(copy).getexif()))

    def test_taken_at(self):
        "Test the time of the camera in the zone of the company"
        data = picture(exif=exif(time='2026:05:04 10:20:30'))
        self.assertEqual(
            image.read(data, 'Asia/Shanghai').taken_at,
            dt.datetime(2026, 5, 4, 2, 20, 30))
        self.assertEqual(
            image.read(data).taken_at, dt.datetime(2026, 5, 4, 10, 20, 30))

    def test_taken_at_offset(self):
        "Test the offset that the camera recorded goes first"
        data = picture(
            exif=exif(time='2026:05:04 10:20:30', offset='+06:00'))
        self.assertEqual(
            image.read(data, 'Asia/Shanghai').taken_at,
            dt.datetime(2026, 5, 4, 4, 20, 30))

    def test_taken_at_unknown(self):
        "Test a time that is missing, wrong or in the future"
        now = dt.datetime(2026, 5, 4)
        for time in [
                None, '0000:00:00 00:00:00', '', 'yesterday',
                '2026:05:04 00:00:01']:
            with self.subTest(time=time):
                data = picture(exif=exif(time=time))
                self.assertIsNone(image.read(data, now=now).taken_at)

    def test_broken_camera_data(self):
        "Test camera data that cannot be read do not matter"
        data = picture(exif=b'Exif\0\0II*\0\xff\xff\xff\xff' + b'\xff' * 40)
        read = image.read(data)
        self.assertIsNone(read.taken_at)
        self.assertEqual(read.width, 40)
