# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, SettingsMixin, defaults_mixin)

FORMULAS = [
    ('four', "Four-fix: measures, person, time, funds"),
    ('five', "Five-fix: the four and a supervisor"),
    ('six', "Six-fix: the five and an emergency plan"),
    ('implement', "Five implementations: the four and an emergency plan"),
    ]
FOUR = frozenset({'measures', 'responsible', 'deadline', 'funding'})
REQUIRED_BY_FORMULA = {
    'four': FOUR,
    'five': FOUR | {'supervisor'},
    'six': FOUR | {'supervisor', 'emergency_plan'},
    'implement': FOUR | {'emergency_plan'},
    }


formula = fields.Selection(
    FORMULAS, "Fix Formula",
    help="What must be fixed before a hazard can be rectified.")
entry_lag_hours = fields.Integer(
    "Entry Lag (hours)", domain=[('entry_lag_hours', '>=', 0)],
    help="A hazard reported later than this after it was found "
    "needs a reason and is marked as late.")
recheck_on_site = fields.Selection([
        ('grade', "As the grade says"),
        ('always', "Always"),
        ('never', "Never"),
        ], "Recheck of On-site Fixes")
require_photo = fields.Selection([
        ('never', "Never"),
        ('major', "For major hazards"),
        ('always', "Always"),
        ], "Photo of the Rectification Required")
recurrence_days = fields.Integer(
    "Recurrence (days)", domain=[('recurrence_days', '>=', 0)],
    help="The same check item found again at the same place within "
    "these days is a recurrence.")
archive_days = fields.Integer(
    "Archive After (days)", domain=[('archive_days', '>=', 0)],
    help="Closed hazards are archived after these days.")
reminder_days = fields.Integer(
    "Remind Before Due (days)", domain=[('reminder_days', '>=', 0)])
escalate_leader_days = fields.Integer(
    "To the Unit's Leaders (days overdue)",
    domain=[('escalate_leader_days', '>=', 0)])
escalate_safety_days = fields.Integer(
    "To the Safety Department (days overdue)",
    domain=[('escalate_safety_days', '>=', 0)])
escalate_mine_days = fields.Integer(
    "To the Mine's Leaders (days overdue)",
    domain=[('escalate_mine_days', '>=', 0)])
extension_days_max = fields.Integer(
    "Longest Extension (days in all)",
    domain=[('extension_days_max', '>=', 0)])
extension_count_max = fields.Integer(
    "Most Extensions of a Rectification",
    domain=[('extension_count_max', '>=', 0)])
filing_regulator_hours = fields.Integer(
    "To the Regulator (hours)", domain=[('filing_regulator_hours', '>=', 0)],
    help="Within which hazards are reported to the regulator whose grade "
    "says to report up. 0 where only major ones are.")
filing_group_hours = fields.Integer(
    "To the Group (hours)", domain=[('filing_group_hours', '>=', 0)],
    help="Within which hazards are reported to the group whose grade says "
    "to report up. 0 where they are not reported there.")
filing_congress_hours = fields.Integer(
    "To the Workers' Congress (hours)",
    domain=[('filing_congress_hours', '>=', 0)],
    help="Within which hazards are reported to the workers' congress whose "
    "grade says to report up. 0 where only major ones are.")
publication_hours = fields.Integer(
    "To the Workers (hours)", domain=[('publication_hours', '>=', 0)],
    help="Within which hazards are published to the workers whose grade "
    "says so.")

DEFAULTS = {
    'formula': 'four',
    'entry_lag_hours': 24,
    'recheck_on_site': 'grade',
    'require_photo': 'never',
    'recurrence_days': 90,
    'archive_days': 30,
    'reminder_days': 1,
    'escalate_leader_days': 0,
    'escalate_safety_days': 1,
    'escalate_mine_days': 3,
    'extension_days_max': 30,
    'extension_count_max': 2,
    'filing_regulator_hours': 24,
    # A mine without a group must be able to close.
    'filing_group_hours': 0,
    'filing_congress_hours': 720,
    'publication_hours': 24,
    }

DefaultsMixin = defaults_mixin(DEFAULTS)


class Configuration(
        DefaultsMixin, ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'hazard.configuration'
    _settings = 'hazard.configuration.settings'

    formula = fields.MultiValue(formula)
    entry_lag_hours = fields.MultiValue(entry_lag_hours)
    recheck_on_site = fields.MultiValue(recheck_on_site)
    require_photo = fields.MultiValue(require_photo)
    recurrence_days = fields.MultiValue(recurrence_days)
    archive_days = fields.MultiValue(archive_days)
    reminder_days = fields.MultiValue(reminder_days)
    escalate_leader_days = fields.MultiValue(escalate_leader_days)
    escalate_safety_days = fields.MultiValue(escalate_safety_days)
    escalate_mine_days = fields.MultiValue(escalate_mine_days)
    extension_days_max = fields.MultiValue(extension_days_max)
    extension_count_max = fields.MultiValue(extension_count_max)
    filing_regulator_hours = fields.MultiValue(filing_regulator_hours)
    filing_group_hours = fields.MultiValue(filing_group_hours)
    filing_congress_hours = fields.MultiValue(filing_congress_hours)
    publication_hours = fields.MultiValue(publication_hours)


class ConfigurationSettings(DefaultsMixin, SettingsMixin, ModelSQL):
    __name__ = 'hazard.configuration.settings'
    _fallbacks = DEFAULTS
    _settings_cache = Cache('hazard.configuration.settings', context=False)

    formula = formula
    entry_lag_hours = entry_lag_hours
    recheck_on_site = recheck_on_site
    require_photo = require_photo
    recurrence_days = recurrence_days
    archive_days = archive_days
    reminder_days = reminder_days
    escalate_leader_days = escalate_leader_days
    escalate_safety_days = escalate_safety_days
    escalate_mine_days = escalate_mine_days
    extension_days_max = extension_days_max
    extension_count_max = extension_count_max
    filing_regulator_hours = filing_regulator_hours
    filing_group_hours = filing_group_hours
    filing_congress_hours = filing_congress_hours
    publication_hours = publication_hours
