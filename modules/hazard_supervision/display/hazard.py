# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool, PoolMeta


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    @classmethod
    def on_modification(cls, mode, hazards, field_names=None):
        super().on_modification(mode, hazards, field_names=field_names)
        if mode == 'write' and field_names & {'state', 'deadline'}:
            Pool().get('supervision.display').follow_hazards(hazards)
