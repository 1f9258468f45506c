# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What start pages tell of training."

from trytond.pool import PoolMeta

from .hazard import OwnMixin
from .lines import Line

_OWN = Line('learn', ['daily', 'certificate'])
_CERTIFICATES = Line(
    'certificates', ['expired', 'expiring'], has_none=True)
_LINES = {
    'reporter': [_OWN],
    'worker': [_OWN],
    'captain': [_OWN],
    'member': [_CERTIFICATES],
    'training': [
        _CERTIFICATES,
        Line('sessions', ['running', 'session'], has_none=True)],
    }
_LINKS = {
    'reporter': ['daily'],
    'member': ['expiring'],
    'training': ['expired', 'expiring', 'session'],
    }


class Home(metaclass=PoolMeta):
    __name__ = 'hazard.home'

    @classmethod
    def get_lines(cls, page):
        return super().get_lines(page) + _LINES.get(page, [])

    @classmethod
    def get_links(cls, page):
        return super().get_links(page) + _LINKS.get(page, [])


class Daily(OwnMixin, metaclass=PoolMeta):
    __name__ = 'training.daily'


class Certificate(OwnMixin, metaclass=PoolMeta):
    __name__ = 'training.certificate'
