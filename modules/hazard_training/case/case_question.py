# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The question that the readers of a case answer to confirm having read it.

Which one it is stands in training.case.key, which nobody reads.  The letters
that a reader chose are kept nowhere: with whether they are right they would
tell other readers the answer.
"""

from sql import Null

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.model.exceptions import AccessError, ButtonActionException
from trytond.modules.safety_base.workflow import now, own_employees
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import StateTransition, Wizard

from ..exceptions import CaseAccessError, CaseAnswerError, CaseError
from ..question.answer import AskOnceMixin, show_options
from ..question.answer_key import right_letters
from ..question.question import LETTERS

_unanswered = {'invisible': ~Bool(Eval('right_answer'))}


class Case(metaclass=PoolMeta):
    __name__ = 'training.case'

    question = fields.Function(
        fields.Many2One(
            'training.question', "Question of the Bank",
            domain=[('company', '=', Eval('company', -1))],
            states={
                'readonly': Eval('state') != 'draft',
                },
            help="Answered by each reader to confirm having read the case. "
            "Leave empty for none."),
        'get_question', setter='set_question')
    question_text = fields.Function(fields.Text("Question"), 'get_asked')
    question_picture = fields.Function(
        fields.Binary(
            "Picture",
            states={
                'invisible': ~Eval('question_picture'),
                }),
        'get_asked')
    question_options = fields.Function(fields.Text("Options"), 'get_asked')
    right_answer = fields.Function(
        fields.Char("Right Answer", states=_unanswered), 'get_asked')
    answered_right = fields.Function(
        fields.Boolean("Answered Right", states=_unanswered), 'get_asked')
    explanation = fields.Function(
        fields.Text("Explanation", states=_unanswered), 'get_asked')
    source = fields.Function(
        fields.Char("Source", states=_unanswered), 'get_asked')

    @classmethod
    def get_question(cls, cases, name):
        pool = Pool()
        Key = pool.get('training.case.key')
        questions = Key.of_cases(cases)
        return {c.id: questions.get(c.id) for c in cases}

    @classmethod
    def set_question(cls, cases, name, value):
        pool = Pool()
        Key = pool.get('training.case.key')
        Reading = pool.get('training.case.reading')
        with without_check_access():
            answered = Reading.search([
                    ('case', 'in', [c.id for c in cases]),
                    ('answered_at', '!=', None),
                    ], limit=1)
            for reading in answered:
                raise CaseError(gettext(
                        'hazard_training.msg_case_question_answered',
                        case=reading.case.rec_name))
            Key.delete(Key.search([('case', 'in', [c.id for c in cases])]))
            if value:
                cls._check_question(cases, value)
                Key.create([
                        {'case': c.id, 'question': value} for c in cases])

    @staticmethod
    def _check_question(cases, question):
        "Raise CaseError for a question of the bank of another company."
        question = Pool().get('training.question')(question)
        for case in cases:
            if question.company != case.company:
                raise CaseError(gettext(
                        'hazard_training.msg_case_question_company',
                        case=case.rec_name))

    @classmethod
    def get_asked(cls, cases, names):
        "Return what is shown; the answer only to those who have answered."
        pool = Pool()
        Key = pool.get('training.case.key')
        Option = pool.get('training.question.option')
        Question = pool.get('training.question')
        shown = {n: dict.fromkeys([c.id for c in cases]) for n in names}
        keys = Key.of_cases(cases)
        if not keys:
            return shown
        answered = cls._get_answered(list(keys))
        options = Option.of_questions(set(keys.values()))
        with without_check_access():
            questions = {
                q.id: q for q in Question.browse(set(keys.values()))}
            for case, question in keys.items():
                values = _show_question(questions[question],
                    options[question], answered.get(case), names)
                for name in names:
                    shown[name][case] = values.get(name)
        return shown

    @classmethod
    def _get_answered(cls, cases):
        "Return whether the user answered right by id of the answered cases."
        pool = Pool()
        Reading = pool.get('training.case.reading')
        table = Reading.__table__()
        cursor = Transaction().connection.cursor()
        employees = list(filter(None, own_employees())) or [-1]
        in_ = fields.SQL_OPERATORS['in']
        cursor.execute(*table.select(
                table.case, table.right,
                where=in_(table.case, cases) & in_(table.employee, employees)
                & (table.answered_at != Null)))
        return {case: bool(right) for case, right in cursor}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/form//page[@id="question"]', 'states', {
                    'invisible': (
                        ~Eval('question_text')
                        & (Eval('state') != 'draft')),
                    }),
            ]

    @classmethod
    @ModelView.button
    def acknowledge(cls, cases):
        pool = Pool()
        Key = pool.get('training.case.key')
        if Key.of_cases(cases).keys() - cls._get_answered(
                [c.id for c in cases]):
            raise ButtonActionException(
                'hazard_training.wizard_case_answer')
        return super().acknowledge(cases)

    def answer(self, letters):
        """Answer the question, which confirms that the user has read the case.

        Raises CaseAnswerError where there is nothing to answer, or not any
        more.
        """
        pool = Pool()
        Reading = pool.get('training.case.reading')
        with without_check_access():
            readings = Reading.search([
                    ('case', '=', self.id),
                    ('case.state', '=', 'published'),
                    ('employee', 'in', list(filter(None, own_employees()))),
                    ('read_at', '=', None),
                    ('answered_at', '=', None),
                    ])
            question = self._get_own_question()
            if not (readings and question):
                raise CaseAnswerError(gettext(
                        'hazard_training.msg_case_answer_none',
                        case=self.rec_name))
            options = question.shown_options()
            letters = sorted(set(letters) & set(LETTERS[:len(options)]))
            if not letters:
                raise CaseAnswerError(gettext(
                        'hazard_training.msg_daily_choose'))
            at = now()
            Reading.write(readings, {
                    'right': ''.join(letters) == right_letters(options),
                    'answered_at': at,
                    'read_at': at,
                    })

    def _get_own_question(self):
        pool = Pool()
        Key = pool.get('training.case.key')
        Question = pool.get('training.question')
        if question := Key.of_cases([self]).get(self.id):
            return Question(question)


def _show_question(question, options, answered, names):
    "Return the values of the fields; answered is None, right or wrong."
    options = [(text, right) for _, text, right in options]
    values = {
        'question_text': question.text,
        'question_picture': question.picture
        if 'question_picture' in names else None,
        'question_options': show_options([t for t, _ in options]),
        }
    if answered is not None:
        values['right_answer'] = right_letters(options)
        values['answered_right'] = answered
        values['explanation'] = question.explanation
        values['source'] = question.source
    return values


class CaseReading(metaclass=PoolMeta):
    __name__ = 'training.case.reading'

    answered_at = fields.DateTime("Answered At", readonly=True)
    right = fields.Boolean(
        "Answered Right", readonly=True,
        states={
            'invisible': ~Eval('answered_at'),
            })


class CaseAnswer(AskOnceMixin, Wizard):
    __name__ = 'training.case.answer'

    start_state = 'begin'
    begin = StateTransition()

    @property
    def _case(self):
        pool = Pool()
        Case = pool.get('training.case')
        with check_access():
            # A forged action would pass by the model of the wizard.
            if not self.model or self.model.__name__ != Case.__name__:
                raise AccessError(gettext(
                        'ir.msg_access_wizard_model_error',
                        wizard=self.__name__, model=str(self.model)))
            cases = Case.search([
                    ('id', 'in', [r.id for r in self.records]),
                    ('state', '=', 'published'),
                    ('readings.employee', 'in',
                        list(filter(None, own_employees()))),
                    ], limit=1)
        if not cases:
            raise CaseAccessError(gettext(
                    'hazard_training.msg_case_answer_other'))
        with without_check_access():
            return Case(cases[0].id)

    def transition_begin(self):
        return 'question' if self._case.unread else 'result'

    def get_question(self):
        with without_check_access():
            case = self._case
            question = case._get_own_question()
            if not question:
                raise CaseAnswerError(gettext(
                        'hazard_training.msg_case_answer_none',
                        case=case.rec_name))
            return {
                'heading': gettext(
                    'hazard_training.msg_case_heading',
                    type=question.type_string),
                'text': question.text,
                'picture': question.picture,
                'options': [t for t, _ in question.shown_options()],
                'is_multiple': question.type == 'multiple',
                }

    def save_answer(self, letters):
        self._case.answer(letters)

    def get_result(self):
        with without_check_access():
            case = self._case
            return {
                'heading': gettext(
                    'hazard_training.msg_daily_right' if case.answered_right
                    else 'hazard_training.msg_daily_wrong'),
                'text': case.question_text,
                'options': show_options(
                    [t for t, _ in case._get_own_question().shown_options()],
                    case.right_answer or ''),
                'chosen': ''.join(sorted(self.question.chosen or '')) or None,
                'right_answer': case.right_answer,
                'explanation': case.explanation,
                'source': case.source,
                }
