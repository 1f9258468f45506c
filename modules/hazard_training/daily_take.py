# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Answering the question of the day."

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .answer import ChoicesMixin, choices, toggle
from .exceptions import DailyAnswerError


class DailyTake(ChoicesMixin, Wizard):
    __name__ = 'training.daily.take'

    start_state = 'begin'
    begin = StateTransition()
    question = StateView(
        'training.ask', 'hazard_training.ask_view_form', [
            *choices(),
            Button("Later", 'end', 'tryton-cancel'),
            Button("Answer", 'answer', 'tryton-ok', default=True, states={
                    'readonly': ~Bool(Eval('chosen')),
                    }),
            ])
    answer = StateTransition()
    result = StateView(
        'training.ask.result', 'hazard_training.ask_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])
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

    def default_question(self, fields):
        with without_check_access():
            daily = self._daily
            return {
                'heading': gettext(
                    'hazard_training.msg_daily_heading', type=daily.type),
                'text': daily.text,
                'picture': daily.picture,
                'options': daily.show(self.question.chosen or ''),
                'number': len(daily.options.splitlines()),
                'chosen': self.question.chosen,
                }

    def choose(self, letter):
        with without_check_access():
            is_multiple = self._daily.is_multiple()
        self.question.picture = None
        self.question.chosen = toggle(
            self.question.chosen, letter, is_multiple)
        return 'question'

    def transition_answer(self):
        pool = Pool()
        Daily = pool.get('training.daily')
        self.question.picture = None
        Daily.answer(self._daily, self.question.chosen or '')
        return 'result'

    def default_result(self, fields):
        with without_check_access():
            daily = self._daily
            return {
                'heading': gettext(
                    'hazard_training.msg_daily_right' if daily.right
                    else 'hazard_training.msg_daily_wrong'),
                'text': daily.text,
                'options': daily.show(daily.right_answer or ''),
                'chosen': daily.chosen,
                'right_answer': daily.right_answer,
                'explanation': daily.explanation,
                'source': daily.source,
                'streak': daily.streak,
                }
