# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell beside the figures of their lists."

from sql.aggregate import Avg, Sum

from trytond.i18n import gettext
from trytond.modules.hazard.loop.figures import TARGET_HOURS
from trytond.pool import Pool
from trytond.transaction import Transaction

from .figure import get_domain

# How many hazards are named
NAMED = 5


def tell_average(lists, figures):
    "Compare today with the days before."
    if figures.get('days') and figures['days'].number:
        yield gettext(
            'hazard_analysis.msg_home_average',
            number=figures['today'].number if 'today' in figures else 0,
            average=round(figures['days'].number / 30, 1))


def tell_major(lists, figures):
    "Name the open major hazards with where they are."
    for hazard in lists.search('major', limit=NAMED):
        yield gettext(
            'hazard_analysis.msg_home_named',
            number=hazard.rec_name, place=hazard.place_name,
            state=hazard.state_string,
            time=hazard.time_left or '').strip()


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
