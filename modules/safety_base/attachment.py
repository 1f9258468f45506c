# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from .exceptions import AttachmentLimitError

# Who may write a record may attach files to it, which fill the disk.
COUNT_MAX = 30
BYTES_MAX = 20 * 1000 ** 2
# As anybody may write some record or other, it is bounded by person too.
DAY_MAX = 200


def count_recent(Model, field):
    """Return how many files the user has stored in the field within a day.

    What was deleted again counts too, as it stays on the disk for months.
    """
    Queue = Pool().get('ir.filestore.queue')
    recent = [
        ('create_uid', '=', Transaction().user),
        ('create_date', '>', dt.datetime.now() - dt.timedelta(days=1))]
    return (Model.search(recent, count=True)
        + Queue.search([
                recent, ('model', '=', Model.__name__),
                ('field', '=', field)], count=True))


class Attachment(metaclass=PoolMeta):
    __name__ = 'ir.attachment'

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if len(values.get('data') or b'') > BYTES_MAX:
            raise AttachmentLimitError(gettext(
                    'safety_base.msg_attachment_size',
                    size=BYTES_MAX // 1000 ** 2))
        return values

    @classmethod
    def check_modification(
            cls, mode, attachments, values=None, external=False):
        super().check_modification(
            mode, attachments, values=values, external=external)
        if external and mode == 'create':
            cls._check_day()
            for resource in {str(a.resource) for a in attachments}:
                cls._check_count(resource)

    @classmethod
    @without_check_access
    def _check_day(cls):
        if count_recent(cls, 'data') > DAY_MAX:
            raise AttachmentLimitError(gettext(
                    'safety_base.msg_attachment_day', count=DAY_MAX))

    @classmethod
    def _check_count(cls, resource):
        if cls.search([('resource', '=', resource)], count=True) > COUNT_MAX:
            raise AttachmentLimitError(gettext(
                    'safety_base.msg_attachment_count', count=COUNT_MAX))
