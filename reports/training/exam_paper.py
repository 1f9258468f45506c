# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Papers of exams: drawn anew to be written by hand, or of one person.

Only who may read the bank of questions prints them, and the answers of the
paper of a person not before it is closed.
"""

import datetime as dt
import secrets
from types import SimpleNamespace

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.modules.hazard_training.question.question import LETTERS, TYPES
from trytond.modules.safety_base.clock import company_zone
from trytond.pool import Pool
from trytond.transaction import check_access

from ..engine.document import format_short_day
from .training import TrainingDocument, get_explanation, get_picture, name_of

_TYPES = [name for name, _ in TYPES]


def get_question(number, text, options, kind='', picture=None, answer=()):
    "Return what the templates show of a question."
    first, *more = text.splitlines() or ['']
    return {
        'heading': f'{number}. {first} {kind}'.rstrip(),
        'more': more,
        'options': [
            f'{letter}. {text}' for letter, text in zip(LETTERS, options)],
        'picture': get_picture(picture) if picture else None,
        'answer': list(filter(None, answer)),
        }


class _PaperDocument(TrainingDocument):
    "Base of papers, which consist of parts of the same layout."
    _reserved = 'training.question'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['parts'] = [
            part for parts in context[cls._name] for part in parts]
        return context

    @classmethod
    def _get_items(cls, items, answer):
        "Return what is shown of the items, with the lines of answer of each."
        return [get_question(
                number, item.text, item.options.splitlines(),
                kind=gettext(
                    'hazard_report.msg_paper_kind',
                    type=item.type_string, points=item.points),
                picture=item.picture,
                answer=answer(item))
            for number, item in enumerate(items, 1)]


class ExamPaper(_PaperDocument):
    __name__ = 'training.paper.blank'
    _model = 'training.paper'
    _name = 'papers'

    @classmethod
    def get_values(cls, paper):
        zone = company_zone(paper.company)
        return [{
                'title': cls._get_title(paper),
                'number': gettext(
                    'hazard_report.msg_paper_attempt', attempt=paper.attempt),
                'name': paper.employee.rec_name,
                'unit': name_of(paper.unit),
                'day': format_short_day(paper.started_at, zone),
                'score': cls._get_score(paper),
                'terms': gettext(
                    'hazard_report.msg_paper_terms',
                    questions=len(paper.items), total=paper.total,
                    pass_mark=paper.pass_mark,
                    minutes=minutes_between(
                        paper.started_at, paper.due_at)),
                'note': [],
                'questions': cls._get_items(paper.items, cls._get_answer),
                }]

    @classmethod
    def _get_title(cls, paper):
        return paper.exam.rec_name

    @classmethod
    def _get_score(cls, paper):
        return ''

    @classmethod
    def _get_answer(cls, item):
        return []


class ExamPaperAnswers(ExamPaper):
    __name__ = 'training.paper.answers'

    @classmethod
    def execute(cls, ids, data):
        pool = Pool()
        Paper = pool.get('training.paper')
        with check_access():
            papers = Paper.browse(Paper.search([
                        ('id', 'in', list(map(int, ids))),
                        ('state', '=', 'running'),
                        ], limit=1))
        for paper in papers:
            raise AccessError(gettext(
                    'hazard_report.msg_paper_running', paper=paper.rec_name))
        return super().execute(ids, data)

    @classmethod
    def _get_title(cls, paper):
        return gettext(
            'hazard_report.msg_paper_answers', exam=paper.exam.rec_name)

    @classmethod
    def _get_score(cls, paper):
        return gettext(
            'hazard_report.msg_paper_score', score=paper.score,
            total=paper.total, state=paper.state_string)

    @classmethod
    def _get_answer(cls, item):
        return [
            gettext(
                'hazard_report.msg_paper_marked', right=item.right_answer,
                chosen=item.chosen or '—', score=item.score or 0),
            *get_explanation(item.explanation, item.source),
            ]


class _Drawn:
    "A paper that is drawn from the exam, or its answers"

    def __init__(self, exam, items, number, answers=False):
        self.exam = exam
        self.items = items
        self.number = number
        self.answers = answers
        self.rec_name = exam.rec_name
        if answers:
            self.rec_name = gettext(
                'hazard_report.msg_paper_answers', exam=exam.rec_name)

    def __int__(self):
        return self.exam.id


class ExamDraw(_PaperDocument):
    "A paper drawn for pen and pencil and, as another file, its answers"
    __name__ = 'training.exam.draw'
    _model = 'training.exam'
    _name = 'exams'

    @classmethod
    def _get_records(cls, ids, model, data):
        pool = Pool()
        Exam = pool.get('training.exam')
        records = []
        for exam in Exam.browse(ids):
            items = cls._draw(exam)
            # Only the number tells that paper and answers belong together.
            number = secrets.token_hex(3).upper()
            records.extend(
                _Drawn(exam, items, number, a) for a in [False, True])
        return records

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        context['parts'] = [cls._get_part(r) for r in records]
        return context

    @classmethod
    def get_values(cls, exam):
        return []

    @classmethod
    def _get_part(cls, drawn):
        exam, items = drawn.exam, drawn.items
        return {
            'title': drawn.rec_name,
            'number': gettext(
                'hazard_report.msg_paper_number', number=drawn.number),
            'name': '', 'unit': '', 'day': '', 'score': '',
            'terms': gettext(
                'hazard_report.msg_paper_terms',
                questions=len(items), total=sum(i.points for i in items),
                pass_mark=exam.pass_mark, minutes=exam.minutes),
            'note': (exam.note or '').splitlines(),
            'questions': cls._get_items(
                items, cls._get_answer if drawn.answers else lambda i: []),
            }

    @classmethod
    def _draw(cls, exam):
        "Return the values of items, those of the same type one after another."
        pool = Pool()
        Item = pool.get('training.paper.item')
        Question = pool.get('training.question')
        drawn = [
            SimpleNamespace(**values, key=SimpleNamespace(**key))
            for values, key in zip(*Item.copies(exam.draw()))]
        drawn.sort(key=lambda i: _TYPES.index(i.type))
        types = dict(Item.fields_get(['type'])['type']['selection'])
        pictures = {
            q.id: q.picture for q in Question.browse(
                [i.key.question for i in drawn])}
        for item in drawn:
            item.type_string = types[item.type]
            item.picture = pictures[item.key.question]
        return drawn

    @staticmethod
    def _get_answer(item):
        return [
            gettext(
                'hazard_report.msg_paper_right', right=item.key.letters),
            *get_explanation(item.key.explanation, item.key.source),
            ]


def minutes_between(start, end):
    "Return the number of minutes, begun ones included."
    return -((start - end) // dt.timedelta(minutes=1))
