# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"In which state the hazards of an old ledger come in."

import datetime as dt

from trytond.pool import Pool

# The states in which a hazard waits for somebody
WAITING = ['four_fix', 'rectification', 'recheck']
STATES = [*WAITING, 'closed', 'archived']


class StateChoice:
    "Chooses the state of entries by how far their hazards have come."

    def __init__(self, company, entries, at):
        pool = Pool()
        self.grades = {
            g.id: g for g in pool.get('hazard.grade').browse(list({
                        e.get('grade') for e in entries}))}
        self.archived_before = at - dt.timedelta(
            days=pool.get('hazard.configuration').settings(
                company)['archive_days'])

    def choose(self, entry):
        if entry.stage == 'closed':
            return (
                'archived' if entry.get('closed_at') <= self.archived_before
                else 'closed')
        if entry.stage == 'recheck':
            return 'recheck'
        if entry.stage == 'four_fix' and self._is_four_fixed(entry):
            return 'rectification'
        return 'four_fix'

    def _is_four_fixed(self, entry):
        responsible = entry.get('responsible')
        return (responsible and responsible.active
            and entry.texts.get('measures') and entry.get('deadline')
            # The plan of a major hazard has to be approved here first
            and not self.grades[entry.get('grade')].plan_required)
