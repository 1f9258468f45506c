# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import PoolMeta

document_sign = fields.Char(
    "Sign of Documents", size=20,
    help="What the numbers of issued documents begin with: the short name "
    "of the body that issues them. The kind of the document and the year "
    "follow by themselves.")
DEFAULTS = {
    'document_sign': None,
    }


class Configuration(metaclass=PoolMeta):
    __name__ = 'hazard.configuration'

    document_sign = fields.MultiValue(document_sign)


class ConfigurationSettings(metaclass=PoolMeta):
    __name__ = 'hazard.configuration.settings'

    document_sign = document_sign

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._fallbacks = {**cls._fallbacks, **DEFAULTS}
