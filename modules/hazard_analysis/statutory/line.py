# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A figure of a statutory table, as it was and as it would be now."

from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.server_written import ServerWrittenMixin
from trytond.pyson import Eval, If

from ..exceptions import StatutoryAccessError
from .figures import LABELS, RATES, Figures


class Line(ServerWrittenMixin, ModelSQL, ModelView):
    __name__ = 'hazard.statutory_report.line'
    _refusal = (
        StatutoryAccessError, 'hazard_analysis.msg_statutory_line_modify')
    _log = False

    report = fields.Many2One(
        'hazard.statutory_report', "Table", required=True, readonly=True,
        ondelete='CASCADE')
    figure = fields.Selection(
        LABELS, "Item", required=True, readonly=True, sort=False)
    figure_string = figure.translated('figure')
    value = fields.Numeric("Value", digits=(16, 2), readonly=True)
    text = fields.Function(fields.Char("Figure"), 'get_text')
    now = fields.Function(
        fields.Char(
            "Now", help="What the data of today would make of it."),
        'get_now')
    changed = fields.Function(fields.Boolean("Changed"), 'get_now')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('report')
        cls._sql_constraints += [
            ('figure_unique', Unique(t, t.report, t.figure),
                'hazard_analysis.msg_statutory_line_unique'),
            ]
        cls._order = [('report', 'DESC'), ('id', 'ASC')]

    @classmethod
    def get_text(cls, lines, name):
        return {line.id: _tell(line.figure, line.value) for line in lines}

    @classmethod
    def get_now(cls, lines, names):
        current = Figures([line.report for line in lines]).read()
        values = {
            line: current[line.report.id][line.figure] for line in lines}
        result = {
            'now': {
                line.id: _tell(line.figure, value)
                for line, value in values.items()},
            'changed': {
                line.id: line.value != value
                for line, value in values.items()},
            }
        return {name: result[name] for name in names}

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(Eval('changed'), 'warning', '')),
            ]

    def get_rec_name(self, name):
        return f'{self.figure_string} - {self.report.rec_name}'

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('report.rec_name', *clause[1:])]

    def get_domain(self):
        "Return the domain of the hazards that the figure tells of."
        return Figures([self.report]).get_domain(self.report, self.figure)

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if any(line.report.state != 'draft' for line in lines):
            # Nor the server, once it is signed
            cls._refuse()


def _tell(figure, value):
    if value is None:
        return ''
    if figure == 'amount':
        return f'{value:.2f}'
    return f'{value:.1f}' if figure in RATES else f'{value:.0f}'
