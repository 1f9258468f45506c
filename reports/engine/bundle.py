# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Documents joined to one PDF, with numbers of pages and bookmarks."

import io

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject, DecodedStreamObject, DictionaryObject, NameObject)

from trytond.modules.safety_base import image

__all__ = ['count_pages', 'join', 'picture_page']

# Points of A4, and pixels of a picture that fills it
PAPER = (595, 842)
PICTURE = 1600
# Where the number of a page stands, from its lower right corner
CORNER = (48, 20)
FONT = '/PageNumber'


def count_pages(content):
    return len(PdfReader(io.BytesIO(content)).pages)


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
        _number(writer, page, number)
    writer.add_metadata({'/Title': title})
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _number(writer, page, number):
    """Write the number into the lower right corner of the page as it is seen.

    The contents from outside are left as they are: to read them may take any
    time.
    """
    resources = DictionaryObject(page.get('/Resources', {}))
    fonts = DictionaryObject(resources.get('/Font', {}).get_object()
        if '/Font' in resources else {})
    fonts[NameObject(FONT)] = DictionaryObject({
            NameObject('/Type'): NameObject('/Font'),
            NameObject('/Subtype'): NameObject('/Type1'),
            NameObject('/BaseFont'): NameObject('/Helvetica'),
            })
    resources[NameObject('/Font')] = fonts
    page[NameObject('/Resources')] = resources
    contents = page.get('/Contents')
    contents = contents.get_object() if contents is not None else []
    if not isinstance(contents, ArrayObject):
        contents = [page.raw_get('/Contents')] if contents else []
    matrix = ' '.join(map(str, _turn(page)))
    page[NameObject('/Contents')] = ArrayObject([
            _stream(writer, 'q'), *contents,
            _stream(
                writer, f'Q BT {FONT} 10 Tf {matrix} Tm ({number}) Tj ET')])


def _turn(page):
    "Return the matrix that leads to the lower right corner as it is seen."
    box = page.mediabox
    across, up = CORNER
    return {
        0: (1, 0, 0, 1, box.right - across, box.bottom + up),
        90: (0, 1, -1, 0, box.right - up, box.top - across),
        180: (-1, 0, 0, -1, box.left + across, box.top - up),
        270: (0, -1, 1, 0, box.left + up, box.bottom + across),
        }[page.rotation % 360 // 90 * 90]


def _stream(writer, text):
    stream = DecodedStreamObject()
    stream.set_data(text.encode())
    return writer._add_object(stream)
