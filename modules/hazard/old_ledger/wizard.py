# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Reading, mapping, checking and bringing in an old ledger, step by step.

Each step reads the file anew: what the user saw was checked is checked again
before it is written.
"""
import hashlib
import json

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.spreadsheet import read_sheets
from trytond.modules.safety_base.table_heads import (
    fill_merged, find_table, propose, read_table, signature)
from trytond.modules.safety_base.turn import take_turn
from trytond.modules.safety_base.workflow import acting_employee, now
from trytond.pool import Pool
from trytond.pyson import Eval, If, PYSONEncoder
from trytond.transaction import Transaction, check_access, without_check_access
from trytond.wizard import (
    Button, StateAction, StateTransition, StateView, Wizard)

from ..exceptions import LedgerError, LedgerMappingError
from .check import REQUIRED, LedgerCheck, Options
from .heads import FIELDS, head_names
from .mapping import (
    DEFAULTS, MEANINGS, TOLD, DefaultsMixin, MeaningMixin, meaning_field,
    word_field)
from .state_words import STATE_WORDS
from .text import clean
from .write import LedgerWrite

# How many problems are shown, of which there may be several in each row
_SHOWN = 500
_WILL_WAIT = "How many of the hazards will wait there once they are imported."
_EXAMPLE = 40
_HEADS = 5


class LedgerStart(ModelView):
    __name__ = 'hazard.ledger.import.start'

    file = fields.Binary(
        "File", filename='file_name', required=True,
        help="The workbook (.xlsx, .xls, .ods) or text (.csv) of the old "
        "ledger as it is.")
    file_name = fields.Char("File Name")


class LedgerMap(DefaultsMixin, ModelView):
    __name__ = 'hazard.ledger.import.map'

    company = fields.Many2One('company.company', "Company", readonly=True)
    mapping = fields.Many2One(
        'hazard.ledger.mapping', "Kept Mapping", readonly=True,
        states={
            'invisible': ~Eval('mapping'),
            },
        help="The columns were mapped when a ledger with the same heads was "
        "imported before.")
    sheets = fields.One2Many('hazard.ledger.import.sheet', None, "Sheets")
    columns = fields.One2Many('hazard.ledger.import.column', None, "Columns")


class LedgerSheet(ModelView):
    __name__ = 'hazard.ledger.import.sheet'

    include = fields.Boolean("Import")
    name = fields.Char("Sheet", readonly=True)
    first = fields.Integer(
        "Heads from Row", required=True,
        domain=[('first', '>=', 1)],
        help="Read the heads again after a change.")
    last = fields.Integer(
        "Heads to Row", required=True,
        domain=[
            ('last', '>=', Eval('first', 1)),
            ])
    rows = fields.Integer("Rows", readonly=True)


class LedgerColumn(ModelView):
    __name__ = 'hazard.ledger.import.column'

    head = fields.Char("Head", readonly=True)
    example = fields.Char("Example", readonly=True)
    field = fields.Selection(
        [(None, "")] + FIELDS, "Field", sort=False,
        help="Leave empty for what is only kept as text.")


class LedgerPreview(ModelView):
    __name__ = 'hazard.ledger.import.preview'

    rows = fields.Integer("Rows", readonly=True)
    hazards = fields.Integer("Hazards to Import", readonly=True)
    known = fields.Integer("Already Here", readonly=True)
    several = fields.Integer("Cells with Several Hazards", readonly=True)
    errors = fields.Integer("Errors", readonly=True)
    notes = fields.Integer("Notes", readonly=True)
    four_fix = fields.Integer(
        "Will Wait for Four-fix", readonly=True, help=_WILL_WAIT)
    rectification = fields.Integer(
        "Will Wait for Rectification", readonly=True, help=_WILL_WAIT)
    recheck = fields.Integer(
        "Will Wait for Recheck", readonly=True, help=_WILL_WAIT)
    closed = fields.Integer("Will Be Closed", readonly=True)
    archived = fields.Integer("Will Be Archived", readonly=True)
    left_out = fields.Integer("Rows Left Out", readonly=True)
    closed_when = fields.Integer("Closed without a Day", readonly=True)
    closed_day = fields.Selection([
            (None, ""),
            ('found_at', "The Day It Was Found"),
            ('deadline', "The Deadline"),
            ], "Closed On where No Day Is Told", sort=False,
        states={
            'invisible': ~Eval('closed_when'),
            },
        help="What is taken as the day of closing or rectification of hazards "
        "of which the ledger tells only that they are closed or rectified.")
    split = fields.Boolean(
        "Split Numbered Hazards",
        states={
            'invisible': ~Eval('several'),
            },
        help="Import each of the hazards that are numbered in one cell as "
        "one of its own.")
    create_places = fields.Boolean(
        "Create Unknown Places",
        help="Create the places of the ledger that do not exist instead of "
        "reporting an error.")
    create_units = fields.Boolean(
        "Create Unknown Units",
        help="Create the units of the ledger that do not exist instead of "
        "reporting an error.")
    unknown = fields.One2Many(
        'hazard.ledger.import.meaning', None, "Unknown Names",
        states={
            'invisible': ~Eval('unknown'),
            },
        help="Tell what the names mean, which is kept with the mapping, and "
        "check again.")
    offered = fields.One2Many(
        'hazard.ledger.import.row', None, "Rows to Leave Out",
        states={
            'invisible': ~Eval('offered'),
            },
        help="Check the rows that are no hazards, like notes below the table, "
        "and check again.")
    problems = fields.One2Many(
        'hazard.ledger.import.problem', None, "Problems", readonly=True)


class LedgerMeaning(MeaningMixin, ModelView):
    __name__ = 'hazard.ledger.import.meaning'

    company = fields.Many2One('company.company', "Company", readonly=True)
    field = fields.Selection(TOLD, "Field", readonly=True, sort=False)
    text = fields.Char("Text", readonly=True)
    rows = fields.Integer("Rows", readonly=True)
    record = meaning_field()
    word = word_field()


class LedgerRow(ModelView):
    __name__ = 'hazard.ledger.import.row'

    leave_out = fields.Boolean("Leave Out")
    sheet = fields.Char("Sheet", readonly=True)
    row = fields.Integer("Row", readonly=True)
    text = fields.Char("Text", readonly=True)


class LedgerProblem(ModelView):
    __name__ = 'hazard.ledger.import.problem'

    kind = fields.Selection([
            ('error', "Error"),
            ('note', "Note"),
            ], "Kind", readonly=True, sort=False)
    sheet = fields.Char("Sheet", readonly=True)
    row = fields.Integer("Row", readonly=True)
    column = fields.Char("Column", readonly=True)
    value = fields.Char("Value", readonly=True)
    message = fields.Char("Problem", readonly=True)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree/field[@name="kind"]', 'visual', If(
                    Eval('kind') == 'error', 'danger', 'muted')),
            ]


class LedgerResult(ModelView):
    __name__ = 'hazard.ledger.import.result'

    ledger = fields.Many2One('hazard.ledger', "Old Ledger", readonly=True)
    rows = fields.Integer("Rows", readonly=True)
    hazards = fields.Integer("Hazards Imported", readonly=True)
    open = fields.Integer("Still Open", readonly=True)
    known = fields.Integer("Already Here", readonly=True)
    places = fields.Integer("New Places", readonly=True)
    units = fields.Integer("New Units", readonly=True)


class LedgerSteps(Wizard):
    "The steps from a workbook to hazards, without the forms of their kind."

    start_state = 'start'
    read = StateTransition()
    map = StateView(
        'hazard.ledger.import.map', 'hazard.ledger_import_map_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Choose Another File", 'start', 'tryton-back'),
            Button("Read Heads Again", 'read_heads', 'tryton-refresh'),
            Button("Check", 'check', 'tryton-forward', default=True),
            ])
    read_heads = StateTransition()
    check = StateTransition()
    check_again = StateTransition()
    import_ = StateTransition()

    _check_class = LedgerCheck
    _options_class = Options
    _options = ['split', 'create_places', 'create_units', 'closed_day']
    # What the columns or the defaults must tell
    _required = ['description', 'found_at', *REQUIRED]

    # Reading

    @staticmethod
    def _get_company():
        "Return the company of the user, who must be allowed to import."
        pool = Pool()
        Company = pool.get('company.company')
        ModelAccess = pool.get('ir.model.access')
        User = pool.get('res.user')
        # A forged action would pass by the groups of the wizard.
        with check_access():
            ModelAccess.check('hazard.ledger.mapping', 'create')
        company = Transaction().context.get('company')
        if company not in User.get_companies():
            raise LedgerError(gettext('hazard.msg_ledger_company'))
        if not acting_employee(company):
            raise LedgerError(gettext('hazard.msg_ledger_employee'))
        return Company(company)

    def _get_data(self):
        data = bytes(self.start.file or b'')
        if not data:
            raise LedgerError(gettext('hazard.msg_ledger_file'))
        return data

    def _read_sheets(self):
        sheets = read_sheets(self._get_data())
        if not sheets:
            raise LedgerError(gettext('hazard.msg_ledger_empty'))
        for sheet in sheets:
            fill_merged(sheet)
        return sheets

    def _get_tables(self):
        "Return the tables of the sheets to import by the heads as chosen."
        chosen = {
            s.name: _head_rows(s) for s in self.map.sheets if s.include}
        tables = [
            read_table(s, *chosen[s.name])
            for s in self._read_sheets() if s.name in chosen]
        if not tables:
            raise LedgerMappingError(gettext('hazard.msg_ledger_no_sheet'))
        return tables

    def transition_read(self):
        self._get_company()
        names = head_names()
        self._tables = [find_table(s, names) for s in self._read_sheets()]
        self.map.sheets = []
        return 'map'

    def transition_read_heads(self):
        self._get_company()
        self._tables = self._get_tables()
        return 'map'

    # Mapping

    @staticmethod
    def _sign(heads):
        "Return by what the mapping of the heads is known again."
        return signature(heads)

    def default_map(self, fields):
        pool = Pool()
        Mapping = pool.get('hazard.ledger.mapping')
        company = self._get_company()
        if not (tables := getattr(self, '_tables', None)):
            # Come back from the problems
            tables = self._get_tables()
        mapping = Mapping.find(
            company, self._sign(c.head for t in tables for c in t.columns))
        kept = Mapping.fields_by_head(company)
        if mapping:
            kept.update((c.head, c.field) for c in mapping.columns)
        values = {
            'company': company.id,
            'mapping': mapping.id if mapping else None,
            'sheets': self._get_sheets(tables),
            'columns': self._get_columns(tables, kept),
            }
        for name in DEFAULTS:
            record = getattr(mapping, name, None)
            values[name] = record.id if record else None
        return values

    def _get_sheets(self, tables):
        names = head_names()
        sheets = getattr(self.map, 'sheets', [])
        chosen = {s.name for s in sheets if s.include}
        left_out = [
            {n: getattr(s, n) for n in ['name', 'first', 'last', 'rows']}
            for s in sheets if not s.include]
        return [{
                'include': (
                    t.sheet.name in chosen or bool(propose(t, names, {}))),
                'name': t.sheet.name,
                'first': t.first,
                'last': t.last,
                'rows': sum(1 for _ in t.rows()),
                } for t in tables] + left_out

    @staticmethod
    def _get_columns(tables, kept):
        names, columns = head_names(), {}
        for table in tables:
            fields = propose(table, names, kept)
            for column in table.columns:
                columns.setdefault(column.head, {
                        'head': column.head,
                        'example': _example(table, column),
                        'field': fields.get(column.head),
                        })
        return list(columns.values())

    def transition_check(self):
        pool = Pool()
        Mapping = pool.get('hazard.ledger.mapping')
        company = self._get_company()
        tables = self._get_tables()
        columns = {c.head: c.field for c in self.map.columns if c.head}
        self._check_columns(tables, columns)
        self.map.mapping = Mapping.keep(
            company, self._sign(columns),
            f'{self.start.file_name or tables[0].sheet.name}', columns,
            {n: getattr(self.map, n) for n in DEFAULTS})
        self._check = self._run_check(
            company, tables, self._options_class())
        return 'preview'

    def _check_columns(self, tables, columns):
        "Raise LedgerMappingError unless the columns tell of hazards."
        pool = Pool()
        Column = pool.get('hazard.ledger.import.column')
        labels = dict(Column.fields_get(['field'])['field']['selection'])
        for table in tables:
            fields = [
                f for c in table.columns if (f := columns.get(c.head))]
            for field in fields:
                if fields.count(field) > 1:
                    raise LedgerMappingError(gettext(
                            'hazard.msg_ledger_field_twice',
                            sheet=table.sheet.name, field=labels[field]))
            missing = [
                n for n in self._required
                if n not in fields
                and not getattr(self.map, f'default_{n}', None)]
            if missing:
                raise LedgerMappingError(gettext(
                        'hazard.msg_ledger_field_missing',
                        sheet=table.sheet.name,
                        fields=', '.join(labels[n] for n in missing)))

    # Checking

    def _get_mapping(self, company):
        "Return the mapping that was kept, not any that a client names."
        mapping = self.map.mapping
        if not mapping or mapping.company != company:
            raise LedgerMappingError(gettext('hazard.msg_ledger_mapping'))
        return mapping

    def _run_check(self, company, tables, options):
        columns = {c.head: c.field for c in self.map.columns if c.field}
        defaults = {
            n.removeprefix('default_'): r.id for n in DEFAULTS
            if (r := getattr(self.map, n))}
        meanings = {
            (m.field, m.text): m.word or m.record.id
            for m in self._get_mapping(company).meanings}
        # The names may mean more than what the user may see.
        with without_check_access():
            check = self._check_class(
                company, tables, columns, defaults, meanings, options)
            check.run()
        return check

    def default_preview(self, fields):
        check = self._check
        problems = sorted(check.problems, key=lambda p: p.kind)
        return {
            'rows': check.rows,
            'hazards': len(check.entries),
            'known': check.known,
            'several': check.several,
            'errors': len(check.errors),
            'notes': len(problems) - len(check.errors),
            'problems': [vars(p) for p in problems[:_SHOWN]],
            'unknown': self._get_unknown(),
            'offered': [{
                    'leave_out': leave_out,
                    'sheet': sheet,
                    'row': row,
                    'text': ' '.join(text.split()),
                    } for (sheet, row), (text, leave_out) in
                sorted(check.offer().items())[:_SHOWN]],
            'left_out': len(check.offered),
            'closed_when': check.closed_when,
            **check.states,
            **{n: getattr(check.options, n) for n in self._options},
            }

    def _get_unknown(self):
        "Return the unknown names, those that have to be told first."
        check = self._check
        needed = [*REQUIRED, *STATE_WORDS]
        unknown = sorted(
            check.unknown.items(), key=lambda u: (
                u[0][0] not in needed, -u[1]))
        return [{
                'company': check.company.id,
                'field': field,
                'text': text,
                'rows': count,
                'record': (
                    f'{MEANINGS[field]},-1' if field in MEANINGS else None),
                } for (field, text), count in unknown[:_SHOWN]]

    def transition_check_again(self):
        self._check_with_options()
        return 'preview'

    def _check_with_options(self):
        company = self._get_company()
        meanings = {
            (m.field, m.text): meant for m in self.preview.unknown
            if (meant := _meant(m, company))}
        if meanings:
            self._get_mapping(company).learn(meanings)
        self._check = self._run_check(
            company, self._get_tables(), self._options_class(
                left_out={
                    (r.sheet, r.row): bool(r.leave_out)
                    for r in self.preview.offered},
                **{
                    n: getattr(self.preview, n, None) or False
                    for n in self._options}))
        return company

    # Writing

    def transition_import_(self):
        take_turn([self._get_company()])
        company = self._check_with_options()
        if self._check.errors or not self._check.entries:
            return 'preview'
        with without_check_access():
            self._write(company)
        return 'result'

    def _get_file_values(self, company):
        "Return what is kept of any file that is imported."
        return {
            'company': company.id,
            'file_name': self.start.file_name or '?',
            'sha256': hashlib.sha256(self._get_data()).hexdigest(),
            'imported_at': now(),
            'user': Transaction().user,
            'employee': acting_employee(company),
            'rows': self._check.rows,
            'known': self._check.known,
            }

    def _open_hazards(self, action, file, field):
        "Let the action open the hazards of the file, which the field names."
        with check_access():
            # Of one that a client names, nothing is told.
            files = file.__class__.search(
                [('id', '=', file.id)]) if file else []
        action['pyson_domain'] = PYSONEncoder().encode(
            [(field, 'in', [f.id for f in files])])
        action['name'] += ''.join(f' - {f.rec_name}' for f in files)
        return action, {}


class LedgerImport(LedgerSteps):
    __name__ = 'hazard.ledger.import'

    start = StateView(
        'hazard.ledger.import.start', 'hazard.ledger_import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Read", 'read', 'tryton-forward', default=True),
            ])
    preview = StateView(
        'hazard.ledger.import.preview',
        'hazard.ledger_import_preview_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Choose Another File", 'start', 'tryton-back'),
            Button("Change the Columns", 'map', 'tryton-back'),
            Button("Check Again", 'check_again', 'tryton-refresh',
                default=True),
            Button("Import", 'import_', 'tryton-ok', states={
                    'readonly': (
                        (Eval('errors', 0) > 0) | (Eval('hazards', 0) == 0)),
                    }),
            ])
    result = StateView(
        'hazard.ledger.import.result',
        'hazard.ledger_import_result_view_form', [
            Button("Close", 'end', 'tryton-close'),
            Button("Open Hazards", 'open_', 'tryton-open', default=True),
            ])
    open_ = StateAction('hazard.act_hazard_of_ledger')

    def _write(self, company):
        pool = Pool()
        Ledger = pool.get('hazard.ledger')
        counts = dict.fromkeys(['hazards', 'open', 'places', 'units'], 0)
        values = self._get_file_values(company)
        self._ledger, = Ledger.create([{**values, **counts}])
        write = LedgerWrite(
            company, self._check.entries, self._ledger, values['employee'])
        write.write()
        Ledger.write(
            [self._ledger], {
                **{n: write.counts[n] for n in counts},
                'made': json.dumps(write.made),
                })

    def default_result(self, fields):
        ledger = self._ledger
        return {
            'ledger': ledger.id,
            **{n: getattr(ledger, n) for n in [
                    'rows', 'hazards', 'open', 'known', 'places', 'units']},
            }

    def do_open_(self, action):
        return self._open_hazards(action, self.result.ledger, 'ledger')


def _head_rows(sheet):
    "Return the first and last row of the heads, which are not many."
    first = max(sheet.first or 1, 1)
    return first, min(max(sheet.last or 1, first), first + _HEADS)


def _example(table, column):
    "Return the text of the first cell below the head."
    for _, cells in table.rows():
        if text := clean(cells.get(column.number)):
            return text[:_EXAMPLE]


def _meant(meaning, company):
    "Return the record or the word that the user told, if it can be meant."
    if meaning.field in STATE_WORDS:
        return meaning.word in STATE_WORDS[meaning.field] and meaning.word
    return _is_of(meaning.record, meaning.field, company) and meaning.record


def _is_of(record, field, company):
    "Is the record one of the company that the field can mean?"
    return (record is not None and not isinstance(record, str)
        and record.id is not None and record.id >= 0
        and record.__name__ == MEANINGS[field]
        and getattr(record, 'company', company) == company)
