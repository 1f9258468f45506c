# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Urgent danger: the card goes into the loop at once and is never refused.

Article 8 of the Safety Rules for Coal Mines (2025) lets everybody stop work
in danger; what must then be done stands in the articles that the causes cite.
"""

from sql import Literal

from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, fields
from trytond.modules.safety_base.access import check_readable
from trytond.modules.safety_base.reference import ReferenceMixin
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from ..exceptions import UrgentError
from ..loop import notice
from ..loop.escalation import get_names
from ..loop.steps import REPORTABLE_STATES


class UrgentCause(ReferenceMixin):
    __name__ = 'hazard.urgent_cause'

    legal_bases = fields.Many2Many(
        'hazard.urgent_cause-hazard.legal_basis', 'cause', 'legal_basis',
        "Legal Bases", order=[('id', 'ASC')],
        help="The provisions that tell what to do, the one that matters most "
        "first.")
    duty = fields.Text(
        "To Do at Once", translate=True,
        help="What the provisions require, shown to who reports.")
    withdrawal_required = fields.Boolean(
        "Withdrawal Required",
        help="Check to close such hazards only with a confirmed record of "
        "stopping work and withdrawing people.")
    gas = fields.Boolean(
        "Gas", help="Check to ask for the concentration of gas.")


class UrgentCauseLegalBasis(ModelSQL):
    __name__ = 'hazard.urgent_cause-hazard.legal_basis'

    # Not required: where the cause was deleted, an update still cites for it.
    cause = fields.Many2One(
        'hazard.urgent_cause', "Cause", ondelete='CASCADE')
    legal_basis = fields.Many2One(
        'hazard.legal_basis', "Legal Basis", ondelete='CASCADE')


class Category(metaclass=PoolMeta):
    __name__ = 'hazard.category'

    gas = fields.Boolean(
        "Gas", help="Check to ask for the concentration of gas.")

    @classmethod
    def __register__(cls, module):
        table_h = cls.__table_handler__(module)
        migrated = (
            table_h.table_exist(cls._table)
            and not table_h.column_exist('gas'))
        super().__register__(module)
        # Migration from 8.0.0: no category asked for the concentration
        if migrated:
            table = cls.__table__()
            Transaction().connection.cursor().execute(*table.update(
                    [table.gas], [True], where=table.code == 'gas'))


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    _states = {
        'readonly': ~Eval('state').in_(REPORTABLE_STATES),
        }

    urgent = fields.Boolean(
        "Urgent Danger", states=_states,
        help="Check where people are in danger now. The hazard is reported "
        "as soon as it is saved, and the dispatch room and the leader on "
        "duty are told at once.")
    urgent_cause = fields.Many2One(
        'hazard.urgent_cause', "Cause of Danger", ondelete='RESTRICT',
        states={
            'readonly': _states['readonly'],
            'required': Bool(Eval('urgent')),
            'invisible': ~Eval('urgent'),
            })
    urgent_duty = fields.Function(
        fields.Text(
            "To Do at Once",
            states={
                'invisible': ~Eval('urgent_duty'),
                }),
        'on_change_with_urgent_duty')
    concentration = fields.Numeric(
        "Gas Concentration (%)", digits=(5, 2),
        domain=['OR',
            ('concentration', '=', None),
            [('concentration', '>=', 0), ('concentration', '<=', 100)],
            ],
        states={
            'readonly': _states['readonly'],
            'invisible': ~Eval('asks_concentration') & ~Eval('concentration'),
            },
        help="As measured, in percent of the volume of air. Required with an "
        "urgent danger.")
    asks_concentration = fields.Function(
        fields.Boolean("Asks for Concentration"),
        'on_change_with_asks_concentration')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(
                t,
                (t.company, Index.Equality()),
                (t.id, Index.Range(order='DESC')),
                where=t.urgent == Literal(True)))
        cls._editable = cls._editable | {
            'urgent', 'urgent_cause', 'concentration'}
        for name in ['return_', 'cancel']:
            button = cls._buttons[name]
            button['invisible'] |= Bool(Eval('urgent'))
            button['depends'] = [*button['depends'], 'urgent']

    @classmethod
    def default_urgent(cls):
        return False

    @fields.depends('urgent', 'urgent_cause')
    def on_change_urgent(self):
        if not self.urgent:
            self.urgent_cause = None

    @fields.depends('urgent_cause')
    def on_change_with_urgent_duty(self, name=None):
        return self.urgent_cause.duty if self.urgent_cause else None

    @fields.depends('category', 'urgent_cause')
    def on_change_with_asks_concentration(self, name=None):
        return any(r.gas for r in [self.category, self.urgent_cause] if r)

    @classmethod
    def on_modification(cls, mode, hazards, field_names=None):
        "Report an urgent danger as soon as somebody saves it."
        super().on_modification(mode, hazards, field_names=field_names)
        if mode == 'create' or (mode == 'write' and 'urgent' in field_names):
            cls.submit([
                    h for h in hazards
                    if h.urgent and h.state in REPORTABLE_STATES])

    @classmethod
    def submit(cls, hazards):
        # A client saves the card before it presses the button, by which an
        # urgent danger is reported already.
        reported = [
            h for h in hazards
            if h.urgent and h.state not in REPORTABLE_STATES]
        if Transaction().check_access:
            check_readable(reported)
            cls.check_reporter(reported)
        super().submit([h for h in hazards if h not in reported])
        return 'reload'

    def check_report(self):
        "Also raise UrgentError for a danger without cause or concentration."
        super().check_report()
        if self.urgent:
            self.check_danger()

    def check_danger(self):
        "Raise UrgentError for a danger without cause or concentration."
        if not self.urgent_cause:
            raise UrgentError(gettext(
                    'hazard.msg_urgent_cause', hazard=self.rec_name))
        # It is as the card will be once it is saved.
        asks = self.on_change_with_asks_concentration()
        if asks and self.concentration is None:
            raise UrgentError(gettext(
                    'hazard.msg_urgent_concentration', hazard=self.rec_name))

    def state_after_report(self):
        state = super().state_after_report()
        return 'recheck' if self.urgent and state == 'closed' else state

    @classmethod
    def _open_after_report(cls, hazards, state):
        super()._open_after_report(hazards, state)
        cls.raise_alarm([h for h in hazards if h.urgent])

    @classmethod
    def raise_alarm(cls, hazards):
        "Tell of urgent danger within the step, whatever the worker does."
        pool = Pool()
        Event = pool.get('hazard.event')
        if not hazards:
            return
        audience = notice.urgent_danger(hazards)
        names = get_names(audience)
        Event.append([{
                    'hazard': h,
                    'action': 'alarm',
                    'note': ': '.join(
                        filter(None, [h.urgent_cause.rec_name, names[h]])),
                    } for h in hazards])

    @classmethod
    def check_refusal(cls, hazards):
        "Also raise UrgentError for urgent danger, which nobody may refuse."
        super().check_refusal(hazards)
        for hazard in hazards:
            if hazard.urgent:
                raise UrgentError(gettext(
                        'hazard.msg_urgent_refused', hazard=hazard.rec_name))

    @classmethod
    def copy(cls, hazards, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('urgent', False)
        for name in ['urgent_cause', 'concentration']:
            default.setdefault(name)
        return super().copy(hazards, default=default)
