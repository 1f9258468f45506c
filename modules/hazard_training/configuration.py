# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from functools import partial

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.hazard.settings import (
    ConfigurationMixin, SettingsMixin, default_setting)

required_since = fields.Date(
    "Certificates Required since",
    help="Members who were active before keep their place for the grace "
    "period.")
grace_days = fields.Integer(
    "Grace Period (days)", domain=[('grace_days', '>=', 0)],
    help="For so many days members who were active before need no "
    "certificate.")
expiry_reminder_days = fields.Integer(
    "Remind Before Expiry (days)",
    domain=[('expiry_reminder_days', '>=', 0)])

DEFAULTS = {
    'required_since': None,
    'grace_days': 90,
    'expiry_reminder_days': 30,
    }

default = partial(default_setting, DEFAULTS)


class DefaultsMixin:
    __slots__ = ()

    default_required_since = default('required_since')
    default_grace_days = default('grace_days')
    default_expiry_reminder_days = default('expiry_reminder_days')


class Configuration(
        DefaultsMixin, ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'training.configuration'
    _settings = 'training.configuration.settings'

    required_since = fields.MultiValue(required_since)
    grace_days = fields.MultiValue(grace_days)
    expiry_reminder_days = fields.MultiValue(expiry_reminder_days)


class ConfigurationSettings(DefaultsMixin, SettingsMixin, ModelSQL):
    __name__ = 'training.configuration.settings'
    _fallbacks = DEFAULTS
    _settings_cache = Cache('training.configuration.settings', context=False)

    required_since = required_since
    grace_days = grace_days
    expiry_reminder_days = expiry_reminder_days
