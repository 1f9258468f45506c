# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from functools import partial

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.safety_organization.settings import (
    ConfigurationMixin, SettingsMixin, default_setting)


def weight(name, string, text):
    return fields.Integer(string, domain=[(name, '>=', 0)], help=text)


on_time_weight = weight(
    'on_time_weight', "On-time Rate",
    "The points of a unit that rectifies everything on time.")
first_pass_weight = weight(
    'first_pass_weight', "First-time-pass Rate",
    "The points of a unit whose work passes each first recheck.")
recurrence_weight = weight(
    'recurrence_weight', "No Recurrence",
    "The points of a unit where nothing was found again.")
overdue_weight = weight(
    'overdue_weight', "Nothing Overdue",
    "The points of a unit where no rectification became overdue.")
coverage_weight = weight(
    'coverage_weight', "No Blank Shift",
    "The points of a unit that has all the members it needs.")

appeal_days = fields.Integer(
    "Days to Appeal", domain=[('appeal_days', '>=', 0)],
    help="How many days after a period was closed members may appeal.")

DEFAULTS = {
    'appeal_days': 7,
    'on_time_weight': 40,
    'first_pass_weight': 30,
    'recurrence_weight': 10,
    'overdue_weight': 10,
    'coverage_weight': 10,
    }

default = partial(default_setting, DEFAULTS)


class DefaultsMixin:
    __slots__ = ()

    default_appeal_days = default('appeal_days')
    default_on_time_weight = default('on_time_weight')
    default_first_pass_weight = default('first_pass_weight')
    default_recurrence_weight = default('recurrence_weight')
    default_overdue_weight = default('overdue_weight')
    default_coverage_weight = default('coverage_weight')


class Configuration(
        DefaultsMixin, ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'appraisal.configuration'
    _settings = 'appraisal.configuration.settings'

    appeal_days = fields.MultiValue(appeal_days)
    on_time_weight = fields.MultiValue(on_time_weight)
    first_pass_weight = fields.MultiValue(first_pass_weight)
    recurrence_weight = fields.MultiValue(recurrence_weight)
    overdue_weight = fields.MultiValue(overdue_weight)
    coverage_weight = fields.MultiValue(coverage_weight)


class ConfigurationSettings(DefaultsMixin, SettingsMixin, ModelSQL):
    __name__ = 'appraisal.configuration.settings'
    _fallbacks = DEFAULTS
    _settings_cache = Cache('appraisal.configuration.settings', context=False)

    appeal_days = appeal_days
    on_time_weight = on_time_weight
    first_pass_weight = first_pass_weight
    recurrence_weight = recurrence_weight
    overdue_weight = overdue_weight
    coverage_weight = coverage_weight
