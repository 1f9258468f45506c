# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from trytond.model import Index, Model, ModelSQL, ModelView, fields
from trytond.modules.safety_base.access import check_readable
from trytond.modules.safety_base.clock import (
    current_zone, local_day, search_today)
from trytond.modules.safety_base.workflow import LoopMixin, days_between, now
from trytond.pool import Pool
from trytond.pyson import Eval, If

from . import notice
from .inbox import InboxMixin
from .photo import HazardPhotoMixin
from .time_left import TimeLeft


def stamped_by(string, name):
    """Return the field of who took the step by which name is filled in.

    It is shown once it tells somebody.
    """
    return fields.Many2One(
        'company.employee', string, readonly=True,
        states={
            'invisible': ~Eval(name),
            })


class EssentialsMixin(Model):
    "Show the essentials of the hazard on what names it."
    __slots__ = ()

    number = fields.Function(
        fields.Char("Number"), 'get_hazard', searcher='search_hazard')
    place = fields.Function(
        fields.Many2One('hazard.place', "Place"), 'get_hazard',
        searcher='search_hazard')
    place_name = fields.Function(
        fields.Char("Place"), 'get_hazard', searcher='search_hazard')
    grade = fields.Function(
        fields.Many2One('hazard.grade', "Grade"), 'get_hazard',
        searcher='search_hazard')
    found_by = fields.Function(
        fields.Many2One('company.employee', "Found By"), 'get_hazard',
        searcher='search_hazard')
    description = fields.Function(
        fields.Text("Description"), 'get_hazard', searcher='search_hazard')
    grade_color = fields.Function(fields.Char("Grade Color"), 'get_hazard')

    @classmethod
    def get_hazard(cls, records, names):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        # What is refused may name none.
        hazards = {r.id: r.hazard.id for r in records if r.hazard}
        values = Hazard.read(list(set(hazards.values())), names)
        values = {v['id']: v for v in values}
        none = dict.fromkeys(map(int, records))
        return {
            n: {**none, **{r: values[h][n] for r, h in hazards.items()}}
            for n in names}

    @classmethod
    def search_hazard(cls, name, clause):
        return [('hazard.' + clause[0], *clause[1:])]


class HazardPartMixin(
        EssentialsMixin, LoopMixin, HazardPhotoMixin, ModelSQL, ModelView):
    "What belongs to a hazard and shows its essentials."
    __slots__ = ()
    _log = False
    _search_latest = True
    # In which it waits for somebody
    _waiting_states = ('draft',)
    # Whether reminders and escalation watch its deadline
    _reminded = False

    hazard = fields.Many2One(
        'hazard.hazard', "Hazard", required=True, readonly=True,
        ondelete='RESTRICT')
    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True)
    urgent = fields.Function(
        fields.Boolean("Urgent Danger"), 'get_hazard',
        searcher='search_hazard')
    currency = fields.Function(
        fields.Many2One('currency.currency', "Currency"),
        'on_change_with_currency')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.hazard, Index.Equality())))

    def get_representing_keys(self):
        # The card goes on with it.
        return [*super().get_representing_keys(), str(self.hazard)]

    @fields.depends('company')
    def on_change_with_currency(self, name=None):
        return self.company.currency if self.company else None

    @classmethod
    def get_rec_name(cls, parts, name):
        # The name takes the number from what is read with it.
        names = cls.get_hazard(parts, ['number', 'rec_name'])['rec_name']
        return {part: name or '' for part, name in names.items()}

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('hazard.rec_name', *clause[1:])]

    @classmethod
    def _before_create(cls, vlist):
        Hazard = Pool().get('hazard.hazard')
        vlist = super()._before_create(vlist)
        # Before any error could tell of them
        check_readable(Hazard.browse(
                {v['hazard'] for v in vlist if v.get('hazard')}))
        return vlist

    @classmethod
    def check_modification(cls, mode, parts, values=None, external=False):
        super().check_modification(
            mode, parts, values=values, external=external)
        if mode == 'create' and external:
            for part in parts:
                if part.company != part.hazard.company:
                    cls._refuse_field(part, 'company')
                part.check_hazard()

    def check_hazard(self):
        "Raise an error unless the hazard is one to which this is added."


