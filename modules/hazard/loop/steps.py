# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
from collections import defaultdict

from sql.conditionals import Coalesce

from trytond.i18n import gettext
from trytond.model import fields
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.access import check_readable
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.guard.value import from_context
from trytond.modules.safety_base.reason import get_reason
from trytond.modules.safety_base.workflow import LoopMixin, now, step
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access

from ..exceptions import ReassignError, ReportTimeError
from . import notice
from .hand_over import HandOverSteps

REPORTABLE_STATES = ['draft', 'returned']
REASSIGNABLE_STATES = ['four_fix', 'rectification']
OPEN_STATES = ['four_fix', 'rectification', 'recheck', 'acceptance']


class HazardSteps(HandOverSteps, LoopMixin):
    __slots__ = ()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._transitions |= {
            (start, end)
            for start in REPORTABLE_STATES
            for end in ['four_fix', 'recheck', 'closed']
            } | {
            (start, 'cancelled') for start in [*OPEN_STATES, 'returned']
            } | {
            *((state, state) for state in OPEN_STATES),
            ('four_fix', 'rectification'),
            ('four_fix', 'returned'),
            ('rectification', 'four_fix'),
            ('rectification', 'recheck'),
            ('recheck', 'four_fix'),
            ('recheck', 'returned'),
            ('recheck', 'closed'),
            ('recheck', 'acceptance'),
            ('acceptance', 'four_fix'),
            ('acceptance', 'closed'),
            ('closed', 'archived'),
            }
        fixed_on_site = (
            (Eval('state') == 'recheck')
            & (Eval('handling') == 'on_site')
            & (Eval('round', 0) == 1))
        cls._buttons.update({
                'submit': {
                    'invisible': ~Eval('state').in_(REPORTABLE_STATES),
                    'icon': 'tryton-forward',
                    'depends': ['state'],
                    },
                'return_': {
                    'invisible': ~(
                        (Eval('state') == 'four_fix') | fixed_on_site),
                    'icon': 'tryton-back',
                    'depends': ['state', 'handling', 'round'],
                    },
                'reassign': {
                    'invisible': ~Eval('state').in_(REASSIGNABLE_STATES),
                    'icon': 'tryton-switch',
                    'depends': ['state'],
                    },
                'hand_over': {
                    'invisible': ~Eval('state').in_(OPEN_STATES),
                    'icon': 'tryton-switch',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': ~Eval('state').in_(
                        [*OPEN_STATES, 'returned']),
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                'archive_': {
                    'invisible': Eval('state') != 'closed',
                    'icon': 'tryton-archive',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def advance(cls, hazards, state, action, note=None, stages=None):
        """Save the hazards in state and append an event to each timeline.

        note is a function of the hazard or a text for all of them, stages a
        list parallel to hazards of the stages which end by the action.
        """
        pool = Pool()
        Event = pool.get('hazard.event')
        entries = []
        for hazard, stage in zip(hazards, stages or [None] * len(hazards)):
            entries.append({
                    'hazard': hazard,
                    'action': action,
                    'from_state': hazard.state,
                    'to_state': state,
                    'note': note(hazard) if callable(note) else note,
                    'stage': stage,
                    })
            hazard.state = state
        if state == 'closed':
            cls.check_closing(hazards)
        cls.save_alike(hazards)
        Event.append(entries)

    @classmethod
    def check_closing(cls, hazards):
        """Raise an error unless all that a closed hazard needs is there.

        Whatever step closes hazards comes by here.
        """

    @classmethod
    def check_refusal(cls, hazards):
        "Raise an error for hazards that may not be returned or cancelled."

    @classmethod
    def check_cancel(cls, hazards):
        "Raise an error for hazards that who acts may not cancel."
        cls.check_refusal(hazards)

    @classmethod
    def check_editor(cls, hazards):
        super().check_editor(hazards)
        cls.check_reporter(hazards)

    @classmethod
    def check_reporter(cls, hazards):
        "Raise AccessError unless the user found or entered the hazards."
        pool = Pool()
        User = pool.get('res.user')
        user = Transaction().user
        employees = User.get_employees() if user else []
        for hazard in hazards if user else []:
            if (hazard.found_by.id not in employees
                    and hazard.create_uid.id != user):
                raise AccessError(gettext(
                        'hazard.msg_hazard_edit_reporter',
                        hazard=hazard.rec_name))

    @classmethod
    @step(
        'four_fix', 'recheck', 'closed', start=REPORTABLE_STATES,
        check='check_reporter')
    def submit(cls, hazards):
        plans = Pool().get('hazard.plan').get_approved(hazards)
        first = [h for h in hazards if not h.number]
        for hazard in hazards:
            hazard.check_report()
            hazard.deadline = hazard.grade.later(
                now(), hazard.grade.rectify_hours, hazard.company)
            if hazard.grade.plan_required:
                plan = plans.get(hazard)
                hazard.deadline = plan.deadline if plan else None
        cls._stamp_report(first)
        cls._link_recurrences(hazards)
        groups = defaultdict(list)
        for hazard in hazards:
            action = 'submit' if hazard in first else 'resubmit'
            groups[action, hazard.state_after_report()].append(hazard)
        for (action, state), group in groups.items():
            if state == 'closed':
                for hazard in group:
                    hazard.closed_at = now()
            cls.advance(group, state, action, note=cls._report_note)
            cls._open_after_report(group, state)

    def check_report(self):
        """Mark a late report.

        Raises ReportTimeError when it gives no reason or its times are
        impossible.
        """
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        self.check_times()
        self.late = self.late_entry
        if self.late and not self.late_reason:
            lag = Configuration.settings(self.company)['entry_lag_hours']
            raise ReportTimeError(gettext(
                    'hazard.msg_hazard_late_reason',
                    hazard=self.rec_name, hours=lag))

    def state_after_report(self):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        if self.handling == 'four_fix':
            return 'four_fix'
        recheck = Configuration.settings(self.company)['recheck_on_site']
        if recheck == 'grade':
            recheck = 'always' if self.grade.recheck_on_site else 'never'
        return 'recheck' if recheck == 'always' else 'closed'

    def _report_note(self):
        if self.handling == 'on_site':
            return self.on_site_measures
        return self.description

    @classmethod
    def _stamp_report(cls, hazards):
        pool = Pool()
        Numbering = pool.get('hazard.numbering')
        at = now()
        by_company = defaultdict(list)
        for hazard in hazards:
            hazard.reported_at = at
            by_company[hazard.company].append(hazard)
        for company, group in by_company.items():
            year = local_day(at, company_zone(company)).year
            numbers = Numbering.get_many(company, year, len(group))
            for hazard, number in zip(group, numbers):
                hazard.number = number

    @classmethod
    def _link_recurrences(cls, hazards):
        for hazard in hazards:
            hazard.recurrence_of, hazard.recurrence = None, 0
        hazards = {h.id: h for h in hazards if h.check_item}
        if not hazards:
            return
        spans = {i: cls._recurrence_span(h) for i, h in hazards.items()}
        found = [
            (h.found_at, i, (h.place.id, h.check_item.id), 0)
            for i, h in hazards.items()]
        found.extend(cls._search_alike(
                list(hazards.values()), max(spans.values())))
        last = {}
        for found_at, id_, key, recurrence in sorted(found):
            if (id_ in hazards and key in last
                    and found_at - last[key][0] <= spans[id_]):
                recurrence = last[key][2] + 1
                hazards[id_].recurrence_of = last[key][1]
                hazards[id_].recurrence = recurrence
            last[key] = found_at, id_, recurrence

    @classmethod
    def _recurrence_span(cls, hazard):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        settings = Configuration.settings(hazard.company)
        return dt.timedelta(days=settings['recurrence_days'])

    @classmethod
    def _search_alike(cls, hazards, span):
        """Return what else was found where and when it may be the same.

        Each is a tuple of the time, the id, the ids of place and check item,
        and the number of the recurrence. Of the same found before only the
        last one counts, but there are too few to tell them apart in SQL.
        """
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        in_ = fields.SQL_OPERATORS['in']
        times = [h.found_at for h in hazards]
        cursor.execute(*table.select(
                table.found_at, table.id, table.place, table.check_item,
                Coalesce(table.recurrence, 0),
                where=in_(table.place, list({h.place.id for h in hazards}))
                & in_(table.check_item,
                    list({h.check_item.id for h in hazards}))
                & ~table.state.in_(['draft', 'cancelled'])
                & (table.found_at >= min(times) - span)
                & (table.found_at <= max(times))
                & ~in_(table.id, [h.id for h in hazards])))
        return [
            (found_at, id_, (place, item), recurrence)
            for found_at, id_, place, item, recurrence in cursor]

    @classmethod
    def _open_after_report(cls, hazards, state):
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        Recheck = pool.get('hazard.recheck')
        if state == 'four_fix':
            FourFix.open(hazards)
        elif state == 'recheck':
            Recheck.open(hazards)

    @classmethod
    def _cancel_stages(cls, hazards):
        pool = Pool()
        for name in OPEN_STATES:
            pool.get(f'hazard.{name}').cancel_open(hazards)
        pool.get('hazard.extension').close_open(hazards)

    @classmethod
    @step('returned')
    def return_(cls, hazards):
        cls.check_refusal(hazards)
        reason = get_reason('hazard.wizard_hazard_return')
        for hazard in hazards:
            hazard.return_reason = reason
        cls.advance(hazards, 'returned', 'return', note=reason)
        cls._cancel_stages(hazards)
        Pool().get('hazard.plan').begin_again(hazards)
        cls.__queue__.tell_returned(hazards)

    @classmethod
    def tell_returned(cls, hazards):
        notice.hazard_returned([h for h in hazards if h.state == 'returned'])

    @classmethod
    def tell_closed(cls, hazards):
        notice.hazard_closed(hazards)

    @classmethod
    @step('four_fix', start=REASSIGNABLE_STATES)
    def reassign(cls, hazards):
        pool = Pool()
        FourFix = pool.get('hazard.four_fix')
        Unit = pool.get('safety.unit')
        reason = get_reason('hazard.wizard_hazard_reassign')
        unit = from_context('unit', int)
        unit = Unit(unit) if unit else None
        with check_access():
            check_readable([unit] if unit else [])
        for hazard in hazards:
            if (not unit or not unit.active or unit == hazard.unit
                    or unit.company != hazard.company):
                raise ReassignError(gettext(
                        'hazard.msg_hazard_reassign_unit',
                        hazard=hazard.rec_name,
                        unit=unit.rec_name if unit else ''))
        due = {
            f.hazard: f.due_at for h in hazards for f in h.four_fixes
            if f.state == 'draft'}
        cls._cancel_stages(hazards)
        for hazard in hazards:
            hazard.unit = unit
            hazard.responsible = None
        cls.advance(
            hazards, 'four_fix', 'reassign',
            note=f'{unit.rec_name}: {reason}')
        FourFix.open(hazards, due)

    @classmethod
    @step(*OPEN_STATES, start=OPEN_STATES)
    def hand_over(cls, hazards):
        cls.hand_stages_over(
            hazards, get_reason('hazard.wizard_hazard_hand_over'))

    @classmethod
    @step('cancelled')
    def cancel(cls, hazards):
        cls.check_cancel(hazards)
        reason = get_reason('hazard.wizard_hazard_cancel')
        for hazard in hazards:
            hazard.cancel_reason = reason
        cls.advance(hazards, 'cancelled', 'cancel', note=reason)
        cls._cancel_stages(hazards)
        Pool().get('hazard.plan').rest(hazards)

    @classmethod
    @step('archived')
    def archive_(cls, hazards):
        at = now()
        for hazard in hazards:
            hazard.archived_at = at
        cls.advance(hazards, 'archived', 'archive')
