# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import ModelView
from trytond.modules.safety_base.workflow import now
from trytond.modules.safety_organization.person import acting_person
from trytond.pool import Pool

from . import notice
from .inbox import InboxMixin, Turn
from .withdrawal import WithdrawalMixin


class SecondCheckerMixin(WithdrawalMixin, InboxMixin):
    """Ask a second person, who confirms the opinion with an own login.

    The model has the fields second_checker, second_at and reason. Its
    messages begin with _messages, _error is what they are raised by.
    """
    __slots__ = ()
    _confirmed = ('second_at',)
    _confirms = frozenset({'reason', 'second_checker'})
    _messages = None
    _error = None

    @classmethod
    def on_write(cls, stages, values):
        # Who is named anew is told anyway.
        if values.keys() & cls._confirms and 'second_checker' not in values:
            cls._tell_again(stages)
        return super().on_write(stages, values)

    @classmethod
    def on_modification(cls, mode, stages, field_names=None):
        super().on_modification(mode, stages, field_names=field_names)
        if mode == 'write' and 'second_checker' in (field_names or []):
            cls.__queue__.tell_second(
                [s for s in stages if s.second_checker])

    @classmethod
    def withdraw(cls, stages):
        """Take back what the second persons confirmed of the stages.

        It is written even where nobody has confirmed yet, so that who does at
        the same time starts again with what is there then.
        """
        cls._tell_again(stages)
        cls.write(stages, {'second_at': None})

    @classmethod
    def _tell_again(cls, stages):
        "Tell the second persons that what they confirmed is withdrawn."
        if confirmed := [s for s in stages if s.second_at]:
            cls.__queue__.tell_second(confirmed)

    @classmethod
    def tell_second(cls, stages):
        notice.second_asked([
                s for s in stages
                if s.state == 'draft' and s.second_checker
                and not s.second_at])

    @classmethod
    def get_waiting_domain(cls):
        "It waits for the second person too, until that has confirmed."
        return ['OR', super().get_waiting_domain(), [
                ('state', '=', 'draft'),
                ('second_checker', 'in', list(Turn().own)),
                ('second_at', '=', None)]]

    def _refuse(self, case, **variables):
        raise self._error(gettext(
                f'{self._messages}_{case}', hazard=self.rec_name,
                **variables))

    @classmethod
    def check_checker(cls, stages, person):
        "Raise the error where the person must not check."
        raise NotImplementedError

    def _barred(self):
        "The employees who must not check, or None."
        raise NotImplementedError

    @classmethod
    def check_second(cls, stages, person):
        """Raise the error where the person is the second one too, or where
        the second one must not check."""
        for stage in stages:
            if stage.second_checker and (
                    stage.second_checker in set(stage._barred())
                    or person.is_any([stage.second_checker])):
                stage._refuse('second_checker')

    @classmethod
    @ModelView.button
    def confirm(cls, stages):
        "Note that the second persons confirm the opinion."
        pool = Pool()
        Event = pool.get('hazard.event')
        User = pool.get('res.user')
        User.check_identity()
        cls.check_step(stages, ['passed'])
        person = acting_person()
        for stage in stages:
            if not person.is_any([stage.second_checker]):
                stage._refuse('second_self')
        cls.check_checker(stages, person)
        at = now()
        for stage in stages:
            stage.second_at = at
        cls.save_alike(stages)
        Event.append([{
                    'hazard': s.hazard,
                    'action': 'second',
                    'note': s.reason,
                    'stage': s,
                    } for s in stages])
        return 'reload'
