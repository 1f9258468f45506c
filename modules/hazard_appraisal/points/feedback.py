# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The opinions of members that were adopted, from the module safety_feedback."

from sql import Literal, Null
from sql.conditionals import Coalesce

from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .fact import Fact
from .origin import OriginMixin


class Rule(metaclass=PoolMeta):
    __name__ = 'appraisal.rule'

    @classmethod
    def get_events(cls):
        return super().get_events() + [
            ('feedback_adopted', cls._message('feedback_adopted'))]

    @classmethod
    def get_models(cls):
        return {
            **super().get_models(), 'feedback_adopted': 'safety.feedback'}


class Entry(metaclass=PoolMeta):
    __name__ = 'appraisal.entry'

    @classmethod
    def _get_sources(cls):
        return super()._get_sources() + ['safety.feedback']

    @classmethod
    def get_collectors(cls):
        return {
            **super().get_collectors(),
            'safety.feedback': [feedback_facts],
            }


class Feedback(OriginMixin, metaclass=PoolMeta):
    __name__ = 'safety.feedback'
    _counted = frozenset({'adopted_at'})


def feedback_facts(scope):
    "Yield the opinions that were adopted and tell who had them."
    Feedback = Pool().get('safety.feedback')
    table = Feedback.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, table.author, table.adopted_at,
            where=scope.restrict(table, table.adopted_at, table.id)
            & (table.adopted_at != Null) & (table.author != Null)
            & (Coalesce(table.anonymous, Literal(False))
                == Literal(False))))
    for id_, employee, time in cursor:
        yield Fact(
            'feedback_adopted', f'safety.feedback,{id_}', employee=employee,
            time=time)
