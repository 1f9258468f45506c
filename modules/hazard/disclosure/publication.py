# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What is told to the workers, on boards, at meetings or in the app.

Article 41 of the Work Safety Law (2021) asks for it.
"""

import datetime as dt

from trytond.i18n import gettext
from trytond.model import Index, ModelView, fields
from trytond.model.exceptions import ButtonActionException
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.reason import StepWizard
from trytond.modules.safety_base.workflow import hours_later, now, step
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction
from trytond.wizard import Button, StateTransition, StateView

from ..exceptions import PublicationError
from ..loop.stage import stamped_by
from .disclosure import DisclosureMixin
from .proof import PictureMixin

REQUIRED = ['kind', 'where', 'from_date', 'reach']


class Publication(PictureMixin, DisclosureMixin):
    __name__ = 'hazard.publication'
    _asked = 'publish'

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    _editable = frozenset({*REQUIRED, 'acknowledged', 'proof', 'proof_name'})
    _derived = frozenset({
            'hazard', 'company', 'unit', 'round', 'opened_at', 'due_at',
            'proof_id', 'proof_sha256'})

    kind = fields.Selection([
            (None, ""),
            ('board', "Notice Board"),
            ('meeting', "Meeting of the Shift"),
            ('congress', "Workers' Congress"),
            ('app', "App"),
            ], "Kind", sort=False, states=_states)
    kind_string = kind.translated('kind')
    where = fields.Char(
        "Where", states=_states, help="Which board or which meeting.")
    from_date = fields.Date(
        "From Date", states=_states,
        domain=[
            If(Eval('from_date') & Eval('to_date'),
                ('from_date', '<=', Eval('to_date')),
                ()),
            ])
    to_date = fields.Date(
        "To Date", readonly=True,
        states={
            'invisible': ~Eval('to_date'),
            },
        help="The last day on which it was shown.")
    reach = fields.Integer(
        "People Reached", states=_states,
        domain=['OR', ('reach', '=', None), ('reach', '>=', 0)],
        help="How many people it is meant for.")
    acknowledged = fields.Integer(
        "Acknowledged", states=_states,
        domain=['OR', ('acknowledged', '=', None), ('acknowledged', '>=', 0)],
        help="How many of them have signed or said that they know.")
    published_by = stamped_by("Published By", 'published_by')
    published_at = fields.DateTime(
        "Published At", readonly=True,
        states={
            'invisible': ~Eval('published_at'),
            })
    removed_by = stamped_by("Taken Down By", 'removed_by')
    removed_at = fields.DateTime(
        "Taken Down At", readonly=True,
        states={
            'invisible': Eval('state') != 'removed',
            })
    state = fields.Selection([
            ('draft', "To Publish"),
            ('published', "Published"),
            ('removed', "Taken Down"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        # Other units' are entered by hand.
        cls.unit.readonly = False
        cls.unit.states = {'readonly': Eval('id', -1) >= 0}
        cls.unit.domain = [('company', '=', Eval('company', -1))]
        cls.unit.help = "Whose workers are told."
        cls.proof.string = "Photo"
        cls._sql_indexes.add(Index(
                t,
                (t.company, Index.Equality()),
                (t.state, Index.Equality(cardinality='low')),
                (t.id, Index.Range(order='DESC'))))
        cls._transitions |= {
            ('draft', 'published'),
            ('published', 'removed'),
            ('draft', 'cancelled'),
            }
        cls._buttons.update({
                'publish': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'take_down': {
                    'invisible': Eval('state') != 'published',
                    'icon': 'tryton-archive',
                    'depends': ['state'],
                    },
                })

    @fields.depends('hazard', 'unit', '_parent_hazard.unit')
    def on_change_hazard(self):
        if self.hazard and not self.unit:
            self.unit = self.hazard.unit

    @property
    def ended_at(self):
        if self.state in {'published', 'removed'}:
            return self.published_at
        if self.state == 'cancelled':
            return self.write_date

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'removed', 'muted', '')),
            ]

    @classmethod
    def preprocess_values(cls, mode, values):
        Hazard = Pool().get('hazard.hazard')
        values = super().preprocess_values(mode, values)
        if mode == 'create' and values.get('hazard'):
            hazard = Hazard(values['hazard'])
            values.update({
                    'company': hazard.company.id, 'round': hazard.round,
                    'unit': values.get('unit') or hazard.unit.id,
                    'opened_at': now()})
        return values

    @classmethod
    def _get_asked(cls, hazard):
        Configuration = Pool().get('hazard.configuration')
        if not hazard.grade.publish:
            return {}
        settings = Configuration.settings(hazard.company.id)
        return {None: hours_later(now(), settings['publication_hours'])}

    def check_complete(self):
        "Raise PublicationError unless it tells where, since when, to whom."
        super().check_complete()
        missing = [
            self.__names__(n)['field'] for n in REQUIRED
            if getattr(self, n) is None or getattr(self, n) == '']
        if missing:
            raise PublicationError(gettext(
                    'hazard.msg_publication_incomplete',
                    hazard=self.hazard.rec_name, fields=', '.join(missing)))
        zone = company_zone(self.company)
        first = local_day(self.hazard.found_at, zone)
        if not first <= self.from_date <= local_day(now(), zone):
            raise PublicationError(gettext(
                    'hazard.msg_publication_dates',
                    hazard=self.hazard.rec_name))
        self.check_acknowledged()

    def check_acknowledged(self):
        "Raise PublicationError where more acknowledged than were reached."
        if (self.acknowledged or 0) > self.reach:
            raise PublicationError(gettext(
                    'hazard.msg_publication_acknowledged',
                    hazard=self.hazard.rec_name))

    @classmethod
    @step('published')
    def publish(cls, publications):
        pool = Pool()
        Event = pool.get('hazard.event')
        for publication in publications:
            publication.check_complete()
        cls.move(publications, 'published', 'published')
        Event.append([{
                    'hazard': p.hazard,
                    'action': 'publish',
                    'note': p.where,
                    'stage': p,
                    } for p in publications])

    @classmethod
    @step('removed')
    def take_down(cls, publications):
        """Take down what was published.

        The context tells by "to_date" the last day and by "acknowledged" how
        many people know by then.
        """
        pool = Pool()
        Event = pool.get('hazard.event')
        context = Transaction().context
        if 'to_date' not in context:
            raise ButtonActionException('hazard.wizard_publication_take_down')
        for publication in publications:
            publication.set_end(
                context.get('to_date'), context.get('acknowledged'))
        cls.move(publications, 'removed', 'removed')
        Event.append([{
                    'hazard': p.hazard,
                    'action': 'unpublish',
                    'stage': p,
                    } for p in publications])

    def set_end(self, to_date, acknowledged):
        "Raise PublicationError for a day or a number that cannot be."
        today = local_day(now(), company_zone(self.company))
        # A client may send anything.
        if (not isinstance(to_date, dt.date)
                or isinstance(to_date, dt.datetime)
                or not self.from_date <= to_date <= today):
            raise PublicationError(gettext(
                    'hazard.msg_publication_dates',
                    hazard=self.hazard.rec_name))
        self.to_date = to_date
        if isinstance(acknowledged, int) and acknowledged >= 0:
            self.acknowledged = acknowledged
        self.check_acknowledged()


class PublicationTakeDown(StepWizard):
    __name__ = 'hazard.publication.take_down'
    _button = 'take_down'

    start_state = 'ask'
    ask = StateView(
        'hazard.publication.take_down.ask',
        'hazard.publication_take_down_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Take Down", 'take_down', 'tryton-ok', default=True),
            ])
    take_down = StateTransition()

    def default_ask(self, fields):
        return {'acknowledged': self.record.acknowledged}

    def transition_take_down(self):
        return self.press_button(
            to_date=self.ask.to_date, acknowledged=self.ask.acknowledged)


class PublicationTakeDownAsk(ModelView):
    __name__ = 'hazard.publication.take_down.ask'

    to_date = fields.Date("To Date", required=True)
    acknowledged = fields.Integer(
        "Acknowledged",
        domain=['OR', ('acknowledged', '=', None), ('acknowledged', '>=', 0)])

    @classmethod
    def default_to_date(cls):
        return Pool().get('ir.date').today()


class Hazard(metaclass=PoolMeta):
    __name__ = 'hazard.hazard'

    publications = fields.One2Many(
        'hazard.publication', 'hazard', "Publications", readonly=True,
        order=[('id', 'ASC')],
        states={
            'invisible': ~Eval('publications'),
            })

    @classmethod
    def _open_after_report(cls, hazards, state):
        super()._open_after_report(hazards, state)
        if asked := [h for h in hazards if h.grade.publish]:
            Pool().get('hazard.publication').open(asked)

    @classmethod
    def _cancel_stages(cls, hazards):
        super()._cancel_stages(hazards)
        if ended := [
                h for h in hazards if h.state in {'returned', 'cancelled'}]:
            Pool().get('hazard.publication').cancel_open(ended)

    @classmethod
    def copy(cls, hazards, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('publications', [])
        return super().copy(hazards, default=default)
