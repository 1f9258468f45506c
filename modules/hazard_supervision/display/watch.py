# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the displays of the enterprises of a regulator are to be, as of now.

All is read at once for all enterprises; those without a company in this
database are left out, since nothing is known of what they do.
"""

from collections import namedtuple
from functools import cached_property

from trytond.modules.hazard.loop.overdue import RECTIFY_STATES
from trytond.modules.safety_base.clock import (
    company_zone, day_start, local_day)
from trytond.pool import Pool

from .. import definitions
from .act import get_reports, get_zero_reports

SILENT = ['login', 'report']
Silence = namedtuple('Silence', ['last_act', 'limit'])


class Watch:

    def __init__(self, company, at, enterprises=None):
        self.company = company
        self.at = at
        self._chosen = enterprises

    @cached_property
    def settings(self):
        return Pool().get('supervision.configuration').settings(self.company)

    @cached_property
    def enterprises(self):
        "The enterprises with records of their own by their id."
        chosen = self._chosen
        if chosen is None:
            chosen = Pool().get('supervision.enterprise').search([
                    ('company', '=', self.company.id),
                    ('own_company', '!=', None)], order=[])
        return {e.id: e for e in chosen if e.own_company}

    @cached_property
    def _days(self):
        return {
            id_: local_day(self.at, company_zone(e.own_company))
            for id_, e in self.enterprises.items()}

    def get_day(self, enterprise):
        "Return the day that it is at the enterprise."
        return self._days[enterprise]

    def get_values(self, enterprise):
        "Return with what a display of the enterprise opens."
        return {
            'company': self.company.id,
            'enterprise': enterprise,
            'opened_on': self.get_day(enterprise),
            'opened_at': self.at,
            }

    def is_enrolled(self, id_):
        enterprise = self.enterprises[id_]
        return definitions.is_enrolled(
            enterprise.enrolled_on, enterprise.closed_on, self._days[id_])

    def is_closed(self, id_):
        return id_ not in self.enterprises or not self.is_enrolled(id_)

    # Silence

    @cached_property
    def exempt(self):
        "The ids of the enterprises that are exempt by kind."
        Exemption = Pool().get('supervision.exemption')
        exempt = {kind: set() for kind in SILENT}
        for day in set(self._days.values()):
            for exemption in Exemption.search([
                        ('enterprise', 'in', [
                                i for i, d in self._days.items() if d == day]),
                        *Exemption.get_covering(day)]):
                for kind in SILENT:
                    if getattr(exemption, f'lifts_{kind}'):
                        exempt[kind].add(exemption.enterprise.id)
        return exempt

    @cached_property
    def _companies(self):
        return [e.own_company.id for e in self.enterprises.values()]

    @cached_property
    def _reports(self):
        return get_reports(self._companies)

    @cached_property
    def _zero_reports(self):
        return get_zero_reports(self._companies)

    @cached_property
    def acts(self):
        "The days of the last acts by kind, by id of the enterprises."
        Presence = Pool().get('supervision.presence')
        times = dict(self._reports)
        for company, at in self._zero_reports.items():
            times[company] = max(at, times.get(company, at))
        return {
            'login': Presence.get_last(list(self.enterprises)),
            'report': {
                id_: local_day(
                    times[e.own_company.id], company_zone(e.own_company))
                for id_, e in self.enterprises.items()
                if e.own_company.id in times},
            }

    def get_limit(self, id_, kind):
        name = f'{kind}_days'
        return (
            getattr(self.enterprises[id_].trade, name) or self.settings[name])

    def counted_from(self, id_, kind):
        "Return the day after which the silence counts."
        enterprise = self.enterprises[id_]
        grace = enterprise.grace_days
        return definitions.counted_from(
            self.acts[kind].get(id_), enterprise.enrolled_on,
            self.settings['grace_days'] if grace is None else grace,
            self.get_limit(id_, kind))

    def is_expected(self, id_, kind):
        return self.is_enrolled(id_) and id_ not in self.exempt[kind]

    def get_silent(self):
        """Return who is silent too long.

        It is the Silence by id of the enterprise and kind; last_act is None
        if there was none.
        """
        return {
            (id_, kind): Silence(
                self.acts[kind].get(id_), self.get_limit(id_, kind))
            for id_ in self.enterprises for kind in SILENT
            if self.is_expected(id_, kind)
            and definitions.is_silent(
                self.counted_from(id_, kind), self._days[id_],
                self.get_limit(id_, kind))}

    def get_days_left(self, id_, kind):
        "Return in how many days a display opens, None if none is expected."
        if self.is_expected(id_, kind):
            return definitions.days_left(
                self.counted_from(id_, kind), self._days[id_],
                self.get_limit(id_, kind))

    def get_clearing(self, id_, kind):
        "Return by what the display of the kind is to be cleared."
        if self.is_closed(id_):
            return 'closed'
        if id_ in self.exempt[kind]:
            return 'exempt'
        if kind == 'report':
            company = self.enterprises[id_].own_company.id
            hazard = self._reports.get(company)
            zero = self._zero_reports.get(company)
            return 'zero_report' if zero and (
                not hazard or zero > hazard) else 'report'
        return kind

    # In time

    def get_cutoff(self, company):
        """Return before which time a deadline is over.

        The day of a deadline counts to its end unless hours do.
        """
        if self.settings['overdue_hours']:
            return self.at
        zone = company_zone(company)
        return day_start(local_day(self.at, zone), zone)

    def is_overdue(self, hazard):
        "Is the hazard still not rectified in time?"
        return bool(
            hazard.state in RECTIFY_STATES and hazard.deadline
            and hazard.deadline < self.get_cutoff(hazard.company))

    def get_overdue(self):
        """Return what is not rectified in time.

        It is the id of the enterprise and the values of the line, by id of
        the hazard.
        """
        Hazard = Pool().get('hazard.hazard')
        by_company, cutoffs = {}, {}
        for id_, enterprise in self.enterprises.items():
            if self.is_enrolled(id_):
                company = enterprise.own_company
                by_company[company.id] = id_
                cutoffs.setdefault(
                    self.get_cutoff(company), []).append(company.id)
        hazards = Hazard.search([
                ('state', 'in', RECTIFY_STATES),
                ['OR', ('id', '=', -1), *(
                        [('company', 'in', companies), ('deadline', '<', end)]
                        for end, companies in cutoffs.items())],
                ], order=[('id', 'ASC')])
        return {
            h.id: (by_company[h.company.id], {
                    'number': h.number,
                    'grade': h.grade.rec_name,
                    'deadline': h.deadline,
                    })
            for h in hazards}
