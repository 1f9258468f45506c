# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The three displays: who does not log in, nor report, nor rectify in time.

A display opens in the run of a day, by what stands in the definitions, and is
cleared by the act itself, not by the next run. Nothing that anybody writes
clears it, and none is ever deleted.
"""

from sql.operators import Equal

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, ModelView, fields
from trytond.modules.hazard.loop.overdue import RECTIFY_STATES
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.modules.safety_base.turn import try_turn
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access

from ..exceptions import DisplayAccessError
from .act import is_report
from .watch import Watch

KINDS = [
    ('login', "No Login"),
    ('report', "No Report"),
    ('overdue', "Not Rectified in Time"),
    ]
CLEARINGS = [
    ('login', "Login"),
    ('report', "Hazard Reported"),
    ('zero_report', "Nothing Found Stated"),
    ('rectified', "Rectified"),
    ('extended', "Deadline Extended"),
    ('withdrawn', "Hazard Returned or Cancelled"),
    ('exempt', "Exemption"),
    ('closed', "Enterprise Closed"),
    ]


class Display(ServerWrittenMixin, ModelSQL, ModelView):
    __name__ = 'supervision.display'
    _refusal = DisplayAccessError, 'hazard_supervision.msg_display_modify'
    _rule_context_organization = True
    _log = False
    # The kinds of the open displays, by the company of an enterprise
    _open_cache = Cache('supervision.display.open', context=False)

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='RESTRICT')
    enterprise = fields.Many2One(
        'supervision.enterprise', "Enterprise", required=True, readonly=True,
        ondelete='RESTRICT')
    kind = fields.Selection(
        KINDS, "Kind", required=True, readonly=True, sort=False)
    kind_string = kind.translated('kind')
    opened_on = fields.Date("Opened on", required=True, readonly=True)
    opened_at = fields.DateTime("Opened at", required=True, readonly=True)
    last_act = fields.Date(
        "Last Act", readonly=True,
        states={
            'invisible': Eval('kind') == 'overdue',
            },
        help="The day from which the silence was counted; empty if there "
        "was none since the enrolment.")
    limit = fields.Integer(
        "Limit (days)", readonly=True,
        states={
            'invisible': Eval('kind') == 'overdue',
            },
        help="After how many silent days it opened.")
    cleared_on = fields.Date("Cleared on", readonly=True)
    cleared_at = fields.DateTime("Cleared at", readonly=True)
    clearing = fields.Selection(
        [(None, ""), *CLEARINGS], "Cleared by", readonly=True, sort=False)
    lines = fields.One2Many(
        'supervision.display.line', 'display', "Hazards", readonly=True,
        states={
            'invisible': Eval('kind') != 'overdue',
            })
    days = fields.Function(
        fields.Integer(
            "Days", help="How many days it is or was displayed."),
        'get_days')
    late = fields.Function(
        fields.Integer(
            "Overdue Hazards",
            states={
                'invisible': Eval('kind') != 'overdue',
                }),
        'get_late')
    words = fields.Function(fields.Text("In Words"), 'get_words')
    state = fields.Selection([
            ('open', "Open"),
            ('cleared', "Cleared"),
            ], "State", required=True, readonly=True, sort=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        opened = t.state == 'open'
        cls._sql_constraints += [
            ('open_unique', Exclude(
                    t, (t.enterprise, Equal), (t.kind, Equal), where=opened),
                'hazard_supervision.msg_display_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.company, Index.Equality()), where=opened),
                Index(t, (t.enterprise, Index.Equality()),
                    (t.opened_on, Index.Range())),
                })
        cls._order = [
            ('cleared_at', 'DESC NULLS FIRST'), ('opened_on', 'ASC'),
            ('enterprise', 'ASC'), ('id', 'ASC')]

    @classmethod
    def default_state(cls):
        return 'open'

    @classmethod
    def get_days(cls, displays, name):
        today = Pool().get('ir.date').today()
        return {
            d.id: max(
                ((d.cleared_on or today) - d.opened_on).days
                + (not d.cleared_on), 0)
            for d in displays}

    @classmethod
    def get_late(cls, displays, name):
        numbers = dict.fromkeys(map(int, displays), 0)
        lines = Pool().get('supervision.display.line').search([
                ('display', 'in', list(numbers)),
                ('cleared_at', '=', None),
                ])
        for line in lines:
            numbers[line.display.id] += 1
        return numbers

    @classmethod
    def get_words(cls, displays, name):
        late = cls.get_late(displays, 'late')
        return {d.id: d._get_words(late[d.id]) for d in displays}

    def _get_words(self, late):
        if self.kind == 'overdue':
            return gettext(
                'hazard_supervision.msg_display_overdue', number=late)
        if not self.last_act:
            return gettext(f'hazard_supervision.msg_display_no_{self.kind}')
        return gettext(
            f'hazard_supervision.msg_display_{self.kind}',
            day=self.last_act, limit=self.limit)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('state') == 'cleared', 'muted', '')),
            ('//page[@id="lines"]', 'states', {
                    'invisible': Eval('kind') != 'overdue',
                    }),
            ]

    def get_rec_name(self, name):
        return f'{self.enterprise.rec_name} - {self.kind_string}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('enterprise.rec_name', *clause[1:])]

    @classmethod
    def on_modification(cls, mode, displays, field_names=None):
        super().on_modification(mode, displays, field_names=field_names)
        cls._open_cache.clear()

    # The run

    @classmethod
    @without_check_access
    def follow(cls):
        "Look at the enterprises of the regulators."
        for company in get_companies():
            if company.regulator:
                with Transaction().set_context(company=company.id):
                    cls.look(company)

    @classmethod
    @without_check_access
    def look(cls, company):
        """Open and clear the displays of the enterprises, as of now.

        Return whether it was done; not if somebody else is at the same.
        """
        if not try_turn(cls.__name__, company):
            return False
        watch = Watch(company, now())
        opened = cls.search([
                ('company', '=', company.id), ('state', '=', 'open')])
        closed = [d for d in opened if watch.is_closed(d.enterprise.id)]
        cls._end(closed)
        opened = [d for d in opened if d not in closed]
        cls._follow_silent(watch, [d for d in opened if d.kind != 'overdue'])
        cls._follow_overdue(watch, [d for d in opened if d.kind == 'overdue'])
        return True

    @classmethod
    def _end(cls, displays):
        "Clear the displays of enterprises that are supervised no more."
        Line = Pool().get('supervision.display.line')
        Line.write(
            cls._get_open_lines(displays),
            {'cleared_at': now(), 'clearing': 'closed'})
        cls.clear(displays, 'closed')

    @classmethod
    def _get_open_lines(cls, displays, *domain):
        return Pool().get('supervision.display.line').search([
                ('display', 'in', [d.id for d in displays]),
                ('cleared_at', '=', None), *domain])

    @classmethod
    def _follow_silent(cls, watch, displays):
        silent = watch.get_silent()
        cleared = {}
        for display in displays:
            key = display.enterprise.id, display.kind
            if silent.pop(key, None) is None:
                cleared.setdefault(watch.get_clearing(*key), []).append(
                    display)
        for clearing, group in cleared.items():
            cls.clear(group, clearing)
        cls.create([{
                    **watch.get_values(enterprise),
                    'kind': kind,
                    'last_act': last_act,
                    'limit': limit,
                    } for (enterprise, kind), (last_act, limit)
                in silent.items()])

    @classmethod
    def _follow_overdue(cls, watch, displays):
        Line = Pool().get('supervision.display.line')
        overdue = watch.get_overdue()
        lines = cls._get_open_lines(displays)
        gone = [ln for ln in lines if ln.hazard.id not in overdue]
        for line in lines:
            overdue.pop(line.hazard.id, None)
        by_enterprise = {d.enterprise.id: d for d in displays}
        new = {e for e, _ in overdue.values()} - by_enterprise.keys()
        for display in cls.create([
                    {**watch.get_values(enterprise), 'kind': 'overdue'}
                    for enterprise in sorted(new)]):
            by_enterprise[display.enterprise.id] = display
        Line.create([{
                    'display': by_enterprise[enterprise].id,
                    'hazard': id_,
                    'since': watch.get_day(enterprise),
                    **values,
                    } for id_, (enterprise, values) in overdue.items()])
        cls._clear_lines(gone)

    # The acts

    @classmethod
    def _get_open(cls, company, kind):
        "Return the open displays of the kind of who keeps its records there."
        kinds = cls._open_cache.get(company)
        if kinds is None:
            with without_check_access():
                kinds = {d.kind for d in cls.search(
                        [('enterprise.own_company', '=', company),
                            ('state', '=', 'open')])}
            cls._open_cache.set(company, kinds)
        if kind not in kinds:
            return []
        return cls.search([
                ('enterprise.own_company', '=', company),
                ('state', '=', 'open'),
                ('kind', '=', kind),
                ])

    @classmethod
    @without_check_access
    def follow_login(cls, enterprises):
        "Clear the displays of the enterprises, whose people work again."
        for enterprise in enterprises:
            cls.clear(
                cls._get_open(enterprise.own_company.id, 'login'), 'login')

    @classmethod
    @without_check_access
    def follow_zero_reports(cls, inspections):
        for company in {i.company.id for i in inspections
                if i.state == 'done' and i.stated_at}:
            cls.clear(cls._get_open(company, 'report'), 'zero_report')

    @classmethod
    @without_check_access
    def follow_hazards(cls, hazards):
        "Clear displays as the hazards are reported, rectified or extended."
        for company in {h.company.id for h in hazards}:
            own = [h for h in hazards if h.company.id == company]
            displays = cls._get_open(company, 'report')
            for display in displays:
                if any(display.is_ended_by(h) for h in own):
                    cls.clear([display], 'report')
            for display in cls._get_open(company, 'overdue'):
                watch = Watch(display.company, now())
                lines = cls._get_open_lines(
                    [display], ('hazard', 'in', [h.id for h in own]))
                cls._clear_lines(
                    [ln for ln in lines if not watch.is_overdue(ln.hazard)])

    def is_ended_by(self, hazard):
        "Is the hazard a report after the silence?"
        return is_report(hazard) and (
            not self.last_act or local_day(
                hazard.reported_at, company_zone(hazard.company))
            > self.last_act)

    @classmethod
    def _clear_lines(cls, lines):
        "Clear the lines, and the displays of which none is left."
        Line = Pool().get('supervision.display.line')
        groups = {}
        for line in lines:
            groups.setdefault(_get_clearing(line.hazard), []).append(line)
        displays = []
        for clearing, group in groups.items():
            Line.write(group, {'cleared_at': now(), 'clearing': clearing})
            displays += [ln.display.id for ln in group]
        ended = {}
        for display in cls.search([
                    ('id', 'in', displays), ('state', '=', 'open'),
                    ('lines', 'not where', [('cleared_at', '=', None)])]):
            last = max(display.lines, key=lambda ln: ln.cleared_at)
            ended.setdefault(last.clearing, []).append(display)
        for clearing, group in ended.items():
            cls.clear(group, clearing)

    @classmethod
    def clear(cls, displays, clearing):
        at = now()
        days = {}
        for display in displays:
            zone = company_zone(display.enterprise.own_company)
            days.setdefault(local_day(at, zone), []).append(display)
        for day, group in days.items():
            cls.write(group, {
                    'state': 'cleared',
                    'cleared_on': day,
                    'cleared_at': at,
                    'clearing': clearing,
                    })


def _get_clearing(hazard):
    if hazard.state in RECTIFY_STATES:
        return 'extended'
    if hazard.state in {'returned', 'cancelled'}:
        return 'withdrawn'
    return 'rectified'
