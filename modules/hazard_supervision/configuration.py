# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, Setting, SettingsMixin, configured, kept, number)

from . import definitions

SETTINGS = {
    'grace_days': number(15, "Grace After Enrolment (days)",
        help="So long no display opens for an enterprise that has not acted "
        "yet."),
    'backdate_days': number(3, "Exemptions Begin at Most Before (days)",
        help="Counted from the day on which the exemption is asked for."),
    'login_days': number(definitions.SILENCE, "Silent Without Login (days)",
        least=1,
        help="After so many complete days a display opens."),
    'report_days': number(definitions.SILENCE, "Silent Without Report (days)",
        least=1,
        help="After so many complete days a display opens."),
    'warning_days': number(definitions.WARNING, "Announced Before (days)",
        help="So long before a display opens or a deadline is over the light "
        "is orange."),
    'zero_reports': number(
        definitions.ZERO_REPORTS, "Zero Reports in a Row", least=1,
        help="After how many without any hazard it is said."),
    'chief_days': number(3, "Tell the Chief After (days)",
        help="Counted from the day on which a display opened."),
    'deputy_days': number(7, "Tell the Deputy After (days)",
        help="Counted from the day on which a display opened."),
    'director_days': number(15, "Tell the Director After (days)",
        help="Counted from the day on which a display opened."),
    'overdue_hours': Setting(False, fields.Boolean(
            "Overdue to the Hour",
            help="Else the day of a deadline counts to its end.")),
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
