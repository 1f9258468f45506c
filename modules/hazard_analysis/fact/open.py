# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"From a figure down to its hazards."

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.pyson import PYSONEncoder
from trytond.transaction import check_access
from trytond.wizard import StateAction, Wizard


class OpenHazards(Wizard):
    __name__ = 'hazard.analysis.open'

    start_state = 'open_'
    open_ = StateAction('hazard_analysis.act_hazard_counted')

    def do_open_(self, action):
        # A forged action would pass by the model of the wizard.
        if not hasattr(self.model, 'get_domain'):
            raise AccessError(gettext(
                    'ir.msg_access_wizard_model_error',
                    wizard=self.__name__, model=str(self.model)))
        with check_access():
            # Of what no rule lets the user read, the name is not told.
            rows = self.model.search([
                    ('id', 'in', list(map(int, self.records)))])
        domains = [row.get_domain() for row in rows]
        action['pyson_domain'] = PYSONEncoder().encode(
            ['OR', *domains] if domains else [('id', '=', -1)])
        action['name'] = gettext(
            'hazard_analysis.msg_hazards_of',
            name=', '.join(r.rec_name for r in rows[:3]))
        return action, {}
