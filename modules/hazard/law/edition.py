# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The editions of rules, and what of them is in force on a day."

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.clock import current_zone, local_day
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.reference import ReferenceMixin
from trytond.pyson import Eval, If

_SPAN = If(Eval('valid_from') & Eval('valid_to'),
    ('valid_from', '<=', Eval('valid_to')),
    ())


class Edition(ReferenceMixin):
    __name__ = 'hazard.edition'

    order = fields.Char(
        "Order", translate=True,
        help="By which the edition was made public.")
    valid_from = fields.Date(
        "Valid from", required=True, domain=[_SPAN],
        help="The first day on which the edition is in force.")
    valid_to = fields.Date(
        "Valid to", domain=[_SPAN],
        help="The last day on which the edition is in force. Empty as long "
        "as no other follows.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [
            ('valid_from', 'DESC'), ('code', 'ASC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        if not self.order:
            return self.name
        return gettext(
            'hazard.msg_edition_rec_name', name=self.name, order=self.order)

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'name', 'order', 'code')


class ProvisionMixin(ReferenceMixin):
    "Add to a model where a provision stands and when it is in force."
    __slots__ = ()

    edition = fields.Many2One(
        'hazard.edition', "Edition", ondelete='RESTRICT',
        help="Of the rule that the provision is from. It is in force as long "
        "as its edition.")
    article = fields.Char(
        "Article", translate=True,
        help="As it is cited.")
    valid_from = fields.Date(
        "Valid from", domain=[_SPAN],
        help="The first day on which the provision is in force. Leave empty "
        "where it is that of the edition.")
    valid_to = fields.Date(
        "Valid to", domain=[_SPAN],
        help="The last day on which the provision is in force. Leave empty "
        "where it is that of the edition.")
    in_force = fields.Function(
        fields.Boolean(
            "In Force",
            help="Whether it is in force at the time of the context."),
        'get_in_force', searcher='search_in_force')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.edition, Index.Equality())))
        cls._order.insert(0, ('edition.valid_from', 'DESC'))

    def is_in_force(self, day):
        "Return whether the provision and its edition are in force on the day."
        return all(
            (not span.valid_from or span.valid_from <= day)
            and (not span.valid_to or day <= span.valid_to)
            for span in filter(None, [self, self.edition]))

    @property
    def citation(self):
        "The rule and the article, as documents cite the provision."
        if not self.edition or not self.article:
            return self.article or self.name
        return gettext(
            'hazard.msg_provision_citation',
            rule=self.edition.name, article=self.article)

    @classmethod
    def get_in_force(cls, provisions, name):
        day = _context_day()
        return {p.id: day is None or p.is_in_force(day) for p in provisions}

    @classmethod
    def search_in_force(cls, name, clause):
        "Find all where the context tells no time."
        day = _context_day()
        if day is None:
            in_force = [('id', '>', 0)]
        else:
            in_force = [
                _covers('', day),
                ['OR', ('edition', '=', None), _covers('edition.', day)],
                ]
        if asks_for_true(clause):
            return in_force
        return [('id', 'not in', cls.search(in_force, order=[], query=True))]

    def get_rec_name(self, name):
        return f'{self.article or self.code} {self.name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'name', 'code', 'article')


def _context_day():
    "Return the company's day of the time of the context, if it tells one."
    if time := from_context('in_force_at', dt.datetime):
        return local_day(time, current_zone())


def _covers(prefix, day):
    return [
        ['OR',
            (f'{prefix}valid_from', '=', None),
            (f'{prefix}valid_from', '<=', day)],
        ['OR',
            (f'{prefix}valid_to', '=', None),
            (f'{prefix}valid_to', '>=', day)],
        ]
