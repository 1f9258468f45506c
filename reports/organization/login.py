# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The slips with which new users log in once.

The passwords are known only while the result of the import is shown: the
client sends them back to have them printed, and nothing keeps them.
"""

import datetime as dt
from itertools import zip_longest

import trytond.config as config
from trytond.i18n import gettext
from trytond.modules.safety_base.clock import company_zone
from trytond.pool import PoolMeta
from trytond.pyson import Eval
from trytond.wizard import Button, StateReport

from ..engine.document import Document, format_day

NAMES = ['unit', 'name', 'login', 'password']


class LoginSlip(Document):
    __name__ = 'safety.login.slip'

    @classmethod
    def get_context(cls, records, header, data):
        context = super().get_context(records, header, data)
        company = context['company']
        heading = gettext(
            'hazard_report.msg_login_heading', company=company.rec_name)
        slips = [
            {'heading': heading, **{n: login.get(n) or '' for n in NAMES}}
            for login in data.get('logins', [])]
        days = config.getint(
            'safety_organization', 'one_time_password_days', default=30)
        until = dt.datetime.now() + dt.timedelta(days=days)
        context.update({
                'pairs': list(zip_longest(slips[::2], slips[1::2])),
                'note': gettext(
                    'hazard_report.msg_login_note',
                    date=format_day(until, company_zone(company))),
                })
        return context


class RosterImport(metaclass=PoolMeta):
    __name__ = 'safety.roster.import'

    print_logins = StateReport('safety.login.slip')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.result.buttons.insert(0, Button(
                "Print Login Slips", 'print_logins', 'tryton-print',
                states={
                    'invisible': ~Eval('logins'),
                    }))

    def do_print_logins(self, action):
        return action, {'logins': self._shown_logins}

    def transition_print_logins(self):
        return 'result'

    @property
    def _shown_logins(self):
        return [
            {n: getattr(login, n) for n in NAMES}
            for login in self.result.logins or []]

    def default_result(self, fields):
        if hasattr(self, '_write'):
            return super().default_result(fields)
        result = self.result
        values = {
            n: getattr(result, n, None) for n in [
                'rows', 'parties', 'employees', 'members', 'units',
                'updated', 'file', 'file_name']}
        values['logins'] = self._shown_logins
        # The passwords do not stay in the session
        result.logins, result.file = [], None
        return values
