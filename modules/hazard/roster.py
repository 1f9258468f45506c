# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.pool import Pool, PoolMeta


class RosterImport(metaclass=PoolMeta):
    __name__ = 'safety.roster.import'

    @classmethod
    def login_groups(cls):
        ModelData = Pool().get('ir.model.data')
        return super().login_groups() + [
            ModelData.get_id('hazard', 'group_hazard_reporter')]
