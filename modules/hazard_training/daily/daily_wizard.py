# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Answering the question of the day."

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from ..exceptions import DailyAnswerError
from ..question.answer import AskOnceMixin, show_options


class DailyTake(AskOnceMixin, Wizard):
    __name__ = 'training.daily.take'

    start_state = 'begin'
    begin = StateTransition()
    nothing = StateView(
        'training.ask.nothing', 'hazard_training.ask_nothing_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    @property
    def _daily(self):
        pool = Pool()
        Daily = pool.get('training.daily')
        daily = Daily.today()
        if not daily:
            raise DailyAnswerError(gettext(
                    'hazard_training.msg_daily_none'))
        return daily

    def transition_begin(self):
        pool = Pool()
        Daily = pool.get('training.daily')
        daily = Daily.today()
        if not daily:
            return 'nothing'
        return 'result' if daily.answered_at else 'question'

    def default_nothing(self, fields):
        return {'message': gettext('hazard_training.msg_daily_none')}

    def get_question(self):
        with without_check_access():
            daily = self._daily
            return {
                'heading': gettext(
                    'hazard_training.msg_daily_heading', type=daily.type),
                'text': daily.text,
                'picture': daily.picture,
                'options': daily.options.splitlines(),
                'is_multiple': daily.is_multiple(),
                }

    def save_answer(self, letters):
        pool = Pool()
        Daily = pool.get('training.daily')
        Daily.answer(self._daily, letters)

    def get_result(self):
        with without_check_access():
            daily = self._daily
            return {
                'heading': gettext(
                    'hazard_training.msg_daily_right' if daily.right
                    else 'hazard_training.msg_daily_wrong'),
                'text': daily.text,
                'options': show_options(
                    daily.options.splitlines(), daily.right_answer or ''),
                'chosen': daily.chosen,
                'right_answer': daily.right_answer,
                'explanation': daily.explanation,
                'source': daily.source,
                'streak': daily.streak,
                }
