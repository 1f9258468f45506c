# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Blueprints of exams: from what a paper is drawn and what it takes to pass."

import datetime as dt
import random
from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, fields, sequence_ordered)
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access

from ..exceptions import ExamAttemptError, ExamBlueprintError
from ..question.question import DIFFICULTIES, TYPES
from ..training import TrainingMixin, today


class Exam(TrainingMixin, DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'training.exam'

    name = fields.Char("Name", required=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    course = fields.Many2One(
        'training.course', "Course", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        help="Who passes counts as having passed an exam of the course.")
    lines = fields.One2Many('training.exam.line', 'exam', "Questions")
    questions = fields.Function(
        fields.Integer("Number of Questions"), 'on_change_with_questions')
    total = fields.Function(
        fields.Integer("Points"), 'on_change_with_total')
    pass_mark = fields.Integer(
        "Pass Mark", required=True,
        domain=[('pass_mark', '>', 0)],
        help="The points that it takes to pass.")
    minutes = fields.Integer(
        "Minutes", required=True,
        domain=[('minutes', '>', 0), ('minutes', '<=', 24 * 60)],
        help="When they are over the paper is closed by the server.")
    attempts = fields.Integer(
        "Attempts", required=True,
        domain=[('attempts', '>', 0)],
        help="How often a person may take the exam until passing it. Who "
        "attends the course again may take it as often again.")
    waiting_days = fields.Integer(
        "Days Before a Retake", required=True,
        domain=[('waiting_days', '>=', 0)],
        help="The next attempt is not before so many days after the last.")
    opens_on = fields.Date("Opens On", help="Leave empty for at once.")
    closes_on = fields.Date(
        "Closes On",
        domain=['OR',
            ('closes_on', '=', None),
            ('opens_on', '=', None),
            ('closes_on', '>=', Eval('opens_on', None)),
            ],
        help="The last day; leave empty for no end.")
    note = fields.Text(
        "Note", help="Shown to the people before they begin.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.company, Index.Equality())))
        cls._order = [('name', 'ASC'), ('id', 'ASC')]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_minutes(cls):
        return 60

    @classmethod
    def default_attempts(cls):
        return 3

    @classmethod
    def default_waiting_days(cls):
        return 1

    @fields.depends('lines')
    def on_change_with_questions(self, name=None):
        return sum(line.number or 0 for line in self.lines or [])

    @fields.depends('lines')
    def on_change_with_total(self, name=None):
        return sum(
            (line.number or 0) * (line.points or 0)
            for line in self.lines or [])

    @classmethod
    def validate_fields(cls, exams, field_names):
        super().validate_fields(exams, field_names)
        if not field_names or field_names & {'lines', 'pass_mark'}:
            for exam in exams:
                if exam.lines and exam.pass_mark > exam.total:
                    raise ExamBlueprintError(gettext(
                            'hazard_training.msg_exam_pass_mark',
                            exam=exam.rec_name, total=exam.total))

    def draw(self):
        """Return (question, points) at random as the lines tell.

        Raises ExamBlueprintError where the bank has too few questions.
        """
        pool = Pool()
        Question = pool.get('training.question')
        choice = random.SystemRandom()
        askable = Question.askable(self.company)
        choice.shuffle(askable)
        taken, drawn = set(), defaultdict(list)
        # The lines that leave least choice choose first
        for line in sorted(self.lines, key=lambda x: -x.strictness):
            for id_, *of_question in askable:
                if len(drawn[line]) == line.number:
                    break
                if id_ not in taken and line.suits(*of_question):
                    taken.add(id_)
                    drawn[line].append((id_, line.points))
            if len(drawn[line]) < line.number:
                raise ExamBlueprintError(gettext(
                        'hazard_training.msg_exam_questions',
                        exam=self.rec_name, line=line.rec_name,
                        found=len(drawn[line]), number=line.number))
        if not taken:
            raise ExamBlueprintError(gettext(
                    'hazard_training.msg_exam_empty', exam=self.rec_name))
        return [q for line in self.lines for q in drawn[line]]

    @property
    def day(self):
        return today(self.company)

    def is_open(self):
        return (
            self.active
            and (not self.opens_on or self.opens_on <= self.day)
            and (not self.closes_on or self.closes_on >= self.day))

    def check_attempt(self, employee):
        """Raise ExamAttemptError unless the employee may take the exam now.

        Return the number of the attempt, which counts from the last pass or
        attendance of the course.
        """
        pool = Pool()
        Paper = pool.get('training.paper')
        names = {'exam': self.rec_name}
        if not self.is_open():
            raise ExamAttemptError(gettext(
                    'hazard_training.msg_exam_closed', **names))
        with without_check_access():
            papers = Paper.search([
                    ('exam', '=', self.id),
                    ('employee', '=', employee.id),
                    ], order=[('id', 'DESC')])
            attended_at = self._get_attended_at(employee)
        failed = []
        for paper in papers:
            if paper.state == 'passed' or paper.started_at < attended_at:
                break
            failed.append(paper)
        if len(failed) >= self.attempts:
            raise ExamAttemptError(gettext(
                    'hazard_training.msg_exam_attempts',
                    attempts=self.attempts, **names))
        if failed:
            self._check_waited(failed[0])
        return len(failed) + 1

    def _get_attended_at(self, employee):
        "Return when the employee last began to attend the course."
        pool = Pool()
        Attendance = pool.get('training.attendance')
        if self.course:
            for attendance in reversed(Attendance.search_attended(
                        self.course, [employee.id])):
                session = attendance.session
                return min(session.starts_at, session.started_at)
        return dt.datetime.min

    def _check_waited(self, paper):
        zone = company_zone(self.company)
        closed_on = local_day(paper.closed_at or paper.due_at, zone)
        day = closed_on + dt.timedelta(days=self.waiting_days)
        if self.day < day:
            raise ExamAttemptError(gettext(
                    'hazard_training.msg_exam_waiting',
                    exam=self.rec_name, day=day.isoformat()))


class ExamLine(sequence_ordered(), TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.exam.line'

    exam = fields.Many2One(
        'training.exam', "Exam", required=True, ondelete='CASCADE')
    number = fields.Integer(
        "Number", required=True,
        domain=[('number', '>', 0), ('number', '<=', 200)])
    type = fields.Selection(
        [(None, ""), *TYPES], "Type", sort=False,
        help="Leave empty for any.")
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", ondelete='RESTRICT',
        help="Leave empty for any.")
    difficulty = fields.Selection(
        [(None, ""), *DIFFICULTIES], "Difficulty", sort=False,
        help="Leave empty for any.")
    points = fields.Integer(
        "Points Each", required=True, domain=[('points', '>', 0)])

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('exam')
        cls._order.append(('id', 'ASC'))

    @classmethod
    def default_points(cls):
        return 1

    def get_rec_name(self, name):
        parts = [
            self.number, self.type_string,
            self.discipline.rec_name if self.discipline else None,
            self.difficulty_string]
        return ' / '.join(str(p) for p in parts if p)

    type_string = type.translated('type')
    difficulty_string = difficulty.translated('difficulty')

    @property
    def strictness(self):
        return sum(map(bool, [self.type, self.discipline, self.difficulty]))

    def suits(self, type, discipline, category, difficulty):
        return (
            self.type in {None, type}
            and (not self.discipline or self.discipline.id == discipline)
            and self.difficulty in {None, difficulty})
