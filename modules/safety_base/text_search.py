# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Searches that find what stands in a text, and end soon in large tables."

from sql import Column, Literal
from sql.aggregate import Max
from sql.conditionals import Coalesce

from trytond import backend
from trytond.model import Index, ModelSQL, fields
from trytond.pyson import PYSON
from trytond.transaction import Transaction

# So many of the last records are looked through where no index can serve.
LATEST = 100_000
# The indexes know texts by three characters in a row.
INDEXED = 3


def is_short(clause):
    "Does the clause look for a text that is too short for the indexes?"
    _, operator, operand, *_ = clause
    return (operator in {'like', 'ilike'} and isinstance(operand, str)
        and 0 < sum(c.isalnum() for c in operand) < INDEXED)


def latest(Model):
    "Return the clause of the last records, which bounds a search."
    table = Model.__table__()
    return ('id', '>', table.select(
            Coalesce(Max(table.id), 0) - Literal(LATEST)))


class TextSearchMixin(ModelSQL):
    """Let people find any part of a text.

    The full text search of trytond knows only runs between punctuation, which
    in Chinese are no words. A model of many records sets _search_latest, so
    that one or two characters are looked for in the last of them only.
    """
    __slots__ = ()

    def __init_subclass__(cls):
        # trytond sets a class up before it gives it the mixins.
        super().__init_subclass__()
        for field in cls._fields.values():
            if isinstance(field, fields.Text):
                field.search_full_text = False

    @classmethod
    def search_domain(cls, domain, active_test=None, tables=None):
        if getattr(cls, '_search_latest', False):
            domain = cls._bound_short(domain)
        return super().search_domain(
            domain, active_test=active_test, tables=tables)

    @classmethod
    def _bound_short(cls, domain):
        if isinstance(domain, (str, PYSON)) or not domain:
            return domain
        if isinstance(domain[0], str) and domain[0] not in {'AND', 'OR'}:
            field = cls._fields.get(domain[0])
            if isinstance(field, fields.Char) and is_short(domain):
                return [domain, latest(cls)]
            return domain
        return [cls._bound_short(d) for d in domain]

    @classmethod
    def _update_sql_indexes(cls, concurrently=False):
        indexes = cls._sql_indexes
        if (backend.name == 'postgresql' and not
                Transaction().database.has_extension('pg_trgm')):
            # They would be B-trees, which refuse long texts.
            cls._sql_indexes = {i for i in indexes if not _is_similarity(i)}
        super()._update_sql_indexes(concurrently=concurrently)
        cls._sql_indexes = indexes


def _is_similarity(index):
    # Those of the begin of a text, as of references, are B-trees anyway.
    return any(
        isinstance(u, Index.Similarity) and not u.options.get('begin')
        for _, u in index.expressions)


def text_index(Model, name):
    "Return the index that finds three characters and more in the field."
    table = Model.__table__()
    column = Column(table, name)
    if not getattr(Model, name).required:
        column = Coalesce(column, '')
    return Index(table, (Index.Unaccent(column), Index.Similarity()))
