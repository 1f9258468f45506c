# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The settings of a company in one row, read as a cached dictionary.

A module declares its settings once, as a dictionary of Setting by name.
"""

from collections import namedtuple

from trytond.model import Unique, fields
from trytond.modules.company.model import (
    CompanyMultiValueMixin, CompanyValueMixin)
from trytond.pool import Pool
from trytond.transaction import without_check_access

Setting = namedtuple('Setting', ['default', 'field', 'least'], defaults=[None])


def number(default, string, least=0, **options):
    "Return a setting that is a whole number, not less than the least."
    return Setting(default, fields.Integer(string, **options), least)


def configured(settings):
    "Return the mixin with the multi-values of a configuration."
    return type('ConfiguredMixin', (), {
            '__slots__': (),
            **_defaults(settings),
            **{n: fields.MultiValue(_bounded(n, s))
                for n, s in settings.items()},
            })


def kept(settings):
    "Return the mixin with the columns of the rows of the companies."
    return type('KeptMixin', (), {
            '__slots__': (),
            '_fallbacks': {n: s.default for n, s in settings.items()},
            **_defaults(settings),
            **{n: _bounded(n, s) for n, s in settings.items()},
            })


def _bounded(name, setting):
    if setting.least is not None:
        setting.field.domain = [(name, '>=', setting.least)]
    return setting.field


def _defaults(settings):
    return {f'default_{n}': _default(s.default) for n, s in settings.items()}


def _default(value):
    @classmethod
    def default(cls, **pattern):
        return value
    return default


class ConfigurationMixin(CompanyMultiValueMixin):
    "Let a configuration keep its multi-values in the model _settings."
    __slots__ = ()
    _settings = None

    @classmethod
    def multivalue_model(cls, field):
        pool = Pool()
        Settings = pool.get(cls._settings)
        if field in Settings._fallbacks:
            return Settings
        return super().multivalue_model(field)

    @classmethod
    def settings(cls, company):
        "Return the settings of the company by name."
        pool = Pool()
        Settings = pool.get(cls._settings)
        return Settings.get(int(company))


class SettingsMixin(CompanyValueMixin):
    """Add to a model one row of settings per company.

    _fallbacks holds the value of each setting that a company left empty, see
    kept(), with those of the modules that extend it; _optional the names of
    those for which empty is a choice and _settings_cache the dictionaries of
    the companies.
    """
    __slots__ = ()
    _fallbacks = {}
    _optional = frozenset()
    _settings_cache = None

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._fallbacks = {
            name: value for c in reversed(cls.__mro__)
            for name, value in vars(c).get('_fallbacks', {}).items()}
        cls._sql_constraints += [
            ('company_unique', Unique(t, t.company),
                'safety_base.msg_settings_unique'),
            ]

    @classmethod
    def get(cls, company):
        settings = cls._settings_cache.get(company)
        if settings is None:
            settings = dict(cls._fallbacks)
            # The settings rule everybody's work, whoever may read them.
            with without_check_access():
                for record in cls.search(
                        [('company', '=', company)], limit=1):
                    settings.update(
                        (n, value) for n in cls._fallbacks
                        if (value := getattr(record, n)) is not None
                        or n in cls._optional)
            cls._settings_cache.set(company, settings)
        return settings

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        cls._settings_cache.clear()
