# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from decimal import Decimal

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, Setting, SettingsMixin, configured, kept, number)
from trytond.pool import Pool
from trytond.pyson import Eval, Id


def factor(default, string):
    return Setting(default, fields.Numeric(
            string, digits=(16, 2),
            help="By which the allowance of a quarter with this grade is "
            "multiplied."), least=0)


SETTINGS = {
    'appeal_days': number(7, "Days to Appeal",
        help="How many days after a period was closed members may appeal."),
    'factor_excellent': factor(Decimal('1.2'), "Factor of Excellent"),
    'factor_good': factor(Decimal('1.1'), "Factor of Good"),
    'factor_pass': factor(Decimal(1), "Factor of Pass"),
    'factor_fail': factor(Decimal('0.5'), "Factor of Fail"),
    'withdraw_months': number(3, "Months until Withdrawal",
        help="After how many months in succession below the pass mark it is "
        "proposed to withdraw the allowance; 0 for never."),
    'dismiss_quarters': number(2, "Quarters until End",
        help="After how many quarters in succession below the pass mark it is "
        "proposed to end the membership; 0 for never."),
    'award_top': number(3, "Awards per Kind",
        help="How many members of each kind, ranked first in a quarter and "
        "good or excellent, are proposed for an award; 0 for none."),
    'award_amount': Setting(Decimal(0), fields.Numeric(
        "Amount of Award", digits=(16, 2),
        help="Paid out with the allowance of the quarter."), least=0),
    'on_time_weight': number(40, "On-time Rate",
        help="The points of a unit that rectifies everything on time."),
    'first_pass_weight': number(30, "First-time-pass Rate",
        help="The points of a unit whose work passes each first recheck."),
    'recurrence_weight': number(10, "No Recurrence",
        help="The points of a unit where nothing was found again."),
    'overdue_weight': number(10, "Nothing Overdue",
        help="The points of a unit where no rectification became overdue."),
    'coverage_weight': number(10, "No Blank Shift",
        help="The points of a unit that has all the members it needs."),
    }


class Configuration(
        configured(SETTINGS), ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'appraisal.configuration'
    _settings = 'appraisal.configuration.settings'

    payout_sequence = fields.MultiValue(fields.Many2One(
            'ir.sequence', "Pay-out Sequence", required=True,
            domain=[
                ('company', 'in', [
                        Eval('context', {}).get('company', -1), None]),
                ('sequence_type', '=', Id(
                        'hazard_appraisal', 'sequence_type_payout')),
                ]))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field in {'payout_sequence'}:
            return pool.get('appraisal.configuration.payout')
        return super().multivalue_model(field)

    @classmethod
    def default_payout_sequence(cls, **pattern):
        return cls.multivalue_model(
            'payout_sequence').default_payout_sequence()


class ConfigurationSettings(kept(SETTINGS), SettingsMixin, ModelSQL):
    __name__ = 'appraisal.configuration.settings'
    _settings_cache = Cache('appraisal.configuration.settings', context=False)


class ConfigurationPayout(CompanyValueMixin, ModelSQL):
    __name__ = 'appraisal.configuration.payout'

    payout_sequence = fields.Many2One(
        'ir.sequence', "Pay-out Sequence", required=True,
        domain=[
            ('company', 'in', [Eval('company', -1), None]),
            ('sequence_type', '=', Id(
                    'hazard_appraisal', 'sequence_type_payout')),
            ])

    @classmethod
    def default_payout_sequence(cls):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        return ModelData.get_id('hazard_appraisal', 'sequence_payout')
