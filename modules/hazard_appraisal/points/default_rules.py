# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The rules that a company may begin with."

from decimal import Decimal

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from ..exceptions import SchemeError

# event, codes of grades, group, points, cap per month, other values
RULES = [
    ('hazard_verified', 'A', 'report', '10', None, {}),
    ('hazard_verified', 'B', 'report', '5', None, {}),
    ('hazard_verified', 'C', 'report', '2', '30', {}),
    ('hazard_verified', 'D', 'report', '1', '15', {}),
    ('hazard_on_site', None, 'report', '1', '10', {}),
    ('hazard_returned', None, 'report', '-1', None, {}),
    ('hazard_cancelled', None, 'report', '-5', None, {}),
    ('hazard_duplicate', None, 'report', '-2', None, {}),
    ('recheck_first', None, 'loop', '1', '10', {}),
    ('rectification_overdue', None, 'loop', '-3', None, {}),
    ('recheck_late', None, 'loop', '-1', None, {}),
    ('no_report', None, 'duty', '-3', None, {'frequency': 'tenday'}),
    ('quota_missed', None, 'duty', '-10', None,
        {'frequency': 'month', 'quantity': 5}),
    ('daily_right', None, 'training', '0.2', '5', {}),
    ('daily_streak', None, 'training', '1', None, {'quantity': 10}),
    ('exam_passed', None, 'training', '5', '5', {}),
    ('exam_failed', None, 'training', '-3', None, {}),
    ('case_read', None, 'training', '0.5', '3', {}),
    ('training_absent', None, 'training', '-3', None, {}),
    ('feedback_adopted', None, 'opinion', '3', '9', {}),
    ]
# How many hazards a member has to find in a month
TASK = 5


class SchemeLoad(Wizard):
    __name__ = 'appraisal.scheme.load'

    start_state = 'start'
    start = StateView(
        'appraisal.scheme.load.start',
        'hazard_appraisal.appraisal_scheme_load_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Load", 'load', 'tryton-ok', default=True),
            ])
    load = StateTransition()
    open_ = StateAction('hazard_appraisal.act_appraisal_rule_form')

    def transition_load(self):
        pool = Pool()
        Rule = pool.get('appraisal.rule')
        Standard = pool.get('appraisal.standard')
        company, day = self.start.company, self.start.valid_from
        with check_access():
            rules = get_rules(company, day)
            if not rules:
                raise SchemeError(gettext(
                        'hazard_appraisal.msg_scheme_rules',
                        company=company.rec_name))
            Rule.create(rules)
            Standard.create(get_standards(company))
        return 'open_'


class SchemeLoadStart(ModelView):
    __name__ = 'appraisal.scheme.load.start'

    company = fields.Many2One('company.company', "Company", required=True)
    valid_from = fields.Date("Valid from", required=True)

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_valid_from(cls):
        pool = Pool()
        Rule = pool.get('appraisal.rule')
        return Rule.default_valid_from()


def get_rules(company, day):
    "Return the values of the rules for the events that have none yet."
    pool = Pool()
    Grade = pool.get('hazard.grade')
    Rule = pool.get('appraisal.rule')
    events = dict(Rule.get_events())
    for rule in Rule.search([('company', '=', company.id)]):
        events.pop(rule.event, None)
    grades = {g.code: g for g in Grade.search([])}
    values = []
    for event, code, group, points, cap, others in RULES:
        if event not in events or (code and code not in grades):
            continue
        name = events[event]
        if code:
            name = f'{name} ({grades[code].rec_name})'
        values.append({
                'name': name,
                'company': company.id,
                'event': event,
                'grade': grades[code].id if code else None,
                'group': group,
                'points': Decimal(points),
                'cap': Decimal(cap) if cap else None,
                'cap_period': 'month' if cap else None,
                'valid_from': day,
                **others})
    return values


def get_standards(company):
    "Return the values of the standards of the kinds that have none."
    pool = Pool()
    Kind = pool.get('safety.member.kind')
    Standard = pool.get('appraisal.standard')
    known = {s.kind for s in Standard.search([
                ('company', '=', company.id)])}
    return [
        {'company': company.id, 'kind': kind.id, 'task': TASK}
        for kind in Kind.search([]) if kind not in known]
