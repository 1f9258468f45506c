# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What each start page has."

from typing import NamedTuple

from .lines import Line
from .pictures import by_day, by_due, by_state, on_time, rank
from .sentences import tell_average, tell_hours, tell_major, tell_overdue_units


class Page(NamedTuple):
    """The words, links and pictures of a page, in their order.

    Links are names of lists. Sentences are functions of the lists and the
    figures that yield texts, pictures those of the lists that draw.  Boards
    are names of actions, of which the page opens the first.
    """

    lines: tuple = ()
    links: tuple = ()
    sentences: tuple = ()
    pictures: tuple = ()
    boards: tuple = ()

    def extended(self, other):
        "Return the page with what another one has behind its own."
        return Page(*(mine + added for mine, added in zip(self, other)))


WAITING = Line('todo', [
        'returned', 'draft', 'four_fix', 'rectify', 'recheck', 'acceptance',
        'extension', 'plan'], has_none=True, is_dated=True)
DANGER = Line('danger', ['urgent'])
SIGNS = Line('early_signs', ['early_sign'], has_none=True)
MAJOR = Line('major', ['major'], has_none=True)
STAGES = Line('stages', [
        'overdue', 'stage_four_fix', 'stage_rectification', 'stage_recheck',
        'stage_acceptance'], has_none=True)
PAGES = {
    'reporter': Page(
        lines=(
            WAITING,
            Line('mine', ['mine_open', 'mine_closed'], has_none=True)),
        links=('returned', 'draft', 'mine_open'),
        pictures=(by_state('mine', 'mine_open', 'mine_closed'),)),
    'worker': Page(
        lines=(
            WAITING,
            Line('rectify', ['rectify_overdue', 'rectify_today'],
                has_none=True)),
        links=('rectify', 'rectify_today'),
        pictures=(by_due('due', 'rectify'),)),
    'captain': Page(
        lines=(
            WAITING,
            DANGER,
            Line('unit', ['unit_overdue', 'unit_soon', 'unit_open'],
                has_none=True),
            Line('unit_month', ['unit_found', 'unit_closed']),
            Line('early_signs', ['early_sign'])),
        links=('four_fix', 'recheck', 'unit_soon', 'unit_overdue'),
        boards=('captain',),
        pictures=(
            by_day('unit_days', 'unit_found', 'unit_closed', 'unit_open'),
            rank('unit_places', 'unit_open', 'place'))),
    'safety': Page(
        lines=(
            WAITING, DANGER, STAGES, Line('today', ['today', 'days']), MAJOR,
            SIGNS, Line('missed', ['missed'])),
        links=('recheck', 'overdue', 'major', 'early_sign', 'missed'),
        sentences=(tell_average, tell_overdue_units, tell_major),
        boards=('safety',),
        pictures=(
            by_state('funnel', 'days'),
            rank('places', 'days', 'place'),
            by_day('days', 'days', 'days_closed', 'open'))),
    'head': Page(
        lines=(
            WAITING,
            DANGER,
            Line('months', ['month', 'last_month', 'year_ago']),
            Line('closed', ['month_closed']),
            MAJOR,
            Line('escalated', ['escalated'], has_none=True),
            SIGNS),
        links=('plan', 'acceptance', 'major', 'escalated', 'early_sign'),
        boards=('head',),
        sentences=(tell_hours, tell_major),
        pictures=(by_day('days', 'days', 'days_closed', 'open'), on_time)),
    'station': Page(
        lines=(
            DANGER,
            Line('today', ['today', 'days'], has_none=True),
            STAGES),
        links=('today', 'overdue', 'open'),
        sentences=(tell_average,),
        pictures=(
            rank('shifts', 'today', 'shift'),
            rank('open_places', 'open', 'place'))),
    'member': Page(
        lines=(WAITING, Line('gap', ['gap'], has_none=True)),
        links=('gap',),
        pictures=(rank('gaps', 'gap', 'unit'),)),
    'training': Page(lines=(WAITING,)),
    }
# From which pages a hazard can be reported at once
REPORTING = ['reporter', 'captain', 'safety', 'member']
# Behind which pages there is a board
BOARDED = [name for name, page in PAGES.items() if page.boards]
