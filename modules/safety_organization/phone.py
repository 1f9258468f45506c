# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The own mobile, which people change in their preferences and nowhere else."

from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from .exceptions import PhoneAccessError


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    mobile = fields.Function(
        fields.Char("Mobile"), 'get_mobile', setter='set_mobile')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._preferences_fields.append('mobile')

    @property
    def _own_mobile(self):
        "The contact mechanism with the mobile of the user, if any"
        if self.employee:
            for mechanism in self.employee.party.contact_mechanisms:
                if mechanism.type == 'mobile':
                    return mechanism

    @classmethod
    def get_mobile(cls, users, name):
        own = Transaction().user
        with without_check_access():
            return {
                u.id: (m.value if u.id == own and (m := u._own_mobile)
                    else None)
                for u in cls.browse(users)}

    @classmethod
    def set_mobile(cls, users, name, value):
        "Set the mobile of the user who calls, the only one of users"
        pool = Pool()
        ContactMechanism = pool.get('party.contact_mechanism')
        with without_check_access():
            for user in cls.browse(users):
                if user.id != Transaction().user or not user.employee:
                    if not value:
                        continue
                    raise PhoneAccessError(gettext(
                            'safety_organization.msg_phone_own',
                            user=user.rec_name))
                mechanism = user._own_mobile or ContactMechanism(
                    party=user.employee.party, type='mobile')
                if value:
                    mechanism.value = value
                    mechanism.save()
                elif mechanism.id:
                    ContactMechanism.delete([mechanism])
