# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The bank of questions, which none but the training administration reads."

import hashlib
import unicodedata

from sql.aggregate import Count

import trytond.config as config
from trytond.i18n import gettext
from trytond.model import (
    DeactivableMixin, Index, ModelSQL, ModelView, fields, sequence_ordered)
from trytond.modules.safety_base import image
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from ..exceptions import (
    QuestionAskedError, QuestionDuplicateWarning, QuestionOptionsError)
from ..training import TrainingMixin
from . import question_delivery, statistics

TYPES = [
    ('single', "Single Choice"),
    ('multiple', "Multiple Choice"),
    ('true_false', "True or False"),
    ]
DIFFICULTIES = [
    ('easy', "Easy"),
    ('medium', "Medium"),
    ('hard', "Hard"),
    ]
LETTERS = 'ABCDEFGHIJ'
STORE_PREFIX = config.get('hazard_training', 'store_prefix', default=None)


def question_key(text):
    "Return what is the same in texts that differ in form only."
    text = unicodedata.normalize('NFKC', text or '').casefold()
    text = ''.join(c for c in text if c.isalnum())
    return hashlib.sha256(text.encode()).hexdigest()


def right_number(type, number, right):
    "Return whether so many options and right ones make a question."
    if not 2 <= number <= len(LETTERS):
        return False
    if type == 'multiple':
        return right >= 2
    return right == 1 and (type != 'true_false' or number == 2)


