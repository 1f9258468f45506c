# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Photos of opinions, kept without the data of the camera.

Only the picture that the server draws anew is kept: neither the position nor
the serial number of a phone nor the name of the file tells who took it.
"""
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base import image
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.pyson import Eval

from .exceptions import FeedbackPhotoError

LIMIT = 3
FILE_NAME = 'photo.jpg'


class Photo(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'safety.feedback.photo'
    _log = False

    feedback = fields.Many2One(
        'safety.feedback', "Feedback", required=True, ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    image = fields.Binary(
        "Photo", required=True, filename='file_name', file_id='image_id',
        states={
            'readonly': Eval('id', -1) >= 0,
            },
        help="A JPEG, PNG or WebP picture of at most 10 MB.\n"
        "It is made smaller, and the place and the device that the camera "
        "recorded in it are removed.")
    image_id = fields.Char("Photo ID", readonly=True)
    file_name = fields.Function(
        fields.Char("File Name"), 'on_change_with_file_name')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('feedback')
        cls._order = [('feedback', 'DESC'), ('id', 'ASC')]

    def on_change_with_file_name(self, name=None):
        return FILE_NAME

    def get_rec_name(self, name):
        return self.feedback.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('feedback.rec_name', *clause[1:])]

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            # Else any stored file could be named.
            values['image_id'] = None
            if values.get('image'):
                picture = image.read(bytes(values['image']))
                values['image'] = picture.preview
        return values

    @classmethod
    def check_modification(cls, mode, photos, values=None, external=False):
        super().check_modification(
            mode, photos, values=values, external=external)
        if mode == 'write':
            raise AccessError(gettext('safety_feedback.msg_photo_modify'))
        for photo in photos if external else []:
            if photo.feedback.state != 'draft':
                raise AccessError(gettext(
                        'safety_base.msg_modify_recorded',
                        record=photo.feedback.rec_name,
                        state=photo.feedback.state_string))

    @classmethod
    def check_number(cls, photos, feedback):
        "Raise FeedbackPhotoError for too many photos."
        if len(photos) > LIMIT:
            raise FeedbackPhotoError(gettext(
                    'safety_feedback.msg_photo_number',
                    feedback=feedback, max=LIMIT))
