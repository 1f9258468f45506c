# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What is reported up: to the regulator, the group, the workers' congress.

Article 41 of the Work Safety Law (2021) asks for the report of the treatment
of major hazards to the regulator and to the workers' congress.
"""

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelView, fields
from trytond.model.exceptions import ButtonActionException
from trytond.modules.safety_base.reason import StepWizard
from trytond.modules.safety_base.workflow import hours_later, now, step
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import Button, StateTransition, StateView

from ..configuration import SETTINGS
from ..exceptions import FilingError
from ..loop.stage import stamped_by
from .disclosure import DisclosureMixin
from .proof import ProofMixin

RECIPIENTS = [
    ('regulator', "Regulator"),
    ('group', "Group"),
    ('congress', "Workers' Congress"),
    ]
# To whom the hours of the grade apply
HIGHER = {'regulator', 'group'}
# To whom major hazards are reported by law
LAWFUL = {'regulator', 'congress'}
REQUIRED = ['authority', 'content', 'method', 'filed_at', 'filed_by']


class Filing(ProofMixin, DisclosureMixin):
    __name__ = 'hazard.filing'
    _asked = 'report_up'
    _kind = 'recipient'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _received = {
        'invisible': Eval('state') != 'received',
        }
    _editable = frozenset({*REQUIRED, 'proof', 'proof_name'})
    _derived = frozenset({
            'hazard', 'company', 'unit', 'round', 'opened_at', 'due_at',
            'recipient', 'proof_id', 'proof_sha256'})

    recipient = fields.Selection(
        RECIPIENTS, "Report To", required=True, sort=False,
        states={
            'readonly': Eval('id', -1) >= 0,
            })
    recipient_string = recipient.translated('recipient')
    authority = fields.Char(
        "Receiving Body", states=_states,
        help="Its full name, of the congress that of the meeting.")
    content = fields.Text(
        "What Was Reported", states=_states,
        help="The state, the danger, the measures and what was asked for.")
    method = fields.Selection([
            (None, ""),
            ('system', "In Their System"),
            ('letter', "By Letter"),
            ('phone', "By Phone"),
            ('meeting', "At a Meeting"),
            ('other', "Otherwise"),
            ], "How", sort=False, states=_states)
    method_string = method.translated('method')
    filed_at = fields.DateTime("Reported At", states=_states)
    filed_by = fields.Many2One(
        'company.employee', "Reported By", states=_states,
        domain=[('company', '=', Eval('company', -1))])
    receipt_number = fields.Char(
        "Receipt Number", readonly=True, states=_received)
    received_at = fields.DateTime(
        "Received At", readonly=True, states=_received)
    recorded_by = stamped_by("Recorded By", 'recorded_by')
    recorded_at = fields.DateTime(
        "Recorded At", readonly=True,
        states={
            'invisible': ~Eval('recorded_at'),
            })
    receipted_by = stamped_by("Receipt Recorded By", 'receipted_by')
    receipted_at = fields.DateTime(
        "Receipt Recorded At", readonly=True, states=_received)
    state = fields.Selection([
            ('draft', "To Report"),
            ('filed', "Reported"),
            ('received', "Receipt Recorded"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(
                t,
                (t.company, Index.Equality()),
                (t.state, Index.Equality(cardinality='low')),
                (t.id, Index.Range(order='DESC'))))
        cls._transitions |= {
            ('draft', 'filed'),
            ('filed', 'received'),
            ('draft', 'cancelled'),
            }
        cls._buttons.update({
                'file': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'receive': {
                    'invisible': Eval('state') != 'filed',
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                })

    @property
    def ended_at(self):
        if self.state in {'filed', 'received'}:
            return self.recorded_at
        if self.state == 'cancelled':
            return self.write_date

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state').in_(['filed', 'received']), 'muted', '')),
            ]

    @classmethod
    def preprocess_values(cls, mode, values):
        Hazard = Pool().get('hazard.hazard')
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('hazard'):
            hazard = Hazard(values['hazard'])
            values.update({
                    'company': hazard.company.id, 'unit': hazard.unit.id,
                    'round': hazard.round, 'opened_at': now()})
        return values

    @classmethod
    def get_hours(cls, grade, company):
        """Return the hours until which to report hazards of the grade, by
        recipient.

        A company that does not report to somebody has no hours for them, but
        the law asks for the report of major hazards whatever it set.
        """
        Configuration = Pool().get('hazard.configuration')
        if not grade.report_up:
            return {}
        settings = Configuration.settings(company.id)
        hours = {}
        for recipient, _ in RECIPIENTS:
            name = f'filing_{recipient}_hours'
            limit = settings[name]
            if grade.legal_class == 'major' and recipient in LAWFUL:
                limit = limit or SETTINGS[name].default
            if limit:
                if recipient in HIGHER and grade.report_up_hours:
                    limit = grade.report_up_hours
                hours[recipient] = limit
        return hours

    @classmethod
    def _get_asked(cls, hazard):
        at = now()
        return {
            recipient: hours_later(at, hours) for recipient, hours
            in cls.get_hours(hazard.grade, hazard.company).items()}

    @classmethod
    @without_check_access
    def follow(cls, hazards):
        "Let what is still to be reported follow the units of the hazards."
        filings = cls.search([
                ('hazard', 'in', [h.id for h in hazards]),
                ('state', '=', 'draft'),
                ])
        for filing in filings:
            filing.unit = filing.hazard.unit
        cls.save_alike(filings)

    def check_complete(self):
        "Raise FilingError unless it tells what was reported, how and when."
        super().check_complete()
        missing = [
            self.__names__(n)['field'] for n in REQUIRED
            if not getattr(self, n)]
        if missing:
            raise FilingError(gettext(
                    'hazard.msg_filing_incomplete',
                    hazard=self.hazard.rec_name, fields=', '.join(missing)))
        if not self.hazard.found_at <= self.filed_at <= now():
            raise FilingError(gettext(
                    'hazard.msg_filing_time', hazard=self.hazard.rec_name))

    @classmethod
    @step('filed')
    def file(cls, filings):
        pool = Pool()
        Event = pool.get('hazard.event')
        for filing in filings:
            filing.check_complete()
        cls.move(filings, 'filed', 'recorded')
        Event.append([{
                    'hazard': f.hazard,
                    'action': 'file',
                    'note': f.content,
                    'stage': f,
                    } for f in filings])

    @classmethod
    @step('received')
    def receive(cls, filings):
        """Record the receipts, of which the context tells "receipt_number"
        and "received_at"."""
        pool = Pool()
        Event = pool.get('hazard.event')
        context = Transaction().context
        if 'receipt_number' not in context:
            raise ButtonActionException('hazard.wizard_filing_receive')
        for filing in filings:
            filing.set_receipt(
                context.get('receipt_number'), context.get('received_at'))
        cls.move(filings, 'received', 'receipted')
        Event.append([{
                    'hazard': f.hazard,
                    'action': 'receipt',
                    'note': f.receipt_number,
                    'stage': f,
                    } for f in filings])

    def set_receipt(self, number, received_at):
        "Raise FilingError for a receipt that cannot be."
        # A client may send anything.
        number = number.strip() if isinstance(number, str) else ''
        if isinstance(received_at, dt.datetime):
            received_at = received_at.replace(microsecond=0)
        else:
            received_at = dt.datetime.max
        if not number or not self.filed_at <= received_at <= now():
            raise FilingError(gettext(
                    'hazard.msg_filing_receipt',
                    hazard=self.hazard.rec_name))
        self.receipt_number = number
        self.received_at = received_at


class FilingReceive(StepWizard):
    __name__ = 'hazard.filing.receive'
    _button = 'receive'

    start_state = 'ask'
    ask = StateView(
        'hazard.filing.receive.ask', 'hazard.filing_receive_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Record", 'receive', 'tryton-ok', default=True),
            ])
    receive = StateTransition()

    def transition_receive(self):
        return self.press_button(
            receipt_number=self.ask.receipt_number,
            received_at=self.ask.received_at)


class FilingReceiveAsk(ModelView):
    __name__ = 'hazard.filing.receive.ask'

    receipt_number = fields.Char("Receipt Number", required=True)
    received_at = fields.DateTime("Received At", required=True)

    @classmethod
    def default_received_at(cls):
        return now()


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    filings = fields.One2Many(
        'hazard.filing', 'hazard', "Reports Up", readonly=True,
        order=[('id', 'ASC')],
        states={
            'invisible': ~Eval('filings'),
            })

    def state_after_report(self):
        # What is to be reported up is not closed by its report already.
        state = super().state_after_report()
        return (
            'recheck' if state == 'closed' and self.grade.report_up
            else state)

    @classmethod
    def _open_after_report(cls, hazards, state):
        super()._open_after_report(hazards, state)
        if asked := [h for h in hazards if h.grade.report_up]:
            Pool().get('hazard.filing').open(asked)

    @classmethod
    def _cancel_stages(cls, hazards):
        super()._cancel_stages(hazards)
        # Whoever a hazard is reassigned to, it is still to be reported up.
        if ended := [
                h for h in hazards if h.state in {'returned', 'cancelled'}]:
            Pool().get('hazard.filing').cancel_open(ended)

    @classmethod
    def reassign(cls, hazards):
        action = super().reassign(hazards)
        if asked := [h for h in hazards if h.grade.report_up]:
            Pool().get('hazard.filing').follow(asked)
        return action

    @classmethod
    def check_closing(cls, hazards):
        "Also raise FilingError for what was not reported up."
        Filing = Pool().get('hazard.filing')
        super().check_closing(hazards)
        hazards = [
            h for h in hazards if h.grade.report_up and not h.imported]
        if not hazards:
            return
        done = {(f.hazard, f.recipient) for f in Filing.search([
                    ('hazard', 'in', [h.id for h in hazards]),
                    ('state', 'in', ['filed', 'received']),
                    ])}
        labels = dict(Filing.fields_get(['recipient'])
            ['recipient']['selection'])
        for hazard in hazards:
            missing = [
                labels[r] for r in Filing.get_hours(
                    hazard.grade, hazard.company)
                if (hazard, r) not in done]
            if missing:
                raise FilingError(gettext(
                        'hazard.msg_filing_closing', hazard=hazard.rec_name,
                        recipients=', '.join(missing)))

    @classmethod
    def copy(cls, hazards, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('filings', [])
        return super().copy(hazards, default=default)
