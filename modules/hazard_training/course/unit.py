# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Literal, Null, Union
from sql.aggregate import Sum
from sql.conditionals import Case, NullIf

from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool
from trytond.pyson import Eval, If

from ..training import TrainingMixin

_COUNTS = ['invited', 'present', 'absent', 'certified', 'expired']


class TrainingUnit(TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.unit'

    company = fields.Many2One('company.company', "Company", readonly=True)
    unit = fields.Many2One('safety.unit', "Unit", readonly=True)
    invited = fields.Integer("Invited", readonly=True)
    present = fields.Integer("Present", readonly=True)
    absent = fields.Integer("Absent", readonly=True)
    rate = fields.Float(
        "Attendance Rate (%)", digits=(1, 3), readonly=True,
        help="Present ones of those whose attendance was taken.")
    certified = fields.Integer("Valid Certificates", readonly=True)
    expired = fields.Integer("Expired Certificates", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('unit', 'ASC'), ('id', 'ASC')]

    @classmethod
    def table_query(cls):
        pool = Pool()
        Unit = pool.get('safety.unit')
        rows = Union(
            cls._attendance_query(), cls._certificate_query(), all_=True)
        unit = Unit.__table__()
        counts = {n: Sum(getattr(rows, n)) for n in _COUNTS}
        taken = counts['present'] + counts['absent']
        return (rows
            .join(unit, condition=rows.unit == unit.id)
            .select(
                unit.id.as_('id'),
                unit.company.as_('company'),
                unit.id.as_('unit'),
                *(c.as_(n) for n, c in counts.items()),
                (counts['present'] * 1.0 / NullIf(taken, 0)).as_('rate'),
                group_by=[unit.id, unit.company]))

    @classmethod
    def _attendance_query(cls):
        pool = Pool()
        Attendance = pool.get('training.attendance')
        Session = pool.get('training.session')
        table = Attendance.__table__()
        session = Session.__table__()
        return (table
            .join(session, condition=table.session == session.id)
            .select(
                table.unit.as_('unit'),
                Literal(1).as_('invited'),
                _count(table.status == 'present').as_('present'),
                _count(table.status == 'absent').as_('absent'),
                Literal(0).as_('certified'),
                Literal(0).as_('expired'),
                where=(session.state == 'done') & (table.unit != Null)))

    @classmethod
    def _certificate_query(cls):
        pool = Pool()
        Certificate = pool.get('training.certificate')
        Date = pool.get('ir.date')
        table = Certificate.__table__()
        today = Date.today()
        return table.select(
            table.unit.as_('unit'),
            Literal(0).as_('invited'),
            Literal(0).as_('present'),
            Literal(0).as_('absent'),
            _count((table.valid_until == Null)
                | (table.valid_until >= today)).as_('certified'),
            _count(table.valid_until < today).as_('expired'),
            where=(table.state == 'valid') & (table.renewed_by == Null)
            & (table.unit != Null))

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="expired"]', 'visual',
                If(Eval('expired', 0) > 0, 'danger', '')),
            ]

    def get_rec_name(self, name):
        return self.unit.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('unit.rec_name', *clause[1:])]


def _count(condition):
    return Case((condition, 1), else_=0)
