# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A posted move for each pay-out, where the company keeps its books in Tryton."

from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from ..exceptions import PayoutAccountError

payout_journal = fields.Many2One(
    'account.journal', "Pay-out Journal",
    domain=[('type', 'in', ['general', 'expense'])])
_company = Eval('context', {}).get('company', -1)
EXPENSE = ('type.expense', '=', True)
BALANCE = ('type.statement', '=', 'balance')
SETTINGS = ['payout_journal', 'payout_expense', 'payout_payable']


def account(string, company, type_):
    return fields.Many2One(
        'account.account', string,
        domain=[
            ('company', '=', company),
            ('closed', '!=', True),
            type_,
            ])


class Configuration(metaclass=PoolMeta):
    __name__ = 'appraisal.configuration'

    payout_journal = fields.MultiValue(payout_journal)
    payout_expense = fields.MultiValue(account(
            "Account of Allowances", _company, EXPENSE))
    payout_payable = fields.MultiValue(account(
            "Account of Payment", _company, BALANCE))

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        if field in SETTINGS:
            return pool.get('appraisal.configuration.payout')
        return super().multivalue_model(field)


class ConfigurationPayout(metaclass=PoolMeta):
    __name__ = 'appraisal.configuration.payout'

    payout_journal = payout_journal
    payout_expense = account(
        "Account of Allowances", Eval('company', -1), EXPENSE)
    payout_payable = account(
        "Account of Payment", Eval('company', -1), BALANCE)


class Payout(metaclass=PoolMeta):
    __name__ = 'appraisal.payout'

    account_move = fields.Many2One(
        'account.move', "Move", readonly=True, ondelete='RESTRICT',
        states={
            'invisible': ~Eval('account_move'),
            })

    @classmethod
    def _pay(cls, payouts):
        pool = Pool()
        Move = pool.get('account.move')
        moves = []
        for payout in payouts:
            if payout.total:
                payout.account_move = payout._get_move()
                moves.append(payout.account_move)
        Move.save(moves)
        super()._pay(payouts)
        Move.post(moves)

    def _get_move(self):
        """Return the move of the pay-out.

        Raises PayoutAccountError when the configuration lacks something.
        """
        pool = Pool()
        Configuration = pool.get('appraisal.configuration')
        Move = pool.get('account.move')
        MoveLine = pool.get('account.move.line')
        Period = pool.get('account.period')
        configuration = Configuration(1)
        journal, expense, payable = (
            configuration.get_multivalue(n, company=self.company.id)
            for n in SETTINGS)
        if not (journal and expense and payable):
            raise PayoutAccountError(gettext(
                    'hazard_appraisal.msg_payout_account',
                    payout=self.rec_name))
        date = local_day(now(), company_zone(self.company))
        return Move(
            company=self.company, origin=self, journal=journal, date=date,
            period=Period.find(self.company, date=date),
            lines=[
                MoveLine(account=account, party=party, debit=debit,
                    credit=credit)
                for account, party, debit, credit in [
                    *((expense, party, amount, Decimal(0))
                        for party, amount in self._get_amounts(expense)),
                    *((payable, party, Decimal(0), amount)
                        for party, amount in self._get_amounts(payable))]])

    def _get_amounts(self, account):
        "Return the parties, where the account asks for them, and amounts."
        if not account.party_required:
            return [(None, self.total)]
        return [
            (line.employee.party, line.amount)
            for line in self.lines if line.amount]


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @classmethod
    def _get_origin(cls):
        return super()._get_origin() + ['appraisal.payout']
