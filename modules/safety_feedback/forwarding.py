# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.access import CopyAccessMixin


class Forwarding(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'safety.feedback.forwarding'

    feedback = fields.Many2One(
        'safety.feedback', "Feedback", required=True, ondelete='CASCADE',
        readonly=True)
    from_unit = fields.Many2One(
        'safety.unit', "From", ondelete='RESTRICT', readonly=True)
    to_unit = fields.Many2One(
        'safety.unit', "To", required=True, ondelete='RESTRICT',
        readonly=True)
    reason = fields.Text("Reason", required=True, readonly=True)
    employee = fields.Many2One(
        'company.employee', "By", ondelete='RESTRICT', readonly=True)
    at = fields.DateTime("At", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('feedback')
        cls._order = [('at', 'ASC'), ('id', 'ASC')]

    def get_rec_name(self, name):
        return f'{self.feedback.rec_name} → {self.to_unit.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('feedback.rec_name', *clause[1:])]

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if external:
            raise AccessError(
                gettext('safety_feedback.msg_forwarding_modify'))
