# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the models of the appraisal have in common."

from trytond.model import fields
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.transaction import Transaction

# The id of a sheet is that of its period so many times and of its member.
FACTOR = 2 ** 20
PERIODS = [
    ('tenday', "Ten Days"),
    ('month', "Month"),
    ('quarter', "Quarter"),
    ('year', "Year"),
    ]
GRADES = [
    (None, ""),
    ('excellent', "Excellent"),
    ('good', "Good"),
    ('pass', "Pass"),
    ('fail', "Fail"),
    ]
GROUPS = [
    ('report', "Reports"),
    ('loop', "Rectification"),
    ('training', "Training"),
    ('opinion', "Opinions"),
    ('duty', "Duty"),
    ]


class AppraisalMixin(CopyAccessMixin):
    """Belongs to a company.

    The record rules know the employees, the units and the kinds of member
    of the user, and nobody copies what they may not read.
    """
    __slots__ = ()
    _rule_context_organization = True

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        readonly=True)

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')


class BigInteger(fields.Integer):
    "An integer of the size of the ids of sheets"
    _sql_type = 'BIGINT'


def numeric(string, **options):
    "Return a field of points that nobody types in."
    return fields.Numeric(string, digits=(16, 2), readonly=True, **options)


def percentage(string, **options):
    return fields.Numeric(string, digits=(3, 1), readonly=True, **options)
