# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.spreadsheet import Column, write_table
from trytond.modules.safety_base.turn import take_turn
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from ..exceptions import RosterImportError
from .change import describe
from .check import (
    RosterCheck, get_columns, get_managed_kinds, is_organization_admin, labels)
from .conflict import check_conflicts, record_conflict
from .import_wizard import WorkbookImportMixin
from .write import RosterWrite

_TEMPLATE_ROWS = 1000
_LOGIN_COLUMNS = ['unit', 'name', 'login', 'password']


class RosterRow(ModelView):
    __name__ = 'safety.roster.row'

    # The labels are the header of the file
    unit = fields.Char("Unit")
    name = fields.Char("Name")
    sex = fields.Char("Sex")
    national_id = fields.Char("National ID")
    mobile = fields.Char("Mobile")
    trade = fields.Char("Trade")
    skill_level = fields.Char("Skill Level")
    kind = fields.Char("Role")
    shift = fields.Char("Shift")
    zone = fields.Char("Responsibility Zone")


class RosterImportStart(ModelView):
    __name__ = 'safety.roster.import.start'

    template = fields.Binary(
        "Template", filename='template_name', readonly=True,
        help="Save the template and fill in one row per person and role.")
    template_name = fields.Char("Template Name", readonly=True)
    file = fields.Binary(
        "File", filename='file_name', required=True,
        help="The workbook with the roster, the template or another one whose "
        "heads name what the columns are.")
    file_name = fields.Char("File Name")
    create_unknown = fields.Boolean(
        "Create Unknown Units, Zones and Trades",
        states={
            'invisible': ~Eval('administrator', False),
            },
        help="Create the units, zones and trades of the file that do not "
        "exist instead of reporting an error.")
    skip_notes = fields.Boolean(
        "Leave Out Notes",
        help="Leave out the rows that tell only one thing, like the notes "
        "below a table, instead of reporting an error.")
    create_logins = fields.Boolean(
        "Create Logins",
        help="Create a login with a one-time password for each person of "
        "the file who has none.")
    administrator = fields.Boolean("Administrator", readonly=True)


class RosterImportErrors(ModelView):
    __name__ = 'safety.roster.import.errors'

    number = fields.Integer("Number of Errors", readonly=True)
    errors = fields.One2Many(
        'safety.roster.import.error', None, "Errors", readonly=True)


class RosterImportLine(ModelView):
    __name__ = 'safety.roster.import.error'

    sheet = fields.Char("Sheet", readonly=True)
    row = fields.Integer("Row", readonly=True)
    column = fields.Char("Column", readonly=True)
    value = fields.Char("Value", readonly=True)
    message = fields.Char("Error", readonly=True)


class RosterImportResult(ModelView):
    __name__ = 'safety.roster.import.result'

    rows = fields.Integer("Rows", readonly=True)
    parties = fields.Integer("New People", readonly=True)
    employees = fields.Integer("New Employees", readonly=True)
    members = fields.Integer("New Members", readonly=True)
    units = fields.Integer("New Units", readonly=True)
    updated = fields.Integer("Updated People", readonly=True)
    notes = fields.Integer("Notes Left Out", readonly=True)
    left_out = fields.Char(
        "Sheets Left Out", readonly=True,
        states={
            'invisible': ~Eval('left_out'),
            },
        help="The sheets of the file that have no such columns.")
    logins = fields.One2Many(
        'safety.roster.import.login', None, "Logins", readonly=True,
        states={
            'invisible': ~Eval('logins'),
            },
        help="The passwords are shown only now. "
        "They must be changed at the first login.")
    file = fields.Binary(
        "Login List", filename='file_name', readonly=True,
        states={
            'invisible': ~Eval('logins'),
            },
        help="The list of the logins to print and hand out.")
    file_name = fields.Char("File Name", readonly=True)


class RosterImportLogin(ModelView):
    __name__ = 'safety.roster.import.login'

    unit = fields.Char("Unit", readonly=True)
    name = fields.Char("Name", readonly=True)
    login = fields.Char("Login", readonly=True)
    password = fields.Char("One-time Password", readonly=True)


