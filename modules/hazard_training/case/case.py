# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import Null
from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.hazard.loop import notice
from trytond.modules.safety_base import image
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.workflow import (
    LoopMixin, now, own_employees, step)
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..child_record import ChildMixin
from ..exceptions import CaseError
from ..training import TrainingMixin, find_people, today

_COUNTS = ['addressed_count', 'read_count']


class Case(TrainingMixin, LoopMixin, ModelSQL, ModelView):
    __name__ = 'training.case'
    _rec_name = 'title'

    _editable = frozenset({
            'company', 'title', 'discipline', 'category', 'grade', 'found',
            'cause', 'measures', 'lesson', 'photos', 'kinds', 'units'})
    _editable_states = ('draft',)

    _states = {
        'readonly': Eval('state') != 'draft',
        }

    title = fields.Char("Title", required=True, states=_states)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_states)
    hazard = fields.Many2One(
        'hazard.hazard', "Hazard", readonly=True, ondelete='RESTRICT')
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", ondelete='RESTRICT',
        states=_states)
    category = fields.Many2One(
        'hazard.category', "Category", ondelete='RESTRICT', states=_states)
    grade = fields.Many2One(
        'hazard.grade', "Grade", ondelete='RESTRICT', states=_states)
    found = fields.Text(
        "What Was Found", required=True, states=_states,
        help="Name nobody.")
    cause = fields.Text("Cause", states=_states)
    measures = fields.Text("Measures", states=_states)
    lesson = fields.Text(
        "Lesson",
        states={
            'readonly': _states['readonly'],
            'required': Eval('state') == 'published',
            },
        help="What everybody is to learn from it.")
    photos = fields.One2Many(
        'training.case.photo', 'case', "Photos", states=_states)
    kinds = fields.Many2Many(
        'training.case-safety.member.kind', 'case', 'kind',
        "Addressed Kinds", states=_states,
        help="Active members of these kinds are to read the case.")
    units = fields.Many2Many(
        'training.case-safety.unit', 'case', 'unit', "Addressed Units",
        domain=[('company', '=', Eval('company', -1))], states=_states,
        help="Only people of these units and of those below them. Without "
        "kinds all of their employees are to read the case.")
    readings = fields.One2Many(
        'training.case.reading', 'case', "Readers", readonly=True)
    addressed_count = fields.Function(
        fields.Integer("To Read by"), 'get_count')
    read_count = fields.Function(fields.Integer("Read by"), 'get_count')
    unread = fields.Function(
        fields.Boolean(
            "To Read",
            help="Whether the user has yet to confirm having read it."),
        'get_unread', searcher='search_unread')
    published_by = fields.Many2One(
        'company.employee', "Published by", readonly=True)
    published_at = fields.DateTime("Published at", readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('published', "Published"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('hazard_unique', Unique(t, t.hazard),
                'hazard_training.msg_case_hazard_unique'),
            ]
        cls._sql_indexes.add(Index(t,
                (t.company, Index.Equality()),
                (t.published_at, Index.Range(order='DESC'))))
        cls._order = [('published_at', 'DESC NULLS FIRST'), ('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'published'),
            ('published', 'draft'),
            }
        cls._buttons.update({
                'publish': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'withdraw': {
                    'invisible': Eval('state') != 'published',
                    'icon': 'tryton-back',
                    'depends': ['state'],
                    },
                'acknowledge': {
                    'invisible': ~Eval('unread', False),
                    'icon': 'tryton-ok',
                    'depends': ['unread'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def get_count(cls, cases, names):
        pool = Pool()
        Reading = pool.get('training.case.reading')
        table = Reading.__table__()
        cursor = Transaction().connection.cursor()
        counts = {
            n: dict.fromkeys((c.id for c in cases), 0) for n in _COUNTS}
        cursor.execute(*table.select(
                table.case, Count(table.id), Count(table.read_at),
                where=fields.SQL_OPERATORS['in'](
                    table.case, [c.id for c in cases]),
                group_by=[table.case]))
        for case, *numbers in cursor:
            for name, number in zip(_COUNTS, numbers):
                counts[name][case] = number
        return {n: counts[n] for n in names}

    @classmethod
    def get_unread(cls, cases, name):
        cursor = Transaction().connection.cursor()
        table, query = cls._unread_query()
        query.where &= fields.SQL_OPERATORS['in'](
            table.case, [c.id for c in cases])
        cursor.execute(*query)
        unread = {case for case, in cursor}
        return {
            c.id: c.state == 'published' and c.id in unread for c in cases}

    @classmethod
    def _unread_query(cls):
        pool = Pool()
        Reading = pool.get('training.case.reading')
        table = Reading.__table__()
        employees = list(filter(None, own_employees())) or [-1]
        return table, table.select(
            table.case,
            where=fields.SQL_OPERATORS['in'](table.employee, employees)
            & (table.read_at == Null))

    @classmethod
    def search_unread(cls, name, clause):
        _, query = cls._unread_query()
        if asks_for_true(clause):
            return [('state', '=', 'published'), ('id', 'in', query)]
        return ['OR', ('state', '!=', 'published'), ('id', 'not in', query)]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('unread', False), 'warning', '')),
            ]

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'title', 'found', 'lesson')

    @classmethod
    def check_modification(cls, mode, cases, values=None, external=False):
        super().check_modification(
            mode, cases, values=values, external=external)
        if mode == 'delete':
            for case in cases:
                if case.readings:
                    raise AccessError(gettext(
                            'hazard_training.msg_case_delete_read',
                            case=case.rec_name))

    @classmethod
    def copy(cls, cases, default=None):
        default = default.copy() if default is not None else {}
        for name in ['hazard', 'readings', 'published_by', 'published_at']:
            default.setdefault(name)
        default.setdefault('state', 'draft')
        return super().copy(cases, default=default)

    @classmethod
    @step('published')
    def publish(cls, cases):
        for case in cases:
            if not case.lesson:
                raise CaseError(gettext(
                        'hazard_training.msg_case_lesson',
                        case=case.rec_name))
            if not case.find_readers():
                raise CaseError(gettext(
                        'hazard_training.msg_case_nobody',
                        case=case.rec_name))
        cls.move(cases, 'published', 'published')
        cls._address(cases)

    @classmethod
    @step('draft')
    def withdraw(cls, cases):
        cls.move(cases, 'draft')

    @classmethod
    @ModelView.button
    def acknowledge(cls, cases):
        pool = Pool()
        Reading = pool.get('training.case.reading')
        readings = Reading.search([
                ('case', 'in', [c.id for c in cases]),
                ('case.state', '=', 'published'),
                ('employee', 'in', list(filter(None, own_employees()))),
                ('read_at', '=', None),
                ])
        Reading.write(readings, {'read_at': now()})
        return 'reload'

    @classmethod
    @without_check_access
    def address_readers(cls):
        "Address published cases to who came since, called by the scheduler."
        company = Transaction().context.get('company')
        cls._address(cls.search([
                    ('state', '=', 'published'),
                    ('company', '=', company)
                    if company is not None else (),
                    ]))

    @classmethod
    def _address(cls, cases):
        pool = Pool()
        Reading = pool.get('training.case.reading')
        readings, audience = [], {}
        for case in cases:
            known = {r.employee for r in case.readings}
            new = [e for e in case.find_readers() if e not in known]
            audience[case] = {e.id for e in new}
            readings.extend({
                    'case': case.id,
                    'company': case.company.id,
                    'employee': e.id,
                    } for e in new)
        Reading.create(readings)
        if readings:
            notice.notify(
                audience, 'hazard_training.msg_case_published',
                'tryton-notification', describe=lambda c: c.found)

    def find_readers(self):
        "Return who is to read the case: without any choice all members."
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        kinds = self.kinds
        if not kinds and not self.units:
            kinds = Kind.search([])
        return find_people(
            self.company, kinds, self.units, today(self.company), ['active'])


class CaseChildMixin(ChildMixin):
    "Add to a model the case to which it belongs while that is a draft."
    __slots__ = ()
    _parent = 'case'
    _parent_states = frozenset({'draft'})

    case = fields.Many2One(
        'training.case', "Case", required=True, ondelete='CASCADE')


class CasePhoto(CaseChildMixin, ModelSQL, ModelView):
    __name__ = 'training.case.photo'

    stage = fields.Selection([
            ('before', "Before"),
            ('after', "After"),
            ], "Stage", required=True, sort=False)
    image = fields.Binary("Photo", file_id='image_id', required=True)
    image_id = fields.Char("Photo ID", readonly=True)
    caption = fields.Char("Caption")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('case', 'DESC'), ('stage', 'DESC'), ('id', 'ASC')]

    @classmethod
    def default_stage(cls):
        return 'before'

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if values.get('image'):
            # Without the data of the camera
            values['image'] = image.read(bytes(values['image'])).preview
        return values


class CaseKind(CaseChildMixin, ModelSQL):
    __name__ = 'training.case-safety.member.kind'

    kind = fields.Many2One(
        'safety.member.kind', "Kind", required=True, ondelete='RESTRICT')


class CaseUnit(CaseChildMixin, ModelSQL):
    __name__ = 'training.case-safety.unit'

    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, ondelete='RESTRICT')


class CaseReading(TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.case.reading'

    case = fields.Many2One(
        'training.case', "Case", required=True, readonly=True,
        ondelete='CASCADE')
    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    employee = fields.Many2One(
        'company.employee', "Reader", required=True, readonly=True,
        ondelete='RESTRICT')
    unit = fields.Function(
        fields.Many2One('safety.unit', "Unit"),
        'on_change_with_unit', searcher='search_unit')
    read_at = fields.DateTime("Read at", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('case_employee_unique', Unique(t, t.case, t.employee),
                'hazard_training.msg_case_reading_unique'),
            ]
        cls._sql_indexes.add(Index(t,
                (t.employee, Index.Equality()),
                where=t.read_at == Null))
        cls._order = [
            ('case', 'DESC'),
            ('read_at', 'DESC NULLS LAST'),
            ('id', 'ASC'),
            ]

    @fields.depends('employee', '_parent_employee.unit')
    def on_change_with_unit(self, name=None):
        return self.employee.unit if self.employee else None

    @classmethod
    def search_unit(cls, name, clause):
        return [(f'employee.{clause[0]}', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(~Eval('read_at'), 'warning', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} - {self.case.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'employee.rec_name', 'case.rec_name')
