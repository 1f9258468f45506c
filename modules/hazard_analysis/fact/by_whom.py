# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Indicators by who found the hazards and when: role, person, shift, hour."

from trytond.model import fields

from .indicator import IndicatorMixin


class ByKind(IndicatorMixin):
    __name__ = 'hazard.analysis.by_kind'
    _keys = ('kind',)

    kind = fields.Many2One('safety.member.kind', "Found As", readonly=True)

    @classmethod
    def _get_clause(cls, key, value):
        return ('found_as', '=', value.id) if value else ('member', '=', None)


class ByFinder(IndicatorMixin):
    __name__ = 'hazard.analysis.by_finder'
    _keys = ('found_by',)

    found_by = fields.Many2One(
        'company.employee', "Found By", readonly=True)


class ByShift(IndicatorMixin):
    __name__ = 'hazard.analysis.by_shift'
    _keys = ('shift', 'found_hour')

    shift = fields.Many2One('safety.shift', "Shift", readonly=True)
    found_hour = fields.Integer(
        "Hour", readonly=True, help="Of the day in the zone of the company.")

    def get_rec_name(self, name):
        shift = self.shift.rec_name if self.shift else ''
        return f'{shift} {self.found_hour}:00'.strip()
