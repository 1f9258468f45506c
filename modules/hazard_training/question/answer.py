# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""One question at a time, made for a thumb: a button for each option."""

from functools import partialmethod

from trytond.model import ModelView, fields
from trytond.pyson import Bool, Eval
from trytond.wizard import Button, StateTransition, StateView

from .question import LETTERS


def show_options(texts, letters=''):
    "Return the options one a line, those of the letters marked."
    return '\n'.join(
        f"{'●' if letter in letters else '○'} {letter}. {text}"
        for letter, text in zip(LETTERS, texts))


class Ask(ModelView):
    __name__ = 'training.ask'

    heading = fields.Char("Question", readonly=True)
    text = fields.Text("Text", readonly=True)
    picture = fields.Binary(
        "Picture", readonly=True,
        states={
            'invisible': ~Eval('picture'),
            })
    options = fields.Text("Options", readonly=True)
    record = fields.Integer("Record")
    chosen = fields.Char("Chosen")
    number = fields.Integer("Number of Options")
    is_first = fields.Boolean("First")
    is_last = fields.Boolean("Last")


class AskResult(ModelView):
    __name__ = 'training.ask.result'

    heading = fields.Char("Result", readonly=True)
    text = fields.Text("Question", readonly=True)
    options = fields.Text("Options", readonly=True)
    chosen = fields.Char("Your Answer", readonly=True)
    right_answer = fields.Char("Right Answer", readonly=True)
    explanation = fields.Text("Explanation", readonly=True)
    source = fields.Char("Source", readonly=True)
    streak = fields.Integer(
        "Days in a Row", readonly=True,
        states={
            'invisible': ~Eval('streak'),
            })


class AskNothing(ModelView):
    __name__ = 'training.ask.nothing'

    message = fields.Text("Message", readonly=True)


def choices():
    "Return the buttons of the options."
    return [
        Button(letter, f'choose_{n}', states={
                'invisible': Eval('number', 0) < n,
                })
        for n, letter in enumerate(LETTERS, 1)]


class ChoicesMixin:
    "Add to a wizard what the buttons of the options lead to."
    __slots__ = ()

    choose_1 = StateTransition()
    choose_2 = StateTransition()
    choose_3 = StateTransition()
    choose_4 = StateTransition()
    choose_5 = StateTransition()
    choose_6 = StateTransition()
    choose_7 = StateTransition()
    choose_8 = StateTransition()
    choose_9 = StateTransition()
    choose_10 = StateTransition()

    def choose(self, letter):
        "Choose the option and return the state that follows."
        raise NotImplementedError

    def _choose(self, letter):
        return self.choose(letter)

    transition_choose_1 = partialmethod(_choose, 'A')
    transition_choose_2 = partialmethod(_choose, 'B')
    transition_choose_3 = partialmethod(_choose, 'C')
    transition_choose_4 = partialmethod(_choose, 'D')
    transition_choose_5 = partialmethod(_choose, 'E')
    transition_choose_6 = partialmethod(_choose, 'F')
    transition_choose_7 = partialmethod(_choose, 'G')
    transition_choose_8 = partialmethod(_choose, 'H')
    transition_choose_9 = partialmethod(_choose, 'I')
    transition_choose_10 = partialmethod(_choose, 'J')


class AskOnceMixin(ChoicesMixin):
    "Add to a wizard a question that is answered once and then explained."
    __slots__ = ()

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

    def get_question(self):
        """Return the heading, text, picture and options of the question.

        The options are a list of texts; is_multiple tells whether several of
        them may be chosen.
        """
        raise NotImplementedError

    def save_answer(self, letters):
        raise NotImplementedError

    def get_result(self):
        "Return the values of training.ask.result."
        raise NotImplementedError

    def default_question(self, fields):
        question = self.get_question()
        chosen = self.question.chosen
        return {
            'heading': question['heading'],
            'text': question['text'],
            'picture': question['picture'],
            'options': show_options(question['options'], chosen or ''),
            'number': len(question['options']),
            'chosen': chosen,
            }

    def choose(self, letter):
        is_multiple = self.get_question()['is_multiple']
        self.question.picture = None
        self.question.chosen = toggle(
            self.question.chosen, letter, is_multiple)
        return 'question'

    def transition_answer(self):
        self.question.picture = None
        self.save_answer(self.question.chosen or '')
        return 'result'

    def default_result(self, fields):
        return self.get_result()


def toggle(chosen, letter, multiple):
    "Return the letters that are chosen after a tap on one."
    if not multiple:
        return letter
    return ''.join(sorted(set(chosen or '') ^ {letter}))
