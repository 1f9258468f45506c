# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The own archive of a major hazard, as one PDF or as a folder of files.

Whoever may read the hazard makes it, of what they may read.
"""

import hashlib
import io
import zipfile

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.access import check_readable
from trytond.pool import Pool
from trytond.transaction import check_access
from trytond.wizard import Button, StateReport, StateView

from ..engine import progress
from ..engine.bundle import count_pages, join
from ..engine.convert import convert, convert_all
from ..engine.document import Document, format_short_day, get_zone
from ..engine.queued_print import LongPrintWizard
from ..engine.records_mixin import RecordsMixin
from ..exceptions import ArchiveError
from ..loop.card import get_label
from .archive_paper import get_events
from .archive_part import FILES_MAX, count_parts, get_parts, get_photos

__all__ = ['Archive', 'ArchivePrint', 'ArchivePrintStart']

# What takes longer does not let the user wait.
LIMIT = 10
SUMS = 'SHA256SUMS.txt'


class Archive(RecordsMixin, Document):
    __name__ = 'hazard.archive'
    _model = 'hazard.hazard'
    formats = ('pdf', 'zip')

    @classmethod
    def execute(cls, ids, data):
        cls.check_hazards(ids)
        return super().execute(ids, {'format': 'pdf', **data})

    @classmethod
    def check_hazards(cls, ids):
        "Raise ArchiveError for what is not one major hazard."
        Hazard = Pool().get('hazard.hazard')
        if len(ids) != 1:
            raise ArchiveError(gettext('hazard_report.msg_archive_one'))
        hazard, = hazards = Hazard.browse(list(map(int, ids)))
        with check_access():
            check_readable(hazards)
        if hazard.grade.legal_class != 'major':
            raise ArchiveError(gettext(
                    'hazard_report.msg_archive_major',
                    hazard=hazard.rec_name))

    @classmethod
    def get_count(cls, ids, data):
        Hazard = Pool().get('hazard.hazard')
        return sum(count_parts(h) for h in Hazard.browse(ids))

    @classmethod
    def _execute(cls, records, header, data, action):
        hazard, = Pool().get('hazard.hazard').browse(
            [int(r) for r in records])
        parts = get_parts(hazard)
        papers = [p for p in parts if p.paper]
        for part, pdf in zip(papers, convert_all(
                    [p.content for p in papers], 'odt', 'pdf')):
            part.pdf = pdf
        progress.advance(len(parts))
        contents = cls._make_contents(hazard, parts, data, action)
        if data['format'] == 'zip':
            return 'zip', make_folder(hazard, contents, parts)
        title = action.name
        return 'pdf', join(f'{title} {hazard.rec_name}', [
                (title, contents),
                *((p.title, p.pdf) for p in parts if p.pdf)])

    @classmethod
    def _make_contents(cls, hazard, parts, data, action):
        "Return the list of contents as a PDF, whose own pages count too."
        length, needed = 0, 1
        while length < needed:
            length = needed
            number_pages(parts, length)
            context = cls.get_context([hazard], {}, data)
            context.update(get_contents(hazard, parts, context))
            content = convert(
                bytes(cls.render(action, context)), 'odt', 'pdf')
            needed = count_pages(content)
        return content


def number_pages(parts, first):
    "Note on which page after the first ones each part begins."
    for part in parts:
        part.first = first + 1 if part.pdf else None
        if part.pdf:
            first += count_pages(part.pdf)


def get_contents(hazard, parts, context):
    "Return what the list of contents shows."
    zone = get_zone(context['company'])
    return {
        'hazard': hazard,
        'label': get_label,
        'events': get_events(hazard),
        'parts': [{
                'position': position,
                'title': part.title,
                'person': part.person,
                'day': format_short_day(part.time, zone),
                'page': part.first or '',
                'note': get_note(part),
                } for position, part in enumerate(parts, 1)],
        }


def get_note(part):
    if not part.content or part.pdf:
        return part.note
    return gettext('hazard_report.msg_archive_folder', digest=part.note)


def make_folder(hazard, contents, parts):
    "Return the folder of all files, with the photos as they were taken."
    folder = _Folder()
    for name, content in get_files(contents, parts, get_photos(hazard)):
        folder.add(name, content)
    return folder.close()


class _Folder:
    "A folder that names what it does not hold, and tells the digests."

    def __init__(self):
        self.target = io.BytesIO()
        self.file = zipfile.ZipFile(self.target, 'w', zipfile.ZIP_DEFLATED)
        self.sums = []
        self.left_out = []

    def add(self, name, content):
        if content is None:
            self.left_out.append(name)
            return
        self.file.writestr(name, content)
        self.sums.append(f'{hashlib.sha256(content).hexdigest()}  {name}\n')

    def close(self):
        "Return the folder as it is."
        if self.left_out:
            self.add(gettext('hazard_report.msg_archive_note') + '.txt', (
                    gettext(
                        'hazard_report.msg_archive_left_out',
                        size=FILES_MAX // 1000 ** 2,
                        files='\n'.join(self.left_out))).encode())
        with self.file as folder:
            folder.writestr(SUMS, ''.join(self.sums))
        return self.target.getvalue()


def get_files(contents, parts, photos):
    "Yield the names of the files, and their contents, None for what is left."
    yield gettext('hazard_report.msg_archive_contents') + '.pdf', contents
    left = FILES_MAX
    for position, part in enumerate(parts, 1):
        content = part.pdf if part.paper else part.content
        yield f'{position:02}-{part.file_name}', content
        if not part.paper:
            left -= len(content or b'')
    folder = gettext('hazard_report.msg_archive_photos')
    for position, photo in enumerate(photos, 1):
        content = bytes(photo.image)
        fits = len(content) <= left
        if fits:
            left -= len(content)
        # The paper of the course has all of them smaller.
        yield (
            f'{folder}/{position:02}-{photo.filename}',
            content if fits else None)


class ArchivePrint(LongPrintWizard):
    __name__ = 'hazard.archive.print'
    _model = 'hazard.hazard'

    start = StateView(
        'hazard.archive.print.start',
        'hazard_report.archive_print_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Make", 'choose', 'tryton-print', default=True),
            ])
    print_ = StateReport('hazard.archive')

    def get_limit(self):
        return LIMIT

    def default_start(self, fields):
        Report = Pool().get('hazard.archive', type='report')
        Report.check_hazards(self.selected)
        return {}

    def transition_choose(self):
        Report = Pool().get('hazard.archive', type='report')
        Report.check_hazards(self.selected)
        return super().transition_choose()


class ArchivePrintStart(ModelView):
    __name__ = 'hazard.archive.print.start'

    format = fields.Selection([
            ('pdf', "One PDF"),
            ('zip', "Folder of Files (ZIP)"),
            ], "Format", required=True, sort=False)

    @classmethod
    def default_format(cls):
        return 'pdf'
