# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import functools

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields, sequence_ordered
from trytond.model.exceptions import AccessError
from trytond.modules.safety_base.access import CopyAccessMixin, check_writable
from trytond.pool import Pool
from trytond.pyson import Eval, If, PYSONEncoder


def by_writer(func):
    "Let only those use the button of a line who may write its round."
    @functools.wraps(func)
    def wrapper(cls, lines, *args, **kwargs):
        check_writable(list({line.inspection for line in lines}))
        return func(cls, lines, *args, **kwargs)
    return wrapper


class InspectionLine(
        CopyAccessMixin, sequence_ordered(), ModelSQL, ModelView):
    __name__ = 'hazard.inspection.line'

    _states = {
        'readonly': Eval('inspection_state') != 'running',
        }

    inspection = fields.Many2One(
        'hazard.inspection', "Inspection", required=True, ondelete='CASCADE',
        states={
            'readonly': (
                (Eval('inspection_state') != 'draft')
                & Eval('inspection', None)),
            })
    item = fields.Many2One(
        'hazard.check_item', "Check Item", required=True,
        ondelete='RESTRICT',
        states={
            'readonly': (
                (Eval('inspection_state') != 'running')
                | (Eval('id', -1) >= 0)),
            })
    basis = fields.Function(
        fields.Text("Basis"), 'on_change_with_basis')
    method = fields.Function(
        fields.Text("Method"), 'on_change_with_method')
    result = fields.Selection([
            (None, ""),
            ('ok', "In order"),
            ('hazard', "Hazard"),
            ('not_applicable', "Not applicable"),
            ], "Result", sort=False, states=_states)
    note = fields.Char("Note", states=_states)
    inspection_state = fields.Function(
        fields.Selection('get_inspection_states', "State of the Inspection"),
        'on_change_with_inspection_state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('inspection')
        cls._buttons.update({
                'report': {
                    'invisible': Eval('inspection_state') != 'running',
                    'icon': 'tryton-add',
                    'depends': ['inspection_state'],
                    },
                })

    @classmethod
    def get_inspection_states(cls):
        pool = Pool()
        Inspection = pool.get('hazard.inspection')
        return Inspection.fields_get(['state'])['state']['selection']

    @fields.depends('inspection', '_parent_inspection.state')
    def on_change_with_inspection_state(self, name=None):
        return self.inspection.state if self.inspection else 'running'

    @fields.depends('item')
    def on_change_with_basis(self, name=None):
        return self.item.basis if self.item else None

    @fields.depends('item')
    def on_change_with_method(self, name=None):
        return self.item.method if self.item else None

    def get_rec_name(self, name):
        return self.item.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('item.rec_name', *clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="result"]', 'visual',
                If(Eval('result') == 'hazard', 'danger',
                    If(Eval('result') == 'ok', 'success', ''))),
            ]

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if not external:
            return
        for line in lines:
            if (mode == 'delete'
                    or line.inspection.state != 'running'
                    or mode == 'write' and values.keys() & {
                        'inspection', 'item'}):
                raise AccessError(gettext(
                        'hazard.msg_inspection_line_modify',
                        line=line.rec_name,
                        inspection=line.inspection.rec_name))

    @classmethod
    @by_writer
    @ModelView.button_action('hazard.act_hazard_inspection_report')
    def report(cls, lines):
        for line in lines:
            line.result = 'hazard'
        cls.save(lines)
        for line in lines[:1]:
            return {
                'pyson_context': PYSONEncoder().encode(line._get_report()),
                }

    def _get_report(self):
        "Return the context with the defaults of a hazard found at the line."
        inspection, item = self.inspection, self.item
        values = {
            'company': inspection.company,
            'inspection': inspection,
            'place': inspection.place,
            'source': inspection.checklist.source,
            'check_item': item,
            'discipline': item.discipline,
            'category': item.category,
            }
        if inspection.place:
            values['unit'] = inspection.place.responsible_unit
        context = {
            f'default_{n}': v.id for n, v in values.items() if v}
        context['default_description'] = self.note
        return context
