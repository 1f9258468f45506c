# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.


from sql import Null
from sql.functions import CharLength

from trytond.i18n import gettext
from trytond.model import ChatMixin, Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base import clock, workflow
from trytond.modules.safety_base.named import search_each
from trytond.modules.safety_base.text_search import text_index
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from ..exceptions import ReportError, ReportTimeError
from .found_as import FoundAsMixin
from .outside_finder import OutsideFinderMixin
from .photo import PhotoMixin
from .steps import OPEN_STATES, HazardSteps

CAUSES = [
    (None, ""),
    ('person', "Unsafe Act"),
    ('object', "Unsafe State of Equipment"),
    ('environment', "Unsafe Environment"),
    ('management', "Management Gap"),
    ]

COLORS = {
    'red': '#d32f2f',
    'orange': '#f57c00',
    'yellow': '#fbc02d',
    'blue': '#1976d2',
    }


class Hazard(
        HazardSteps, PhotoMixin, OutsideFinderMixin, FoundAsMixin, ModelSQL,
        ModelView, ChatMixin):
    __name__ = 'hazard.hazard'
    _rec_name = 'number'
    _log = False
    _search_latest = True

    _states = {
        'readonly': ~Eval('state').in_(['draft', 'returned']),
        }
    _editable = frozenset({
            'found_by', 'outside_finder', 'member', 'found_as', 'found_at',
            'late_reason',
            'shift', 'place', 'unit', 'grade', 'discipline', 'category',
            'cause', 'check_item', 'description', 'handling',
            'on_site_measures', 'on_site_at', 'source', 'inspected_by',
            'inspection', 'photos', 'company',
            })
    _editable_states = ('draft', 'returned')

    number = fields.Char(
        "Number", readonly=True,
        states={
            'invisible': ~Eval('number'),
            },
        help="Given by company and year when the hazard is reported.")
    company = fields.Many2One(
        'company.company', "Company", required=True, states=_states)
    found_by = fields.Many2One(
        'company.employee', "Found By", required=True, states=_states,
        domain=[('company', '=', Eval('company', -1))])
    member = fields.Many2One(
        'safety.member', "Member", states=_states,
        domain=[
            ('employee', '=', Eval('found_by', -1)),
            ('company', '=', Eval('company', -1)),
            If(Eval('state') == 'draft', ('state', '=', 'active'), ()),
            ],
        help="The membership in whose role the hazard was found.")
    found_at = fields.DateTime("Found At", required=True, states=_states)
    reported_at = fields.DateTime(
        "Reported At", readonly=True,
        states={
            'invisible': ~Eval('reported_at'),
            })
    late = fields.Boolean(
        "Reported Late", readonly=True,
        states={
            'invisible': ~Eval('late'),
            })
    late_reason = fields.Char(
        "Reason of Late Report", states={
            'readonly': _states['readonly'],
            'invisible': ~Eval('late_entry') & ~Eval('late_reason'),
            },
        help="Required when the hazard is reported long after it was found.")
    late_entry = fields.Function(
        fields.Boolean("Late Entry"), 'on_change_with_late_entry')
    shift = fields.Many2One('safety.shift', "Shift", states=_states)
    place = fields.Many2One(
        'hazard.place', "Place", required=True, states=_states,
        domain=[('company', '=', Eval('company', -1))])
    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", required=True, states=_states,
        domain=[('company', '=', Eval('company', -1))])
    grade = fields.Many2One(
        'hazard.grade', "Grade", required=True, states=_states)
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", required=True, states=_states)
    category = fields.Many2One(
        'hazard.category', "Category", states=_states)
    cause = fields.Selection(CAUSES, "Cause", sort=False, states=_states)
    check_item = fields.Many2One(
        'hazard.check_item', "Check Item", states=_states,
        domain=[
            If(Eval('discipline'),
                ('discipline', 'in', [None, Eval('discipline', -1)]),
                ()),
            ])
    description = fields.Text("Description", required=True, states=_states)
    handling = fields.Selection([
            ('four_fix', "Four-fix"),
            ('on_site', "Fixed on Site"),
            ], "Handling", required=True, sort=False, states=_states)
    handling_string = handling.translated('handling')
    on_site_measures = fields.Text(
        "Measures on Site", states={
            'readonly': _states['readonly'],
            'required': Eval('handling') == 'on_site',
            'invisible': Eval('handling') != 'on_site',
            })
    on_site_at = fields.DateTime(
        "Fixed At", states={
            'readonly': _states['readonly'],
            'required': Eval('handling') == 'on_site',
            'invisible': Eval('handling') != 'on_site',
            })
    source = fields.Many2One('hazard.source', "Source", states=_states)
    inspected_by = fields.Char(
        "Inspecting Body", states=_states,
        help="The authority or superior that inspected, where the hazard is "
        "not the mine's own finding.")
    inspection = fields.Many2One(
        'hazard.inspection', "Inspection", states=_states,
        domain=[('company', '=', Eval('company', -1))])
    round = fields.Integer("Round", required=True, readonly=True)
    responsible = fields.Many2One(
        'company.employee', "Responsible", readonly=True,
        states={
            'invisible': ~Eval('responsible'),
            })
    formerly_responsible = fields.Function(
        fields.Many2Many(
            'company.employee', None, None, "Formerly Responsible",
            states={
                'invisible': ~Eval('formerly_responsible', []),
                },
            help="Who was responsible before the rectification was handed "
            "over, and does not check it either."),
        'get_formerly_responsible')
    deadline = fields.DateTime(
        "Deadline", readonly=True,
        states={
            'invisible': ~Eval('deadline'),
            })
    closed_at = fields.DateTime(
        "Closed At", readonly=True,
        states={
            'invisible': ~Eval('closed_at'),
            })
    archived_at = fields.DateTime(
        "Archived At", readonly=True,
        states={
            'invisible': ~Eval('archived_at'),
            })
    return_reason = fields.Text(
        "Reason of Return", readonly=True,
        states={
            'invisible': ~Eval('return_reason'),
            })
    cancel_reason = fields.Text(
        "Reason of Cancellation", readonly=True,
        states={
            'invisible': ~Eval('cancel_reason'),
            })
    recurrence_of = fields.Many2One(
        'hazard.hazard', "Recurrence Of", readonly=True,
        states={
            'invisible': ~Eval('recurrence_of'),
            })
    # Also for who may not read the hazard that came before
    recurrence_number = fields.Function(
        fields.Char(
            "Recurrence Of",
            states={
                'invisible': ~Eval('recurrence_number'),
                }),
        'get_recurrence_number')
    recurrence = fields.Integer(
        "Recurrence No.", readonly=True,
        states={
            'invisible': ~Eval('recurrence'),
            },
        help="How many times the same was found at the place before.")
    recurrences = fields.One2Many(
        'hazard.hazard', 'recurrence_of', "Recurrences", readonly=True)

    four_fixes = fields.One2Many(
        'hazard.four_fix', 'hazard', "Four-fixes", readonly=True,
        order=[('id', 'ASC')],
        states={
            'invisible': ~Eval('four_fixes'),
            })
    rectifications = fields.One2Many(
        'hazard.rectification', 'hazard', "Rectifications", readonly=True,
        order=[('id', 'ASC')],
        states={
            'invisible': ~Eval('rectifications'),
            })
    rechecks = fields.One2Many(
        'hazard.recheck', 'hazard', "Rechecks", readonly=True,
        order=[('id', 'ASC')],
        states={
            'invisible': ~Eval('rechecks'),
            })
    acceptances = fields.One2Many(
        'hazard.acceptance', 'hazard', "Acceptances", readonly=True,
        order=[('id', 'ASC')],
        states={
            'invisible': ~Eval('acceptances'),
            })
    events = fields.One2Many(
        'hazard.event', 'hazard', "Timeline", readonly=True,
        order=[('sequence', 'ASC')],
        states={
            'invisible': ~Eval('events'),
            })

    extensions = fields.One2Many(
        'hazard.extension', 'hazard', "Extensions", readonly=True,
        order=[('id', 'ASC')],
        states={
            'invisible': ~Eval('extensions'),
            })
    plans = fields.One2Many(
        'hazard.plan', 'hazard', "Treatment Plans", readonly=True,
        states={
            'invisible': ~Eval('plans'),
            })
    photos = fields.One2Many(
        'hazard.photo', 'hazard', "Photos", states=_states,
        order=[('id', 'ASC')])

    # Without the places above it, for lists
    place_name = fields.Function(
        fields.Char("Place"), 'get_place_name', searcher='search_place_name')
    grade_color = fields.Function(
        fields.Char("Grade Color"), 'get_grade_color')
    reported_today = fields.Function(
        fields.Boolean("Reported Today"),
        'get_reported_today', searcher='search_reported_today')
    state = fields.Selection([
            ('draft', "Draft"),
            ('four_fix', "Four-fix"),
            ('rectification', "Rectification"),
            ('recheck', "Recheck"),
            ('acceptance', "Acceptance"),
            ('closed', "Closed"),
            ('archived', "Archived"),
            ('returned', "✗ Returned"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._order = [('id', 'DESC')]
        opened = t.state.in_(OPEN_STATES)
        cls._sql_indexes.update({
                Index(t, (t.company, Index.Equality()),
                    (t.number, Index.Equality())),
                text_index(cls, 'description'),
                Index(t, (t.company, Index.Equality()),
                    (t.found_at, Index.Range())),
                Index(t, (t.company, Index.Equality()),
                    (t.reported_at, Index.Range())),
                Index(t, (t.found_by, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.unit, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.place, Index.Equality()),
                    (t.check_item, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.unit, Index.Equality()),
                    (t.discipline, Index.Equality()),
                    (t.id, Index.Range(order='DESC')),
                    where=t.responsible != Null),
                Index(t, (t.responsible, Index.Equality()), where=opened),
                Index(t, (t.company, Index.Equality()),
                    (t.state, Index.Equality(cardinality='low')),
                    (t.deadline, Index.Range()),
                    where=t.state.in_([*OPEN_STATES, 'returned'])),
                Index(t, (t.company, Index.Equality()),
                    (t.closed_at, Index.Range()),
                    where=t.state == 'closed'),
                Index(t, (t.company, Index.Equality()),
                    (t.closed_at, Index.Range()),
                    where=t.closed_at != Null),
                })

    @classmethod
    def order_number(cls, tables):
        table, _ = tables[None]
        return [CharLength(table.number), table.number]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_found_by(cls):
        return Transaction().context.get('employee')

    @classmethod
    def default_found_at(cls):
        return workflow.now()

    @classmethod
    def default_handling(cls):
        return 'four_fix'

    @classmethod
    def default_round(cls):
        return 1

    @classmethod
    def default_recurrence(cls):
        return 0

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def default_shift(cls):
        pool = Pool()
        Shift = pool.get('safety.shift')
        if company := cls.default_company():
            if shift := Shift.at(company, workflow.now()):
                return shift.id

    @classmethod
    def default_grade(cls):
        pool = Pool()
        Grade = pool.get('hazard.grade')
        for grade in Grade.search([('code', '=', 'C')], limit=1):
            return grade.id

    @classmethod
    def default_place(cls):
        if last := cls._last_reported():
            return last.place.id

    @classmethod
    def default_unit(cls):
        if last := cls._last_reported():
            return last.unit.id

    @classmethod
    def default_member(cls):
        members = cls._default_members()
        if len(members) == 1:
            return members[0][0]

    @classmethod
    def _default_members(cls):
        pool = Pool()
        Member = pool.get('safety.member')
        employee, company = cls.default_found_by(), cls.default_company()
        return Member.get_active(employee, company) if employee else ()

    @classmethod
    def _last_reported(cls):
        employee = cls.default_found_by()
        if employee:
            for hazard in cls.search([
                        ('found_by', '=', employee),
                        ('place.active', '=', True),
                        ], limit=1, order=[('id', 'DESC')]):
                return hazard

    @classmethod
    def default_found_as(cls):
        members = cls._default_members()
        if len(members) == 1:
            return members[0][1]

    @fields.depends('found_by', 'company')
    def on_change_found_by(self):
        self.found_as = None
        if self.found_by and self.company:
            Member = Pool().get('safety.member')
            members = Member.get_active(self.found_by.id, self.company.id)
            if len(members) == 1:
                self.found_as = members[0][1]

    @fields.depends('place')
    def on_change_place(self):
        if self.place and self.place.responsible_unit:
            self.unit = self.place.responsible_unit

    @fields.depends('check_item', 'discipline', 'category')
    def on_change_check_item(self):
        if self.check_item:
            if self.check_item.discipline:
                self.discipline = self.check_item.discipline
            if self.check_item.category:
                self.category = self.check_item.category

    @fields.depends('found_at', 'company')
    def on_change_found_at(self):
        pool = Pool()
        Shift = pool.get('safety.shift')
        if self.found_at and self.company:
            self.shift = Shift.at(self.company.id, self.found_at)

    @fields.depends('found_at', 'reported_at', 'company')
    def on_change_with_late_entry(self, name=None):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        if not self.found_at or not self.company:
            return False
        lag = Configuration.settings(self.company)['entry_lag_hours']
        return (
            (self.reported_at or workflow.now())
            > workflow.hours_later(self.found_at, lag))

    @fields.depends('handling', 'on_site_at')
    def on_change_handling(self):
        if self.handling == 'on_site' and not self.on_site_at:
            self.on_site_at = workflow.now()

    @fields.depends('grade')
    def on_change_with_grade_color(self):
        return COLORS[self.grade.colour] if self.grade else None

    @classmethod
    def get_grade_color(cls, hazards, name):
        return {h.id: COLORS[h.grade.colour] for h in hazards}

    @classmethod
    def get_place_name(cls, hazards, name):
        return {h.id: h.place.name for h in hazards}

    @classmethod
    def search_place_name(cls, name, clause):
        return [('place.name', *clause[1:])]

    def get_recurrence_number(self, name):
        return self.recurrence_of.number if self.recurrence_of else None

    def get_reported_today(self, name):
        start, end = clock.today()
        return bool(self.reported_at and start <= self.reported_at < end)

    @classmethod
    def search_reported_today(cls, name, clause):
        return clock.search_today('reported_at', clause)

    @classmethod
    def view_attributes(cls):
        muted = Eval('state').in_(['closed', 'archived', 'cancelled'])
        return super().view_attributes() + [
            ('/tree', 'visual', If(muted, 'muted', If(
                        Eval('state') == 'returned', 'warning', ''))),
            ]

    def get_rec_name(self, name):
        return self.number or f'{self.place.rec_name} #{self.id}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_each(
            cls, clause, 'number', 'description', 'place.name', 'unit.name',
            'found_by.party.name', 'ledger_found_by', 'outside_finder',
            'grade.name', 'discipline.name')

    @classmethod
    def validate_fields(cls, hazards, field_names):
        super().validate_fields(hazards, field_names)
        if field_names is None or field_names & {'found_at', 'on_site_at'}:
            for hazard in hazards:
                hazard.check_times()

    def check_times(self):
        "Raise ReportTimeError for a time in the future or out of order."
        at = workflow.now()
        if self.found_at > at:
            raise ReportTimeError(gettext(
                    'hazard.msg_hazard_found_in_future',
                    hazard=self.rec_name))
        if (self.handling == 'on_site' and self.on_site_at
                and not self.found_at <= self.on_site_at <= at):
            raise ReportTimeError(gettext(
                    'hazard.msg_hazard_on_site_time',
                    hazard=self.rec_name))

    @classmethod
    def check_modification(cls, mode, hazards, values=None, external=False):
        super().check_modification(
            mode, hazards, values=values, external=external)
        if external and mode != 'create':
            cls.check_reporter(hazards)
        if mode == 'delete':
            for hazard in hazards:
                if hazard.state != 'draft':
                    raise ReportError(gettext(
                            'hazard.msg_hazard_delete_reported',
                            hazard=hazard.rec_name))

    @classmethod
    def copy(cls, hazards, default=None):
        default = default.copy() if default is not None else {}
        for name in [
                'number', 'reported_at', 'late_reason', 'responsible',
                'deadline', 'closed_at', 'archived_at', 'return_reason',
                'cancel_reason', 'recurrence_of', 'inspection']:
            default.setdefault(name)
        for name in [
                'four_fixes', 'rectifications', 'rechecks', 'acceptances',
                'events', 'extensions', 'plans', 'photos', 'recurrences']:
            default.setdefault(name, [])
        default.setdefault('late', False)
        default.setdefault('round', 1)
        default.setdefault('recurrence', 0)
        default.setdefault('found_at', workflow.now())
        return super().copy(hazards, default=default)
