# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Wizards whose long documents are made in the queue."

from trytond.i18n import gettext
from trytond.modules.safety_base.exceptions import WizardDataError
from trytond.pool import Pool
from trytond.transaction import Transaction
from trytond.wizard import StateAction, StateTransition, Wizard

__all__ = ['LongPrintWizard']

# Documents of more records do not let the user wait.
LIMIT = 2000


class LongPrintWizard(Wizard):
    """Base of the wizards that ask for a table and print it.

    They define start, a StateView with a button to choose, and print_, a
    StateReport.  The report has get_count.
    """
    # The model whose selected records are printed
    _model = None

    choose = StateTransition()
    queued = StateAction('hazard_report.act_hazard_export_form')

    def get_data(self):
        "Return the data of the report."
        data = {}
        for name in self.start._fields:
            if name == 'id':
                continue
            value = getattr(self.start, name, None)
            if isinstance(value, (list, tuple)):
                value = [int(v) for v in value]
            elif hasattr(value, 'id'):
                value = value.id
            data[name] = value
        return data

    def get_limit(self):
        "Return of how many records the document is made at once."
        return LIMIT

    @property
    def selected(self):
        "The ids of the selected records"
        context = Transaction().context
        if self._model and context.get('active_model') == self._model:
            return context.get('active_ids') or []
        return []

    def transition_choose(self):
        pool = Pool()
        Report = pool.get(self.print_.report_name, type='report')
        count = Report.get_count(self.selected, self.get_data())
        return 'queued' if count > self.get_limit() else 'print_'

    def do_print_(self, action):
        return action, {**self.get_data(), 'ids': self.selected}

    def do_queued(self, action):
        pool = Pool()
        Export = pool.get('hazard.export')
        # A client may begin with this state.
        if self.transition_choose() != 'queued':
            raise WizardDataError(gettext('safety_base.msg_wizard_data'))
        export = Export.queue(
            self.print_.report_name, self.selected, self.get_data())
        return action, {'res_id': [export.id]}
