# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool, PoolMeta


class Inspection(metaclass=PoolMeta):
    __name__ = 'hazard.inspection'

    @classmethod
    def on_modification(cls, mode, inspections, field_names=None):
        super().on_modification(mode, inspections, field_names=field_names)
        if mode == 'write' and 'stated_at' in field_names:
            Pool().get('supervision.display').follow_zero_reports(inspections)