class RosterImport(WorkbookImportMixin, Wizard):
    __name__ = 'safety.roster.import'

    start_state = 'start'
    start = StateView(
        'safety.roster.import.start',
        'safety_organization.roster_import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Import", 'import_', 'tryton-ok', default=True),
            ])
    result = StateView(
        'safety.roster.import.result',
        'safety_organization.roster_import_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    changes = StateView(
        'safety.roster.import.changes',
        'safety_organization.roster_import_changes_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Choose Another File", 'start', 'tryton-back'),
            Button("Update", 'update', 'tryton-ok'),
            Button("Leave As They Are", 'skip', 'tryton-forward',
                default=True),
            ])
    update = StateTransition()
    skip = StateTransition()

    @classmethod
    def login_groups(cls):
        "Return the ids of the groups of the users that the import creates"
        return []

    def default_start(self, fields):
        return {
            'template': get_template(),
            'template_name': gettext(
                'safety_organization.msg_roster_template_name') + '.xlsx',
            'administrator': is_organization_admin(),
            'create_unknown': getattr(self.start, 'create_unknown', False),
            'skip_notes': getattr(self.start, 'skip_notes', False),
            'create_logins': getattr(self.start, 'create_logins', False),
            }

    def transition_import_(self):
        return self._check_and_import()

    def transition_update(self):
        return self._check_and_import(update=True)

    def transition_skip(self):
        return self._check_and_import(update=False)

    def _check_and_import(self, update=None):
        """Import the file, or show what it would change of known people.

        update tells whether that was shown and is wished.
        """
        company = self._get_company()
        data = self.take_file()
        if not data:
            raise RosterImportError(gettext(
                    'safety_organization.msg_roster_file'))
        # The columns and the kinds of the rows limit what the user may do
        with without_check_access():
            return self._import(company, data, update)

    def _import(self, company, data, update):
        take_turn([company])
        check_conflicts()
        check = RosterCheck(
            company,
            create_unknown=bool(self.start.create_unknown)
            and is_organization_admin())
        check.run(data, bool(self.start.skip_notes))
        if check.conflict:
            record_conflict()
        if check.errors:
            return self.refuse(check.errors)
        write = RosterWrite(
            company, check.rows, bool(self.start.create_logins), bool(update))
        if update is None:
            self._changes = describe(write.get_updates(), check.labels)
            if self._changes:
                # Until what is to become of them is told
                self.start.file = data
                return 'changes'
        write.run()
        self._write = write
        self._check = check
        return 'result'

    def _get_company(self):
        pool = Pool()
        Kind = pool.get('safety.member.kind')
        if not get_managed_kinds(Kind.search([])):
            raise RosterImportError(gettext(
                    'safety_organization.msg_roster_department'))
        company = self.own_company()
        if not company:
            raise RosterImportError(gettext(
                    'safety_organization.msg_roster_company'))
        return company

    def default_changes(self, fields):
        return {'number': len(self._changes), 'changes': self._changes}

    def default_result(self, fields):
        counts = self._write.counts
        logins = self._get_logins()
        values = {
            n: counts[n] for n in [
                'parties', 'employees', 'members', 'units', 'updated']}
        values['rows'] = len(self._write.rows)
        values['notes'] = self._check.notes
        values['left_out'] = ', '.join(self._check.left_out)
        values['logins'] = logins
        if logins:
            names = labels('safety.roster.import.login', _LOGIN_COLUMNS)
            values['file'] = write_table(
                [Column(n, names[n], width=20) for n in _LOGIN_COLUMNS],
                [[x[n] for n in _LOGIN_COLUMNS] for x in logins])
            values['file_name'] = gettext(
                'safety_organization.msg_roster_logins_name') + '.xlsx'
        return values

    def _get_logins(self):
        logins = [{
                'unit': login.row.employee.unit.rec_name
                if login.row.employee.unit else '',
                'name': login.row.name,
                'login': login.login,
                'password': login.password,
                } for login in self._write.logins]
        return sorted(logins, key=lambda x: (x['unit'], x['name']))


def get_template():
    "Return the workbook in which the user fills in a roster"
    check_columns = get_columns()
    choices = _get_choices()
    for column in check_columns:
        column.choices = choices.get(column.name, [])
    return write_table(check_columns, blank_rows=_TEMPLATE_ROWS)


def _get_choices():
    pool = Pool()
    Configuration = pool.get('safety.configuration')
    Employee = pool.get('company.employee')
    Kind = pool.get('safety.member.kind')
    Party = pool.get('party.party')
    Trade = pool.get('safety.trade')
    Unit = pool.get('safety.unit')
    Zone = pool.get('safety.zone')
    company = Transaction().context.get('company')
    kinds = Kind.search([])
    managed = get_managed_kinds(kinds)
    shift_set = Configuration(1).get_multivalue('shift_set', company=company)

    def selection(Model, name):
        definition = Model.fields_get([name])[name]
        return [label for value, label in definition['selection'] if value]

    def names(Model):
        return [r.name for r in Model.search([('company', '=', company)])]

    return {
        'unit': names(Unit),
        'zone': names(Zone),
        'trade': [t.name for t in Trade.search([])],
        'sex': selection(Party, 'sex'),
        'skill_level': selection(Employee, 'skill_level'),
        'kind': [k.name for k in kinds if k.id in managed],
        'shift': [s.name for s in shift_set.shifts] if shift_set else [],
        }
