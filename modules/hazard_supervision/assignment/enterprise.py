# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import Pool, PoolMeta


class Enterprise(metaclass=PoolMeta):
    __name__ = 'supervision.enterprise'

    assignments = fields.One2Many(
        'supervision.assignment', 'enterprise', "Assignments", readonly=True)
    section = fields.Function(
        fields.Many2One('safety.unit', "Section"),
        'get_assigned', searcher='search_assigned')
    officer = fields.Function(
        fields.Many2One('company.employee', "Officer"),
        'get_assigned', searcher='search_assigned')

    @classmethod
    def get_assigned(cls, enterprises, names):
        pool = Pool()
        Assignment = pool.get('supervision.assignment')
        today = pool.get('ir.date').today()
        result = {n: dict.fromkeys(map(int, enterprises)) for n in names}
        for assignment in Assignment.search([
                    ('enterprise', 'in', [e.id for e in enterprises]),
                    *Assignment.get_current(today)]):
            for name in names:
                value = getattr(assignment, name)
                result[name][assignment.enterprise.id] = (
                    value.id if value else None)
        return result

    @classmethod
    def search_assigned(cls, name, clause):
        pool = Pool()
        Assignment = pool.get('supervision.assignment')
        field, operator, value, *target = clause
        nested = field.removeprefix(name)
        today = pool.get('ir.date').today()
        current = Assignment.get_current(today)
        found = ('assignments', 'where', [
                *current, (name + nested, operator, value, *target)])
        if operator == '=' and value is None and not nested:
            return ['OR', found, ('assignments', 'not where', current)]
        return [found]

    @classmethod
    def copy(cls, enterprises, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('assignments')
        return super().copy(enterprises, default=default)
