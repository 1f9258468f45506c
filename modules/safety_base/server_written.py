# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Records that nobody but the server writes."

from trytond.i18n import gettext
from trytond.model import Model


class ServerWrittenMixin(Model):
    """Records that no client creates, changes or deletes.

    _refusal is the exception and the id of its message.
    """
    __slots__ = ()
    _refusal = None

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if external:
            cls._refuse()

    @classmethod
    def _refuse(cls):
        error, message = cls._refusal
        raise error(gettext(message))


class AppendOnlyMixin(ServerWrittenMixin):
    "Records that are created by the server and stay as they are"
    __slots__ = ()

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if mode != 'create':
            cls._refuse()
