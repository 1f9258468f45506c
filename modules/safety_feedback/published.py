# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Null

from trytond.model import ModelSQL, ModelView, fields
from trytond.modules.safety_base.named import search_any
from trytond.pool import Pool

_COLUMNS = [
    'id', 'number', 'company', 'author', 'kind', 'subject', 'text', 'unit',
    'answer_text', 'answered_by', 'published_at']


class Published(ModelSQL, ModelView):
    __name__ = 'safety.feedback.published'
    _rec_name = 'subject'

    number = fields.Char("Number", readonly=True)
    company = fields.Many2One('company.company', "Company", readonly=True)
    author = fields.Many2One(
        'company.employee', "Author", readonly=True,
        help="Empty when the opinion is anonymous.")
    kind = fields.Many2One('safety.feedback.kind', "Kind", readonly=True)
    subject = fields.Char("Subject", readonly=True)
    text = fields.Text("Opinion", readonly=True)
    unit = fields.Many2One('safety.unit', "Responsible Unit", readonly=True)
    answer_text = fields.Text("Answer", readonly=True)
    answered_by = fields.Many2One(
        'company.employee', "Answered by", readonly=True)
    published_at = fields.DateTime("Published at", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('published_at', 'DESC'), ('id', 'DESC')]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Feedback = pool.get('safety.feedback')
        table = Feedback.__table__()
        return table.select(
            *(getattr(table, n).as_(n) for n in _COLUMNS),
            where=(table.state == 'adopted') & (table.published_at != Null))

    def get_rec_name(self, name):
        return ' '.join(filter(None, [self.number, self.subject]))

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'number', 'subject')
