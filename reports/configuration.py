# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import Pool, PoolMeta

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


class FirstSteps(metaclass=PoolMeta):
    __name__ = 'hazard.first_steps'

    def default_start(self, fields):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        values = super().default_start(fields)
        settings = Configuration.settings(values['company'])
        return {**values, 'document_sign': settings['document_sign']}

    def save_settings(self):
        pool = Pool()
        Configuration = pool.get('hazard.configuration')
        super().save_settings()
        configuration = Configuration(1)
        configuration.document_sign = self.start.document_sign
        configuration.save()


class FirstStepsStart(metaclass=PoolMeta):
    __name__ = 'hazard.first_steps.start'

    document_sign = document_sign
