# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import math
from collections import defaultdict
from operator import attrgetter

from sql.operators import Equal

from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelView, fields
from trytond.modules.safety_base.access import check_writable
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.workflow import check_actor, now, step
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from ..exceptions import ExtensionError
from . import notice
from .head import acts_as_head
from .inbox import InboxMixin
from .stage import HazardPartMixin

OPEN_STATES = ['draft', 'requested']


def days_later(start, end):
    "Return the number of days, begun ones included, from start to end."
    return math.ceil((end - start) / dt.timedelta(days=1))


class Extension(InboxMixin, HazardPartMixin):
    __name__ = 'hazard.extension'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _editable = frozenset({'deadline', 'reason', 'measures'})
    _derived = frozenset({
            'rectification', 'hazard', 'company', 'unit',
            'original_deadline', 'current_deadline'})

    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", required=True, readonly=True)
    rectification = fields.Many2One(
        'hazard.rectification', "Rectification", required=True,
        ondelete='CASCADE',
        states={
            'readonly': Eval('id', -1) >= 0,
            },
        domain=[
            If(Eval('state') == 'draft', ('state', '=', 'draft'), ()),
            ])
    responsible = fields.Function(
        fields.Many2One('company.employee', "Responsible"),
        'on_change_with_responsible', searcher='search_responsible')
    original_deadline = fields.DateTime(
        "First Deadline", required=True, readonly=True,
        help="The deadline before any extension, kept for statistics.")
    current_deadline = fields.DateTime(
        "Deadline When Asked", required=True, readonly=True)
    deadline = fields.DateTime(
        "Requested Deadline", required=True, states=_states)
    days = fields.Function(
        fields.Integer(
            "Extension (days)",
            help="From the first deadline to the requested one."),
        'on_change_with_days')
    reason = fields.Text(
        "Reason", required=True, states=_states,
        help="Why the hazard cannot be rectified in time.")
    measures = fields.Text(
        "Interim Protective Measures", required=True, states=_states,
        help="What protects people until the hazard is rectified.")
    decision_note = fields.Text(
        "Decision", readonly=True,
        states={
            'required': Eval('state') == 'rejected',
            'invisible': ~Eval('state').in_(['approved', 'rejected']),
            })
    requested_by = fields.Many2One(
        'company.employee', "Requested By", readonly=True)
    requested_at = fields.DateTime("Requested At", readonly=True)
    decided_by = fields.Many2One(
        'company.employee', "Decided By", readonly=True)
    decided_at = fields.DateTime("Decided At", readonly=True)
    state = fields.Selection([
            ('draft', "Draft"),
            ('requested', "Requested"),
            ('approved', "Approved"),
            ('rejected', "Rejected"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        requested = t.state == 'requested'
        cls._sql_constraints += [
            ('rectification_requested',
                Exclude(t, (t.rectification, Equal), where=requested),
                'hazard.msg_extension_open_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.rectification, Index.Equality())),
                Index(
                    t,
                    (t.company, Index.Equality()),
                    (t.state, Index.Equality(cardinality='low')),
                    (t.id, Index.Range(order='DESC'))),
                Index(
                    t,
                    (t.company, Index.Equality()),
                    (t.id, Index.Range()),
                    where=requested),
                })
        cls._order = [('id', 'DESC')]
        cls._transitions |= {
            ('draft', 'requested'),
            ('requested', 'approved'),
            ('requested', 'rejected'),
            ('draft', 'rejected'),
            }
        cls._buttons.update({
                'request': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'approve': {
                    'invisible': Eval('state') != 'requested',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'reject': {
                    'invisible': Eval('state') != 'requested',
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def get_turn(cls, turn):
        "Nobody decides upon an own request, nor upon own work."
        return [
            ('state', '=', 'requested'),
            turn.is_not('requested_by'),
            turn.is_not('rectification.responsible')]

    @fields.depends('rectification', '_parent_rectification.responsible')
    def on_change_with_responsible(self, name=None):
        return self.rectification.responsible if self.rectification else None

    @classmethod
    def search_responsible(cls, name, clause):
        return [('rectification.' + clause[0], *clause[1:])]

    @fields.depends(
        'rectification', '_parent_rectification.deadline',
        'original_deadline', 'deadline')
    def on_change_with_days(self, name=None):
        original = self.original_deadline
        if not original and self.rectification:
            original = self.rectification.deadline
        if original and self.deadline:
            return days_later(original, self.deadline)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state').in_(['approved', 'rejected']),
                    'muted', '')),
            ]

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('rectification'):
            values.update(cls._get_rectification_values(values))
        return values

    @classmethod
    def _get_rectification_values(cls, values):
        pool = Pool()
        Rectification = pool.get('hazard.rectification')
        rectification = Rectification(values['rectification'])
        first = rectification.deadline
        for extension in cls.search([
                    ('rectification', '=', rectification.id),
                    ('state', '=', 'approved'),
                    ], order=[('id', 'ASC')], limit=1):
            first = extension.original_deadline
        return {
            'hazard': rectification.hazard.id,
            'company': rectification.company.id,
            'unit': rectification.unit.id,
            'original_deadline': first,
            'current_deadline': rectification.deadline,
            }

    @classmethod
    def _check_editable(cls, records, values):
        super()._check_editable(records, values)
        for record in records:
            if ('rectification' in values
                    and cls._is_changed(
                        record, 'rectification', values['rectification'])):
                cls._refuse_field(record, 'rectification')

    @classmethod
    @step('requested')
    def request(cls, extensions):
        """Put the requests before those who may approve them.

        Raises ExtensionError for one that breaks a rule of extensions.
        """
        pool = Pool()
        Event = pool.get('hazard.event')
        others = cls._get_others(extensions)
        for extension in extensions:
            extension.check_request(others[extension.rectification])
        cls.move(extensions, 'requested', 'requested')
        Event.append([{
                    'hazard': e.hazard,
                    'action': 'request',
                    'note': e.reason,
                    'stage': e,
                    } for e in extensions])
        cls._notify_approvers(extensions)

    @classmethod
    def _get_others(cls, extensions):
        others = defaultdict(list)
        for other in cls.search([
                    ('rectification', 'in',
                        [e.rectification.id for e in extensions]),
                    ('state', 'in', ['requested', 'approved']),
                    ]):
            others[other.rectification].append(other)
        return others

    def check_request(self, others):
        "Raise ExtensionError unless the request keeps to the rules."
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        settings = Configuration.settings(self.company.id)
        names = {'hazard': self.hazard.rec_name}
        self.check_rectification()
        if now() > self.rectification.deadline:
            raise ExtensionError(gettext(
                    'hazard.msg_extension_overdue', **names))
        if self.deadline <= self.rectification.deadline:
            raise ExtensionError(gettext(
                    'hazard.msg_extension_not_later', **names))
        if any(o.state == 'requested' for o in others):
            raise ExtensionError(gettext(
                    'hazard.msg_extension_open', **names))
        if len(others) >= settings['extension_count_max']:
            raise ExtensionError(gettext(
                    'hazard.msg_extension_count',
                    count=settings['extension_count_max'], **names))
        if self.days > settings['extension_days_max']:
            raise ExtensionError(gettext(
                    'hazard.msg_extension_days',
                    days=settings['extension_days_max'], **names))

    def check_rectification(self):
        "Raise ExtensionError unless the rectification still goes on."
        if self.rectification.state != 'draft':
            raise ExtensionError(gettext(
                    'hazard.msg_extension_rectification_ended',
                    hazard=self.hazard.rec_name))

    @classmethod
    @step('approved')
    def approve(cls, extensions):
        "Give the rectifications and the hazards the requested deadlines."
        pool = Pool()
        Event = pool.get('hazard.event')
        Hazard = pool.get('hazard.hazard')
        Rectification = pool.get('hazard.rectification')
        rectifications, hazards = [], []
        cls.check_decider(extensions)
        cls.check_plans(extensions)
        for extension in extensions:
            extension.check_rectification()
            rectification = extension.rectification
            rectification.deadline = extension.deadline
            rectification.due_at = extension.deadline
            rectifications.append(rectification)
            hazard = extension.hazard
            hazard.deadline = extension.deadline
            hazards.append(hazard)
        cls.move(extensions, 'approved', 'decided')
        Rectification.save(rectifications)
        Hazard.save(hazards)
        Event.append([{
                    'hazard': e.hazard,
                    'action': 'extend',
                    'note': e.reason,
                    'stage': e,
                    } for e in extensions])
        cls._notify_requesters(extensions)

    @classmethod
    def check_decider(cls, extensions):
        "Raise ExtensionError for who decides upon an own request or work."
        pool = Pool()
        Event = pool.get('hazard.event')
        person = acting_person()
        users = Event.get_users([e.hazard for e in extensions])
        decider = person | represented_people()
        for extension in extensions:
            if decider.is_any(
                    [extension.requested_by],
                    users[str(extension), 'request']):
                raise ExtensionError(gettext(
                        'hazard.msg_extension_own',
                        hazard=extension.hazard.rec_name))
            if decider.is_any([extension.responsible], []):
                raise ExtensionError(gettext(
                        'hazard.msg_extension_responsible',
                        hazard=extension.hazard.rec_name))

    @classmethod
    def check_plans(cls, extensions):
        """Raise ExtensionError for what is beyond the approved plan, unless
        the head of the mine, who approved that, approves it too."""
        beyond = cls._search_beyond(extensions)
        check_actor(e.company for e, _ in beyond)
        if beyond and not acts_as_head():
            extension, plan = beyond[0]
            raise ExtensionError(gettext(
                    'hazard.msg_extension_plan',
                    hazard=extension.hazard.rec_name,
                    day=Pool().get('ir.lang').get().strftime(
                        plan.finish_on)))

    @classmethod
    def _search_beyond(cls, extensions):
        "Return the extensions that end after the plans, each with its plan."
        pool = Pool()
        Plan = pool.get('hazard.plan')
        plans = Plan.get_approved([e.hazard for e in extensions])
        return [
            (e, plans[e.hazard]) for e in extensions
            if e.hazard in plans and e.deadline > plans[e.hazard].deadline]

    @classmethod
    @step('rejected')
    def reject(cls, extensions):
        reason = get_reason('hazard.wizard_extension_reject')
        cls.check_decider(extensions)
        cls._reject(extensions, reason)
        cls._notify_requesters(extensions)

    @classmethod
    def _reject(cls, extensions, note):
        pool = Pool()
        Event = pool.get('hazard.event')
        for extension in extensions:
            extension.decision_note = note
        cls.move(extensions, 'rejected', 'decided')
        Event.append([{
                    'hazard': e.hazard,
                    'action': 'reject',
                    'note': note,
                    'stage': e,
                    } for e in extensions])

    @classmethod
    def _notify_approvers(cls, extensions):
        people = notice.People(extensions)
        beyond = {e for e, _ in cls._search_beyond(extensions)}
        approvers = {
            e: (people.heads if e in beyond else people.safety)[e.company.id]
            for e in extensions}
        notice.notify({
                e: approvers[e] - {
                    p.id for p in [e.requested_by, e.responsible] if p}
                for e in extensions},
            'hazard.msg_notice_extension_requested', 'tryton-notification',
            describe=attrgetter('reason'))

    @classmethod
    def _notify_requesters(cls, extensions):
        for state, icon in [
                ('approved', 'tryton-ok'), ('rejected', 'tryton-cancel')]:
            decided = [e for e in extensions if e.state == state]
            if decided:
                notice.notify({
                        e: {p.id for p in [e.requested_by, e.responsible] if p}
                        for e in decided},
                    f'hazard.msg_notice_extension_{state}', icon,
                    describe=attrgetter('decision_note'))

    @classmethod
    def close_open(cls, hazards):
        "Reject what is still open as the rectification has ended."
        extensions = cls.search([
                ('hazard', 'in', [h.id for h in hazards]),
                ('state', 'in', OPEN_STATES),
                ])
        if extensions:
            cls._reject(
                extensions, gettext('hazard.msg_extension_closed'))


class ExtensionReject(ReasonWizard):
    __name__ = 'hazard.extension.reject'
    _button = 'reject'


class ExtensionRequest(Wizard):
    __name__ = 'hazard.extension.request'

    start_state = 'ask'
    ask = StateView(
        'hazard.extension.request.ask',
        'hazard.extension_request_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Request", 'request', 'tryton-ok', default=True),
            ])
    request = StateTransition()

    def default_ask(self, fields):
        with check_access():
            check_writable([self.model(self.record.id)])
        return {
            'current_deadline': self.record.deadline,
            }

    def transition_request(self):
        pool = Pool()
        Extension = pool.get('hazard.extension')
        extension = Extension(
            rectification=self.record,
            deadline=self.ask.deadline,
            reason=self.ask.reason,
            measures=self.ask.measures)
        with check_access():
            extension.save()
            Extension.request([extension])
        return 'end'


class ExtensionRequestAsk(ModelView):
    __name__ = 'hazard.extension.request.ask'

    current_deadline = fields.DateTime("Current Deadline", readonly=True)
    deadline = fields.DateTime(
        "Requested Deadline", required=True,
        domain=[('deadline', '>', Eval('current_deadline'))])
    reason = fields.Text(
        "Reason", required=True,
        help="Why the hazard cannot be rectified in time.")
    measures = fields.Text(
        "Interim Protective Measures", required=True,
        help="What protects people until the hazard is rectified.")
