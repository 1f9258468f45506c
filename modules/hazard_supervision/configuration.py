# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, SettingsMixin, configured, kept, number)

SETTINGS = {
    'grace_days': number(15, "Grace After Enrolment (days)",
        help="So long no display opens for an enterprise that has not acted "
        "yet."),
    'backdate_days': number(3, "Exemptions Begin at Most Before (days)",
        help="Counted from the day on which the exemption is asked for."),
    }


class Configuration(
        configured(SETTINGS), ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'supervision.configuration'
    _settings = 'supervision.configuration.settings'


class ConfigurationSettings(kept(SETTINGS), SettingsMixin, ModelSQL):
    __name__ = 'supervision.configuration.settings'
    _settings_cache = Cache(
        'supervision.configuration.settings', context=False)
