# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import Model
from trytond.modules.safety_base.access import is_external


class WithdrawalMixin(Model):
    """Withdraw what somebody confirmed of a record once that changes.

    _confirmed are the fields that tell of it, _confirms those of which it is
    true.
    """
    __slots__ = ()
    _confirmed = ()
    _confirms = frozenset()

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'write' and values.keys() & cls._confirms:
            # What was confirmed is not what is there now.
            values.update(dict.fromkeys(cls._confirmed))
        return values

    @classmethod
    def _before_write(cls, *args):
        external = is_external()
        ids, names, on_write, eligibles, *actions = super()._before_write(
            *args)
        for values in actions[1::2] if external else []:
            # What a client names is what stands, yet it must not stay so
            # where another action of the same write withdraws it.
            for name in cls._confirmed:
                if values.get(name):
                    del values[name]
        return ids, names, on_write, eligibles, *actions
