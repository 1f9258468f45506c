# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the timeline shows of the stage and the photos of a step."

from collections import defaultdict

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import check_access

REPORTS = {'submit', 'resubmit', 'import'}
# The field of a photo by the step of which it is
PHOTOS = {
    'finish': 'rectification',
    'pass': 'recheck',
    'fail': 'recheck',
    'accept': 'acceptance',
    'refuse': 'acceptance',
    }


class Event(metaclass=PoolMeta):
    __name__ = 'hazard.event'

    round = fields.Function(fields.Integer("Round"), 'get_of_stage')
    responsible = fields.Function(
        fields.Many2One('company.employee', "Responsible"), 'get_of_stage')
    deadline = fields.Function(
        fields.DateTime("Deadline"), 'get_of_stage')
    thumbnail = fields.Function(
        fields.Binary("Photo of the Step"), 'get_thumbnail')

    @classmethod
    def get_of_stage(cls, events, names):
        "Return what the stages say that the user may read."
        result = {n: dict.fromkeys(map(int, events)) for n in names}
        stages = _read_stages(events)
        for event in events:
            if stage := stages.get(str(event.stage)):
                for name in names:
                    value = getattr(stage, name, None)
                    result[name][event.id] = getattr(value, 'id', value)
        return result

    @classmethod
    def get_thumbnail(cls, events, name):
        "Return the first photo that was taken for the step."
        photos = _read_photos({e.hazard.id for e in events})
        return {
            e.id: photos.get(
                ('found', e.hazard.id) if e.action in REPORTS
                else (PHOTOS.get(e.action), e.stage and e.stage.id))
            for e in events}


def _read_stages(events):
    "Return the stages by their references."
    pool = Pool()
    ids = defaultdict(set)
    for event in events:
        if event.stage:
            ids[event.stage.__name__].add(event.stage.id)
    stages = {}
    for name, of_model in ids.items():
        with check_access():
            found = pool.get(name).search([('id', 'in', list(of_model))])
        stages.update((str(s), s) for s in pool.get(name).browse(found))
    return stages


def _read_photos(hazards):
    "Return the thumbnails by what they are of."
    Photo = Pool().get('hazard.photo')
    photos = {}
    with check_access():
        found = Photo.search(
            [('hazard', 'in', list(hazards))], order=[('id', 'ASC')])
    for photo in Photo.browse(found):
        owner = next((
                (n, getattr(photo, n).id) for n in set(PHOTOS.values())
                if getattr(photo, n)), ('found', photo.hazard.id))
        if owner not in photos:
            photos[owner] = photo.thumbnail
    return photos
