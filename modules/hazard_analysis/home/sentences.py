# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell beside the figures of their lists."

import datetime as dt

from sql.aggregate import Avg, Sum

from trytond.i18n import gettext
from trytond.modules.hazard.loop.figures import TARGET_HOURS
from trytond.modules.safety_base.workflow import now
from trytond.pool import Pool
from trytond.transaction import Transaction

from .figure import get_domain

# How many hazards and units are named
NAMED = 5
# How long a hazard is new
NEW = dt.timedelta(days=1)


def tell_average(lists, figures):
    "Compare today with the days before."
    if figures.get('days') and figures['days'].number:
        yield gettext(
            'hazard_analysis.msg_home_average',
            number=figures['today'].number if 'today' in figures else 0,
            average=round(figures['days'].number / 30, 1))


def tell_overdue_units(lists, figures):
    "Tell the units with most that is overdue."
    numbers = lists.count_by('overdue', lambda table: table.unit)
    numbers.pop(None, None)
    most = sorted(numbers.items(), key=lambda x: (-x[1], x[0]))[:NAMED]
    if most:
        units = Pool().get('safety.unit').browse([id_ for id_, _ in most])
        yield gettext(
            'hazard_analysis.msg_home_overdue_units',
            parts=gettext('hazard_analysis.msg_home_comma').join(
                gettext(
                    'hazard_analysis.msg_home_part', name=unit.name,
                    number=number)
                for unit, (_, number) in zip(units, most)))


def tell_major(lists, figures):
    "Name the open major hazards with where they are, the new ones first."
    hazards = lists.search(
        'major', order=[('reported_at', 'DESC'), ('id', 'DESC')],
        limit=NAMED)
    new_since = now() - NEW
    for hazard in hazards:
        is_new = hazard.reported_at and hazard.reported_at >= new_since
        yield gettext(
            'hazard_analysis.msg_home_named' + ('_new' if is_new else ''),
            number=hazard.rec_name, place=hazard.place_name,
            state=_get_step(hazard), time=hazard.time_left or '').strip()


def _get_step(hazard):
    "Return the state of the hazard and that of its plan."
    if not hazard.plans:
        return hazard.state_string
    return gettext(
        'hazard_analysis.msg_home_planned', state=hazard.state_string,
        plan=hazard.plans[-1].state_string)


def tell_hours(lists, figures):
    "Tell how fast what was closed this month was closed."
    if 'month_closed' not in lists.windows:
        return
    facts = Pool().get('hazard.analysis.fact').query(
        get_domain(lists.windows['month_closed']))
    cursor = Transaction().connection.cursor()
    cursor.execute(*facts.select(
            Sum(facts.timed), Sum(facts.in_target), Avg(facts.loop_hours)))
    timed, in_target, mean = cursor.fetchone()
    if timed:
        yield gettext(
            'hazard_analysis.msg_home_hours', goal=TARGET_HOURS,
            share=int(in_target * 100 // timed), mean=round(mean, 1))
