# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.modules.safety_base.settings import configured, kept, number
from trytond.pool import PoolMeta

SETTINGS = {
    'statutory_days': number(
        7, "Remind of Statutory Tables Before Due (days)"),
    }


class Configuration(configured(SETTINGS), metaclass=PoolMeta):
    __name__ = 'hazard.configuration'


class ConfigurationSettings(kept(SETTINGS), metaclass=PoolMeta):
    __name__ = 'hazard.configuration.settings'
