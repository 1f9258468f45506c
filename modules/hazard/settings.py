# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Kept for modules that import it from here."

from trytond.modules.safety_organization.settings import (
    ConfigurationMixin, SettingsMixin, default_setting)

__all__ = [
    'ConfigurationMixin', 'SettingsMixin', 'default_setting']
