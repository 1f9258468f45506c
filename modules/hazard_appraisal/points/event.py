# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What a report says when it is submitted.

Returned cards are corrected, so that the timeline alone would not tell who
had reported what before.
"""

from trytond.model import fields
from trytond.pool import Pool, PoolMeta

from .origin import OriginMixin

SUBMITTED = {'submit', 'resubmit'}
# The actions upon which points may change
COUNTED = SUBMITTED | {
    'confirm', 'pass', 'fail', 'refuse', 'return', 'cancel'}


class Hazard(OriginMixin, metaclass=PoolMeta):
    __name__ = 'hazard.hazard'


class Event(metaclass=PoolMeta):
    __name__ = 'hazard.event'

    member = fields.Many2One(
        'safety.member', "Member", ondelete='RESTRICT', readonly=True)
    grade = fields.Many2One(
        'hazard.grade', "Grade", ondelete='RESTRICT', readonly=True)
    repeated = fields.Many2One(
        'hazard.hazard', "Recurrence Of", ondelete='RESTRICT', readonly=True)

    @classmethod
    def _get_values(cls, entry, last, base):
        values = super()._get_values(entry, last, base)
        if entry['action'] in SUBMITTED:
            hazard = entry['hazard']
            values['member'] = hazard.member.id if hazard.member else None
            values['grade'] = hazard.grade.id
            values['repeated'] = (
                hazard.recurrence_of.id if hazard.recurrence_of else None)
        return values

    @classmethod
    def append(cls, entries):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        events = super().append(entries)
        hazards = {
            e['hazard'].id for e in entries if e['action'] in COUNTED}
        if hazards:
            Hazard.__queue__.count_points(sorted(hazards))
        return events
