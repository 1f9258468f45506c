# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Ends rules and gives them new versions."

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)


class RuleDay(ModelView):
    __name__ = 'appraisal.rule.day'

    rule = fields.Many2One('appraisal.rule', "Rule", readonly=True)
    counted = fields.Date(
        "Counted until", readonly=True,
        states={
            'invisible': ~Eval('counted'),
            },
        help="The last day of which the rule has counted anything.")
    day = fields.Date("Day", required=True)


class RuleDayWizard(Wizard):
    "Base of the wizards that ask for a day of a rule"
    start_state = 'ask'

    def default_ask(self, fields):
        rule = self.model(self.record.id)
        return {
            'rule': rule.id,
            'counted': rule.read_used([rule.id]).get(rule.id),
            }

    def check(self):
        "Return the rule, of which nobody else may do anything."
        pool = Pool()
        ModelAccess = pool.get('ir.model.access')
        IrRule = pool.get('ir.rule')
        name = 'appraisal.rule'
        if self.model.__name__ != name:
            raise AccessError(gettext(
                    'ir.msg_access_wizard_model_error',
                    wizard=self.__name__, model=self.model.__name__))
        with check_access():
            ModelAccess.check(name, 'write')
            IrRule.check(name, [self.record.id], mode='write')
        return self.model(self.record.id)


class RuleRenew(RuleDayWizard):
    __name__ = 'appraisal.rule.renew'

    ask = StateView(
        'appraisal.rule.day',
        'hazard_appraisal.appraisal_rule_day_view_form_renew', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Make Version", 'renew', 'tryton-ok', default=True),
            ])
    renew = StateAction('hazard_appraisal.act_appraisal_rule_form')

    def do_renew(self, action):
        version = self.check().new_version(self.ask.day)
        action['views'].reverse()
        return action, {'res_id': [version.id]}


class RuleEnd(RuleDayWizard):
    __name__ = 'appraisal.rule.end'

    ask = StateView(
        'appraisal.rule.day',
        'hazard_appraisal.appraisal_rule_day_view_form_end', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("End", 'end_', 'tryton-ok', default=True),
            ])
    end_ = StateTransition()

    def transition_end_(self):
        rule = self.check()
        rule.__class__.end([rule], self.ask.day)
        return 'end'
