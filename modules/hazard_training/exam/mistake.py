# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What each person answered wrong, and when it is to be asked again.

A wrong answer comes back after 1, 3, 7 and 15 days; each right answer when it
is due leads to the next of these, the last one out of the book.  A wrong one
begins anew.
"""

import datetime as dt

from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import without_check_access

from ..question.pending_question import get_waiting
from ..training import TrainingMixin

DAYS = [1, 3, 7, 15]
SLICE = 500
_in = fields.SQL_OPERATORS['in']


class Mistake(TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.mistake'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, readonly=True,
        ondelete='CASCADE')
    question = fields.Many2One(
        'training.question', "Question of the Bank", required=True,
        readonly=True, ondelete='CASCADE')
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", readonly=True,
        ondelete='RESTRICT')
    text = fields.Function(fields.Text("Question"), 'get_shown')
    options = fields.Function(fields.Text("Options"), 'get_shown')
    right_answer = fields.Function(
        fields.Text("Right Answer"), 'get_shown')
    explanation = fields.Function(fields.Text("Explanation"), 'get_shown')
    source = fields.Function(fields.Char("Source"), 'get_shown')
    times = fields.Integer(
        "Times Wrong", required=True, readonly=True)
    wrong_on = fields.Date("Last Wrong On", required=True, readonly=True)
    step = fields.Integer(
        "Right Since", required=True, readonly=True,
        help="How often it was answered right when it came back.")
    due_on = fields.Date(
        "Comes Back On", readonly=True,
        help="The day from which it is asked again.")
    state = fields.Selection([
            ('open', "Open"),
            ('mastered', "Mastered"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('question_unique', Unique(t, t.employee, t.question),
                'hazard_training.msg_mistake_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.company, Index.Equality()),
                    (t.due_on, Index.Range()), where=t.state == 'open'),
                })
        cls._order = [('wrong_on', 'DESC'), ('id', 'DESC')]

    @classmethod
    def get_shown(cls, mistakes, names):
        pool = Pool()
        Option = pool.get('training.question.option')
        shown = {n: {} for n in names}
        with without_check_access():
            mistakes = cls.browse([m.id for m in mistakes])
            options = Option.of_questions({m.question.id for m in mistakes})
            waiting = get_waiting({m.employee.id for m in mistakes})
            for mistake in mistakes:
                question = mistake.question
                texts = options.get(question.id, [])
                values = {
                    'text': question.text,
                    'options': '\n'.join(t for _, t, _ in texts),
                    }
                if (mistake.employee.id, question.id) not in waiting:
                    values['right_answer'] = '\n'.join(
                        t for _, t, r in texts if r)
                    values['explanation'] = question.explanation
                    values['source'] = question.source
                for name in names:
                    shown[name][mistake.id] = values.get(name)
        return shown

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'mastered', 'muted', '')),
            ]

    def get_rec_name(self, name):
        return ' '.join(self.text.split())[:60]

    @classmethod
    def learn(cls, answers):
        """Enter the answers, as (company, employee, question, right, day).

        employee and question are ids.
        """
        with without_check_access():
            for sub_answers in grouped_slice(list(answers), SLICE):
                cls._learn(list(sub_answers))

    @classmethod
    def _learn(cls, answers):
        pool = Pool()
        Question = pool.get('training.question')
        known = {
            (m.employee.id, m.question.id): m for m in cls.search([
                    ('employee', 'in', list({a[1] for a in answers})),
                    ('question', 'in', list({a[2] for a in answers})),
                    ])}
        changed = {}
        for company, employee, question, right, day in answers:
            key = employee, question
            mistake = known.get(key)
            if mistake is None and not right:
                mistake = known[key] = cls(
                    company=company, employee=employee, question=question,
                    discipline=Question(question).discipline, times=0)
            if mistake and mistake._enter(right, day):
                changed[key] = mistake
        cls.save(list(changed.values()))

    def _enter(self, right, day):
        "Return whether the answer changes anything."
        if not right:
            self.times += 1
            self.wrong_on = day
            self.step = 0
        elif self.state == 'open' and self.due_on <= day:
            self.step += 1
        else:
            return False
        if self.step < len(DAYS):
            self.state = 'open'
            self.due_on = day + dt.timedelta(days=DAYS[self.step])
        else:
            self.state = 'mastered'
            self.due_on = None
        return True
