# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
A program that opens a PDF from outside, for a process that shall not.

A few kilobytes of one may take any time and memory.  It reads the PDF from its
standard input, and writes a line with the bytes that are no streams, and then
the PDF without what acts.  It fails for one that is damaged, closed by a
password, or more than it is told.  Only pypdf is imported, as it starts anew
for each paper.
"""

import io
import resource
import sys

__all__ = []


def main(pages, structure, seconds, memory):
    _bound(seconds, memory)
    content = sys.stdin.buffer.read()
    result, used = open_foreign(content, pages)
    # Each stream of it was one of the content once.
    if used > structure or len(result) > len(content) + structure:
        sys.exit("too much structure")
    sys.stdout.buffer.write(b'%d\n' % used + result)


def _bound(seconds, memory):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def open_foreign(content, pages):
    "Return the PDF without what acts, and the bytes that are no streams."
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted or len(reader.pages) > pages:
        sys.exit("encrypted or too long")
    writer = PdfWriter()
    for page in reader.pages:
        _calm(writer.add_page(page))
    target = io.BytesIO()
    writer.write(target)
    result = target.getvalue()
    # What it takes to be joined shall be taken here first.
    PdfWriter().append(io.BytesIO(result), import_outline=False)
    streams = sum(len(getattr(o, '_data', b'')) for o in writer._objects)
    return result, len(result) - streams


def _calm(page):
    "Take from the page what a reader would start or follow."
    page.pop('/AA', None)
    for annotation in page.get('/Annots') or []:
        annotation = annotation.get_object()
        for name in ['/A', '/AA', '/FS']:
            annotation.pop(name, None)


if __name__ == '__main__':
    main(*map(int, sys.argv[1:]))
