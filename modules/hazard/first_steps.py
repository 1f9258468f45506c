# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a mine decides before it begins: asked for once, changed at any time."

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.pool import Pool
from trytond.transaction import Transaction, check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .configuration import FORMULAS
from .exceptions import FirstStepsError

# The grades of which the hours are asked for, and how many are proposed at
# least: what needs a part or a stop lasts longer than the shift
GRADES = {
    'serious': ('grade_larger', 24),
    'general': ('grade_general', 24),
    'slight': ('grade_slight', 8),
    }


class FirstSteps(Wizard):
    __name__ = 'hazard.first_steps'

    start_state = 'start'
    start = StateView(
        'hazard.first_steps.start', 'hazard.first_steps_start_view_form', [
            Button("Later", 'end', 'tryton-cancel'),
            Button("Save", 'save', 'tryton-ok', default=True),
            ])
    save = StateTransition()

    def default_start(self, fields):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        Edition = pool.get('hazard.edition')
        Organization = pool.get('safety.configuration')
        company = get_company()
        shift_set = Organization(1).get_multivalue(
            'shift_set', company=company)
        return {
            'company': company,
            'formula': Configuration.settings(company)['formula'],
            'shift_set': shift_set.id if shift_set else None,
            'editions': [e.id for e in Edition.search([])],
            **{
                f'{name}_hours': max(grade.rectify_hours, GRADES[name][1])
                for name, grade in get_grades()},
            }

    def transition_save(self):
        pool = Pool()
        Grade = pool.get('hazard.grade')
        company = get_company()
        with check_access(), Transaction().set_context(company=company):
            self.save_settings()
            grades = []
            for name, grade in get_grades():
                grade.rectify_hours = getattr(self.start, f'{name}_hours')
                grades.append(grade)
            Grade.save(grades)
        return 'end'

    def save_settings(self):
        "Save the settings of the company of the context."
        pool = Pool()
        Access = pool.get('ir.model.access')
        Configuration = pool.get('hazard.configuration')
        Organization = pool.get('safety.configuration')
        configuration = Configuration(1)
        configuration.formula = self.start.formula
        configuration.save()
        organization = Organization(1)
        # Who keeps hazards need not keep the organization
        if organization.shift_set != self.start.shift_set:
            # The first values of a singleton are created unchecked
            Access.check('safety.configuration', 'write')
            organization.shift_set = self.start.shift_set
            organization.save()


class FirstStepsStart(ModelView):
    __name__ = 'hazard.first_steps.start'

    company = fields.Many2One('company.company', "Company", readonly=True)
    formula = fields.Selection(
        FORMULAS, "Fix Formula", required=True, sort=False,
        help="What must be fixed before a hazard can be rectified.")
    shift_set = fields.Many2One(
        'safety.shift.set', "Shift Set", required=True,
        help="The shifts in which the company works.")
    serious_hours = fields.Integer(
        "Serious Hazards (hours)", required=True,
        domain=[('serious_hours', '>', 0)],
        help="The time to rectify that is proposed at the four-fix, at a "
        "full hour.")
    general_hours = fields.Integer(
        "General Hazards (hours)", required=True,
        domain=[('general_hours', '>', 0)],
        help="The time to rectify that is proposed at the four-fix, at a "
        "full hour.")
    slight_hours = fields.Integer(
        "Slight Hazards (hours)", required=True,
        domain=[('slight_hours', '>', 0)],
        help="The time to rectify that is proposed at the four-fix, at a "
        "full hour.")
    editions = fields.Many2Many(
        'hazard.edition', None, None, "Editions of the Law", readonly=True,
        help="Those in force at the day of discovery are offered. Another "
        "industry adds its own in the settings.")


def get_company():
    "Return the id of the company to set up, or raise FirstStepsError."
    company = Transaction().context.get('company')
    if company is None:
        raise FirstStepsError(gettext('hazard.msg_first_steps_company'))
    return company


def get_grades():
    "Yield the names and the grades of which the hours are asked for."
    pool = Pool()
    Data = pool.get('ir.model.data')
    Grade = pool.get('hazard.grade')
    for name, (fs_id, _) in GRADES.items():
        yield name, Grade(Data.get_id('hazard', fs_id))
