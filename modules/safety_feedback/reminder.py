# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Reminding of opinions that nobody has answered.

A step belongs to its day: it is taken once, on that day or on the first run
after it, and leaves a reminder even if there was nobody to tell.
"""
import datetime as dt

from trytond.i18n import gettext
from trytond.model import ModelSQL, Unique, fields
from trytond.modules.safety_base.notice import notify
from trytond.modules.safety_base.scheduler import get_companies
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from .exceptions import ReminderAccessError
from .feedback import get_today
from .notice import describe, get_administrators, get_answerers

STEPS = [
    ('remind', "Reminder"),
    ('overdue', "Overdue"),
    ('escalate', "To the Administration"),
    ]
SLICE = 1000
_AUDIENCES = {
    'remind': get_answerers,
    'overdue': get_answerers,
    'escalate': get_administrators,
    }


class Reminder(ModelSQL):
    __name__ = 'safety.feedback.reminder'
    _log = False

    feedback = fields.Many2One(
        'safety.feedback', "Feedback", required=True, ondelete='CASCADE')
    step = fields.Selection(STEPS, "Step", required=True, sort=False)
    day = fields.Date("Day", required=True)
    sent_at = fields.Timestamp("Sent At", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('feedback')
        cls._sql_constraints += [
            ('step_day_unique', Unique(t, t.feedback, t.step, t.day),
                'safety_feedback.msg_reminder_unique'),
            ]

    @classmethod
    def check_modification(cls, mode, reminders, values=None, external=False):
        super().check_modification(
            mode, reminders, values=values, external=external)
        if mode == 'write' or external:
            raise ReminderAccessError(
                gettext('safety_feedback.msg_reminder_modify'))

    @classmethod
    def remind(cls):
        "Take the steps that are due, called by the scheduler."
        with without_check_access():
            for company in get_companies():
                with Transaction().set_context(company=company.id):
                    cls._remind_company(company)

    @classmethod
    def _remind_company(cls, company):
        pool = Pool()
        Configuration = pool.get('safety.feedback.configuration')
        Feedback = pool.get('safety.feedback')
        Sender = pool.get('safety.feedback.sender')
        Sender.forget(company)
        delays = get_delays(Configuration.settings(company.id))
        today = get_today(company)
        feedbacks = Feedback.search([
                ('company', '=', company.id),
                ('state', '=', 'submitted'),
                ('due_on', '<=', today - min(delays.values())),
                ], order=[('due_on', 'ASC'), ('id', 'ASC')])
        for sub_feedbacks in grouped_slice(feedbacks, SLICE):
            sub_feedbacks = list(sub_feedbacks)
            taken = {
                (r.feedback, r.step, r.day) for r in cls.search([
                        ('feedback', 'in', [f.id for f in sub_feedbacks])])}
            for step, delay in delays.items():
                cls._take(step, {
                        f: f.due_on + delay for f in sub_feedbacks
                        if is_due(step, f, delay, today)
                        and (f, step, f.due_on + delay) not in taken})

    @classmethod
    def _take(cls, step, days):
        if not days:
            return
        notify(
            _AUDIENCES[step](list(days)),
            f'safety_feedback.msg_reminder_{step}', 'tryton-warning',
            describe)
        cls.create([{
                    'feedback': f.id,
                    'step': step,
                    'day': day,
                    'sent_at': now(),
                    } for f, day in days.items()])


def get_delays(settings):
    "Return the time from the day on which an answer is due to each step."
    days = {
        'remind': -settings['reminder_days'],
        'overdue': 1,
        'escalate': settings['escalate_days'],
        }
    return {step: dt.timedelta(days=d) for step, d in days.items()}


def is_due(step, feedback, delay, today):
    """Is it time for the step?

    Nobody is reminded of what was submitted on the day of the reminder or
    after it, or is overdue already.
    """
    day = feedback.due_on + delay
    if step == 'remind':
        return feedback.submitted_on < day <= today <= feedback.due_on
    return day <= today
