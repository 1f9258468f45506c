# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from functools import partial

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, SettingsMixin, default_setting)
from trytond.pool import Pool
from trytond.pyson import Eval, Id

due_days = fields.Integer(
    "Answer Within (days)", domain=[('due_days', '>=', 0)],
    help="After an opinion was submitted.")
reminder_days = fields.Integer(
    "Remind Before Due (days)", domain=[('reminder_days', '>=', 0)])
escalate_days = fields.Integer(
    "To the Administration (days overdue)",
    domain=[('escalate_days', '>=', 1)],
    help="Who administers feedback is told when nobody has answered.")
anonymous_limit = fields.Integer(
    "Anonymous Opinions per Person and Day",
    domain=[('anonymous_limit', '>=', 1)],
    help="Counted without remembering beyond the day who sent any.")
DEFAULTS = {
    'due_days': 7,
    'reminder_days': 1,
    'escalate_days': 3,
    'anonymous_limit': 5,
    }

default = partial(default_setting, DEFAULTS)


class DefaultsMixin:
    __slots__ = ()

    default_due_days = default('due_days')
    default_reminder_days = default('reminder_days')
    default_escalate_days = default('escalate_days')
    default_anonymous_limit = default('anonymous_limit')


class Configuration(
        DefaultsMixin, ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'safety.feedback.configuration'
    _settings = 'safety.feedback.configuration.settings'

    due_days = fields.MultiValue(due_days)
    reminder_days = fields.MultiValue(reminder_days)
    escalate_days = fields.MultiValue(escalate_days)
    anonymous_limit = fields.MultiValue(anonymous_limit)
    feedback_sequence = fields.MultiValue(fields.Many2One(
            'ir.sequence', "Feedback Sequence", required=True,
            domain=[
                ('company', 'in', [
                        Eval('context', {}).get('company', -1), None]),
                ('sequence_type', '=',
                    Id('safety_feedback', 'sequence_type_feedback')),
                ]))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field == 'feedback_sequence':
            return pool.get('safety.feedback.configuration.sequence')
        return super().multivalue_model(field)

    @classmethod
    def default_feedback_sequence(cls, **pattern):
        return cls.multivalue_model(
            'feedback_sequence').default_feedback_sequence()


class ConfigurationSettings(DefaultsMixin, SettingsMixin, ModelSQL):
    __name__ = 'safety.feedback.configuration.settings'
    _fallbacks = DEFAULTS
    _settings_cache = Cache(
        'safety.feedback.configuration.settings', context=False)

    due_days = due_days
    reminder_days = reminder_days
    escalate_days = escalate_days
    anonymous_limit = anonymous_limit


class ConfigurationSequence(CompanyValueMixin, ModelSQL):
    __name__ = 'safety.feedback.configuration.sequence'

    feedback_sequence = fields.Many2One(
        'ir.sequence', "Feedback Sequence", required=True,
        domain=[
            ('company', 'in', [Eval('company', -1), None]),
            ('sequence_type', '=',
                Id('safety_feedback', 'sequence_type_feedback')),
            ],
        depends={'company'})

    @classmethod
    def default_feedback_sequence(cls):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        try:
            return ModelData.get_id('safety_feedback', 'sequence_feedback')
        except KeyError:
            return None
