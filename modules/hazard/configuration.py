# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Column

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, Setting, SettingsMixin, configured, kept, number)
from trytond.transaction import Transaction

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


SETTINGS = {
    'formula': Setting('four', fields.Selection(
        FORMULAS, "Fix Formula",
        help="What must be fixed before a hazard can be rectified.")),
    'entry_lag_hours': number(24, "Entry Lag (hours)",
        help="A hazard reported later than this after it was found "
        "needs a reason and is marked as late."),
    'recheck_on_site': Setting('grade', fields.Selection([
            ('grade', "As the grade says"),
            ('always', "Always"),
            ('never', "Never"),
            ], "Recheck of On-site Fixes")),
    'require_photo': Setting('never', fields.Selection([
            ('never', "Never"),
            ('major', "For major hazards"),
            ('always', "Always"),
            ], "Photo of the Rectification Required")),
    'recurrence_days': number(90, "Recurrence (days)",
        help="The same check item found again at the same place within "
        "these days is a recurrence."),
    'archive_days': number(30, "Archive After (days)",
        help="Closed hazards are archived after these days."),
    'reminder_hours': number(24, "Remind Before Due (hours)"),
    'escalate_leader_hours': number(
        0, "To the Unit's Leaders (hours overdue)"),
    'escalate_safety_hours': number(
        24, "To the Safety Department (hours overdue)"),
    'escalate_mine_hours': number(
        72, "To the Mine's Leaders (hours overdue)"),
    'extension_days_max': number(30, "Longest Extension (days in all)"),
    'extension_count_max': number(2, "Most Extensions of a Rectification"),
    'filing_regulator_hours': number(24, "To the Regulator (hours)",
        help="Within which hazards are reported to the regulator whose grade "
        "says to report up. 0 where only major ones are."),
    # A mine without a group must be able to close.
    'filing_group_hours': number(0, "To the Group (hours)",
        help="Within which hazards are reported to the group whose grade says "
        "to report up. 0 where they are not reported there."),
    'filing_congress_hours': number(720, "To the Workers' Congress (hours)",
        help="Within which hazards are reported to the workers' congress "
        "whose grade says to report up. 0 where only major ones are."),
    'publication_hours': number(24, "To the Workers (hours)",
        help="Within which hazards are published to the workers whose grade "
        "says so."),
    }
FORMER_DAYS = {
    f'{name}_hours': f'{name}_days' for name in [
        'reminder', 'escalate_leader', 'escalate_safety', 'escalate_mine']}


class Configuration(
        configured(SETTINGS), ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'hazard.configuration'
    _settings = 'hazard.configuration.settings'


class ConfigurationSettings(kept(SETTINGS), SettingsMixin, ModelSQL):
    __name__ = 'hazard.configuration.settings'
    _settings_cache = Cache('hazard.configuration.settings', context=False)

    @classmethod
    def __register__(cls, module):
        handler = cls.__table_handler__(module)
        former = {
            hours: days for hours, days in FORMER_DAYS.items()
            if handler.column_exist(days)}
        super().__register__(module)
        # Migration from 8.0.0: reminders were set in days
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        for hours, days in former.items():
            cursor.execute(*table.update(
                    [Column(table, hours)], [Column(table, days) * 24]))
            handler.drop_column(days)
