# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Which page opens at login."

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

NONE = 'none'
# Whose page is whose, the first that fits
_GROUPS = [
    ('head', ['hazard.group_hazard_head']),
    ('safety', ['hazard.group_hazard_safety']),
    ('member', [
            f'safety_organization.group_member_{kind}'
            for kind in ['party', 'union', 'youth']]),
    ('training', ['hazard_training.group_training_admin']),
    ('station', [
            'hazard.group_hazard_station', 'hazard.group_hazard_dispatch']),
    ('captain', ['hazard.group_hazard_leader']),
    ('reporter', ['hazard.group_hazard_reporter']),
    ]


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    home_page = fields.Selection([
            (None, "By Role"),
            ('reporter', "Reporter"),
            ('worker', "Rectifier"),
            ('captain', "Unit Leader"),
            ('safety', "Safety Department"),
            ('head', "Head of the Mine"),
            ('member', "Department of Members"),
            ('training', "Training Section"),
            ('station', "Station"),
            (NONE, "None"),
            ], "Start Page", sort=False,
        help="What opens when the user logs in. Each page shows what the "
        "user may read.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._preferences_fields.append('home_page')

    @classmethod
    def get_home_page(cls):
        "Return the name of the user's page, None for no page."
        user = cls(Transaction().user)
        if not user.id or user.home_page == NONE or not user.employees:
            return None
        return user.home_page or cls._get_role_page()

    @classmethod
    def _get_role_page(cls):
        Data = Pool().get('ir.model.data')
        groups = set(cls.get_groups())
        for page, names in _GROUPS:
            for name in names:
                try:
                    group = Data.get_id(name)
                except KeyError:
                    # Of a module that is not active
                    continue
                if group in groups:
                    return page
        return 'worker'

    @classmethod
    def _get_preferences(cls, user, context_only=False):
        preferences = super()._get_preferences(
            user, context_only=context_only)
        if not context_only and not preferences.get('actions'):
            if cls.get_home_page():
                Data = Pool().get('ir.model.data')
                Action = Pool().get('ir.action')
                preferences['actions'] = [Action.get_action_id(
                        Data.get_id('hazard_analysis', 'wizard_home'))]
        return preferences
