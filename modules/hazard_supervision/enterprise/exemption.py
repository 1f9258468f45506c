# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.named import search_any
from trytond.modules.safety_base.reason import ReasonWizard, get_reason
from trytond.modules.safety_base.workflow import (
    LoopMixin, acting_employee, step)
from trytond.modules.safety_organization.person import (
    acting_person, represented_people)
from trytond.pool import Pool
from trytond.pyson import Bool, Eval, If
from trytond.transaction import Transaction

from .. import definitions
from ..day import get_today
from ..exceptions import ExemptionDayError, ExemptionError


class Exemption(LoopMixin, ModelSQL, ModelView):
    __name__ = 'supervision.exemption'
    _rule_context_organization = True

    _editable = frozenset({
            'enterprise', 'lifts_login', 'lifts_report',
            'occasion', 'reason', 'evidence', 'start', 'end'})
    _derived = frozenset({'company', 'asked_by', 'asked_on'})
    _editable_states = ('asked',)

    _states = {
        'readonly': Eval('state') != 'asked',
        }

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states=_states)
    enterprise = fields.Many2One(
        'supervision.enterprise', "Enterprise", required=True,
        ondelete='RESTRICT', states=_states,
        domain=[('company', '=', Eval('company', -1))])
    lifts_login = fields.Boolean(
        "From Logging in", states=_states)
    lifts_report = fields.Boolean(
        "From Reporting", states=_states,
        help="Whoever is exempt still rectifies in time.")
    occasion = fields.Selection([
            ('stopped', "Work Stopped"),
            ('suspended', "Suspended for Rectification"),
            ('holiday', "Holiday"),
            ('other', "Other"),
            ], "Occasion", required=True, sort=False, states=_states)
    reason = fields.Text("Reason", required=True, states=_states)
    evidence = fields.Text(
        "Evidence", required=True, states=_states,
        help="The paper that shows it; attach its copy.")
    start = fields.Date("From", required=True, states=_states)
    end = fields.Date(
        "To", required=True, states=_states,
        domain=[
            If(Bool(Eval('start')) & Bool(Eval('end')),
                ('end', '>=', Eval('start', None)),
                ()),
            ],
        help="The last day.")
    asked_by = fields.Many2One(
        'company.employee', "Asked for by", readonly=True)
    asked_on = fields.Date("Asked for on", readonly=True)
    approved_by = fields.Many2One(
        'company.employee', "Approved by", readonly=True)
    approved_at = fields.DateTime("Approved at", readonly=True)
    refused_by = fields.Many2One(
        'company.employee', "Refused by", readonly=True)
    refused_at = fields.DateTime("Refused at", readonly=True)
    refusal = fields.Text(
        "Reason of the Refusal", readonly=True,
        states={
            'invisible': ~Eval('refusal'),
            })
    ended_by = fields.Many2One(
        'company.employee', "Ended by", readonly=True)
    ended_at = fields.DateTime("Ended at", readonly=True)
    ended_on = fields.Date(
        "Ended on", readonly=True,
        help="The first day on which it is exempt no more.")
    state = fields.Selection([
            ('asked', "Asked for"),
            ('approved', "Approved"),
            ('refused', "Refused"),
            ('ended', "Ended"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('start', 'DESC'), ('id', 'DESC')]
        cls._sql_indexes.update({
                Index(t, (t.enterprise, Index.Equality()),
                    (t.end, Index.Range())),
                Index(t, (t.company, Index.Equality()),
                    where=t.state == 'asked'),
                })
        cls._transitions |= {
            ('asked', 'approved'),
            ('asked', 'refused'),
            ('approved', 'ended'),
            }
        cls._buttons.update({
                'approve': {
                    'invisible': Eval('state') != 'asked',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'refuse': {
                    'invisible': Eval('state') != 'asked',
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                'end_': {
                    'invisible': Eval('state') != 'approved',
                    'icon': 'tryton-clear',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_lifts_login(cls):
        return True

    @classmethod
    def default_lifts_report(cls):
        return True

    @classmethod
    def default_state(cls):
        return 'asked'

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state').in_(['refused', 'ended']), 'muted', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.enterprise.rec_name} {self.start} – {self.end}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return search_any(clause, 'enterprise.rec_name', 'reason')

    @classmethod
    def get_covering(cls, day):
        "Return the domain of the exemptions that hold on the day."
        return [
            ('state', 'in', ['approved', 'ended']),
            ('start', '<=', day),
            ('end', '>=', day),
            ['OR', ('ended_on', '=', None), ('ended_on', '>', day)],
            ]

    @classmethod
    def get_exempt(cls, enterprises, day):
        "Return the ids of those of the enterprises that are exempt."
        return {
            e.enterprise.id for e in cls.search([
                    ('enterprise', 'in', [e.id for e in enterprises]),
                    *cls.get_covering(day)])}

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create' and (company := values.get('company')):
            values['asked_by'] = acting_employee(company)
            values['asked_on'] = get_today(company)
        return values

    @classmethod
    def check_modification(
            cls, mode, exemptions, values=None, external=False):
        super().check_modification(
            mode, exemptions, values=values, external=external)
        if external and mode != 'create':
            cls._check_asker(exemptions)

    @classmethod
    def _check_asker(cls, exemptions):
        """Raise ExemptionError for who has not asked for it.

        Else somebody could change it and then approve it.
        """
        person = acting_person()
        for exemption in exemptions:
            if not person.is_any(
                    [exemption.asked_by], [exemption.create_uid]):
                raise ExemptionError(gettext(
                        'hazard_supervision.msg_exemption_other',
                        exemption=exemption.rec_name))

    @classmethod
    def validate_fields(cls, exemptions, field_names):
        super().validate_fields(exemptions, field_names)
        if field_names and not field_names & {
                'start', 'lifts_login', 'lifts_report'}:
            return
        for exemption in exemptions:
            exemption._check_start()
            exemption._check_lifted()

    def _check_start(self):
        pool = Pool()
        Configuration = pool.get('supervision.configuration')
        days = Configuration.settings(self.company)['backdate_days']
        earliest = definitions.earliest_start(self.asked_on, days)
        if self.start < earliest:
            raise ExemptionDayError(gettext(
                    'hazard_supervision.msg_exemption_start',
                    exemption=self.rec_name,
                    days=days))

    def _check_lifted(self):
        if not (self.lifts_login or self.lifts_report):
            raise ExemptionDayError(gettext(
                    'hazard_supervision.msg_exemption_lifted',
                    exemption=self.rec_name))

    @classmethod
    def copy(cls, exemptions, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('state', 'asked')
        for name in [
                'approved_by', 'approved_at', 'refused_by', 'refused_at',
                'refusal', 'ended_by', 'ended_at', 'ended_on']:
            default.setdefault(name)
        return super().copy(exemptions, default=default)

    @classmethod
    def check_approver(cls, exemptions):
        "Raise ExemptionError for who has asked for it, or stands in for them."
        person = acting_person() | represented_people()
        for exemption in exemptions:
            if person.is_any([exemption.asked_by], [exemption.create_uid]):
                raise ExemptionError(gettext(
                        'hazard_supervision.msg_exemption_own',
                        exemption=exemption.rec_name))

    @classmethod
    @step('approved', check='check_approver')
    def approve(cls, exemptions):
        cls.move(exemptions, 'approved', 'approved')

    @classmethod
    @step('refused')
    def refuse(cls, exemptions):
        reason = get_reason('hazard_supervision.wizard_exemption_refuse')
        for exemption in exemptions:
            exemption.refusal = reason
        cls.move(exemptions, 'refused', 'refused')

    @classmethod
    @step('ended')
    def end_(cls, exemptions):
        for exemption in exemptions:
            exemption.ended_on = (
                get_today(exemption.company) + dt.timedelta(days=1))
        cls.move(exemptions, 'ended', 'ended')


class Refuse(ReasonWizard):
    __name__ = 'supervision.exemption.refuse'
    _button = 'refuse'
