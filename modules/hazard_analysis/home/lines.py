# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The words of start pages: which lists each line of a page counts."

from html import escape
from typing import NamedTuple

from trytond.i18n import gettext
from trytond.modules.hazard.loop.time_left import TimeLeft

# What is told in red
ALARMING = {
    'returned', 'rectify_overdue', 'unit_overdue', 'urgent', 'overdue',
    'missed', 'gap', 'expired', 'escalated', 'early_sign'}
RED = '#c0392b'


class Line(NamedTuple):
    """A sentence, the message msg_home_<name>, and the lists that it counts.

    Where nothing is in the lists msg_home_<name>_none is told if has_none,
    else nothing.
    """

    name: str
    lists: list
    has_none: bool = False
    is_dated: bool = False


def tell(lines, figures):
    "Return the lines in words, as rich text."
    words = TimeLeft()
    told = [_tell(line, figures, words) for line in lines]
    return ''.join(f'<div>{line}</div>' for line in told if line)


def paragraphs(texts):
    "Return the texts as rich text."
    return ''.join(f'<div>{escape(text)}</div>' for text in texts)


def _tell(line, figures, words):
    shown = {
        name: figures[name] for name in line.lists
        if name in figures and figures[name].number}
    message = f'hazard_analysis.msg_home_{line.name}'
    if not shown:
        known = any(name in figures for name in line.lists)
        return escape(gettext(f'{message}_none')) if (
            line.has_none and known) else None
    parts = gettext('hazard_analysis.msg_home_comma').join(
        _part(name, figure) for name, figure in shown.items())
    text = gettext(
        message, number=f'<b>{sum(f.number for f in shown.values())}</b>',
        parts=parts)
    times = [f.due_at for f in shown.values() if f.due_at]
    if line.is_dated and times:
        text += escape(gettext(
                'hazard_analysis.msg_home_earliest',
                time=words.tell(min(times))))
    return text


def _part(name, figure):
    text = escape(gettext(
            'hazard_analysis.msg_home_part', name=figure.label,
            number=figure.number))
    if name in ALARMING:
        return f'<b><font color="{RED}">{text}</font></b>'
    return text
