# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Taking an exam, question by question."

import math

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from ..exceptions import ExamAttemptError
from ..question.answer import ChoicesMixin, choices, show_options, toggle


class TakeStart(ModelView):
    __name__ = 'training.exam.take.start'

    exam = fields.Selection('get_exams', "Exam", required=True, sort=False)
    terms = fields.Text("Terms", readonly=True)
    note = fields.Text(
        "Note", readonly=True,
        states={
            'invisible': ~Eval('note'),
            })

    @classmethod
    def get_exams(cls):
        pool = Pool()
        Exam = pool.get('training.exam')
        company = Transaction().context.get('company')
        with check_access():
            exams = Exam.search([('company', '=', company)])
        return [(str(e.id), e.rec_name) for e in exams if e.is_open()]

    @fields.depends('exam')
    def on_change_with_terms(self):
        if exam := self.get_exam():
            return gettext(
                'hazard_training.msg_exam_terms', questions=exam.questions,
                total=exam.total, pass_mark=exam.pass_mark,
                minutes=exam.minutes, attempts=exam.attempts)

    @fields.depends('exam')
    def on_change_with_note(self):
        if exam := self.get_exam():
            return exam.note

    def get_exam(self):
        pool = Pool()
        Exam = pool.get('training.exam')
        if self.exam in dict(self.get_exams()):
            return Exam(int(self.exam))


class TakeConfirm(ModelView):
    __name__ = 'training.exam.take.confirm'

    heading = fields.Char("Answered", readonly=True)
    remaining = fields.Char("Time Left", readonly=True)
    missing = fields.Char(
        "Not Answered", readonly=True,
        states={
            'invisible': ~Eval('missing'),
            })


class TakeResult(ModelView):
    __name__ = 'training.exam.take.result'

    heading = fields.Char("Result", readonly=True)
    score = fields.Char("Score", readonly=True)
    wrong = fields.Integer("Wrong Answers", readonly=True)
    timed_out = fields.Boolean(
        "Timed Out", readonly=True,
        states={
            'invisible': ~Eval('timed_out'),
            })


