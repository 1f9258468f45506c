# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt

from trytond import backend
from trytond.cache import Cache
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.modules.safety_base.settings import (
    ConfigurationMixin, Setting, SettingsMixin, configured, kept, number)
from trytond.pool import Pool
from trytond.transaction import Transaction

SETTINGS = {
    'required_since': Setting(None, fields.Date(
        "Certificates Required since",
        help="Members who were active before keep their place for the grace "
        "period. Leave empty to require certificates without any.")),
    'grace_days': number(90, "Grace Period (days)",
        help="For so many days members who were active before need no "
        "certificate."),
    'expiry_reminder_days': number(30, "Remind Before Expiry (days)"),
    'daily_at': Setting(dt.time(6), fields.Time(
        "Question of the Day At",
        help="When the questions of the day are drawn, in the time of the "
        "company. Leave empty for no questions.")),
    }


class Configuration(
        configured(SETTINGS), ModelSingleton, ConfigurationMixin, ModelSQL,
        ModelView):
    __name__ = 'training.configuration'
    _settings = 'training.configuration.settings'


class ConfigurationSettings(kept(SETTINGS), SettingsMixin, ModelSQL):
    __name__ = 'training.configuration.settings'
    _optional = {'daily_at'}
    _settings_cache = Cache('training.configuration.settings', context=False)


    @classmethod
    def __register__(cls, module):
        exists = backend.TableHandler.table_exist(cls._table)
        super().__register__(module)
        if not exists:
            cls._begin_grace()

    @classmethod
    def _begin_grace(cls):
        "Require certificates from today on in the companies that there are."
        pool = Pool()
        Company = pool.get('company.company')
        Configuration = pool.get('training.configuration')
        company = Company.__table__()
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*company.select(company.id))
        settings = {
            **cls._fallbacks, 'required_since': dt.datetime.now().date()}
        if companies := [id_ for id_, in cursor]:
            cursor.execute(*table.insert(
                    [table.company, *(getattr(table, n) for n in settings)],
                    [[id_, *settings.values()] for id_ in companies]))
            # Without its record the configuration would show defaults.
            cursor.execute(*Configuration.__table__().insert())
