# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is verified; other modules add to it."

from trytond.pool import PoolMeta

from .chain_check import check_hazards
from .number_check import check_numbers
from .seal_check import check_seals
from .stage_check import STEPS


class Seal(metaclass=PoolMeta):
    __name__ = 'hazard.seal'

    @classmethod
    def get_checks(cls):
        """Return the functions that verify what is recorded.

        Each is called with a scope and yields problems, see verification.py.
        """
        return [check_hazards, check_numbers, check_seals]


class Event(metaclass=PoolMeta):
    __name__ = 'hazard.event'

    @classmethod
    def get_steps(cls):
        "Return by action what it leaves on its stage; modules add to it."
        return dict(STEPS)