class Take(ChoicesMixin, Wizard):
    __name__ = 'training.exam.take'

    start_state = 'begin'
    begin = StateTransition()
    start = StateView(
        'training.exam.take.start',
        'hazard_training.exam_take_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Begin", 'draw', 'tryton-forward', default=True),
            ])
    draw = StateTransition()
    question = StateView(
        'training.ask', 'hazard_training.ask_view_form', [
            *choices(),
            Button("Previous", 'previous', 'tryton-back', states={
                    'invisible': Bool(Eval('is_first')),
                    }),
            Button("Next", 'next', 'tryton-forward', default=True, states={
                    'invisible': Bool(Eval('is_last')),
                    }),
            Button("Hand In", 'ask_hand_in', 'tryton-ok'),
            ])
    previous = StateTransition()
    next = StateTransition()
    ask_hand_in = StateTransition()
    confirm = StateView(
        'training.exam.take.confirm',
        'hazard_training.exam_take_confirm_view_form', [
            Button("Back", 'back', 'tryton-back'),
            Button("Hand In", 'hand_in', 'tryton-ok', default=True),
            ])
    back = StateTransition()
    hand_in = StateTransition()
    result = StateView(
        'training.exam.take.result',
        'hazard_training.exam_take_result_view_form', [
            Button("Close", 'end', 'tryton-close'),
            Button("Answers", 'open_', 'tryton-open', default=True),
            ])
    open_ = StateAction('hazard_training.act_paper_closed')

    nothing = StateView(
        'training.ask.nothing', 'hazard_training.ask_nothing_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    # Which item is shown comes from the client; answer() checks whose it is.

    @property
    def _item(self):
        pool = Pool()
        Item = pool.get('training.paper.item')
        with without_check_access():
            item = Item(self.question.record)
            item.paper.check_taker()
        return item

    @property
    def _paper(self):
        return self._item.paper

    def transition_begin(self):
        pool = Pool()
        Paper = pool.get('training.paper')
        if not self._has_employee():
            return 'nothing'
        employee = self._get_employee()
        with without_check_access():
            Paper.close_overdue([('employee', '=', employee.id)])
            papers = Paper.search([
                    ('employee', '=', employee.id),
                    ('state', '=', 'running'),
                    ], limit=1)
        if papers:
            return self._show(papers[0])
        return 'start' if self.start.get_exams() else 'nothing'

    def _has_employee(self):
        company = Transaction().context.get('company')
        return company is not None and bool(acting_employee(company))

    def default_nothing(self, fields):
        return {
            'message': gettext(
                'hazard_training.msg_exam_none' if self._has_employee()
                else 'hazard_training.msg_exam_employee'),
            }

    def _get_employee(self):
        pool = Pool()
        Employee = pool.get('company.employee')
        company = Transaction().context.get('company')
        if not self._has_employee():
            raise ExamAttemptError(gettext(
                    'hazard_training.msg_exam_employee'))
        return Employee(acting_employee(company))

    def default_start(self, fields):
        exams = self.start.get_exams()
        start = self.start.__class__(exam=exams[0][0])
        return {
            'exam': start.exam,
            'terms': start.on_change_with_terms(),
            'note': start.on_change_with_note(),
            }

    def transition_draw(self):
        pool = Pool()
        Paper = pool.get('training.paper')
        with check_access():
            exam = self.start.get_exam()
        if not exam:
            raise ExamAttemptError(gettext('hazard_training.msg_exam_none'))
        return self._show(Paper.take(exam, self._get_employee()))

    def _show(self, paper, step=0, item=None):
        "Turn to the item so many steps from this, or to the first open one."
        items = list(paper.items)
        if item is None:
            index = next(
                (n for n, i in enumerate(items) if not i.chosen), 0)
        else:
            index = items.index(item) + step
        self.question.record = items[max(0, min(index, len(items) - 1))].id
        return 'question'

    def default_question(self, fields):
        item = self._item
        items = list(item.paper.items)
        number = items.index(item) + 1
        texts = item.options.splitlines()
        return {
            'record': item.id,
            'heading': gettext(
                'hazard_training.msg_paper_heading', number=number,
                questions=len(items), type=item.type_string,
                points=item.points,
                remaining=self._remaining(item.paper)),
            'text': item.text,
            'picture': item.picture,
            'options': show_options(texts, item.chosen or ''),
            'chosen': item.chosen,
            'number': len(texts),
            'is_first': number == 1,
            'is_last': number == len(items),
            }

    def _remaining(self, paper):
        seconds = max(0, (paper.due_at - now()).total_seconds())
        return gettext(
            'hazard_training.msg_paper_remaining',
            minutes=math.ceil(seconds / 60))

    def _is_over(self, paper):
        pool = Pool()
        Paper = pool.get('training.paper')
        with without_check_access():
            Paper.close_overdue([('id', '=', paper.id)])
            return Paper(paper.id).state != 'running'

    def choose(self, letter):
        pool = Pool()
        Item = pool.get('training.paper.item')
        item = self._item
        if self._is_over(item.paper):
            return 'result'
        is_multiple = item.type == 'multiple'
        Item.answer(item, toggle(item.chosen, letter, is_multiple))
        item = self._item
        return self._show(item.paper, 0 if is_multiple else 1, item)

    def _turn(self, step):
        item = self._item
        if self._is_over(item.paper):
            return 'result'
        return self._show(item.paper, step, item)

    def transition_previous(self):
        return self._turn(-1)

    def transition_next(self):
        return self._turn(1)

    def transition_back(self):
        return self._turn(0)

    def transition_ask_hand_in(self):
        return 'result' if self._is_over(self._paper) else 'confirm'

    def default_confirm(self, fields):
        paper = self._paper
        missing = [
            n for n, i in enumerate(paper.items, 1) if not i.chosen]
        return {
            'heading': f'{paper.answered} / {paper.questions}',
            'remaining': self._remaining(paper),
            'missing': ', '.join(map(str, missing)),
            }

    def transition_hand_in(self):
        pool = Pool()
        Paper = pool.get('training.paper')
        paper = self._paper
        if not self._is_over(paper):
            Paper.hand_in([paper])
        return 'result'

    def default_result(self, fields):
        paper = self._paper
        return {
            'heading': gettext(
                f'hazard_training.msg_paper_{paper.state}',
                exam=paper.exam.rec_name),
            'score': f'{paper.score} / {paper.total}',
            'wrong': sum(not i.right for i in paper.items),
            'timed_out': paper.timed_out,
            }

    def do_open_(self, action):
        action['views'].reverse()
        return action, {'res_id': [self._paper.id]}
