# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from sql.functions import CharLength

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import ButtonActionException
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.reason import get_reason
from trytond.modules.safety_base.text_search import text_index
from trytond.modules.safety_base.workflow import (
    LoopMixin, acting_employee, now, own_employees, step)
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from . import notice
from .exceptions import (
    FeedbackAuthorError, FeedbackForwardError, FeedbackRatedError,
    FeedbackUnitError)

SATISFACTIONS = [
    (None, ""),
    ('5', "5 Very Satisfied"),
    ('4', "4 Satisfied"),
    ('3', "3 Neither"),
    ('2', "2 Dissatisfied"),
    ('1', "1 Very Dissatisfied"),
    ]
REPLIED = ['answered', 'adopted', 'declined']
_NOT_COPIED = [
    'number', 'author', 'photos', 'unit', 'forwardings', 'submitted_on',
    'due_on', 'answer_text', 'answered_by', 'answered_at', 'adopted_by',
    'adopted_at', 'declined_by', 'declined_at', 'published_by',
    'published_at', 'satisfaction', 'remark']


class Feedback(LoopMixin, ModelSQL, ModelView):
    __name__ = 'safety.feedback'
    _rec_name = 'subject'
    # A log would tell who wrote an anonymous opinion.
    _log = False
    _search_latest = True

    _editable = frozenset({'company', 'kind', 'subject', 'text', 'photos'})
    _derived = frozenset({'author'})

    _states = {
        'readonly': Eval('state') != 'draft',
        }

    number = fields.Char("Number", readonly=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_states)
    author = fields.Many2One(
        'company.employee', "Author", ondelete='RESTRICT', readonly=True,
        domain=[('company', '=', Eval('company', -1))],
        states={
            'required': ~Eval('anonymous', False),
            },
        help="Empty when the opinion is anonymous: nobody knows whose it is.")
    anonymous = fields.Boolean("Anonymous", readonly=True)
    kind = fields.Many2One(
        'safety.feedback.kind', "Kind", required=True, ondelete='RESTRICT',
        states=_states)
    subject = fields.Char("Subject", required=True, states=_states)
    text = fields.Text("Opinion", required=True, states=_states)
    photos = fields.One2Many(
        'safety.feedback.photo', 'feedback', "Photos", states=_states,
        help="At most three.")
    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", ondelete='RESTRICT', readonly=True,
        help="The unit whose leaders answer.")
    forwardings = fields.One2Many(
        'safety.feedback.forwarding', 'feedback', "Forwardings",
        readonly=True)
    submitted_on = fields.Date("Submitted on", readonly=True)
    due_on = fields.Date("Answer Due on", readonly=True)
    overdue = fields.Function(
        fields.Boolean("Overdue"), 'get_overdue', searcher='search_overdue')
    answer_text = fields.Text("Answer", readonly=True)
    answered_by = fields.Many2One(
        'company.employee', "Answered by", readonly=True)
    answered_at = fields.DateTime("Answered at", readonly=True)
    late = fields.Boolean("Answered Late", readonly=True)
    adopted_by = fields.Many2One(
        'company.employee', "Adopted by", readonly=True)
    adopted_at = fields.DateTime("Adopted at", readonly=True)
    declined_by = fields.Many2One(
        'company.employee', "Declined by", readonly=True)
    declined_at = fields.DateTime("Declined at", readonly=True)
    published_by = fields.Many2One(
        'company.employee', "Published by", readonly=True)
    published_at = fields.DateTime("Published at", readonly=True)
    satisfaction = fields.Selection(
        SATISFACTIONS, "Satisfaction", readonly=True, sort=False)
    satisfaction_string = satisfaction.translated('satisfaction')
    remark = fields.Text("Remark on the Answer", readonly=True)
    own = fields.Function(
        fields.Boolean("My Own"), 'get_own', searcher='search_own')
    led = fields.Function(
        fields.Boolean("Of My Units"), 'get_led', searcher='search_led')
    state = fields.Selection([
            ('draft', "Draft"),
            ('submitted', "Submitted"),
            ('answered', "Answered"),
            ('adopted', "Adopted"),
            ('declined', "Declined"),
            ('withdrawn', "Withdrawn"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.update({
                text_index(cls, 'number'),
                text_index(cls, 'text'),
                Index(t, (t.company, Index.Equality()),
                    (t.submitted_on, Index.Range(order='DESC')),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.author, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                Index(t, (t.unit, Index.Equality()),
                    (t.due_on, Index.Range()),
                    where=t.state == 'submitted'),
                Index(t, (t.company, Index.Equality()),
                    (t.due_on, Index.Range()),
                    where=t.state == 'submitted'),
                })
        cls._order = [('submitted_on', 'DESC NULLS FIRST'), ('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'submitted'),
            # Forwarded to another unit
            ('submitted', 'submitted'),
            ('submitted', 'answered'),
            ('submitted', 'adopted'),
            ('submitted', 'declined'),
            ('submitted', 'withdrawn'),
            ('answered', 'adopted'),
            ('answered', 'declined'),
            }
        cls._buttons.update(_BUTTONS)

    @classmethod
    def order_number(cls, tables):
        table, _ = tables[None]
        return [CharLength(table.number), table.number]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_author(cls):
        if company := cls.default_company():
            return acting_employee(company)

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def get_overdue(cls, feedbacks, name):
        days = {}
        for feedback in feedbacks:
            if feedback.company not in days:
                days[feedback.company] = get_today(feedback.company)
        return {
            f.id: f.state == 'submitted' and f.due_on < days[f.company]
            for f in feedbacks}

    @classmethod
    def search_overdue(cls, name, clause):
        pool = Pool()
        Company = pool.get('company.company')
        company = Transaction().context.get('company')
        today = (
            get_today(Company(company)) if company is not None
            else pool.get('ir.date').today())
        if asks_for_true(clause):
            return [('state', '=', 'submitted'), ('due_on', '<', today)]
        return ['OR',
            ('state', '!=', 'submitted'),
            ('due_on', '>=', today),
            ]

    @classmethod
    def get_own(cls, feedbacks, name):
        employees = own_employees()
        return {
            f.id: bool(f.author) and f.author.id in employees
            for f in feedbacks}

    @classmethod
    def search_own(cls, name, clause):
        employees = list(filter(None, own_employees()))
        if asks_for_true(clause):
            return [('author', 'in', employees)]
        return ['OR', ('author', 'not in', employees), ('author', '=', None)]

    @classmethod
    def get_led(cls, feedbacks, name):
        pool = Pool()
        User = pool.get('res.user')
        units = User.get_led_units()
        return {
            f.id: bool(f.unit) and f.unit.id in units for f in feedbacks}

    @classmethod
    def search_led(cls, name, clause):
        pool = Pool()
        User = pool.get('res.user')
        units = list(User.get_led_units())
        if asks_for_true(clause):
            return [('unit', 'in', units)]
        return ['OR', ('unit', 'not in', units), ('unit', '=', None)]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('overdue', False), 'danger',
                    If(Eval('state').in_(['withdrawn', 'declined']),
                        'muted', ''))),
            ('/form//page[@id="reply"]', 'states', {
                    'invisible': Eval('state').in_(
                        ['draft', 'submitted', 'withdrawn']),
                    }),
            ]

    def get_rec_name(self, name):
        return ' '.join(filter(None, [self.number, self.subject]))

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'number', 'subject')

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and not values.get('anonymous'):
            values['author'] = cls.check_employee(values.get('company'))
        return values

    @classmethod
    def check_employee(cls, company):
        "Return the user's employee or raise FeedbackAuthorError."
        employee = acting_employee(company) if company else None
        if not employee:
            raise FeedbackAuthorError(
                gettext('safety_feedback.msg_feedback_employee'))
        return employee

    @classmethod
    def copy(cls, feedbacks, default=None):
        default = default.copy() if default is not None else {}
        for name in _NOT_COPIED:
            default.setdefault(name)
        default.setdefault('anonymous', False)
        default.setdefault('late', False)
        return super().copy(feedbacks, default=default)

    @classmethod
    def check_author(cls, feedbacks):
        "Raise FeedbackAuthorError unless the user wrote the opinions."
        employees = own_employees()
        for feedback in feedbacks:
            if not feedback.author or feedback.author.id not in employees:
                raise FeedbackAuthorError(gettext(
                        'safety_feedback.msg_feedback_author',
                        feedback=feedback.rec_name))

    @classmethod
    def check_answerer(cls, feedbacks):
        """Raise FeedbackUnitError unless the user leads the units.

        Nobody answers what they wrote themselves.
        """
        pool = Pool()
        User = pool.get('res.user')
        units = User.get_led_units()
        person = acting_person() | represented_people()
        for feedback in feedbacks:
            if not feedback.unit or feedback.unit.id not in units:
                raise FeedbackUnitError(gettext(
                        'safety_feedback.msg_feedback_unit',
                        feedback=feedback.rec_name))
            if person.is_any([feedback.author]):
                raise FeedbackUnitError(gettext(
                        'safety_feedback.msg_feedback_own',
                        feedback=feedback.rec_name))

    @classmethod
    def check_forwarder(cls, feedbacks):
        """Raise FeedbackUnitError unless the user may forward.

        These are the leaders of the units and the administration.
        """
        pool = Pool()
        Data = pool.get('ir.model.data')
        User = pool.get('res.user')
        group = Data.get_id('safety_feedback', 'group_feedback_admin')
        if group in User.get_groups():
            return
        units = User.get_led_units()
        for feedback in feedbacks:
            if not feedback.unit or feedback.unit.id not in units:
                raise FeedbackUnitError(gettext(
                        'safety_feedback.msg_feedback_unit',
                        feedback=feedback.rec_name))

    @classmethod
    @step('submitted', start=['draft'], check='check_author')
    def submit(cls, feedbacks):
        pool = Pool()
        Photo = pool.get('safety.feedback.photo')
        for feedback in feedbacks:
            Photo.check_number(feedback.photos, feedback.subject)
            for name, value in cls.get_submitted(
                    feedback.company, feedback.kind).items():
                setattr(feedback, name, value)
        cls.move(feedbacks, 'submitted')
        cls.__queue__.tell_submitted(feedbacks)

    @classmethod
    def get_submitted(cls, company, kind):
        "Return what is set when an opinion of the kind is submitted."
        pool = Pool()
        Configuration = pool.get('safety.feedback.configuration')
        Route = pool.get('safety.feedback.route')
        sequence = Configuration(1).get_multivalue(
            'feedback_sequence', company=company.id)
        days = Configuration.settings(company.id)['due_days']
        routes = Route.find(company)
        today = get_today(company)
        return {
            'number': sequence.get() if sequence else None,
            'unit': routes.get(kind) or routes.get(None),
            'submitted_on': today,
            'due_on': today + dt.timedelta(days=days),
            }

    @classmethod
    @step('answered', start=['submitted'], check='check_answerer')
    def answer(cls, feedbacks):
        cls._reply(feedbacks, 'answered', 'wizard_feedback_answer')

    @classmethod
    @step('adopted', check='check_answerer')
    def adopt(cls, feedbacks):
        cls._reply(feedbacks, 'adopted', 'wizard_feedback_adopt')

    @classmethod
    @step('declined', check='check_answerer')
    def decline(cls, feedbacks):
        cls._reply(feedbacks, 'declined', 'wizard_feedback_decline')

    @classmethod
    def _reply(cls, feedbacks, state, wizard):
        for feedback in feedbacks:
            if feedback.state != 'submitted':
                continue
            # The reason that is asked for is the answer.
            feedback.answer_text = get_reason(f'safety_feedback.{wizard}')
            feedback.answered_by = acting_employee(feedback.company)
            feedback.answered_at = now()
            feedback.late = get_today(feedback.company) > feedback.due_on
        cls.move(feedbacks, state, state)
        cls.__queue__.tell_replied(feedbacks)

    @classmethod
    @step('submitted', start=['submitted'], check='check_forwarder')
    def forward(cls, feedbacks):
        pool = Pool()
        Forwarding = pool.get('safety.feedback.forwarding')
        Unit = pool.get('safety.unit')
        wizard = 'safety_feedback.wizard_feedback_forward'
        reason = get_reason(wizard)
        if not (unit := from_context('unit', int)):
            raise ButtonActionException(wizard)
        unit = Unit(unit)
        for feedback in feedbacks:
            if unit.company != feedback.company or unit == feedback.unit:
                raise FeedbackForwardError(gettext(
                        'safety_feedback.msg_feedback_forward',
                        feedback=feedback.rec_name))
        Forwarding.create([{
                    'feedback': f.id,
                    'from_unit': f.unit.id if f.unit else None,
                    'to_unit': unit.id,
                    'reason': reason,
                    'employee': acting_employee(f.company),
                    'at': now(),
                    } for f in feedbacks])
        for feedback in feedbacks:
            feedback.unit = unit
        cls.save_alike(feedbacks)
        cls.__queue__.tell_submitted(feedbacks)

    @classmethod
    @step('withdrawn', check='check_author')
    def withdraw(cls, feedbacks):
        cls.move(feedbacks, 'withdrawn')

    @classmethod
    @ModelView.button
    def rate(cls, feedbacks):
        cls.check_author(feedbacks)
        satisfaction = from_context('satisfaction', str)
        if feedbacks and satisfaction not in dict(SATISFACTIONS[1:]):
            raise ButtonActionException(
                'safety_feedback.wizard_feedback_rate')
        cls.set_satisfaction(
            feedbacks, satisfaction, from_context('remark', str))
        return 'reload'

    @classmethod
    def set_satisfaction(cls, feedbacks, satisfaction, remark):
        "Keep once how satisfied the author is with the answer."
        for feedback in feedbacks:
            if feedback.state not in REPLIED or feedback.satisfaction:
                raise FeedbackRatedError(gettext(
                        'safety_feedback.msg_feedback_rated',
                        feedback=feedback.rec_name))
            feedback.satisfaction = satisfaction
            feedback.remark = (remark or '').strip() or None
        cls.save_alike(feedbacks)

    @classmethod
    @ModelView.button
    def publish(cls, feedbacks):
        for feedback in feedbacks:
            feedback.published_by = acting_employee(feedback.company)
            feedback.published_at = now()
        cls.save_alike(feedbacks)
        return 'reload'

    @classmethod
    @ModelView.button
    def unpublish(cls, feedbacks):
        for feedback in feedbacks:
            feedback.published_by = feedback.published_at = None
        cls.save_alike(feedbacks)
        return 'reload'

    @classmethod
    def tell_submitted(cls, feedbacks):
        notice.submitted([f for f in feedbacks if f.state == 'submitted'])

    @classmethod
    def tell_replied(cls, feedbacks):
        notice.replied(feedbacks)


def get_today(company):
    "Return the day that it is in the company."
    return local_day(now(), company_zone(company))


_state = Eval('state')
_replied = _state.in_(REPLIED)
_BUTTONS = {
    'submit': {
        'invisible': _state != 'draft',
        'icon': 'tryton-forward',
        'depends': ['state'],
        },
    'withdraw': {
        'invisible': (_state != 'submitted') | ~Eval('own', False),
        'icon': 'tryton-cancel',
        'depends': ['state', 'own'],
        },
    'forward': {
        'invisible': _state != 'submitted',
        'icon': 'tryton-shipment-out',
        'depends': ['state'],
        },
    'answer': {
        'invisible': _state != 'submitted',
        'icon': 'tryton-ok',
        'depends': ['state'],
        },
    'adopt': {
        'invisible': ~_state.in_(['submitted', 'answered']),
        'icon': 'tryton-ok',
        'depends': ['state'],
        },
    'decline': {
        'invisible': ~_state.in_(['submitted', 'answered']),
        'icon': 'tryton-close',
        'depends': ['state'],
        },
    'rate': {
        'invisible': (
            ~_replied | Bool(Eval('satisfaction')) | ~Eval('own', False)),
        'icon': 'tryton-star',
        'depends': ['state', 'satisfaction', 'own'],
        },
    'publish': {
        'invisible': (_state != 'adopted') | Bool(Eval('published_at')),
        'icon': 'tryton-public',
        'depends': ['state', 'published_at'],
        },
    'unpublish': {
        'invisible': ~Eval('published_at'),
        'icon': 'tryton-undo',
        'depends': ['published_at'],
        },
    }
