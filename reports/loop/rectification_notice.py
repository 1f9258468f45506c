# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import ModelView, Unique, fields
from trytond.modules.hazard.loop import notice
from trytond.modules.hazard.loop.steps import OPEN_STATES
from trytond.modules.safety_base.access import check_readable
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.reason import ReasonWizard
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from ..engine.issued_document import IssuedMixin, LineMixin
from ..exceptions import NoticeError


class RectificationNotice(IssuedMixin):
    __name__ = 'hazard.rectification_notice'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _editable = frozenset({
            'company', 'unit', 'inspected_by', 'responsible', 'deadline',
            'requirements', 'copies_to', 'lines'})
    _sequence_type = 'hazard_report.sequence_type_rectification_notice'
    _sign = 'hazard_report.msg_sign_notice'
    _cancel_wizard = 'hazard_report.wizard_rectification_notice_cancel'

    inspected_by = fields.Char(
        "Inspecting Body", required=True, states=_states,
        help="Who inspected and issues the notice.")
    responsible = fields.Many2One(
        'company.employee', "Responsible", required=True,
        ondelete='RESTRICT', states=_states,
        domain=[('company', '=', Eval('company', -1))],
        help="Who signs for the notice and has the hazards rectified.")
    deadline = fields.DateTime(
        "Rectify Until", required=True, states=_states)
    requirements = fields.Text(
        "Requirements", required=True, states=_states)
    copies_to = fields.Char(
        "Copies To", states=_states,
        help="Who gets a copy besides the unit, as the notice names them.")
    lines = fields.One2Many(
        'hazard.rectification_notice.line', 'notice', "Hazards",
        states=_states)
    opinions = fields.One2Many(
        'hazard.recheck_opinion', 'notice', "Recheck Opinions",
        readonly=True,
        states={
            'invisible': ~Eval('opinions'),
            })
    open_count = fields.Function(
        fields.Integer(
            "Open Hazards",
            help="How many of the hazards are not closed yet."),
        'get_counts')
    answered = fields.Function(
        fields.Boolean("Answered"), 'get_answered',
        searcher='search_answered')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.unit.states = {
            'readonly': cls._states['readonly'] | Eval('lines', [0]),
            }
        cls.unit.help = "Which is to rectify the hazards."
        cls._buttons.update({
                'recheck': {
                    'invisible': Eval('state') != 'issued',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_inspected_by(cls):
        pool = Pool()
        Company = pool.get('company.company')
        Employee = pool.get('company.employee')
        if company := cls.default_company():
            if employee := acting_employee(Company(company)):
                if unit := Employee(employee).unit:
                    return unit.rec_name
            return Company(company).rec_name

    @classmethod
    def default_requirements(cls):
        return gettext(
            'hazard_report.msg_rectification_notice_requirements')

    @classmethod
    def get_answered(cls, notices, name):
        answered = set(map(int, cls.search([
                        ('id', 'in', [n.id for n in notices]),
                        ('answered', '=', True),
                        ])))
        return {n.id: n.id in answered for n in notices}

    @classmethod
    def search_answered(cls, name, clause):
        pool = Pool()
        Opinion = pool.get('hazard.recheck_opinion')
        opinion = Opinion.__table__()
        query = opinion.select(
            opinion.notice, where=opinion.state == 'issued')
        positive = asks_for_true(clause)
        return [('id', 'in' if positive else 'not in', query)]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="open_count"]', 'visual', If(
                    (Eval('state') == 'issued') & (Eval('open_count', 0) > 0),
                    'warning', '')),
            ('/form//page[@id="opinions"]', 'states', {
                    'invisible': ~Eval('opinions'),
                    }),
            ]

    @classmethod
    def copy(cls, notices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('opinions', [])
        return super().copy(notices, default=default)

    def check_issue(self):
        super().check_issue()
        self.check_hazards([line.hazard for line in self.lines])
        names = {'notice': self.rec_name}
        for line in self.lines:
            if line.hazard.unit != self.unit:
                raise NoticeError(gettext(
                        'hazard_report.msg_rectification_notice_unit',
                        hazard=line.hazard.rec_name,
                        unit=self.unit.rec_name))
        if self.deadline <= now():
            raise NoticeError(gettext(
                    'hazard_report.msg_rectification_notice_deadline',
                    **names))
        self._check_named()

    def _check_named(self):
        pool = Pool()
        Line = pool.get('hazard.rectification_notice.line')
        rounds = {line.hazard: line.hazard.round for line in self.lines}
        for line in Line.search([
                    ('hazard', 'in', [h.id for h in rounds]),
                    ('notice.state', '=', 'issued'),
                    ]):
            if line.round == rounds[line.hazard]:
                raise NoticeError(gettext(
                        'hazard_report.msg_rectification_notice_named',
                        hazard=line.hazard.rec_name,
                        notice=line.notice.rec_name))

    @classmethod
    def check_hazards(cls, hazards):
        "Raise NoticeError unless a notice can name the hazards."
        if not hazards:
            raise NoticeError(gettext(
                    'hazard_report.msg_rectification_notice_empty'))
        for hazard in hazards:
            if hazard.state in {'draft', 'returned'}:
                raise NoticeError(gettext(
                        'hazard_report.msg_rectification_notice_draft',
                        hazard=hazard.rec_name))
            if hazard.state not in OPEN_STATES:
                raise NoticeError(gettext(
                        'hazard_report.msg_rectification_notice_closed',
                        hazard=hazard.rec_name,
                        state=hazard.state_string))
        units = list(dict.fromkeys(h.unit for h in hazards))
        if len(units) > 1:
            raise NoticeError(gettext(
                    'hazard_report.msg_rectification_notice_units',
                    units=', '.join(u.rec_name for u in units)))

    @classmethod
    def _set_numbers(cls, notices):
        pool = Pool()
        Line = pool.get('hazard.rectification_notice.line')
        super()._set_numbers(notices)
        lines = [line for n in notices for line in n.lines]
        for line in lines:
            line.round = line.hazard.round
        Line.save(lines)

    @classmethod
    def issued(cls, notices):
        super().issued(notices)
        cls.append_events(notices, 'notice')
        people = notice.People(notices)
        notice.notify({
                n: {n.responsible.id} | people.get_leaders(n.unit)
                for n in notices},
            'hazard_report.msg_notice_rectification_notice',
            'tryton-notification', describe=cls._describe)

    def _describe(self):
        return gettext(
            'hazard_report.msg_rectification_notice_describe',
            count=len(self.lines), unit=self.unit.rec_name)

    @classmethod
    @ModelView.button_action('hazard_report.wizard_recheck_opinion_prepare')
    def recheck(cls, notices):
        pass

    def check_cancel(self):
        super().check_cancel()
        for opinion in self.opinions:
            if opinion.state == 'issued':
                raise NoticeError(gettext(
                        'hazard_report.msg_rectification_notice_answered',
                        notice=self.rec_name, opinion=opinion.rec_name))

    @classmethod
    def cancelled(cls, notices):
        super().cancelled(notices)
        cls.append_events(notices, 'notice_cancel')


class RectificationNoticeLine(LineMixin):
    __name__ = 'hazard.rectification_notice.line'

    notice = fields.Many2One(
        'hazard.rectification_notice', "Notice", required=True,
        ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    requirement = fields.Text(
        "Requirement", help="What is asked for besides the requirements "
        "on all hazards of the notice.")
    round = fields.Integer("Round", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('notice')
        cls._sql_constraints += [
            ('hazard_unique', Unique(t, t.notice, t.hazard),
                'hazard_report.msg_rectification_notice_hazard_unique'),
            ]
        cls.hazard.domain = [
            ('unit', '=', Eval('_parent_notice', {}).get('unit', -1)),
            If(Eval('_parent_notice', {}).get('state') == 'draft',
                ('state', 'in', OPEN_STATES), ()),
            ]

    @property
    def document(self):
        return self.notice

    @fields.depends('hazard', 'requirement')
    def on_change_hazard(self):
        if self.hazard and not self.requirement:
            self.requirement = get_measures([self.hazard])[self.hazard]


def get_measures(hazards):
    "Return the measures that were last fixed, by hazard."
    pool = Pool()
    FourFix = pool.get('hazard.four_fix')
    measures = defaultdict(lambda: None)
    for four_fix in FourFix.search([
                ('hazard', 'in', [h.id for h in hazards]),
                ('state', '=', 'confirmed'),
                ], order=[('id', 'ASC')]):
        measures[four_fix.hazard] = four_fix.measures
    return measures


class RectificationNoticeCancel(ReasonWizard):
    __name__ = 'hazard.rectification_notice.cancel'
    _button = 'cancel'


class HazardNotice(Wizard):
    __name__ = 'hazard.hazard.notice'

    start_state = 'ask'
    ask = StateView(
        'hazard.hazard.notice.ask',
        'hazard_report.hazard_notice_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Save Draft", 'draft', 'tryton-save'),
            Button("Issue", 'issue', 'tryton-ok', default=True),
            ])
    draft = StateTransition()
    issue = StateTransition()
    open_ = StateAction('hazard_report.act_rectification_notice')

    def default_ask(self, fields):
        pool = Pool()
        Notice = pool.get('hazard.rectification_notice')
        hazards = self._get_hazards()
        unit, company = hazards[0].unit, hazards[0].company
        with Transaction().set_context(company=company.id):
            return {
                'company': company.id,
                'unit': unit.id,
                'hazards': [h.id for h in hazards],
                'inspected_by': Notice.default_inspected_by(),
                'responsible': self._get_responsible(hazards),
                'deadline': max(
                    (h.deadline for h in hazards
                        if h.deadline and h.deadline > now()),
                    default=None),
                'requirements': Notice.default_requirements(),
                }

    def _get_hazards(self):
        pool = Pool()
        Notice = pool.get('hazard.rectification_notice')
        Hazard = pool.get('hazard.hazard')
        hazards = Hazard.browse([r.id for r in self.records])
        with check_access():
            check_readable(hazards)
        Notice.check_hazards(hazards)
        return sorted(hazards, key=lambda h: h.id)

    def _get_responsible(self, hazards):
        people = {h.responsible for h in hazards}
        if len(people) == 1 and None not in people:
            return people.pop().id
        for leader in hazards[0].unit.leaders:
            return leader.employee.id

    def transition_draft(self):
        pool = Pool()
        Notice = pool.get('hazard.rectification_notice')
        hazards = self._get_hazards()
        measures = get_measures(hazards)
        with check_access():
            notice, = Notice.create([{
                        'company': hazards[0].company.id,
                        'unit': hazards[0].unit.id,
                        'inspected_by': self.ask.inspected_by,
                        'responsible': self.ask.responsible.id,
                        'deadline': self.ask.deadline,
                        'requirements': self.ask.requirements,
                        'lines': [('create', [{
                                        'hazard': h.id,
                                        'requirement': measures[h],
                                        } for h in hazards])],
                        }])
        self.ask.notice = notice
        return 'open_'

    def transition_issue(self):
        pool = Pool()
        Notice = pool.get('hazard.rectification_notice')
        self.transition_draft()
        with check_access():
            Notice.issue([Notice(self.ask.notice.id)])
        return 'open_'

    def do_open_(self, action):
        action['views'].reverse()
        return action, {'res_id': [self.ask.notice.id]}


class HazardNoticeAsk(ModelView):
    __name__ = 'hazard.hazard.notice.ask'

    company = fields.Many2One('company.company', "Company", readonly=True)
    unit = fields.Many2One('safety.unit', "Unit", readonly=True)
    hazards = fields.Many2Many(
        'hazard.hazard', None, None, "Hazards", readonly=True)
    inspected_by = fields.Char("Inspecting Body", required=True)
    responsible = fields.Many2One(
        'company.employee', "Responsible", required=True,
        domain=[('company', '=', Eval('company', -1))],
        help="Who signs for the notice and has the hazards rectified.")
    deadline = fields.DateTime("Rectify Until", required=True)
    requirements = fields.Text("Requirements", required=True)
    notice = fields.Many2One(
        'hazard.rectification_notice', "Notice", readonly=True)
