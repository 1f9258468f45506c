# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Opinions that tell of a hazard become one, and are answered by its end.

The hazard knows nothing of the opinion, and nothing of its author: it is
found by who reports it from the opinion.
"""

from sql import Null

from trytond.i18n import gettext
from trytond.model import Index, ModelView, fields
from trytond.modules.safety_base.access import check_writable
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import check_access, without_check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from .exceptions import FeedbackHazardError
from .feedback import get_today

# In which a hazard may still be made of it
OPEN = ['submitted', 'answered']
ENDS = {'closed', 'cancelled'}


class Feedback(metaclass=PoolMeta):
    __name__ = 'safety.feedback'
    # Nobody follows it from an author to the hazard or back.
    _secrets = frozenset({'hazard'})

    hazard = fields.Many2One(
        'hazard.hazard', "Hazard", readonly=True, ondelete='SET NULL')
    # Also for who may not read the hazard
    hazard_number = fields.Function(
        fields.Char(
            "Registered as Hazard",
            states={
                'invisible': ~Eval('hazard_number'),
                }),
        'get_hazard_fields')
    hazard_state = fields.Function(
        fields.Char(
            "State of the Hazard",
            states={
                'invisible': ~Eval('hazard_state'),
                }),
        'get_hazard_fields')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(
                t, (t.hazard, Index.Equality()), where=t.hazard != Null))
        cls._buttons.update({
                'report_hazard': {
                    'invisible': (
                        ~Eval('state').in_(OPEN)
                        | Bool(Eval('hazard_state'))
                        | ~Eval('led', False)),
                    'icon': 'tryton-warning',
                    'depends': ['state', 'hazard_state', 'led'],
                    },
                })

    @classmethod
    def get_hazard_fields(cls, feedbacks, names):
        result = {n: dict.fromkeys(map(int, feedbacks)) for n in names}
        for feedback in feedbacks:
            if hazard := feedback.hazard:
                values = {
                    'hazard_number': hazard.number,
                    'hazard_state': hazard.state_string,
                    }
                for name in names:
                    result[name][feedback.id] = values[name]
        return result

    @classmethod
    def copy(cls, feedbacks, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('hazard')
        return super().copy(feedbacks, default=default)

    @classmethod
    @ModelView.button_action('safety_feedback.wizard_feedback_hazard')
    def report_hazard(cls, feedbacks):
        pass

    def check_hazard(self):
        """Raise an error unless the user may make a hazard of the opinion.

        That is who may answer it, as long as it waits and there is none.
        """
        check_writable([self])
        self.check_answerer([self])
        if self.state not in OPEN or self.hazard:
            raise FeedbackHazardError(gettext(
                    'safety_feedback.msg_feedback_hazard',
                    feedback=self.rec_name))

    @classmethod
    @without_check_access
    def answer_ended(cls, hazards):
        "Answer the opinions of which the hazards were made, which ended."
        feedbacks = cls.search([
                ('hazard', 'in', [h.id for h in hazards]),
                ('state', 'in', ['submitted', 'answered', 'adopted']),
                ])
        waiting = [f for f in feedbacks if f.state == 'submitted']
        for feedback in feedbacks:
            feedback.answer_text = '\n'.join(filter(None, [
                        feedback.answer_text, feedback.get_result()]))
        for feedback in waiting:
            feedback.answered_at = now()
            feedback.late = get_today(feedback.company) > feedback.due_on
        cls.save(feedbacks)
        cls.move(waiting, 'answered')
        if feedbacks:
            cls.__queue__.tell_replied(feedbacks)

    def get_result(self):
        "Return what became of the hazard, in the words of an answer."
        hazard = self.hazard
        day = local_day(now(), company_zone(self.company))
        if hazard.state == 'cancelled':
            return gettext(
                'safety_feedback.msg_feedback_hazard_cancelled',
                number=hazard.number, day=day.isoformat(),
                reason=hazard.cancel_reason)
        actions = [hazard.on_site_measures, *(
                r.actions for r in hazard.rectifications
                if r.state == 'done')]
        return gettext(
            'safety_feedback.msg_feedback_hazard_closed',
            number=hazard.number, day=day.isoformat(),
            actions=next(filter(None, reversed(actions)), ''))


class Event(metaclass=PoolMeta):
    __name__ = 'hazard.event'

    @classmethod
    def on_modification(cls, mode, events, field_names=None):
        super().on_modification(mode, events, field_names=field_names)
        if mode == 'create':
            if ended := [e.hazard for e in events if e.to_state in ENDS]:
                Pool().get('safety.feedback').answer_ended(ended)


class FeedbackHazard(Wizard):
    __name__ = 'safety.feedback.hazard'

    start_state = 'ask'
    ask = StateView(
        'safety.feedback.hazard.ask',
        'safety_feedback.feedback_hazard_ask_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Make the Card", 'make', 'tryton-ok', default=True),
            ])
    make = StateTransition()
    open_ = StateAction('hazard.act_hazard_report')

    def _get_feedback(self):
        "Return the opinion, of which the user may make a hazard."
        Feedback = Pool().get('safety.feedback')
        feedback, = Feedback.browse([r.id for r in self.records[:1]])
        with check_access():
            feedback.check_hazard()
        return feedback

    def default_ask(self, fields):
        Hazard = Pool().get('hazard.hazard')
        feedback = self._get_feedback()
        return {
            'company': feedback.company.id,
            'unit': feedback.unit.id,
            'grade': Hazard.default_grade(),
            'description': feedback.text,
            'photos': len(feedback.photos),
            'with_photos': bool(feedback.photos),
            }

    def transition_make(self):
        Feedback = Pool().get('safety.feedback')
        feedback = self._get_feedback()
        with check_access():
            hazard = self._make_hazard(feedback)
        with without_check_access():
            Feedback.write([Feedback(feedback.id)], {'hazard': hazard.id})
        self.ask.hazard = hazard
        return 'open_'

    def _make_hazard(self, feedback):
        pool = Pool()
        Data = pool.get('ir.model.data')
        Hazard = pool.get('hazard.hazard')
        Photo = pool.get('hazard.photo')
        ask = self.ask
        hazard, = Hazard.create([{
                    'company': feedback.company.id,
                    'found_by': acting_employee(feedback.company),
                    'place': ask.place.id,
                    'unit': ask.unit.id,
                    'grade': ask.grade.id,
                    'discipline': ask.discipline.id,
                    'description': ask.description,
                    'handling': 'four_fix',
                    'source': Data.get_id('hazard', 'source_internal'),
                    }])
        if ask.with_photos:
            Photo.create([{
                        'hazard': hazard.id,
                        'image': bytes(p.image),
                        'filename': p.file_name,
                        } for p in feedback.photos])
        return hazard

    def do_open_(self, action):
        return action, {'res_id': [self.ask.hazard.id]}


class FeedbackHazardAsk(ModelView):
    __name__ = 'safety.feedback.hazard.ask'

    company = fields.Many2One('company.company', "Company", readonly=True)
    place = fields.Many2One(
        'hazard.place', "Place", required=True,
        domain=[('company', '=', Eval('company', -1))])
    unit = fields.Many2One(
        'safety.unit', "Responsible Unit", required=True,
        domain=[('company', '=', Eval('company', -1))],
        help="Which is to rectify it.")
    grade = fields.Many2One('hazard.grade', "Grade", required=True)
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline", required=True)
    description = fields.Text(
        "Description", required=True,
        help="Take out what would tell who wrote the opinion.")
    photos = fields.Integer("Number of Photos", readonly=True)
    with_photos = fields.Boolean(
        "With the Photos",
        states={
            'invisible': ~Eval('photos', 0),
            })
    hazard = fields.Many2One('hazard.hazard', "Hazard", readonly=True)

    @fields.depends('place')
    def on_change_place(self):
        if self.place and self.place.responsible_unit:
            self.unit = self.place.responsible_unit
