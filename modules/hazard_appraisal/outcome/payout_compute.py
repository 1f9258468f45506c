# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What each member of a kind is due for a quarter."

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access

MONTHS = 3
WITHDRAWN = ['confirmed', 'ended']

_in = fields.SQL_OPERATORS['in']


class Computation:
    """The lines of a pay-out, read with a fixed number of queries.

    Paid are the days on which a member was active without the allowance
    withdrawn; the day on which a time as active ends is one of them.
    """

    def __init__(self, payout):
        pool = Pool()
        Configuration = pool.get('appraisal.configuration')
        self.payout = payout
        self.period = payout.period
        self.currency = payout.company.currency
        self.settings = Configuration.settings(payout.company.id)
        self.total_days = (
            self.period.end_date - self.period.start_date).days + 1

    def get_lines(self):
        "Return the values of the lines."
        with without_check_access():
            members = self._get_members()
            ids = [m.id for m in members]
            served = self._read_served(ids)
            withdrawn = self._read_withdrawn(ids)
            awards = self._read_awards(ids)
            grades = self._read_grades(ids)
            return [
                self._get_line(
                    m, served[m.id], withdrawn[m.id], awards[m.id],
                    grades.get(m.id))
                for m in members if served[m.id] or awards[m.id]]

    def _get_line(self, member, served, withdrawn, award, grade):
        factor = Decimal(self.settings[f'factor_{grade or "pass"}'])
        allowance = member.allowance or Decimal(0)
        paid = len(served - withdrawn)
        amount = self.currency.round(
            allowance * MONTHS * factor * paid / self.total_days)
        return {
            'member': member.id,
            'employee': member.employee.id,
            'unit': member.unit.id if member.unit else None,
            'allowance': allowance,
            'days': len(served),
            'withdrawn_days': len(served & withdrawn),
            'grade': grade,
            'factor': factor,
            'award': award,
            'amount': amount + award,
            }

    def _get_members(self):
        pool = Pool()
        Member = pool.get('safety.member')
        return Member.search([
                ('company', '=', self.payout.company.id),
                ('kind', '=', self.payout.kind.id),
                ('since', '<=', self.period.end_date),
                ['OR',
                    ('until', '=', None),
                    ('until', '>=', self.period.start_date),
                    ],
                ])

    def _days(self, start, end):
        "Return the set of the days of the quarter from start to end."
        start = max(start, self.period.start_date)
        end = min(end or self.period.end_date, self.period.end_date)
        return {
            start + dt.timedelta(days=n)
            for n in range((end - start).days + 1)}

    def _read_served(self, members):
        pool = Pool()
        Change = pool.get('safety.member.change')
        table = Change.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.member, table.date, table.to_state,
                where=_in(table.member, members)
                & (table.date <= self.period.end_date),
                order_by=[table.member.asc, table.at.asc, table.id.asc]))
        served, since = defaultdict(set), {}
        for member, day, state in cursor:
            if member in since:
                served[member] |= self._days(since.pop(member), day)
            if state == 'active':
                since[member] = day
        for member, day in since.items():
            served[member] |= self._days(day, None)
        return served

    def _read_withdrawn(self, members):
        pool = Pool()
        Proposal = pool.get('appraisal.proposal')
        withdrawn = defaultdict(set)
        for proposal in Proposal.search([
                    ('action', '=', 'withdraw'),
                    ('state', 'in', WITHDRAWN),
                    ('member', 'in', members),
                    ('start_date', '<=', self.period.end_date),
                    ]):
            withdrawn[proposal.member.id] |= self._days(
                proposal.start_date, proposal.end_date)
        return withdrawn

    def _read_awards(self, members):
        pool = Pool()
        Proposal = pool.get('appraisal.proposal')
        awards = defaultdict(Decimal)
        for proposal in Proposal.search([
                    ('action', '=', 'award'),
                    ('state', '=', 'confirmed'),
                    ('member', 'in', members),
                    ('period', '=', self.period.id),
                    ]):
            awards[proposal.member.id] += self.currency.round(
                proposal.amount or Decimal(0))
        return awards

    def _read_grades(self, members):
        pool = Pool()
        Frozen = pool.get('appraisal.sheet.frozen')
        table = Frozen.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.member, table.grade,
                where=(table.period == self.period.id)
                & _in(table.member, members)))
        return dict(cursor)
