# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Null
from sql.operators import Equal

from trytond.model import Exclude, ModelSQL, ModelView, Unique, fields, tree
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.modules.safety_base.kept_name import KeptNameMixin
from trytond.modules.safety_base.named import NamedMixin, search_any
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction


class Unit(KeptNameMixin, NamedMixin, tree(), ModelSQL, ModelView):
    __name__ = 'safety.unit'

    kind = fields.Selection([
            ('mine', "Mine"),
            ('department', "Department"),
            ('team', "Team"),
            ('station', "Station"),
            ], "Kind", required=True, sort=False)
    parent = fields.Many2One(
        'safety.unit', "Parent", ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))])
    children = fields.One2Many(
        'safety.unit', 'parent', "Children",
        domain=[('company', '=', Eval('company', -1))])
    leaders = fields.One2Many(
        'safety.unit.leader', 'unit', "Leaders")
    led_by = fields.Function(
        fields.Char("Led by"), 'get_led_by', searcher='search_led_by')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Exclude(t,
                    (t.company, Equal),
                    (t.code, Equal)),
                'safety_organization.msg_unit_code_unique'),
            ('name_unique', Unique(t, t.parent, t.name),
                'safety_organization.msg_unit_name_unique'),
            ('top_name_unique', Exclude(t,
                    (t.company, Equal),
                    (t.name, Equal),
                    where=t.parent == Null),
                'safety_organization.msg_unit_name_unique'),
            ]

    @classmethod
    def default_kind(cls):
        return 'team'

    @classmethod
    def get_led_by(cls, units, name):
        return {
            u.id: ', '.join(
                leader.employee.rec_name for leader in u.leaders)
            for u in units}

    @classmethod
    def search_led_by(cls, name, clause):
        return [('leaders.employee.rec_name', *clause[1:])]

    def get_leaders(self, functions=None):
        """
        Return the employees who lead the unit.

        A unit without any leader is led by those of its nearest parent.
        functions restricts the search to these functions of leaders.
        """
        unit = self
        while unit:
            leaders = [
                leader.employee for leader in unit.leaders
                if leader.employee.active
                and (not functions or leader.function in functions)]
            if leaders:
                return list(dict.fromkeys(leaders))
            unit = unit.parent
        return []

    @classmethod
    def get_mine(cls, company):
        "Return the id of the mine of the company if there is only one"
        mines = cls.search([
                ('company', '=', company.id),
                ('kind', '=', 'mine'),
                ('parent', '=', None),
                ], limit=2)
        return mines[0].id if len(mines) == 1 else None

    @classmethod
    def get_descendants(cls, ids):
        "Return the ids of the units and of all that is below them"
        result, level = set(), set(ids)
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        while level:
            result |= level
            cursor.execute(*table.select(
                    table.id,
                    where=(table.parent != Null)
                    & fields.SQL_OPERATORS['in'](table.parent, list(level))))
            level = {id_ for id_, in cursor} - result
        return result

    @classmethod
    def on_modification(cls, mode, units, field_names=None):
        pool = Pool()
        User = pool.get('res.user')
        super().on_modification(mode, units, field_names=field_names)
        if (mode != 'write'
                or not field_names
                or field_names & {'parent', 'kind', 'company'}):
            User.clear_led_units()


class UnitLeader(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'safety.unit.leader'

    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, ondelete='CASCADE')
    company = fields.Function(
        fields.Many2One('company.company', "Company"),
        'on_change_with_company')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, ondelete='CASCADE',
        domain=[('company', '=', Eval('company', -1))])
    function = fields.Selection([
            ('captain', "Captain"),
            ('secretary', "Party Secretary"),
            ('deputy', "Deputy"),
            ], "Function", required=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('unit')
        t = cls.__table__()
        cls._sql_constraints += [
            ('employee_unique', Unique(t, t.unit, t.employee, t.function),
                'safety_organization.msg_unit_leader_unique'),
            ]
        cls._order = [
            ('unit', 'ASC'),
            ('function', 'ASC'),
            ('id', 'ASC'),
            ]

    @classmethod
    def default_function(cls):
        return 'captain'

    @fields.depends('unit', '_parent_unit.company')
    def on_change_with_company(self, name=None):
        return self.unit.company if self.unit else None

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} @ {self.unit.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'employee.rec_name', 'unit.rec_name')

    @classmethod
    def on_modification(cls, mode, leaders, field_names=None):
        pool = Pool()
        User = pool.get('res.user')
        super().on_modification(mode, leaders, field_names=field_names)
        User.clear_led_units()
