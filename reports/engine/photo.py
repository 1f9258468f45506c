# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Photos in documents, which are printed also where a file has gone missing."

from trytond.i18n import gettext
from trytond.modules.safety_base.chart import AXIS, MIMETYPE, Chart

__all__ = ['get_image']


def get_image(photo, size):
    """Return the preview, which is upright, as large as fits the size.

    size is in millimetres. The result is what relatorio takes for an image:
    the content, its type, width and height.
    """
    scale = min(size[0] / photo.width, size[1] / photo.height)
    width, height = photo.width * scale, photo.height * scale
    content = photo.preview
    return (
        bytes(content) if content else _Missing(width, height).render(),
        'image/jpeg' if content else MIMETYPE,
        f'{width:.1f}mm', f'{height:.1f}mm')


class _Missing(Chart):
    "Stands where a photo was whose file the store has no more."

    def __init__(self, width, height):
        # Points for the millimetres
        super().__init__('', round(width * 3), round(height * 3))

    def _draw(self):
        self._add('rect', x=1, y=1, width=self.width - 2,
            height=self.height - 2, fill='none', stroke=AXIS)
        self._text(
            gettext('hazard_report.msg_photo_missing'),
            self.width / 2, self.height / 2 + 4)
