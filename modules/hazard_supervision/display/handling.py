# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the regulator has done about a display, and what was answered."

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.safety_base.boolean_search import asks_for_true
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.reason import StepWizard, get_reason
from trytond.modules.safety_base.server_written import AppendOnlyMixin
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import without_check_access
from trytond.wizard import Button, StateTransition, StateView

from ..exceptions import DisplayAccessError, DisplayError

WAYS = [
    ('told', "Told to"),
    ('called', "Called"),
    ('visited', "Visited"),
    ('other', "Other"),
    ]


class Handling(AppendOnlyMixin, ModelSQL, ModelView):
    __name__ = 'supervision.display.handling'
    _refusal = DisplayAccessError, 'hazard_supervision.msg_display_handled'
    _log = False

    display = fields.Many2One(
        'supervision.display', "Display", required=True, readonly=True,
        ondelete='RESTRICT')
    handled_by = fields.Many2One(
        'company.employee', "Handled by", required=True, readonly=True,
        ondelete='RESTRICT')
    handled_at = fields.DateTime("Handled at", required=True, readonly=True)
    way = fields.Selection(
        WAYS, "Way", required=True, readonly=True, sort=False)
    note = fields.Text("Done and Answered", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('display')
        cls._order = [('handled_at', 'ASC'), ('id', 'ASC')]
        cls._sql_indexes.add(Index(t, (t.display, Index.Equality())))

    def get_rec_name(self, name):
        return self.display.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('display.rec_name', *clause[1:])]


class Display(metaclass=PoolMeta):
    __name__ = 'supervision.display'

    handlings = fields.One2Many(
        'supervision.display.handling', 'display', "Handled", readonly=True)
    handled = fields.Function(
        fields.Boolean("Handled", help="Whether anybody has done anything."),
        'get_handled', searcher='search_handled')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['handle'] = {
            'invisible': Eval('state') != 'open',
            'icon': 'tryton-ok',
            'depends': ['state'],
            }

    @classmethod
    def get_handled(cls, displays, name):
        Handling = Pool().get('supervision.display.handling')
        handled = {
            h.display.id for h in Handling.search([
                    ('display', 'in', [d.id for d in displays])])}
        return {d.id: d.id in handled for d in displays}

    @classmethod
    def search_handled(cls, name, clause):
        operator = 'where' if asks_for_true(clause) else 'not where'
        return [('handlings', operator, [])]

    @classmethod
    @ModelView.button
    def handle(cls, displays):
        "Record what the user has done about the displays."
        if not displays:
            return
        note = get_reason('hazard_supervision.wizard_display_handle')
        way = from_context('way', str, 'other')
        if way not in dict(WAYS):
            way = 'other'
        Handling = Pool().get('supervision.display.handling')
        values = []
        for display in displays:
            if display.state != 'open':
                raise DisplayError(gettext(
                        'hazard_supervision.msg_display_cleared',
                        display=display.rec_name))
            employee = acting_employee(display.company)
            if not employee:
                raise DisplayError(gettext(
                        'hazard_supervision.msg_display_nobody'))
            values.append({
                    'display': display.id,
                    'handled_by': int(employee),
                    'handled_at': now(),
                    'way': way,
                    'note': note,
                    })
        with without_check_access():
            Handling.create(values)


class HandleAsk(ModelView):
    __name__ = 'supervision.display.handle.ask'

    way = fields.Selection(WAYS, "Way", required=True, sort=False)
    note = fields.Text(
        "Done and Answered", required=True,
        help="What was done, and what the enterprise has answered. It does "
        "not clear the display.")

    @classmethod
    def default_way(cls):
        return 'called'


class Handle(StepWizard):
    __name__ = 'supervision.display.handle'
    _button = 'handle'

    start_state = 'ask'
    ask = StateView(
        'supervision.display.handle.ask',
        'hazard_supervision.display_handle_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("OK", 'press', 'tryton-ok', default=True),
            ])
    press = StateTransition()

    def transition_press(self):
        return self.press_button(reason=self.ask.note, way=self.ask.way)
