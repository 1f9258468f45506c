# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"PDFs joined to one, with what comes from outside made harmless."

import io
import unittest

from document_text import get_pages
from pictures import picture
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject,
    NameObject, TextStringObject)

from trytond.modules.hazard_report.engine.bundle import (
    count_pages, join, picture_page)
from trytond.modules.hazard_report.engine.foreign import Foreign


def paper(count=1, width=595, height=842, rotate=0):
    writer = PdfWriter()
    for _ in range(count):
        page = writer.add_blank_page(width, height)
        if rotate:
            page.rotate(rotate)
    return written(writer)


def written(writer):
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def acting():
    "Return a PDF that would open a page and run a script."
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    script = DictionaryObject({
            NameObject('/S'): NameObject('/JavaScript'),
            NameObject('/JS'): TextStringObject("app.alert(1)")})
    page[NameObject('/AA')] = DictionaryObject({NameObject('/O'): script})
    page[NameObject('/Annots')] = ArrayObject([DictionaryObject({
                    NameObject('/Type'): NameObject('/Annot'),
                    NameObject('/Subtype'): NameObject('/Link'),
                    NameObject('/Rect'): ArrayObject(
                        map(FloatObject, [0, 0, 9, 9])),
                    NameObject('/A'): script})])
    writer.root_object[NameObject('/OpenAction')] = script
    writer.add_attachment('a.exe', b'MZ')
    return written(writer)


def placed(text, page):
    "Return the direction and the place of a text on its page."
    def turned(x, y):
        return x * page[0] + y * page[2], x * page[1] + y * page[3]
    x, y = turned(*text[4:])
    return *turned(*text[:2]), x + page[4], y + page[5]


class BundleTestCase(unittest.TestCase):

    def test_join(self):
        "Each part begins where its bookmark leads, pages are numbered"
        content = join("档案", [("目录", paper()), ("甲", paper(2)), (
                    "乙", paper())])
        reader = PdfReader(io.BytesIO(content))
        self.assertEqual(
            [(o.title, reader.get_destination_page_number(o))
                for o in reader.outline],
            [("目录", 0), ("甲", 1), ("乙", 3)])
        self.assertEqual(
            [p.strip() for p in get_pages(content)], ["1", "2", "3", "4"])
        self.assertEqual(reader.metadata.title, "档案")

    def test_turned(self):
        "The number stands upright on pages that are wide or turned"
        for values in [
                {'width': 842, 'height': 595}, {'rotate': 90},
                {'rotate': 180}, {'rotate': 270}]:
            with self.subTest(values=values):
                content = join("档案", [("甲", paper(**values))])
                page, = PdfWriter(io.BytesIO(content)).pages
                # As a reader sees it
                page.transfer_rotation_to_content()
                found = []
                page.extract_text(
                    visitor_text=lambda text, cm, tm, *_: found.append(
                        (text.strip(), placed(tm, cm))))
                (_, (right, up, x, y)), = [f for f in found if f[0]]
                self.assertAlmostEqual(right, 1)
                self.assertAlmostEqual(up, 0)
                self.assertAlmostEqual(
                    x, float(page.mediabox.right) - 48, delta=2)
                self.assertAlmostEqual(
                    y, float(page.mediabox.bottom) + 20, delta=2)

    def test_unread(self):
        "What a page draws is left as it is, however much it is"
        writer = PdfWriter()
        for _ in range(2):
            page = writer.add_blank_page(595, 842)
            page.rotate(90)
            stream = DecodedStreamObject()
            # More than pypdf reads of one page
            stream.set_data(b'q Q ' * 3_000_000)
            page[NameObject('/Contents')] = writer._add_object(
                stream.flate_encode())
        content = join("档案", [("甲", Foreign().to_pdf(written(writer)))])
        self.assertLess(len(content), 100_000)
        for page in PdfReader(io.BytesIO(content)).pages:
            before, drawn, after = [
                c.get_object().get_data() for c in page['/Contents']]
            self.assertEqual(len(drawn), 12_000_000)
            self.assertEqual(before, b'q')
            self.assertTrue(after.startswith(b'Q BT'))

    def test_harmless(self):
        "Nothing of what comes from outside acts"
        self.assertIn(b'JavaScript', acting())
        content = Foreign().to_pdf(acting())
        for name in [b'JavaScript', b'alert', b'EmbeddedFile', b'OpenAction']:
            with self.subTest(name=name):
                self.assertNotIn(name, content)
        self.assertEqual(count_pages(content), 1)

    def test_unreadable(self):
        "What is damaged, closed or too long is not joined"
        writer = PdfWriter()
        writer.add_blank_page(595, 842)
        writer.encrypt('secret')
        for content in [
                b'%PDF-1.7 signed'.ljust(500) + b'%%EOF', b'%PDF-',
                written(writer), paper(3)]:
            with self.subTest(content=content[:40]):
                self.assertIsNone(Foreign(pages=2).to_pdf(content))

    def test_picture(self):
        "A picture becomes a page, no larger than A4"
        for size in [(400, 300), (300, 4000), (40, 30)]:
            with self.subTest(size=size):
                page, = PdfReader(io.BytesIO(
                        picture_page(picture(size=size)))).pages
                self.assertLessEqual(page.mediabox.width, 596)
                self.assertLessEqual(page.mediabox.height, 843)
