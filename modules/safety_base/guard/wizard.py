# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Wizards take from clients the values of their forms only.

Tryton sets any attribute that the data name, also those of classes, and lets
everybody execute the session of everybody.
"""

from trytond.i18n import gettext
from trytond.model import ModelStorage
from trytond.pool import Pool
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import StateView, Wizard

from ..exceptions import ResourceError, WizardDataError, WizardOwnerError
from .on_change import check_names


class WizardMixin(Wizard):
    __slots__ = ()

    @classmethod
    def execute(cls, session_id, data, state_name):
        cls._check_owner(session_id)
        cls._check_data(data)
        return super().execute(session_id, data, state_name)

    @classmethod
    def delete(cls, session_id):
        cls._check_owner(session_id)
        return super().delete(session_id)

    @classmethod
    def _check_owner(cls, session_id):
        pool = Pool()
        Session = pool.get('ir.session.wizard')
        user = Transaction().user
        if not user:
            return
        with without_check_access():
            owned = (
                isinstance(session_id, int) and Session.search([
                        ('id', '=', session_id),
                        ('create_uid', '=', user),
                        ], count=True))
        if not owned:
            raise WizardOwnerError(gettext('safety_base.msg_wizard_owner'))

    @classmethod
    def _check_data(cls, data):
        if not isinstance(data, dict) or not all(
                cls._is_form(*item) for item in data.items()):
            raise WizardDataError(gettext('safety_base.msg_wizard_data'))

    @classmethod
    def _is_form(cls, name, values):
        "Return whether the name is that of a form and the values are its."
        pool = Pool()
        state = cls.states.get(name)
        if not isinstance(state, StateView) or not isinstance(values, dict):
            return False
        Form = pool.get(state.model_name)
        try:
            # A stored model as a form is stored with all that is filled in.
            check_names(
                Form, values, change=issubclass(Form, ModelStorage))
        except ResourceError:
            return False
        return True
