# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.pool import Pool

from .training import TrainingMixin


class ChildMixin(TrainingMixin):
    """Child records of the field _parent.

    Access follows the parent; they can be changed only while it is in one of
    _parent_states.
    """
    __slots__ = ()
    _parent = None
    _parent_states = frozenset()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add(cls._parent)

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if not external:
            return
        parents = {getattr(r, cls._parent) for r in records}
        if mode == 'write' and values.get(cls._parent) is not None:
            pool = Pool()
            Parent = pool.get(cls._fields[cls._parent].model_name)
            parents.add(Parent(values[cls._parent]))
        for parent in parents:
            if not cls._is_open(mode, parent):
                raise AccessError(gettext(
                        'safety_base.msg_modify_recorded',
                        record=parent.rec_name, state=parent.state_string))

    @classmethod
    def _is_open(cls, mode, parent):
        "Return whether parts may be created, written or deleted."
        return parent.state in cls._parent_states
