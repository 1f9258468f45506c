# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What PDFs from outside may cost."

import io
import os
import resource
import struct
import time
import unittest
import zlib
from unittest.mock import patch

from pictures import picture
from pypdf import PdfReader, PdfWriter

from trytond.modules.hazard_report.engine import convert, foreign
from trytond.modules.hazard_report.engine.foreign import Foreign
from trytond.modules.hazard_report.exceptions import ConversionBusyError

ENTRY = '>BIH'


def flat(parts, data):
    "Return the object of a stream that is compressed."
    packed = zlib.compress(data, 9)
    return (
        b'<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream' % (
            parts, len(packed), packed))


def bomb(entries, size, used=1):
    "Return a PDF of a few kilobytes: the entries are one array of the size."
    ids = range(10, 10 + entries)
    head = b''.join(b'%d 0 ' % i for i in ids)
    named = b' '.join(b'/K%d %d 0 R' % (i, i) for i in ids[:used])
    objects = {
        1: b'<< /Type /Catalog /Pages 2 0 R >>',
        2: b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        3: b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]'
            b' /Resources << %s >> >>' % named,
        4: flat(
            b'/Type /ObjStm /N %d /First %d' % (entries, len(head)),
            head + b'[' + b'0 ' * size + b']'),
        }
    content, rows = b'%PDF-1.5\n', struct.pack(ENTRY, 0, 0, 0)
    for number, body in objects.items():
        rows += struct.pack(ENTRY, 1, len(content), 0)
        content += b'%d 0 obj\n%s\nendobj\n' % (number, body)
    rows += struct.pack(ENTRY, 0, 0, 0) * (ids[0] - len(objects) - 1)
    rows += struct.pack(ENTRY, 2, 4, 0) * entries
    table = flat(
        b'/Type /XRef /Root 1 0 R /W [1 4 2] /Size %d' % ids[-1], rows)
    return content + b'5 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF' % (
        table, len(content))


def paper(pages=1):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


class ForeignTestCase(unittest.TestCase):

    def assertPages(self, content, count):
        self.assertEqual(len(PdfReader(io.BytesIO(content)).pages), count)

    def test_once(self):
        "What could not be opened is not tried again"
        content = b'%PDF-1.5 ' + os.urandom(8)
        with patch.object(foreign, '_run', return_value=None) as run:
            for _ in range(2):
                self.assertIsNone(Foreign().to_pdf(content))
        self.assertEqual(run.call_count, 1)

    def test_too_long(self):
        "What is too long for one is opened for who may have more"
        content = paper(4)
        self.assertIsNone(Foreign(pages=3).to_pdf(content))
        self.assertPages(Foreign().to_pdf(content), 4)

    def test_turn(self):
        "Who waits for others in vain keeps the paper as it came"
        papers = Foreign()
        papers.seconds = 0.05
        with foreign._opening, patch.object(foreign, '_run') as run:
            self.assertIsNone(papers.to_pdf(paper()))
            # Nor do the others of the archive wait again
            self.assertLessEqual(papers.seconds, 0)
            self.assertIsNone(papers.to_pdf(paper()))
        run.assert_not_called()
        with patch.object(convert, '_users', [None, None]), \
                self.assertRaises(ConversionBusyError):
            Foreign().to_pdf(paper())

    def test_bomb(self):
        "What is small but takes long is given up, and not in the server"
        content = bomb(5000, 5000)
        self.assertLess(len(content), 15_000)
        reader = Foreign()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.monotonic()
        with patch.object(foreign, 'SECONDS', 2), \
                self.assertLogs(foreign.__name__, 'WARNING'):
            self.assertIsNone(reader.to_pdf(content))
        self.assertLess(time.monotonic() - started, 15)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.assertLess(after - before, 50_000)
        self.assertPages(reader.to_pdf(paper()), 1)

    def test_memory(self):
        "What takes more memory than it may is given up"
        self.assertPages(Foreign().to_pdf(bomb(20, 5000)), 1)
        with patch.object(foreign, 'MEMORY', 60_000_000), \
                self.assertLogs(foreign.__name__, 'WARNING'):
            self.assertIsNone(Foreign().to_pdf(bomb(300, 5000)))

    def test_structure(self):
        "What would be much to join is left, of all papers together"
        content = bomb(20, 5000, used=20)
        reader = Foreign()
        # Ten thousand bytes of each entry
        reader.structure = 300_000
        self.assertPages(reader.to_pdf(content), 1)
        self.assertLess(reader.structure, 150_000)
        self.assertIsNone(reader.to_pdf(content))
        self.assertPages(reader.to_pdf(paper()), 1)

    def test_time(self):
        "Papers are opened until all of them have taken too long"
        reader = Foreign()
        self.assertPages(reader.to_pdf(paper(3)), 3)
        self.assertLess(reader.seconds, foreign.SECONDS_ALL)
        self.assertIsNotNone(reader.to_pdf(picture()))
        reader.seconds = 0
        for content in [paper(), picture()]:
            self.assertIsNone(reader.to_pdf(content))

    def test_environment(self):
        "The program is not told what the server is"
        with patch.dict(os.environ, {'TRYTOND_SECRET': 'x', 'PATH': '/bin'}):
            environment = foreign._environment()
        self.assertEqual(environment['PATH'], '/bin')
        self.assertNotIn('TRYTOND_SECRET', environment)
