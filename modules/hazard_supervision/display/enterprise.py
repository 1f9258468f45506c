# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import without_check_access

from .light import LIGHTS, Lights


class Enterprise(metaclass=PoolMeta):
    __name__ = 'supervision.enterprise'

    displays = fields.One2Many(
        'supervision.display', 'enterprise', "Displays", readonly=True)
    light = fields.Function(
        fields.Selection(LIGHTS, "Light", sort=False), 'get_supervision')
    why = fields.Function(
        fields.Text("Why", help="What makes the light."), 'get_supervision')
    last_report = fields.Function(
        fields.Date(
            "Last Report",
            help="When it last reported a hazard or that nothing was found."),
        'get_supervision')
    login_left = fields.Function(
        fields.Integer(
            "Days until Login Display",
            help="In how many days the display of no login opens."),
        'get_supervision')
    report_left = fields.Function(
        fields.Integer(
            "Days until Report Display",
            help="In how many days the display of no report opens."),
        'get_supervision')

    @classmethod
    def view_attributes(cls):
        light = Eval('light')
        visual = If(light == 'red', 'danger', If(
                light == 'orange', 'warning', If(
                    light == 'green', 'success', 'muted')))
        return super().view_attributes() + [
            ('/tree/field[@name="light"]', 'visual', visual),
            ]

    @classmethod
    def get_supervision(cls, enterprises, names):
        # The regulator sees the figures whose records it may not read.
        with without_check_access():
            lights = Lights(cls.browse(enterprises))
            return {
                n: {e.id: getattr(lights, f'get_{n}')(e) for e in enterprises}
                for n in names}

    @classmethod
    def has_worked(cls, days):
        super().has_worked(days)
        Pool().get('supervision.display').follow_login(
            cls.browse(list(days)))

    @classmethod
    def copy(cls, enterprises, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('displays', None)
        return super().copy(enterprises, default=default)
