# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The photos of a hazard before and after, to be seen side by side."

from trytond.model import Model, fields
from trytond.pool import Pool

SIDES = {
    'found': 'photo_before',
    'on_site': 'photo_after',
    'rectified': 'photo_after',
    }


class PhotoPairMixin(Model):
    "Show what was found beside what was made of it last."
    __slots__ = ()

    photo_before = fields.Function(
        fields.Binary("Before"), 'get_photo_pair')
    photo_after = fields.Function(
        fields.Binary("After"), 'get_photo_pair')

    @classmethod
    def get_photo_pair(cls, records, names):
        "Return the previews of the first photo before and the last after."
        Photo = Pool().get('hazard.photo')
        pairs = {}
        for photo in Photo.search([
                    ('hazard', 'in', list({r.hazard.id for r in records})),
                    ('stage', 'in', list(SIDES)),
                    ], order=[('id', 'ASC')]):
            key = photo.hazard.id, SIDES[photo.stage]
            if photo.stage != 'found' or key not in pairs:
                pairs[key] = photo
        return {
            n: {
                r.id: photo.preview if (
                    photo := pairs.get((r.hazard.id, n))) else None
                for r in records}
            for n in names}
