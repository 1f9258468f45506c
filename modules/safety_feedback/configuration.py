# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.company.model import CompanyValueMixin
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, SettingsMixin, configured, kept, number)
from trytond.pool import Pool
from trytond.pyson import Eval, Id

SETTINGS = {
    'due_days': number(7, "Answer Within (days)",
        help="After an opinion was submitted."),
    'reminder_days': number(1, "Remind Before Due (days)"),
    'escalate_days': number(
        3, "To the Administration (days overdue)", least=1,
        help="Who administers feedback is told when nobody has answered."),
    'anonymous_limit': number(
        5, "Anonymous Opinions per Person and Day", least=1,
        help="Counted without remembering beyond the day who sent any."),
    }


class Configuration(
        configured(SETTINGS), ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'safety.feedback.configuration'
    _settings = 'safety.feedback.configuration.settings'

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


class ConfigurationSettings(kept(SETTINGS), SettingsMixin, ModelSQL):
    __name__ = 'safety.feedback.configuration.settings'
    _settings_cache = Cache(
        'safety.feedback.configuration.settings', context=False)


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
