# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.named import search_any
from trytond.pyson import Bool, Date, Eval, If
from trytond.transaction import Transaction


class Certificate(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'supervision.certificate'
    _rec_name = 'number'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT')
    employee = fields.Many2One(
        'company.employee', "Officer", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])
    number = fields.Char("Number", required=True)
    issued_by = fields.Char("Issued by")
    valid_from = fields.Date("Valid from", required=True)
    valid_until = fields.Date(
        "Valid until", required=True,
        domain=[
            If(Bool(Eval('valid_from')) & Bool(Eval('valid_until')),
                ('valid_until', '>=', Eval('valid_from', None)),
                ()),
            ],
        help="The last day on which it is valid.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('valid_until', 'DESC'), ('id', 'DESC')]
        cls._sql_constraints += [
            ('number_unique', Unique(t, t.company, t.number),
                'hazard_supervision.msg_certificate_number_unique'),
            ]
        cls._sql_indexes.add(
            Index(t, (t.employee, Index.Equality()),
                (t.valid_until, Index.Range())))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('valid_until', Date()) < Date(), 'muted', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} {self.number}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'number', 'employee.rec_name')

    @classmethod
    def get_valid(cls, employees, day):
        "Return the certificates by employee that are valid on the day."
        return {
            c.employee: c for c in cls.search([
                    ('employee', 'in', [e.id for e in employees]),
                    ('valid_from', '<=', day),
                    ('valid_until', '>=', day),
                    ], order=[('valid_until', 'ASC'), ('id', 'ASC')])}
