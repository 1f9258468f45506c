# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.modules.safety_base.settings import (
    Setting, configured, kept, number)
from trytond.pool import PoolMeta

SETTINGS = {
    'statutory_days': number(
        7, "Remind of Statutory Tables Before Due (days)"),
    'sign_sigmas': number(3, "Standard Deviations", least=1,
        help="A number is an early sign where it is beyond its mean by so "
        "many roots of the mean. Fewer give more signs."),
    'sign_least': number(3, "Fewest Hazards", least=1,
        help="So many there must be, or must have been to be expected, that "
        "there is an early sign."),
    'sign_recurrences': number(3, "Same Found Again (times)", least=2,
        help="How often the same check item is found at the same place, "
        "within the days of a recurrence, that there is an early sign."),
    'sign_silent_days': number(
        7, "Unit without Reports (days)", least=1),
    'sign_blank_days': number(7, "Shift without Hazards (days)", least=1),
    'sign_burst_days': number(
        3, "Before an Inspection (days)", least=1,
        help="In which hazards reported in a burst are an early sign."),
    'sign_none': Setting(False, fields.Boolean(
            "Tell Also That There Is None",
            help="The safety department gets a message each day, also where "
            "there are no early signs.")),
    }


class Configuration(configured(SETTINGS), metaclass=PoolMeta):
    __name__ = 'hazard.configuration'


class ConfigurationSettings(kept(SETTINGS), metaclass=PoolMeta):
    __name__ = 'hazard.configuration.settings'
