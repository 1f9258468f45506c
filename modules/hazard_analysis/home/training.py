# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell of training."

from trytond.pool import PoolMeta

from .hazard import OwnMixin
from .lines import Line
from .page import Page
from .pictures import rank

_OWN = (Line('learn', ['daily', 'certificate']),)
_CERTIFICATES = Line(
    'certificates', ['expired', 'expiring'], has_none=True)
_PAGES = {
    'reporter': Page(lines=_OWN, links=('daily',)),
    'worker': Page(lines=_OWN),
    'captain': Page(lines=_OWN),
    'member': Page(lines=(_CERTIFICATES,), links=('expiring',)),
    'training': Page(
        lines=(
            _CERTIFICATES,
            Line('sessions', ['running', 'session'], has_none=True)),
        links=('expired', 'expiring', 'session'),
        pictures=(
            rank('expired', 'expired', 'unit'),
            rank('expiring', 'expiring', 'unit'))),
    }


class Home(metaclass=PoolMeta):
    __name__ = 'hazard.home'

    @classmethod
    def get_content(cls, page):
        return super().get_content(page).extended(_PAGES.get(page, Page()))


class Daily(OwnMixin, metaclass=PoolMeta):
    __name__ = 'training.daily'


class Certificate(OwnMixin, metaclass=PoolMeta):
    __name__ = 'training.certificate'
