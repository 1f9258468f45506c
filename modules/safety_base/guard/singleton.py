# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What has one record only is created one at a time."

from trytond.i18n import gettext
from trytond.model import ModelSingleton

from ..access import is_external
from ..exceptions import SingletonError


class SingletonMixin(ModelSingleton):
    __slots__ = ()

    @classmethod
    def create(cls, vlist):
        if is_external() and len(vlist) != 1:
            raise SingletonError(gettext(
                    'safety_base.msg_singleton', **cls.__names__()))
        return super().create(vlist)
