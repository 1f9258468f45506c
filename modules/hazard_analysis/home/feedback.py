# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell of opinions."

from trytond.pool import PoolMeta

from .lines import Line
from .page import Page

_PAGE = Page(lines=(Line('opinions', ['opinion']),))
_PAGES = dict.fromkeys(
    ['captain', 'safety', 'member', 'training', 'head'], _PAGE)


class Home(metaclass=PoolMeta):
    __name__ = 'hazard.home'

    @classmethod
    def get_content(cls, page):
        return super().get_content(page).extended(_PAGES.get(page, Page()))
