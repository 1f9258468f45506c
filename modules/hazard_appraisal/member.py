# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval


class Member(metaclass=PoolMeta):
    __name__ = 'safety.member'

    withdrawn_since = fields.Function(
        fields.Date(
            "Allowance Withdrawn since",
            states={
                'invisible': ~Eval('withdrawn_since'),
                }),
        'get_withdrawn_since')

    @classmethod
    def get_withdrawn_since(cls, members, name):
        pool = Pool()
        Proposal = pool.get('appraisal.proposal')
        since = dict.fromkeys([m.id for m in members])
        for proposal in Proposal.search([
                    ('member', 'in', list(since)),
                    ('action', '=', 'withdraw'),
                    ('state', '=', 'confirmed'),
                    ]):
            since[proposal.member.id] = proposal.start_date
        return since
