# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Bringing in a workbook of findings, step by step as an old ledger.

What is checked and shown is the same. But each finding becomes a card that is
created and reported with the rights of who imports, as if it were typed in.
"""

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.clock import (
    company_zone, day_start, local_day)
from trytond.modules.safety_base.table_heads import signature
from trytond.modules.safety_base.workflow import acting_employee
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import Button, StateAction, StateView

from ..exceptions import LedgerError, LedgerMappingError
from ..old_ledger.check import REQUIRED
from ..old_ledger.wizard import LedgerSteps
from .check import FindingCheck, FindingOptions

_CARD = [
    'place', 'unit', 'grade', 'discipline', 'category', 'check_item',
    'found_at', 'late_reason', 'outside_finder', 'on_site_measures',
    'on_site_at']


class FindingPreview(ModelView):
    __name__ = 'hazard.finding.import.preview'

    rows = fields.Integer("Rows", readonly=True)
    hazards = fields.Integer("Hazards to Report", readonly=True)
    known = fields.Integer("Already Here", readonly=True)
    similar = fields.Integer(
        "Similar to Open Ones", readonly=True,
        help="Findings that resemble an open hazard at the same place. Those "
        "that are probably reported already stand among the rows to leave "
        "out.")
    four_fix = fields.Integer("Will Wait for Four-fix", readonly=True)
    closed = fields.Integer("Fixed on Site", readonly=True)
    errors = fields.Integer("Errors", readonly=True)
    notes = fields.Integer("Notes", readonly=True)
    left_out = fields.Integer("Rows Left Out", readonly=True)
    several = fields.Integer("Cells with Several Hazards", readonly=True)
    split = fields.Boolean(
        "Split Numbered Hazards",
        states={
            'invisible': ~Eval('several'),
            })
    outside = fields.Boolean(
        "Unknown Finders Are from Outside",
        help="Take the finders who are no employees for inspectors from "
        "outside.")
    late = fields.Integer("Reported Late", readonly=True)
    late_reason = fields.Char(
        "Reason of Late Report",
        states={
            'invisible': ~Eval('late'),
            },
        help="It is that of all findings which are reported late.")
    unknown = fields.One2Many(
        'hazard.ledger.import.meaning', None, "Unknown Names",
        states={
            'invisible': ~Eval('unknown'),
            },
        help="Tell what the names mean, which is kept for the next workbook, "
        "and check again.")
    offered = fields.One2Many(
        'hazard.ledger.import.row', None, "Rows to Leave Out",
        states={
            'invisible': ~Eval('offered'),
            },
        help="Check the rows that are not to be reported, and check again.")
    problems = fields.One2Many(
        'hazard.ledger.import.problem', None, "Problems", readonly=True)


class FindingResult(ModelView):
    __name__ = 'hazard.finding.import.result'

    finding_list = fields.Many2One(
        'hazard.finding.list', "Imported Findings", readonly=True)
    rows = fields.Integer("Rows", readonly=True)
    hazards = fields.Integer("Hazards Reported", readonly=True)
    known = fields.Integer("Already Here", readonly=True)


class FindingImport(LedgerSteps):
    __name__ = 'hazard.finding.import'

    start = StateView(
        'hazard.ledger.import.start',
        'hazard.finding_import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Read", 'read', 'tryton-forward', default=True),
            ])
    preview = StateView(
        'hazard.finding.import.preview',
        'hazard.finding_import_preview_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Choose Another File", 'start', 'tryton-back'),
            Button("Change the Columns", 'map', 'tryton-back'),
            Button("Check Again", 'check_again', 'tryton-refresh',
                default=True),
            Button("Report", 'import_', 'tryton-ok', states={
                    'readonly': (
                        (Eval('errors', 0) > 0) | (Eval('hazards', 0) == 0)),
                    }),
            ])
    result = StateView(
        'hazard.finding.import.result',
        'hazard.finding_import_result_view_form', [
            Button("Close", 'end', 'tryton-close'),
            Button("Open Hazards", 'open_', 'tryton-open', default=True),
            ])
    open_ = StateAction('hazard.act_hazard_of_finding_list')

    _check_class = FindingCheck
    _options_class = FindingOptions
    _options = ['split', 'outside', 'late_reason']
    _required = [
        'description', 'found_at', *(n for n in REQUIRED if n != 'unit')]

    @staticmethod
    def _get_company():
        "Return the company of the user, who may report for others."
        pool = Pool()
        Company = pool.get('company.company')
        ModelAccess = pool.get('ir.model.access')
        User = pool.get('res.user')
        # A forged action would pass by the groups of the wizard.
        with check_access():
            ModelAccess.check('hazard.finding.list', 'read')
            ModelAccess.check('hazard.hazard', 'create')
        company = Transaction().context.get('company')
        if company not in User.get_companies():
            raise LedgerError(gettext('hazard.msg_ledger_company'))
        if not acting_employee(company):
            raise LedgerError(gettext('hazard.msg_ledger_employee'))
        return Company(company)

    @staticmethod
    def _sign(heads):
        # What names mean to one user moves no findings of others.
        return signature(
            [*heads, f'hazard.finding.list,{Transaction().user}'])

    # Who reports may not read how columns are mapped.

    def default_map(self, fields):
        with without_check_access():
            return {**super().default_map(fields), 'mapping': None}

    def transition_check(self):
        with without_check_access():
            return super().transition_check()

    def _check_with_options(self):
        with without_check_access():
            return super()._check_with_options()

    def _get_mapping(self, company):
        Mapping = Pool().get('hazard.ledger.mapping')
        heads = {c.head for c in self.map.columns if c.head}
        if not (mapping := Mapping.find(company, self._sign(heads))):
            raise LedgerMappingError(gettext('hazard.msg_ledger_mapping'))
        return mapping

    def default_preview(self, fields):
        check = self._check
        values = super().default_preview(fields)
        values.update(late=check.late, similar=check.similar)
        return {n: v for n, v in values.items() if n in fields}

    def _write(self, company):
        pool = Pool()
        FindingList = pool.get('hazard.finding.list')
        Hazard = pool.get('hazard.hazard')
        entries = self._check.entries
        values = self._get_file_values(company)
        self._list, = FindingList.create(
            [{**values, 'hazards': len(entries)}])
        with check_access():
            hazards = Hazard.create([
                    self._card(company, e, values['employee'])
                    for e in entries])
        for hazard, entry in zip(hazards, entries):
            hazard.finding_list = self._list
            hazard.list_row = gettext(
                'hazard.msg_ledger_where', file=self._list.file_name,
                sheet=entry.table.sheet.name, row=entry.row)
        Hazard.save_alike(hazards)
        with check_access():
            Hazard.submit(Hazard.browse([h.id for h in hazards]))

    @staticmethod
    def _card(company, entry, employee):
        "Return the values of the card of the finding."
        pool = Pool()
        Member = pool.get('safety.member')
        Shift = pool.get('safety.shift')
        finder = entry.get('found_by')
        finder = finder.id if finder else employee
        values = {n: entry.get(n) for n in _CARD}
        kinds = [] if entry.get('outside_finder') else [
            k for _, k in Member.get_active(finder, company.id)]
        shift, at = entry.get('shift'), entry.get('found_at')
        zone = company_zone(company)
        # A day without a time tells no shift.
        if not shift and at != day_start(local_day(at, zone), zone):
            shift = Shift.at(company.id, at)
        return {
            **values,
            'company': company.id,
            'found_by': finder,
            'found_as': kinds[0] if len(kinds) == 1 else None,
            'shift': int(shift) if shift else None,
            'inspected_by': entry.texts.get('inspected_by') or None,
            'description': entry.description,
            'handling': entry.handling,
            }

    def default_result(self, fields):
        return {
            'finding_list': self._list.id,
            **{n: getattr(self._list, n) for n in [
                    'rows', 'hazards', 'known']},
            }

    def do_open_(self, action):
        return self._open_hazards(
            action, self.result.finding_list, 'finding_list')
