# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Sheets of periods: computed while the period is open, frozen afterwards.

Closing the period copies the rows as they are into a table of their own.
"""

from sql import Union

from trytond.model import Index, Model, Unique, fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from ..appraisal import PERIODS, BigInteger
from .open_periods import ChosenMixin, only


class FrozenMixin(Model):
    "Rows of closed periods"
    __slots__ = ()
    _log = False

    sheet = BigInteger("Sheet", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('sheet_unique', Unique(t, t.sheet),
                'hazard_appraisal.msg_sheet_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (getattr(t, cls._subject), Index.Equality()),
                    (t.period, Index.Equality())),
                })


class FreezingMixin(ChosenMixin, Model):
    """Rows of closed periods as they were frozen, of open ones as they are.

    _frozen names the model of the former, _columns what both hold.
    """
    __slots__ = ()

    period_kind = fields.Selection(
        PERIODS, "Kind of Period", readonly=True, sort=False)
    start_date = fields.Date("First Day", readonly=True)
    end_date = fields.Date("Last Day", readonly=True)
    state = fields.Selection([
            ('open', "Open"),
            ('closed', "Closed"),
            ], "State", readonly=True, sort=False)

    @classmethod
    def table_query(cls):
        return Union(cls._closed(), cls._live(), all_=True)

    @classmethod
    def _closed(cls):
        pool = Pool()
        Frozen = pool.get(cls._frozen)
        Period = pool.get('appraisal.period')
        frozen, period = Frozen.__table__(), Period.__table__()
        return (frozen
            .join(period, condition=frozen.period == period.id)
            .select(
                frozen.sheet.as_('id'),
                *(getattr(frozen, n).as_(n) for n in cls._columns),
                period.kind.as_('period_kind'),
                period.start_date.as_('start_date'),
                period.end_date.as_('end_date'),
                *cls._only_closed(frozen),
                period.state.as_('state')))

    @classmethod
    def _only_closed(cls, frozen):
        "Return what a frozen row says beyond the columns."
        return []

    @classmethod
    def _live(cls):
        "Return the query of the rows of open periods."
        raise NotImplementedError

    @classmethod
    def freeze(cls, period):
        "Keep the sheets of the period as they are now."
        Frozen = Pool().get(cls._frozen)
        cursor = Transaction().connection.cursor()
        frozen = Frozen.__table__()
        with only([period.id]):
            sheet = cls._live()
        cursor.execute(*frozen.insert(
                [frozen.sheet, *(getattr(frozen, n) for n in cls._columns)],
                sheet.select(
                    sheet.id, *(getattr(sheet, n) for n in cls._columns),
                    where=sheet.period == period.id)))