def get_parts():
    "Return the models of which the records are parts of a hazard."
    return [
        m for _, m in Pool().iterobject() if issubclass(m, HazardPartMixin)]


class StageMixin(InboxMixin, HazardPartMixin):
    "What the stages of the loop share: they wait in an inbox while draft."
    __slots__ = ()
    _reminded = True

    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", required=True, readonly=True)
    round = fields.Integer("Round", required=True, readonly=True)
    opened_at = fields.DateTime("Waiting Since", required=True, readonly=True)
    due_at = fields.DateTime("Due At", readonly=True)
    due_today = fields.Function(
        fields.Boolean("Due Today"),
        'get_due_today', searcher='search_due_today')
    overdue_days = fields.Function(
        fields.Integer(
            "Overdue (days)",
            states={
                'invisible': ~Eval('overdue_days'),
                }),
        'get_overdue_days')
    time_left = fields.Function(
        fields.Char(
            "Time Left",
            help="Until when there is time, or how much it is late."),
        'get_time_left')
    waiting = fields.Function(fields.TimeDelta("Waiting"), 'get_waiting')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [
            ('due_at', 'ASC NULLS LAST'),
            ('id', 'ASC'),
            ]
        draft = t.state == 'draft'
        cls._sql_indexes.update({
                Index(
                    t,
                    (t.company, Index.Equality()),
                    (t.unit, Index.Equality()),
                    (t.due_at, Index.Range()),
                    where=draft),
                Index(t, (t.due_at, Index.Range()), where=draft),
                Index(
                    t,
                    (t.unit, Index.Equality()),
                    (t.due_at, Index.Range())),
                Index(
                    t,
                    (t.due_at, Index.Range()),
                    (t.id, Index.Range())),
                # By which units follow what was reassigned from them
                Index(
                    t,
                    (t.unit, Index.Equality()),
                    where=t.state == 'cancelled'),
                })

    @classmethod
    def default_state(cls):
        return 'draft'

    def get_due_today(self, name):
        zone = current_zone()
        return (self.due_at is not None
            and local_day(self.due_at, zone) == local_day(now(), zone))

    @classmethod
    def search_due_today(cls, name, clause):
        return search_today('due_at', clause)

    @classmethod
    def get_overdue_days(cls, stages, name):
        at = now()
        return {
            s.id: days_between(s.due_at, s.ended_at or at) for s in stages}

    @classmethod
    def get_time_left(cls, stages, name):
        words = TimeLeft()
        return {
            s.id: words.tell(
                s.due_at, None if s.state == 'draft' else s.ended_at)
            for s in stages}

    @classmethod
    def order_time_left(cls, tables):
        table, _ = tables[None]
        return [table.due_at]

    @classmethod
    def get_waiting(cls, stages, name):
        at = now()
        minute = dt.timedelta(minutes=1)
        ended = {
            s.id: at if s.state == 'draft' else s.ended_at for s in stages}
        return {
            # An old ledger may not tell when the stage ended
            s.id: ended[s.id] and (
                (ended[s.id] - s.opened_at) // minute * minute)
            for s in stages}

    @property
    def ended_at(self):
        "When somebody finished the stage, None while it waits."
        raise NotImplementedError

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'cancelled', 'muted', '')),
            *((f'/tree/field[@name="{name}"]', 'visual', If(
                        (Eval('state') == 'draft')
                        & (Eval('overdue_days', 0) > 0), 'danger', ''))
                for name in ['overdue_days', 'time_left']),
            ]

    @classmethod
    def tell_waiting(cls, stages):
        "Tell whoever must act on those that still wait."
        notice.work_waiting([s for s in stages if s.state == 'draft'])

    @classmethod
    def cancel_open(cls, hazards):
        stages = cls.search([
                ('hazard', 'in', [h.id for h in hazards]),
                ('state', '=', 'draft'),
                ])
        cls.move(stages, 'cancelled')

    @classmethod
    def new(cls, hazard, **values):
        "Return an unsaved draft of the hazard's next stage."
        return cls(
            hazard=hazard, company=hazard.company, unit=hazard.unit,
            round=hazard.round, opened_at=now(), state='draft', **values)
