# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from decimal import Decimal

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, SettingsMixin, defaults_mixin)
from trytond.pool import Pool
from trytond.pyson import Eval, Id


def number(name, string, text):
    return fields.Integer(string, domain=[(name, '>=', 0)], help=text)


def factor(name, string):
    return fields.Numeric(
        string, digits=(16, 2), domain=[(name, '>=', 0)],
        help="By which the allowance of a quarter with this grade is "
        "multiplied.")


on_time_weight = number(
    'on_time_weight', "On-time Rate",
    "The points of a unit that rectifies everything on time.")
first_pass_weight = number(
    'first_pass_weight', "First-time-pass Rate",
    "The points of a unit whose work passes each first recheck.")
recurrence_weight = number(
    'recurrence_weight', "No Recurrence",
    "The points of a unit where nothing was found again.")
overdue_weight = number(
    'overdue_weight', "Nothing Overdue",
    "The points of a unit where no rectification became overdue.")
coverage_weight = number(
    'coverage_weight', "No Blank Shift",
    "The points of a unit that has all the members it needs.")

appeal_days = number(
    'appeal_days', "Days to Appeal",
    "How many days after a period was closed members may appeal.")

withdraw_months = number(
    'withdraw_months', "Months until Withdrawal",
    "After how many months in succession below the pass mark it is "
    "proposed to withdraw the allowance; 0 for never.")
dismiss_quarters = number(
    'dismiss_quarters', "Quarters until End",
    "After how many quarters in succession below the pass mark it is "
    "proposed to end the membership; 0 for never.")
award_top = number(
    'award_top', "Awards per Kind",
    "How many members of each kind, ranked first in a quarter and good "
    "or excellent, are proposed for an award; 0 for none.")
award_amount = fields.Numeric(
    "Amount of Award", digits=(16, 2), domain=[('award_amount', '>=', 0)],
    help="Paid out with the allowance of the quarter.")

factor_excellent = factor('factor_excellent', "Factor of Excellent")
factor_good = factor('factor_good', "Factor of Good")
factor_pass = factor('factor_pass', "Factor of Pass")
factor_fail = factor('factor_fail', "Factor of Fail")

DEFAULTS = {
    'appeal_days': 7,
    'factor_excellent': Decimal('1.2'),
    'factor_good': Decimal('1.1'),
    'factor_pass': Decimal(1),
    'factor_fail': Decimal('0.5'),
    'withdraw_months': 3,
    'dismiss_quarters': 2,
    'award_top': 3,
    'award_amount': Decimal(0),
    'on_time_weight': 40,
    'first_pass_weight': 30,
    'recurrence_weight': 10,
    'overdue_weight': 10,
    'coverage_weight': 10,
    }

DefaultsMixin = defaults_mixin(DEFAULTS)


class Configuration(
        DefaultsMixin, ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'appraisal.configuration'
    _settings = 'appraisal.configuration.settings'

    appeal_days = fields.MultiValue(appeal_days)
    withdraw_months = fields.MultiValue(withdraw_months)
    dismiss_quarters = fields.MultiValue(dismiss_quarters)
    award_top = fields.MultiValue(award_top)
    award_amount = fields.MultiValue(award_amount)
    factor_excellent = fields.MultiValue(factor_excellent)
    factor_good = fields.MultiValue(factor_good)
    factor_pass = fields.MultiValue(factor_pass)
    factor_fail = fields.MultiValue(factor_fail)
    payout_sequence = fields.MultiValue(fields.Many2One(
            'ir.sequence', "Pay-out Sequence", required=True,
            domain=[
                ('company', 'in', [
                        Eval('context', {}).get('company', -1), None]),
                ('sequence_type', '=', Id(
                        'hazard_appraisal', 'sequence_type_payout')),
                ]))
    on_time_weight = fields.MultiValue(on_time_weight)
    first_pass_weight = fields.MultiValue(first_pass_weight)
    recurrence_weight = fields.MultiValue(recurrence_weight)
    overdue_weight = fields.MultiValue(overdue_weight)
    coverage_weight = fields.MultiValue(coverage_weight)

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


class ConfigurationSettings(DefaultsMixin, SettingsMixin, ModelSQL):
    __name__ = 'appraisal.configuration.settings'
    _fallbacks = DEFAULTS
    _settings_cache = Cache('appraisal.configuration.settings', context=False)

    appeal_days = appeal_days
    withdraw_months = withdraw_months
    dismiss_quarters = dismiss_quarters
    award_top = award_top
    award_amount = award_amount
    factor_excellent = factor_excellent
    factor_good = factor_good
    factor_pass = factor_pass
    factor_fail = factor_fail
    on_time_weight = on_time_weight
    first_pass_weight = first_pass_weight
    recurrence_weight = recurrence_weight
    overdue_weight = overdue_weight
    coverage_weight = coverage_weight


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
