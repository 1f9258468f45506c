# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a person answered wrong, to be learnt from paper."

from collections import defaultdict

from trytond.i18n import gettext

from ..engine.document import format_short_day
from .exam_paper import get_question
from .training import TrainingDocument, get_explanation, name_of


class MistakeBook(TrainingDocument):
    __name__ = 'training.mistake.book'
    _model = 'training.mistake'
    _name = 'mistakes'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        by_employee = defaultdict(list)
        for mistake in context['mistakes']:
            by_employee[mistake.employee].append(mistake)
        context['people'] = [
            cls._get_person(e, by_employee[e])
            for e in sorted(by_employee, key=lambda e: e.rec_name)]
        return context

    @classmethod
    def get_values(cls, mistake):
        return mistake

    @classmethod
    def _get_person(cls, employee, mistakes):
        return {
            'heading': gettext(
                'hazard_report.msg_book_heading', name=employee.rec_name,
                unit=name_of(employee.unit), number=len(mistakes)),
            'questions': [
                cls._get_question(number, mistake)
                for number, mistake in enumerate(mistakes, 1)],
            }

    @classmethod
    def _get_question(cls, number, mistake):
        right = mistake.right_answer or ''
        return get_question(
            number, mistake.text, mistake.options.splitlines(), answer=[
                gettext(
                    'hazard_report.msg_book_right',
                    right=' / '.join(right.splitlines()) or '—'),
                *get_explanation(mistake.explanation, mistake.source),
                gettext(
                    'hazard_report.msg_book_times', times=mistake.times,
                    day=format_short_day(mistake.wrong_on, None)),
                ])
