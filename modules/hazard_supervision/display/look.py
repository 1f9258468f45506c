# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Have the displays of today made anew, and see them."

from trytond.pool import Pool
from trytond.transaction import Transaction
from trytond.wizard import StateAction, Wizard


class Look(Wizard):
    __name__ = 'supervision.display.look'

    start_state = 'look'
    look = StateAction('hazard_supervision.act_supervision_display_form')

    def do_look(self, action):
        pool = Pool()
        company = pool.get('res.user')(Transaction().user).company
        if company and company.regulator:
            pool.get('supervision.display').look(company)
        return action, {}
