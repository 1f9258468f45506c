# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What tells the right answers of what people are asked.

It is in models of its own to which no field of another model leads: the
access to a field is not asked for within the operator "where" of a domain,
so a key beside the text of its question could be guessed by searches.
"""

from trytond.model import Index, ModelSQL, Unique, fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from ..training import TrainingMixin
from .question import LETTERS


class PaperKey(TrainingMixin, ModelSQL):
    __name__ = 'training.paper.key'
    _log = False

    item = fields.Many2One(
        'training.paper.item', "Item", required=True, ondelete='CASCADE')
    question = fields.Many2One(
        'training.question', "Question", required=True, ondelete='RESTRICT')
    letters = fields.Char("Right Options", required=True)
    explanation = fields.Text("Explanation")
    source = fields.Char("Source")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('item_unique', Unique(t, t.item),
                'hazard_training.msg_key_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.question, Index.Equality())))

    def get_rec_name(self, name):
        return str(self.item.id)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('item.rec_name', *clause[1:])]

    @classmethod
    def of_items(cls, items):
        "Return (question, letters, explanation, source) by id of the item."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.item, table.question, table.letters,
                table.explanation, table.source,
                where=fields.SQL_OPERATORS['in'](
                    table.item, list(map(int, items)))))
        return {item: key for item, *key in cursor}


class DailyKey(TrainingMixin, ModelSQL):
    __name__ = 'training.daily.key'
    _log = False

    daily = fields.Many2One(
        'training.daily', "Daily Question", required=True,
        ondelete='CASCADE')
    question = fields.Many2One(
        'training.question', "Question", required=True, ondelete='RESTRICT')
    order = fields.Char("Order of the Options", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('daily_unique', Unique(t, t.daily),
                'hazard_training.msg_key_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.question, Index.Equality())))

    def get_rec_name(self, name):
        return str(self.daily.id)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('daily.rec_name', *clause[1:])]

    @classmethod
    def of_dailies(cls, dailies):
        """Return (question, options) by id of the daily question.

        The options are the (text, right) in their order.
        """
        pool = Pool()
        Option = pool.get('training.question.option')
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.daily, table.question, table.order,
                where=fields.SQL_OPERATORS['in'](
                    table.daily, list(map(int, dailies)))))
        keys = {daily: key for daily, *key in cursor}
        options = {
            question: {str(id_): (text, right) for id_, text, right in rows}
            for question, rows in Option.of_questions(
                {question for question, _ in keys.values()}).items()}
        return {
            daily: (question, [
                    options[question][i] for i in order.split(',')])
            for daily, (question, order) in keys.items()}


class CaseKey(TrainingMixin, ModelSQL):
    __name__ = 'training.case.key'
    _log = False

    case = fields.Many2One(
        'training.case', "Case", required=True, ondelete='CASCADE')
    question = fields.Many2One(
        'training.question', "Question", required=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('case_unique', Unique(t, t.case),
                'hazard_training.msg_key_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.question, Index.Equality())))

    def get_rec_name(self, name):
        return str(self.case.id)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('case.rec_name', *clause[1:])]

    @classmethod
    def of_cases(cls, cases):
        "Return the ids of the questions by id of the case."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.case, table.question,
                where=fields.SQL_OPERATORS['in'](
                    table.case, list(map(int, cases)))))
        return dict(cursor.fetchall())


def right_letters(options):
    "Return the letters of the right ones of the (text, right)."
    return ''.join(
        letter for letter, (_, right) in zip(LETTERS, options) if right)
