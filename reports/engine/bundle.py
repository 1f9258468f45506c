# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Documents joined to one PDF, with numbers of pages and bookmarks."

import io

from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from trytond.modules.safety_base import image

__all__ = ['count_pages', 'join', 'picture_page', 'read_foreign']

# Points of A4, and pixels of a picture that fills it
PAPER = (595, 842)
PICTURE = 1600
# Where the number of a page stands, from its lower right corner
CORNER = (48, 20)


def count_pages(content):
    return len(PdfReader(io.BytesIO(content)).pages)


def read_foreign(content, limit):
    """Return the PDF from outside without what acts, None if it cannot be.

    That is for one that is damaged, closed by a password, or longer than
    limit pages.
    """
    # Whatever fails in it, it is still kept as it came.
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted or len(reader.pages) > limit:
            return None
        writer = PdfWriter()
        for page in reader.pages:
            _calm(writer.add_page(page))
        target = io.BytesIO()
        writer.write(target)
    except Exception:
        return None
    return target.getvalue()


def _calm(page):
    "Take from the page what a reader would start or follow."
    page.pop('/AA', None)
    for annotation in page.get('/Annots') or []:
        annotation = annotation.get_object()
        for name in ['/A', '/AA', '/FS']:
            annotation.pop(name, None)


def picture_page(data):
    "Return a PDF whose page is the picture, no larger than A4."
    target = io.BytesIO()
    with Image.open(io.BytesIO(image.reduced(data, PICTURE))) as picture:
        scale = max(
            side / paper for side, paper in zip(picture.size, PAPER))
        picture.save(target, 'PDF', resolution=72 * scale)
    return target.getvalue()


def join(title, parts):
    "Return the PDF of the parts, pairs of a title and of a PDF."
    writer = PdfWriter()
    for name, content in parts:
        first = len(writer.pages)
        writer.append(io.BytesIO(content), import_outline=False)
        writer.add_outline_item(name, first)
    for number, page in enumerate(writer.pages, 1):
        _number(page, number)
    writer.add_metadata({'/Title': title})
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _number(page, number):
    "Write the number into the lower right corner of the page."
    page.transfer_rotation_to_content()
    box = page.mediabox
    stamp = PageObject.create_blank_page(width=box.width, height=box.height)
    stamp[NameObject('/Resources')] = DictionaryObject({
            NameObject('/Font'): DictionaryObject({
                    NameObject('/Number'): DictionaryObject({
                            NameObject('/Type'): NameObject('/Font'),
                            NameObject('/Subtype'): NameObject('/Type1'),
                            NameObject('/BaseFont'): NameObject('/Helvetica'),
                            })})})
    text = DecodedStreamObject()
    text.set_data(
        b'BT /Number 10 Tf %d %d Td (%d) Tj ET' % (
            box.right - CORNER[0], box.bottom + CORNER[1], number))
    stamp[NameObject('/Contents')] = text
    page.merge_page(stamp)