class Question(TrainingMixin, DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'training.question'
    _rec_name = 'text'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    type = fields.Selection(TYPES, "Type", required=True, sort=False)
    type_string = type.translated('type')
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", required=True, ondelete='RESTRICT')
    category = fields.Many2One(
        'hazard.category', "Category", ondelete='RESTRICT')
    difficulty = fields.Selection(
        DIFFICULTIES, "Difficulty", required=True, sort=False)
    text = fields.Text("Question", required=True)
    key = fields.Char("Key", required=True, readonly=True)
    picture = fields.Binary(
        "Picture", file_id='picture_id', store_prefix=STORE_PREFIX)
    picture_id = fields.Char("Picture ID", readonly=True)
    options = fields.One2Many(
        'training.question.option', 'question', "Options",
        help="Mark the right ones. A question to which true or false is the "
        "answer gets its options by itself.")
    explanation = fields.Text(
        "Explanation", help="Shown with the right answer.")
    source = fields.Char(
        "Source", help="The rule or regulation on which the answer is based, "
        "with its edition and article.")
    edition = fields.Char(
        "Editions of the Law",
        help="The rules on which the answer is based, each with its edition, "
        "without the articles. When an edition is replaced, search for it "
        "here to find the questions to check.")
    checked = fields.Date(
        "Last Checked",
        help="The day on which the question was last checked against the "
        "law.")
    same = fields.Function(
        fields.Integer(
            "Same Text",
            help="The number of other questions in use with the same text."),
        'get_same', searcher='search_same')
    asked = fields.Function(
        fields.Integer(
            "Asked", help="How often the question was put and answered."),
        'get_statistics')
    answered_right = fields.Function(
        fields.Integer("Answered Right"), 'get_statistics')
    right_rate = fields.Function(
        fields.Float(
            "Right (%)", digits=(3, 1),
            help="How many of the answers are right, in percent."),
        'get_statistics')
    discrimination = fields.Function(
        fields.Float(
            "Discrimination", digits=(1, 2),
            help="How well the question tells who knows much from who knows "
            "little: the correlation, from -1 to 1, of being right here with "
            "the score of the exam. A question below 0.2 is worth a look."),
        'get_statistics')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                Index(t, (t.company, Index.Equality()),
                    (t.key, Index.Equality())),
                })
        cls._order = [('discipline', 'ASC'), ('id', 'ASC')]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_type(cls):
        return 'single'

    @classmethod
    def default_difficulty(cls):
        return 'medium'

    @fields.depends('type', 'options')
    def on_change_type(self):
        pool = Pool()
        Option = pool.get('training.question.option')
        if self.type == 'true_false' and not self.options:
            self.options = [
                Option(text=gettext('hazard_training.msg_true')),
                Option(text=gettext('hazard_training.msg_false'))]

    @staticmethod
    def _is_same(question, other):
        return ((other.company == question.company)
            & (other.key == question.key)
            & (other.id != question.id)
            & (other.active == True))  # noqa: E712

    @classmethod
    def get_same(cls, questions, name):
        counts = dict.fromkeys([q.id for q in questions], 0)
        cursor = Transaction().connection.cursor()
        question, other = cls.__table__(), cls.__table__()
        cursor.execute(*question.join(
                other, condition=cls._is_same(question, other)).select(
                question.id, Count(other.id),
                where=fields.SQL_OPERATORS['in'](question.id, list(counts)),
                group_by=question.id))
        counts.update(cursor)
        return counts

    @classmethod
    def search_same(cls, name, clause):
        _, operator, operand, *_ = clause
        Operator = fields.SQL_OPERATORS[operator]
        question, other = cls.__table__(), cls.__table__()
        query = question.join(
            other, 'LEFT', condition=cls._is_same(question, other)).select(
            question.id, group_by=question.id,
            having=Operator(Count(other.id), operand))
        return [('id', 'in', query)]

    @classmethod
    def get_statistics(cls, questions, names):
        values = statistics.of_questions([q.id for q in questions])
        return {n: {i: v[n] for i, v in values.items()} for n in names}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    ~Eval('active'), 'muted',
                    If(Eval('same', 0) > 0, 'warning', ''))),
            ]

    def get_rec_name(self, name):
        text = ' '.join(self.text.split())
        return text if len(text) <= 60 else f'{text[:59]}…'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('text', *clause[1:])]

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if values.get('text'):
            values['key'] = question_key(values['text'])
        if values.get('picture'):
            values['picture'] = image.read(bytes(values['picture'])).preview
        return values

    @classmethod
    def validate_fields(cls, questions, field_names):
        super().validate_fields(questions, field_names)
        if not field_names or field_names & {'type', 'options'}:
            for question in questions:
                question.check_options()

    def shown_options(self):
        "Return the (text, right) of the options in the order of the bank."
        pool = Pool()
        Option = pool.get('training.question.option')
        options = Option.of_questions([self.id])
        return [(text, right) for _, text, right in options[self.id]]

    def check_options(self):
        "Raise QuestionOptionsError unless the right options fit the type."
        right = sum(bool(o.right) for o in self.options)
        if not right_number(self.type, len(self.options), right):
            raise QuestionOptionsError(gettext(
                    f'hazard_training.msg_question_options_{self.type}',
                    question=self.rec_name, number=len(LETTERS)))

    @classmethod
    def check_modification(cls, mode, questions, values=None, external=False):
        super().check_modification(
            mode, questions, values=values, external=external)
        if not external:
            return
        if mode == 'write' and 'type' in values:
            cls.check_asked([
                    q for q in questions if q.type != values['type']])
        if mode == 'create' or (mode == 'write' and values.get('text')):
            for question in questions:
                question.warn_same((values or {}).get('text'))

    def warn_same(self, text=None):
        pool = Pool()
        Warning = pool.get('res.user.warning')
        others = self.search([
                ('company', '=', self.company.id),
                ('key', '=', question_key(text or self.text)),
                ('id', '!=', self.id),
                ('active', 'in', [True, False]),
                ], limit=1)
        if others:
            key = Warning.format('question_same', [self, *others])
            if Warning.check(key):
                raise QuestionDuplicateWarning(key, gettext(
                        'hazard_training.msg_question_same',
                        question=others[0].rec_name))

    @classmethod
    def check_asked(cls, questions):
        "Raise QuestionAskedError if somebody was asked one of them."
        asked = statistics.asked([q.id for q in questions])
        for question in questions:
            if question.id in asked:
                raise QuestionAskedError(gettext(
                        'hazard_training.msg_question_asked',
                        question=question.rec_name))

    @classmethod
    def askable(cls, company):
        """Return (id, type, discipline, category, difficulty) of the
        questions that can be put.

        Those of which the options do not fit the type are left out.
        """
        pool = Pool()
        Option = pool.get('training.question.option')
        cursor = Transaction().connection.cursor()
        question, option = cls.__table__(), Option.__table__()
        columns = [
            question.id, question.type, question.discipline,
            question.category, question.difficulty]
        cursor.execute(*question.join(
                option, condition=option.question == question.id).select(
                *columns, Count(option.id),
                Count(option.id, filter_=option.right == True),  # noqa: E712
                where=(question.company == int(company))
                & (question.active == True),  # noqa: E712
                group_by=columns, order_by=question.id))
        return [
            row for *row, number, right in cursor.fetchall()
            if right_number(row[1], number, right)]


class QuestionOption(
        sequence_ordered(), TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.question.option'
    _rec_name = 'text'

    question = fields.Many2One(
        'training.question', "Question", required=True, ondelete='CASCADE')
    text = fields.Char("Option", required=True)
    right = fields.Boolean("Right")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('question')
        cls._order.append(('id', 'ASC'))

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        # Here, where the tables of both are up to date
        question_delivery.update_bank()

    @classmethod
    def default_right(cls):
        return False

    @classmethod
    def check_modification(cls, mode, options, values=None, external=False):
        pool = Pool()
        Question = pool.get('training.question')
        super().check_modification(
            mode, options, values=values, external=external)
        if external:
            Question.check_asked(list({o.question for o in options}))

    @classmethod
    def of_questions(cls, questions):
        "Return the lists of (id, text, right) of the options by question."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        options = {}
        cursor.execute(*table.select(
                table.question, table.id, table.text, table.right,
                where=fields.SQL_OPERATORS['in'](
                    table.question, list(questions)),
                order_by=[table.sequence.asc, table.id.asc]))
        for question, id_, text, right in cursor:
            options.setdefault(question, []).append(
                (id_, text, bool(right)))
        return options
