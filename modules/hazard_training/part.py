# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.pool import Pool

from .training import TrainingMixin


class PartMixin(TrainingMixin):
    """Let records belong to the one to which the field _whole leads.

    Who may read or write that one may so with its parts, but in the states
    _open of it only.
    """
    __slots__ = ()
    _whole = None
    _open = frozenset()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add(cls._whole)

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if not external:
            return
        wholes = {getattr(r, cls._whole) for r in records}
        if mode == 'write' and values.get(cls._whole) is not None:
            pool = Pool()
            Whole = pool.get(cls._fields[cls._whole].model_name)
            wholes.add(Whole(values[cls._whole]))
        for whole in wholes:
            if not cls._is_open(mode, whole):
                raise AccessError(gettext(
                        'safety_base.msg_modify_recorded',
                        record=whole.rec_name, state=whole.state_string))

    @classmethod
    def _is_open(cls, mode, whole):
        "Return whether parts may be created, written or deleted."
        return whole.state in cls._open
