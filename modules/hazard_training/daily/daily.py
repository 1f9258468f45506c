# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The question of the day of each active member."

import datetime as dt

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.hazard.loop import notice
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.notice import users_of
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.modules.safety_base.workflow import now, own_employees
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.tools import timezone as tz
from trytond.transaction import Transaction, without_check_access

from ..exceptions import DailyAccessError, DailyAnswerError
from ..question.answer_key import right_letters
from ..question.pending_question import get_waiting
from ..question.question import LETTERS
from ..training import TrainingMixin
from .daily_draw import Draw

SLICE = 500


class Daily(ServerWrittenMixin, TrainingMixin, ModelSQL, ModelView):
    __name__ = 'training.daily'
    _refusal = DailyAccessError, 'hazard_training.msg_daily_modify'
    _log = False
    _action_cache = Cache('training.daily.action', context=False)

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='CASCADE')
    employee = fields.Many2One(
        'company.employee', "Employee", required=True, readonly=True,
        ondelete='CASCADE')
    unit = fields.Many2One(
        'safety.unit', "Unit", readonly=True, ondelete='RESTRICT')
    day = fields.Date("Day", required=True, readonly=True)
    repeated = fields.Boolean(
        "Repeated", readonly=True,
        help="The question comes back because it was answered wrong.")
    text = fields.Function(fields.Text("Question"), 'get_shown')
    type = fields.Function(fields.Char("Type"), 'get_shown')
    picture = fields.Function(
        fields.Binary(
            "Picture",
            states={
                'invisible': ~Eval('picture'),
                }),
        'get_shown')
    options = fields.Function(fields.Text("Options"), 'get_shown')
    right_answer = fields.Function(
        fields.Char("Right Answer"), 'get_shown')
    explanation = fields.Function(fields.Text("Explanation"), 'get_shown')
    source = fields.Function(fields.Char("Source"), 'get_shown')
    chosen = fields.Char("Answer", readonly=True)
    right = fields.Boolean("Right", readonly=True)
    answered_at = fields.DateTime("Answered At", readonly=True)
    streak = fields.Integer(
        "Days in a Row", readonly=True,
        help="On how many days without a gap the question was answered.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('day_unique', Unique(t, t.employee, t.day),
                'hazard_training.msg_daily_unique'),
            ]
        cls._sql_indexes.update({
                Index(t, (t.company, Index.Equality()),
                    (t.day, Index.Range(order='DESC'))),
                })
        cls._order = [('day', 'DESC'), ('id', 'DESC')]

    @classmethod
    def get_shown(cls, dailies, names):
        "Return what is shown; the answer only when there is one."
        pool = Pool()
        Key = pool.get('training.daily.key')
        Question = pool.get('training.question')
        # One that is just being created has no key yet
        shown = {n: dict.fromkeys([d.id for d in dailies]) for n in names}
        with without_check_access():
            types = cls._types()
            keys = Key.of_dailies(dailies)
            questions = {q.id: q for q in Question.browse(
                    {question for question, _ in keys.values()})}
            dailies = cls.browse(list(keys))
            waiting = get_waiting({d.employee.id for d in dailies})
            for daily in dailies:
                question, options = keys[daily.id]
                waits = (daily.employee.id, question) in waiting
                question = questions[question]
                values = {
                    'text': question.text,
                    'type': types[question.type],
                    'picture': question.picture
                    if 'picture' in names else None,
                    'options': '\n'.join(t for t, _ in options),
                    }
                if daily.answered_at and waits:
                    values['explanation'] = gettext(
                        'hazard_training.msg_daily_in_paper')
                elif daily.answered_at:
                    values['right_answer'] = right_letters(options)
                    values['explanation'] = question.explanation
                    values['source'] = question.source
                for name in names:
                    shown[name][daily.id] = values.get(name)
        return shown

    @classmethod
    def _types(cls):
        pool = Pool()
        Question = pool.get('training.question')
        return dict(Question.fields_get(['type'])['type']['selection'])

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    ~Eval('answered_at'), 'warning',
                    If(Eval('right', False), 'success', 'danger'))),
            ('/form//*[@id="answer"]', 'states', {
                    'invisible': ~Eval('answered_at'),
                    }),
            ]

    def get_rec_name(self, name):
        return f'{self.employee.rec_name} - {self.day}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('employee.rec_name', *clause[1:])]

    @classmethod
    def today(cls):
        "Return the user's question of today, None if there is none."
        employees = [e for e in own_employees() if e]
        company = Transaction().context.get('company')
        with without_check_access():
            dailies = cls.search([
                    ('employee', 'in', employees),
                    ('company', '=', company),
                    ], order=[('day', 'DESC')], limit=1)
            return next((d for d in dailies if d.is_today()), None)

    def is_today(self):
        return self.day == local_day(
            dt.datetime.now(), company_zone(self.company))

    @classmethod
    def answer(cls, daily, letters):
        """Answer the question once and for all.

        Raises DailyAnswerError for one that is answered or not of today and
        DailyAccessError for that of somebody else.
        """
        pool = Pool()
        Key = pool.get('training.daily.key')
        Mistake = pool.get('training.mistake')
        with without_check_access():
            daily = cls(daily.id)
            daily.check_answer()
            question, options = Key.of_dailies([daily])[daily.id]
            letters = sorted(set(letters) & set(LETTERS[:len(options)]))
            if not letters:
                raise DailyAnswerError(gettext(
                        'hazard_training.msg_daily_choose'))
            daily.chosen = ''.join(letters)
            daily.right = daily.chosen == right_letters(options)
            daily.answered_at = now()
            daily.streak = daily._get_streak()
            daily.save()
            Mistake.learn([(
                        daily.company, daily.employee.id, question,
                        daily.right, daily.day)])
            cls._forget([Transaction().user])

    def check_answer(self):
        if self.employee.id not in own_employees():
            raise DailyAccessError(gettext('hazard_training.msg_daily_other'))
        if self.answered_at:
            raise DailyAnswerError(gettext(
                    'hazard_training.msg_daily_answered'))
        if not self.is_today():
            raise DailyAnswerError(gettext('hazard_training.msg_daily_past'))

    def _get_streak(self):
        before = self.search([
                ('employee', '=', self.employee.id),
                ('day', '=', self.day - dt.timedelta(days=1)),
                ], limit=1)
        return 1 + sum(d.streak or 0 for d in before)

    def is_multiple(self):
        pool = Pool()
        Key = pool.get('training.daily.key')
        Question = pool.get('training.question')
        question, _ = Key.of_dailies([self])[self.id]
        return Question(question).type == 'multiple'

    @classmethod
    def draw(cls):
        """Draw today's questions of each company at the time it has set.

        Who has one keeps it, so it may run as often as one likes.
        """
        pool = Pool()
        Configuration = pool.get('training.configuration')
        with without_check_access():
            for company in get_companies():
                settings = Configuration.settings(company.id)
                local = dt.datetime.now().replace(
                    tzinfo=tz.UTC).astimezone(company_zone(company))
                if (settings['daily_at'] is not None
                        and local.time() >= settings['daily_at']):
                    cls.draw_day(company, local.date())

    @classmethod
    def draw_day(cls, company, day):
        "Draw the questions of the day of all who have none yet."
        pool = Pool()
        Key = pool.get('training.daily.key')
        dailies, keys = [], []
        for daily, key in Draw(company, day).values():
            dailies.append(daily)
            keys.append(key)
        dailies = cls.create(dailies)
        Key.create([
                {'daily': daily.id, **key}
                for daily, key in zip(dailies, keys)])
        cls._tell(dailies)
        return dailies

    @classmethod
    def _tell(cls, dailies):
        "Tell that questions wait, instead of those of the days before."
        audience = {d: {d.employee.id} for d in dailies}
        users = users_of(set().union(*audience.values()))
        cls._forget({u for found in users.values() for u, _ in found})
        notice.notify(
            audience, 'hazard_training.msg_daily_waiting',
            'tryton-notification', describe=lambda d: d.day.isoformat())

    @classmethod
    def notify_user(
            cls, dailies, icon, label, description=None, user=None, **extra):
        # It opens the question to answer it, not the record.
        pool = Pool()
        Notification = pool.get('res.notification')
        Transaction().user_notifications.append(Notification(
                user=user, icon=icon, label=label, description=description,
                action=cls._get_action(),
                # The web client opens no action of which it has the id only.
                action_value='{}', **extra))

    @classmethod
    def _forget(cls, users):
        "Withdraw what tells the users that a question waits."
        pool = Pool()
        Notification = pool.get('res.notification')
        for sub_users in grouped_slice(list(users), SLICE):
            notifications = Notification.search([
                    ('user', 'in', list(sub_users)),
                    ('action', '=', cls._get_action()),
                    ])
            # PostgreSQL refuses what the deletion of none counts.
            if notifications:
                Notification.delete(notifications)

    @classmethod
    def _get_action(cls):
        "Return the id of the action that asks the question of the day."
        pool = Pool()
        ActionWizard = pool.get('ir.action.wizard')
        ModelData = pool.get('ir.model.data')
        id_ = ModelData.get_id('hazard_training', 'wizard_daily_take')
        action = cls._action_cache.get(id_)
        if action is None:
            with without_check_access():
                action = ActionWizard(id_).action.id
            cls._action_cache.set(id_, action)
        return action
