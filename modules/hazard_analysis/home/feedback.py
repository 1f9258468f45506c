# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell of opinions."

from trytond.pool import PoolMeta

from .lines import Line

_PAGES = {'captain', 'safety', 'member', 'training', 'head'}


class Home(metaclass=PoolMeta):
    __name__ = 'hazard.home'

    @classmethod
    def get_lines(cls, page):
        lines = super().get_lines(page)
        if page in _PAGES:
            lines.append(Line('opinions', ['opinion']))
        return lines
