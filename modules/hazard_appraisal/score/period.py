# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, Workflow, fields
from trytond.modules.safety_base.access import writable
from trytond.modules.safety_base.calendar_period import get_period, get_periods
from trytond.modules.safety_base.clock import (
    company_zone, day_start, local_day)
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.modules.safety_base.turn import take_turn
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..appraisal import PERIODS, AppraisalMixin
from ..exceptions import PeriodAccessError, PeriodCloseError

FREQUENCIES = {
    'tenday': 'ten_days',
    'month': 'monthly',
    'quarter': 'quarterly',
    'year': 'yearly',
    }
KINDS = list(FREQUENCIES)
# For how many days to come there are periods
AHEAD = 31
PARENTS = {'tenday': 'month', 'month': 'quarter', 'quarter': 'year'}
MONTHS = {'tenday': 1, 'month': 1, 'quarter': 3, 'year': 12}


class Period(
        ServerWrittenMixin, AppraisalMixin, Workflow, ModelSQL, ModelView):
    __name__ = 'appraisal.period'
    _refusal = PeriodAccessError, 'hazard_appraisal.msg_period_modify'

    kind = fields.Selection(
        PERIODS, "Kind", required=True, readonly=True, sort=False)
    code = fields.Char("Code", required=True, readonly=True)
    start_date = fields.Date("First Day", required=True, readonly=True)
    end_date = fields.Date("Last Day", required=True, readonly=True)
    starts_at = fields.DateTime("Starts at", required=True, readonly=True)
    ends_at = fields.DateTime("Ends at", required=True, readonly=True)
    parent = fields.Many2One(
        'appraisal.period', "Part of", readonly=True, ondelete='RESTRICT')
    children = fields.One2Many(
        'appraisal.period', 'parent', "Parts", readonly=True)
    former = fields.Many2One(
        'appraisal.period', "Former Period", readonly=True,
        ondelete='RESTRICT')
    closed_by = fields.Many2One(
        'company.employee', "Closed by", readonly=True,
        states={
            'invisible': Eval('state') != 'closed',
            })
    closed_at = fields.DateTime(
        "Closed at", readonly=True,
        states={
            'invisible': Eval('state') != 'closed',
            })
    state = fields.Selection([
            ('open', "Open"),
            ('closed', "Closed"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('kind_start_unique',
                Unique(t, t.company, t.kind, t.start_date),
                'hazard_appraisal.msg_period_unique'),
            ]
        cls._sql_indexes.add(
            Index(t, (t.company, Index.Equality()),
                (t.state, Index.Equality(cardinality='low')),
                (t.start_date, Index.Range())))
        cls._order = [
            ('start_date', 'DESC'),
            ('end_date', 'ASC'),
            ('id', 'ASC'),
            ]
        cls._transitions.add(('open', 'closed'))
        cls._buttons.update({
                'close': {
                    'invisible': Eval('state') != 'open',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'open'

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'closed', 'muted', '')),
            ]

    def get_rec_name(self, name):
        day = self.start_date
        key = self.kind
        if key == 'tenday':
            key = f'tenday_{self.code[-1]}'
        return gettext(
            f'hazard_appraisal.msg_period_{key}', year=day.year,
            month=day.month, quarter=(day.month + 2) // 3)

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('code', *clause[1:])]

    @classmethod
    def closed_until(cls, company):
        "Return the last day of which the ten days are closed, or None."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.end_date,
                where=(table.company == int(company))
                & (table.kind == 'tenday') & (table.state == 'closed'),
                order_by=[table.end_date.desc], limit=1))
        row = cursor.fetchone()
        return row[0] if row else None

    @classmethod
    def open_since(cls, company):
        "Return the first day of the periods that are open, or None."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.start_date,
                where=(table.company == int(company))
                & (table.state == 'open')
                & table.kind.in_(['tenday', 'month']),
                order_by=[table.start_date.asc], limit=1))
        row = cursor.fetchone()
        return row[0] if row else None

    @classmethod
    def generate(cls, company, start, end=None):
        """Make the periods of the company with a day from start to end.

        Without an end they go on to the next month. What there is stays as
        it is.
        """
        if end is None:
            end = local_day(now(), company_zone(company))
            end += dt.timedelta(days=AHEAD)
        known = cls._read_known(company)
        for kind in reversed(FREQUENCIES):
            for period in get_periods(FREQUENCIES[kind], start, end):
                if (kind, period.start) in known:
                    continue
                parent = PARENTS.get(kind)
                if parent:
                    parent = known[
                        parent, _start(parent, period.start)]
                former = known.get((kind, _start(
                            kind, period.start - dt.timedelta(days=1))))
                record, = cls.create([cls._new_values(
                            company, kind, period, parent, former)])
                known[kind, period.start] = record.id
                later = known.get((kind, period.end + dt.timedelta(days=1)))
                if later:
                    cls.write([cls(later)], {'former': record.id})

    @classmethod
    def _read_known(cls, company):
        "Return the ids by kind and first day."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(
                table.kind, table.start_date, table.id,
                where=table.company == company.id))
        return {(kind, start): id_ for kind, start, id_ in cursor}

    @classmethod
    def _new_values(cls, company, kind, period, parent, former):
        zone = company_zone(company)
        return {
            'company': company.id,
            'kind': kind,
            'code': period.key,
            'start_date': period.start,
            'end_date': period.end,
            'starts_at': day_start(period.start, zone),
            'ends_at': day_start(period.end + dt.timedelta(days=1), zone),
            'parent': parent,
            'former': former,
            }

    @classmethod
    @writable
    @ModelView.button
    def close(cls, periods):
        pool = Pool()
        Proposal = pool.get('appraisal.proposal')
        Sheet = pool.get('appraisal.sheet')
        UnitSheet = pool.get('appraisal.unit.sheet')
        periods = sorted(
            cls.browse([p.id for p in periods]),
            key=lambda p: (p.end_date, KINDS.index(p.kind)))
        with without_check_access():
            take_turn(periods)
            cls._collect(periods)
            for period in periods:
                period.check_close()
                Sheet.freeze(period)
                UnitSheet.freeze(period)
                cls.write([period], {
                        'state': 'closed',
                        'closed_by': acting_employee(period.company),
                        'closed_at': now(),
                        })
            Proposal.propose(periods)
        return 'reload'

    @classmethod
    def _collect(cls, periods):
        "Count what is not counted yet."
        pool = Pool()
        Entry = pool.get('appraisal.entry')
        for company in {p.company for p in periods}:
            since = cls.open_since(company)
            if since and Entry.collect(company, since) is None:
                raise PeriodCloseError(gettext(
                        'hazard_appraisal.msg_period_busy'))

    def check_close(self):
        """Raise PeriodCloseError unless the period may be closed now.

        It is over, the periods before it and those that it consists of are
        closed.
        """
        if self.state != 'open':
            raise PeriodCloseError(gettext(
                    'hazard_appraisal.msg_period_closed',
                    period=self.rec_name))
        if now() < self.ends_at:
            raise PeriodCloseError(gettext(
                    'hazard_appraisal.msg_period_running',
                    period=self.rec_name))
        before = self.search([
                ('company', '=', self.company.id),
                ('state', '=', 'open'),
                ['OR',
                    [
                        ('kind', '=', self.kind),
                        ('start_date', '<', self.start_date),
                        ],
                    ('parent', '=', self.id),
                    ],
                ], order=[('start_date', 'ASC')], limit=1)
        for other in before:
            raise PeriodCloseError(gettext(
                    'hazard_appraisal.msg_period_order',
                    period=self.rec_name, other=other.rec_name))

    @classmethod
    def open_at(cls, company, day):
        """Return the open ten days of the company with the day.

        They are the next ones that are open where those are closed.
        """
        closed = cls.closed_until(company)
        if closed:
            day = max(day, closed + dt.timedelta(days=1))
        cls.generate(company, day, day)
        period, = cls.search([
                ('company', '=', company.id),
                ('kind', '=', 'tenday'),
                ('start_date', '<=', day),
                ('end_date', '>=', day),
                ])
        return period


class Tree:
    "Ten days joined with the month, the quarter and the year they are in"

    def __init__(self):
        Period = Pool().get('appraisal.period')
        self.tenday, self.month, self.quarter, self.year = (
            Period.__table__() for _ in range(4))

    def levels(self):
        return [
            ('tenday', self.tenday), ('month', self.month),
            ('quarter', self.quarter), ('year', self.year)]

    def join(self, left, column):
        "Return left joined with the ten days that its column names."
        return (left
            .join(self.tenday, condition=column == self.tenday.id)
            .join(self.month,
                condition=self.tenday.parent == self.month.id)
            .join(self.quarter,
                condition=self.month.parent == self.quarter.id)
            .join(self.year,
                condition=self.quarter.parent == self.year.id))


def _start(kind, day):
    return get_period(FREQUENCIES[kind], day).start
