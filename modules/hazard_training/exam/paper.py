# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The paper of one person in one exam.

A paper has copies of its questions in an order of its own.  What tells the
right answers is in training.paper.key, which nobody reads; right_answer,
explanation and source of an item show it when the paper is closed.
"""

import datetime as dt
import random
from collections import defaultdict

from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import (
    Exclude, Index, ModelSQL, ModelView, fields, sequence_ordered)
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.modules.safety_base.workflow import now, own_employees
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import without_check_access

from ..exceptions import PaperAccessError, PaperClosedError
from ..question.answer_key import right_letters
from ..question.pending_question import get_waiting
from ..question.question import DIFFICULTIES, LETTERS, STORE_PREFIX, TYPES
from ..training import TrainingMixin

SLICE = 200


class Paper(ServerWrittenMixin, TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.paper'
    _refusal = PaperAccessError, 'hazard_training.msg_paper_modify'
    _log = False

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='RESTRICT')
    exam = fields.Many2One(
        'training.exam', "Exam", required=True, readonly=True,
        ondelete='RESTRICT')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, readonly=True,
        ondelete='RESTRICT')
    unit = fields.Many2One(
        'safety.unit', "Unit", readonly=True, ondelete='RESTRICT')
    attempt = fields.Integer("Attempt", required=True, readonly=True)
    started_at = fields.DateTime("Started At", required=True, readonly=True)
    due_at = fields.DateTime(
        "Closes At", required=True, readonly=True,
        help="The server's time after which no answer is taken.")
    closed_at = fields.DateTime("Closed At", readonly=True)
    timed_out = fields.Boolean(
        "Timed Out", readonly=True,
        help="The time was over before the paper was handed in.")
    total = fields.Integer("Total", required=True, readonly=True)
    pass_mark = fields.Integer("Pass Mark", required=True, readonly=True)
    score = fields.Integer("Score", readonly=True)
    answered = fields.Function(
        fields.Integer("Answered"), 'get_counts')
    questions = fields.Function(
        fields.Integer("Questions"), 'get_counts')
    items = fields.One2Many(
        'training.paper.item', 'paper', "Questions", readonly=True)
    state = fields.Selection([
            ('running', "Running"),
            ('passed', "Passed"),
            ('failed', "Failed"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        running = t.state == 'running'
        cls._sql_constraints += [
            ('running_exclude', Exclude(
                    t, (t.exam, Equal), (t.employee, Equal), where=running),
                'hazard_training.msg_paper_running_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.employee, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.company, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.due_at, Index.Range()), where=running),
                })
        cls._order = [('id', 'DESC')]

    @classmethod
    def default_state(cls):
        return 'running'

    @classmethod
    def get_counts(cls, papers, names):
        result = {n: {} for n in names}
        for paper in papers:
            counts = {
                'answered': sum(bool(i.chosen) for i in paper.items),
                'questions': len(paper.items)}
            for name in names:
                result[name][paper.id] = counts[name]
        return result

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'failed', 'danger',
                    If(Eval('state') == 'running', 'warning', ''))),
            ]

    def get_rec_name(self, name):
        return f'{self.exam.rec_name} - {self.employee.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return ['OR',
            ('exam.rec_name', *clause[1:]),
            ('employee.rec_name', *clause[1:]),
            ]

    @classmethod
    def take(cls, exam, employee):
        """Return the paper of the employee in the exam.

        It is the one that is still running or drawn now.
        """
        with without_check_access():
            cls.close_overdue([
                    ('exam', '=', exam.id), ('employee', '=', employee.id)])
            papers = cls.search([
                    ('exam', '=', exam.id),
                    ('employee', '=', employee.id),
                    ('state', '=', 'running'),
                    ], limit=1)
            if papers:
                return papers[0]
            return cls._draw(exam, employee, exam.check_attempt(employee))

    @classmethod
    def _draw(cls, exam, employee, attempt):
        pool = Pool()
        Item = pool.get('training.paper.item')
        Key = pool.get('training.paper.key')
        drawn = exam.draw()
        start = now()
        paper, = cls.create([{
                    'company': exam.company.id,
                    'exam': exam.id,
                    'employee': employee.id,
                    'unit': employee.unit.id if employee.unit else None,
                    'attempt': attempt,
                    'started_at': start,
                    'due_at': start + dt.timedelta(minutes=exam.minutes),
                    'total': sum(points for _, points in drawn),
                    'pass_mark': exam.pass_mark,
                    }])
        copies, keys = Item.copies(drawn)
        items = Item.create([{'paper': paper.id, **c} for c in copies])
        Key.create([
                {'item': item.id, **key} for item, key in zip(items, keys)])
        return paper

    def check_taker(self):
        "Raise PaperAccessError unless it is the user's own paper."
        if self.employee.id not in own_employees():
            raise PaperAccessError(gettext(
                    'hazard_training.msg_paper_other'))

    def check_running(self):
        "Raise PaperClosedError if no answer is taken any more."
        if self.state != 'running' or now() > self.due_at:
            raise PaperClosedError(gettext(
                    'hazard_training.msg_paper_closed',
                    paper=self.rec_name))

    @classmethod
    def close_overdue(cls, domain=()):
        "Close the papers of which the time is over; return their number."
        with without_check_access():
            papers = cls.search([
                    ('state', '=', 'running'),
                    ('due_at', '<', now()),
                    *domain,
                    ], order=[('id', 'ASC')])
            for sub_papers in grouped_slice(papers, SLICE):
                cls.close(list(sub_papers))
        return len(papers)

    @classmethod
    def hand_in(cls, papers):
        "Close the user's own papers before their time is over."
        with without_check_access():
            papers = cls.browse([p.id for p in papers])
            for paper in papers:
                paper.check_taker()
                paper.check_running()
            cls.close(papers)

    @classmethod
    def close(cls, papers):
        "Mark the running papers."
        pool = Pool()
        Item = pool.get('training.paper.item')
        papers = [p for p in papers if p.state == 'running']
        Item.mark([i for p in papers for i in p.items])
        papers = cls.browse([p.id for p in papers])
        time = now()
        for paper in papers:
            paper.timed_out = time > paper.due_at
            paper.closed_at = min(time, paper.due_at)
            paper.score = sum(i.score for i in paper.items)
            paper.state = (
                'passed' if paper.score >= paper.pass_mark else 'failed')
        cls.save(papers)
        cls._learn(papers)
        cls._certify([p for p in papers if p.state == 'passed'])

    @classmethod
    def _learn(cls, papers):
        pool = Pool()
        Key = pool.get('training.paper.key')
        Mistake = pool.get('training.mistake')
        keys = Key.of_items(i for p in papers for i in p.items)
        Mistake.learn([
                (p.company, p.employee.id, keys[i.id][0], i.right,
                    local_day(p.closed_at, company_zone(p.company)))
                for p in papers for i in p.items])

    @classmethod
    def _certify(cls, papers):
        pool = Pool()
        Certificate = pool.get('training.certificate')
        passed = defaultdict(list)
        for paper in papers:
            if paper.exam.course:
                passed[paper.exam.course].append(paper.employee)
        for course, employees in passed.items():
            Certificate.issue_earned(course, employees)


class PaperItem(
        ServerWrittenMixin, sequence_ordered(), TrainingMixin, ModelSQL,
        ModelView):
    __name__ = 'training.paper.item'
    _refusal = PaperAccessError, 'hazard_training.msg_paper_modify'
    _log = False
    _search_latest = True

    paper = fields.Many2One(
        'training.paper', "Paper", required=True, readonly=True,
        ondelete='CASCADE')
    type = fields.Selection(TYPES, "Type", readonly=True, sort=False)
    type_string = type.translated('type')
    difficulty = fields.Selection(
        DIFFICULTIES, "Difficulty", readonly=True, sort=False)
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", readonly=True,
        ondelete='RESTRICT')
    text = fields.Text("Question", required=True, readonly=True)
    picture = fields.Binary(
        "Picture", readonly=True, file_id='picture_id',
        store_prefix=STORE_PREFIX,
        states={
            'invisible': ~Eval('picture'),
            })
    picture_id = fields.Char("Picture ID", readonly=True)
    options = fields.Text(
        "Options", required=True, readonly=True, help="One a line.")
    points = fields.Integer("Points", required=True, readonly=True)
    chosen = fields.Char("Answer", readonly=True)
    answered_at = fields.DateTime("Answered At", readonly=True)
    right = fields.Boolean("Right", readonly=True)
    score = fields.Integer("Score", readonly=True)
    right_answer = fields.Function(
        fields.Char("Right Answer"), 'get_shown')
    explanation = fields.Function(fields.Text("Explanation"), 'get_shown')
    source = fields.Function(fields.Char("Source"), 'get_shown')
    paper_state = fields.Function(
        fields.Selection('get_paper_states', "State of the Paper"),
        'get_paper_state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('paper')
        cls._order.append(('id', 'ASC'))

    @classmethod
    def get_paper_states(cls):
        pool = Pool()
        Paper = pool.get('training.paper')
        return Paper.fields_get(['state'])['state']['selection']

    def get_paper_state(self, name):
        return self.paper.state

    @classmethod
    def get_shown(cls, items, names):
        "Return what is shown of the closed papers only."
        pool = Pool()
        Key = pool.get('training.paper.key')
        with without_check_access():
            closed = {
                i.id: i.paper.employee.id
                for i in cls.browse([i.id for i in items])
                if i.paper.state != 'running'}
        waiting = get_waiting(set(closed.values()))
        keys = {
            i: key for i, key in Key.of_items(list(closed)).items()
            if (closed[i], key[0]) not in waiting}
        columns = {'right_answer': 1, 'explanation': 2, 'source': 3}
        return {
            name: {
                i.id: keys[i.id][columns[name]] if i.id in keys else None
                for i in items}
            for name in names}

    @classmethod
    def view_attributes(cls):
        closed = Eval('paper_state') != 'running'
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    closed & ~Eval('right', False), 'danger', '')),
            ('/form//*[@id="answer"]', 'states', {'invisible': ~closed}),
            ]

    def get_rec_name(self, name):
        return ' '.join(self.text.split())[:60]

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('text', *clause[1:])]

    @classmethod
    def copies(cls, drawn):
        """Return the values of shuffled copies of the drawn questions.

        With them come the values of the keys.
        """
        pool = Pool()
        Option = pool.get('training.question.option')
        Question = pool.get('training.question')
        choice = random.SystemRandom()
        drawn = list(drawn)
        choice.shuffle(drawn)
        questions = {
            q.id: q for q in Question.browse([id_ for id_, _ in drawn])}
        options = Option.of_questions(questions)
        values, keys = [], []
        for number, (id_, points) in enumerate(drawn, 1):
            question, shuffled = questions[id_], options[id_]
            if question.type != 'true_false':
                choice.shuffle(shuffled)
            values.append({
                    'sequence': number,
                    'type': question.type,
                    'difficulty': question.difficulty,
                    'discipline': question.discipline.id,
                    'text': question.text,
                    'picture_id': question.picture_id,
                    'options': '\n'.join(
                        ' '.join(text.split()) for _, text, _ in shuffled),
                    'points': points,
                    })
            keys.append({
                    'question': id_,
                    'letters': right_letters(
                        [(text, right) for _, text, right in shuffled]),
                    'explanation': question.explanation,
                    'source': question.source,
                    })
        return values, keys

    @classmethod
    def answer(cls, item, letters):
        """Save the letters as the answer to the item.

        Raises PaperAccessError for the paper of somebody else and
        PaperClosedError when its time is over.
        """
        with without_check_access():
            item = cls(item.id)
            item.paper.check_taker()
            item.paper.check_running()
            count = len(item.options.splitlines())
            letters = sorted(set(letters) & set(LETTERS[:count]))
            if item.type != 'multiple':
                letters = letters[:1]
            item.chosen = ''.join(letters) or None
            item.answered_at = now()
            item.save()

    @classmethod
    def mark(cls, items):
        pool = Pool()
        Key = pool.get('training.paper.key')
        keys = Key.of_items(items)
        groups = defaultdict(list)
        for item in items:
            right = item.chosen == keys[item.id][1]
            groups[right, item.points if right else 0].append(item)
        if groups:
            cls.write(*(a for (right, score), sub_items in groups.items()
                    for a in [sub_items, {'right': right, 'score': score}]))
