# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The papers that only an archive has: rectifications with photos, timeline."

from trytond.i18n import gettext

from ..engine.document import format_moment, get_zone
from ..engine.photo import get_image
from ..engine.readable import find
from ..engine.records_mixin import RecordsMixin
from ..engine.sheet import selection_texts
from ..loop.card import Form, get_stage
from .archive_part import get_photos

__all__ = ['ArchiveCourse', 'ArchiveTimeline', 'get_events']

# The millimetres into which a photo must fit, and how many stand in a row
PHOTO = (80, 66)
ROW = 2
# Of which photos are shown at most
PHOTOS_MAX = 200
STAGES = ['hazard.rectification', 'hazard.recheck', 'hazard.acceptance']


class ArchiveCourse(RecordsMixin, Form):
    __name__ = 'hazard.archive.course'
    _model = 'hazard.hazard'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        zone = get_zone(context['company'])
        person = context['person']
        context['sections'] = lambda hazard: get_sections(
            hazard, zone, person)
        return context


class ArchiveTimeline(RecordsMixin, Form):
    __name__ = 'hazard.archive.timeline'
    _model = 'hazard.hazard'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context.update({
                'events': get_events,
                'photos': get_photos,
                'photo_name': get_caption,
                })
        return context


def get_events(hazard):
    return find(
        'hazard.event', [('hazard', '=', hazard.id)],
        order=[('sequence', 'ASC')])


def get_sections(hazard, zone, person):
    "Return what was found, rectified, rechecked and accepted, with photos."
    photos = list(get_photos(hazard))[:PHOTOS_MAX]
    sections = [{
            'heading': gettext('hazard_report.msg_archive_found'),
            'lines': [hazard.description, hazard.on_site_measures or ''],
            'rows': get_rows(
                [p for p in photos if not p.owner or p.owner == hazard],
                zone),
            }]
    stages = [
        s for name in STAGES for s in find(name, [
                ('hazard', '=', hazard.id),
                ('state', 'not in', ['draft', 'cancelled'])])]
    for stage in sorted(stages, key=lambda s: s.opened_at):
        told = get_stage(stage, zone, person)
        sections.append({
                'heading': gettext(
                    'hazard_report.msg_archive_stage',
                    document=told.name, round=told.round,
                    person=told.person, time=told.time),
                'lines': [told.text, told.facts],
                'rows': get_rows(
                    [p for p in photos if p.owner == stage], zone),
                })
    return sections


def get_rows(photos, zone):
    "Return the photos with captions, so many in a row as fit."
    shown = [{
            'image': get_image(p, PHOTO),
            'caption': get_caption(p),
            'time': format_moment(p.taken_at, zone),
            } for p in photos]
    return [shown[i:i + ROW] for i in range(0, len(shown), ROW)]


def get_caption(photo):
    stages = selection_texts('hazard.photo', 'stage')
    return f'{stages[photo.stage]} {photo.filename or ""}'.strip()
