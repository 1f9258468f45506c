# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.modules.hazard.integrity.stage_check import Step
from trytond.pool import PoolMeta


class Event(metaclass=PoolMeta):
    __name__ = 'hazard.event'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.action.selection += [
            ('notice', "Rectification Notice Issued"),
            ('notice_cancel', "Rectification Notice Cancelled"),
            ('opinion', "Recheck Opinion Issued"),
            ('opinion_cancel', "Recheck Opinion Cancelled"),
            ]

    @classmethod
    def _get_stages(cls):
        return super()._get_stages() + [
            'hazard.rectification_notice',
            'hazard.recheck_opinion',
            ]

    @classmethod
    def get_steps(cls):
        steps = super().get_steps()
        for action, name in [
                ('notice', 'rectification_notice'),
                ('opinion', 'recheck_opinion')]:
            for end, state in [('', 'issued'), ('_cancel', 'cancelled')]:
                steps[action + end] = Step(
                    f'hazard.{name}', state, state, 'number')
        return steps
