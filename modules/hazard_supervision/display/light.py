# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The lights of enterprises, each with the words that say why.

Red is an open display or an open major hazard, orange a display or a deadline
within the days that are announced, grey who is closed, exempt or without
records here.
"""

import datetime as dt
from collections import Counter, defaultdict
from functools import cached_property

from sql import Null
from sql.aggregate import Count

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.hazard.loop.overdue import RECTIFY_STATES
from trytond.modules.hazard.loop.steps import OPEN_STATES
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.transaction import Transaction

from .act import count_zero_reports
from .watch import SILENT, Watch

LIGHTS = [
    ('red', "Red"),
    ('orange', "Orange"),
    ('green', "Green"),
    ('grey', "Grey"),
    ]
_in = fields.SQL_OPERATORS['in']


class Lights:
    "Read at once for all of the enterprises."

    def __init__(self, enterprises):
        groups = defaultdict(list)
        for enterprise in enterprises:
            groups[enterprise.company].append(enterprise)
        at = now()
        self._watches = {
            company.id: Watch(company, at, group)
            for company, group in groups.items()}
        self._enterprises = enterprises
        self._at = at

    def _watch(self, enterprise):
        return self._watches[enterprise.company.id]

    @cached_property
    def _companies(self):
        return [
            e.own_company.id for e in self._enterprises if e.own_company]

    @cached_property
    def _displayed(self):
        """The words of the open displays by id of the enterprise.

        Taken in the order of the search, by which they are read at once.
        """
        words = defaultdict(list)
        for display in Pool().get('supervision.display').search([
                    ('enterprise', 'in', [e.id for e in self._enterprises]),
                    ('state', '=', 'open'),
                    ], order=[('opened_on', 'ASC'), ('id', 'ASC')]):
            words[display.enterprise.id].append(display.words)
        return words

    @cached_property
    def _majors(self):
        "The numbers of open major hazards by company."
        pool = Pool()
        hazard = pool.get('hazard.hazard').__table__()
        grade = pool.get('hazard.grade').__table__()
        return self._count(hazard, hazard.grade.in_(grade.select(
                    grade.id, where=grade.legal_class == 'major')))

    @cached_property
    def _due(self):
        "The numbers of hazards that are due soon, by company."
        hazard = Pool().get('hazard.hazard').__table__()
        numbers = Counter()
        for watch in self._watches.values():
            until = self._at + dt.timedelta(
                days=watch.settings['warning_days'])
            numbers.update(self._count(
                    hazard, hazard.state.in_(RECTIFY_STATES)
                    & (hazard.deadline != Null)
                    & (hazard.deadline >= self._at)
                    & (hazard.deadline <= until),
                    [e.own_company.id for e in watch.enterprises.values()]))
        return numbers

    def _count(self, hazard, where, companies=None):
        cursor = Transaction().connection.cursor()
        cursor.execute(*hazard.select(
                hazard.company, Count(hazard.id),
                where=_in(hazard.company, companies or self._companies)
                & hazard.state.in_(OPEN_STATES) & where,
                group_by=hazard.company))
        return dict(cursor.fetchall())

    @cached_property
    def _zero_reports(self):
        "The numbers of zero reports since the last report, by company."
        return count_zero_reports(self._companies)

    def _near(self, enterprise):
        "Return the days until the displays that are announced, by kind."
        watch = self._watch(enterprise)
        lefts = {k: self._get_left(enterprise, k) for k in SILENT}
        return {
            kind: left for kind, left in lefts.items()
            if left and left <= watch.settings['warning_days']}

    def _get_left(self, enterprise, kind):
        if enterprise.own_company:
            return self._watch(enterprise).get_days_left(enterprise.id, kind)

    def get_login_left(self, enterprise):
        return self._get_left(enterprise, 'login')

    def get_report_left(self, enterprise):
        return self._get_left(enterprise, 'report')

    def get_last_report(self, enterprise):
        return self._watch(enterprise).acts['report'].get(enterprise.id)

    def get_light(self, enterprise):
        return self._told[enterprise.id][0]

    def get_why(self, enterprise):
        return '\n'.join(self._told[enterprise.id][1])

    @cached_property
    def _told(self):
        return {e.id: self._tell(e) for e in self._enterprises}

    def _tell(self, enterprise):
        "Return the light and the lines that say why."
        watch = self._watch(enterprise)
        if not enterprise.own_company:
            return 'grey', [_words('msg_light_no_records')]
        if watch.is_closed(enterprise.id):
            return 'grey', [_words('msg_light_not_enrolled')]
        red, orange = self._get_red(enterprise), self._get_orange(enterprise)
        remarks = [*red, *orange, *self._get_remarks(enterprise)]
        exempt = [k for k in SILENT if enterprise.id in watch.exempt[k]]
        if red:
            return 'red', remarks
        if orange:
            return 'orange', remarks
        if exempt:
            return 'grey', [_words('msg_light_exempt'), *remarks]
        return 'green', remarks or [_words('msg_light_green')]

    def _get_red(self, enterprise):
        lines = list(self._displayed[enterprise.id])
        if number := self._majors.get(enterprise.own_company.id):
            lines.append(_words('msg_light_major', number=number))
        return lines

    def _get_orange(self, enterprise):
        lines = [
            _words(f'msg_light_near_{kind}', days=left)
            for kind, left in self._near(enterprise).items()]
        if number := self._due.get(enterprise.own_company.id):
            lines.append(_words('msg_light_due', number=number))
        return lines

    def _get_remarks(self, enterprise):
        number = self._zero_reports.get(enterprise.own_company.id, 0)
        if number >= self._watch(enterprise).settings['zero_reports']:
            return [_words('msg_light_zero_reports', number=number)]
        return []


def _words(message, **values):
    return gettext(f'hazard_supervision.{message}', **values)
