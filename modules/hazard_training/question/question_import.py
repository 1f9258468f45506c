# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Questions from a workbook, and those that are delivered with the module."

import datetime as dt
from dataclasses import dataclass, field

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.safety_base.spreadsheet import (
    Error, compare_key, half_width, write_table)
from trytond.modules.safety_base.table_rows import read_rows
from trytond.modules.safety_base.turn import take_turn
from trytond.modules.safety_organization.roster.check import (
    record_names, selection_names)
from trytond.modules.safety_organization.roster.import_wizard import (
    WorkbookImportMixin)
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import check_access, without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard

from ..exceptions import QuestionImportError
from .question import LETTERS, question_key, right_number
from .question_delivery import bank_keys, read_delivered, read_retired
from .question_table import (
    OPTIONS, REQUIRED, get_columns, split_options, told_type, type_names)

TEMPLATE_ROWS = 500
TEXT_MAX = 2000
SLICE = 500


class QuestionRow(ModelView):
    __name__ = 'training.question.row'

    # The labels are the header of the file
    type = fields.Char("Type")
    discipline = fields.Char("Discipline")
    category = fields.Char("Category")
    difficulty = fields.Char("Difficulty")
    text = fields.Char("Question")
    option_1 = fields.Char("Option A")
    option_2 = fields.Char("Option B")
    option_3 = fields.Char("Option C")
    option_4 = fields.Char("Option D")
    option_5 = fields.Char("Option E")
    option_6 = fields.Char("Option F")
    option_7 = fields.Char("Option G")
    option_8 = fields.Char("Option H")
    option_9 = fields.Char("Option I")
    option_10 = fields.Char("Option J")
    options = fields.Char("Options")
    right = fields.Char("Right Options")
    explanation = fields.Char("Explanation")
    source = fields.Char("Source")
    edition = fields.Char("Editions of the Law")
    checked = fields.Char("Last Checked")


def get_template():
    "Return the workbook in which the user writes questions."
    pool = Pool()
    Category = pool.get('hazard.category')
    Discipline = pool.get('hazard.discipline')
    Question = pool.get('training.question')
    columns = get_columns(template=True)
    definitions = Question.fields_get(['type', 'difficulty'])
    choices = {
        'discipline': [d.name for d in Discipline.search([])],
        'category': [c.name for c in Category.search([])],
        **{
            name: [label for _, label in definition['selection']]
            for name, definition in definitions.items()},
        }
    for column in columns:
        column.choices = choices.get(column.name, [])
    return write_table(columns, blank_rows=TEMPLATE_ROWS)


@dataclass
class Row:
    number: int
    texts: dict
    sheet: str = ''
    type: str = None
    discipline: int = None
    category: int = None
    difficulty: str = 'medium'
    text: str = None
    explanation: str = None
    source: str = None
    edition: str = None
    checked: dt.date = None
    right: str = ''
    options: list = field(default_factory=list)

    def values(self, company):
        return {
            'company': company.id,
            'type': self.type,
            'discipline': self.discipline,
            'category': self.category,
            'difficulty': self.difficulty,
            'text': self.text,
            'explanation': self.explanation,
            'source': self.source,
            'edition': self.edition,
            'checked': self.checked,
            'options': [('create', [{
                            'sequence': number,
                            'text': text,
                            'right': LETTERS[number - 1] in self.right,
                            } for number, text in enumerate(self.options, 1)
                        ])],
            }


class QuestionCheck:
    "The checked rows of questions and their errors."

    def __init__(self, company, skip_known=False, discipline=None):
        """Prepare to check questions for the bank of the company.

        With skip_known, questions that the bank has are left out; otherwise
        they are errors. discipline is that of questions that tell none.
        """
        pool = Pool()
        Category = pool.get('hazard.category')
        Discipline = pool.get('hazard.discipline')
        self.company = company
        self.skip_known = skip_known
        self.discipline = discipline
        self.columns = get_columns(
            without={'discipline'} if discipline else set())
        self.labels = {c.name: c.label for c in self.columns}
        self.rows, self.errors, self.known = [], [], []
        self.left_out, self.notes = [], 0
        self.names = {
            'type': type_names(),
            'difficulty': selection_names('training.question', 'difficulty'),
            'discipline': record_names(
                Discipline.search([]), 'code', 'name'),
            'category': record_names(Category.search([]), 'code', 'name'),
            }
        self.answers = {
            **self._words('msg_words_true', 'A'),
            **self._words('msg_words_false', 'B')}

    def _words(self, message, letter):
        words = gettext(f'hazard_training.{message}')
        return {compare_key(w): letter for w in words.split('|')}

    def read(self, data, skip_notes=False):
        read = read_rows(data, self.columns, skip_notes)
        self.errors.extend(read.errors)
        self.left_out, self.notes = read.left_out, read.notes
        self.run(read.rows)

    def run(self, rows):
        for row in [Row(*r) for r in rows]:
            self._check(row)
            self.rows.append(row)
        self._check_same()
        self.errors.sort(key=lambda e: (e.sheet, e.row))

    def error(self, row, column, message, /, **variables):
        self.errors.append(Error(
                row.number, self.labels[column], row.texts.get(column) or '',
                gettext(f'hazard_training.{message}', **variables),
                sheet=row.sheet))

    def _check(self, row):
        if not row.texts.get('type'):
            row.type = told_type(row.texts, self.answers)
        if not row.texts.get('discipline'):
            row.discipline = self.discipline
        for column in REQUIRED:
            if (row.texts.get(column, '') == ''
                    and not getattr(row, column, None)):
                self.error(row, column, 'msg_question_import_required')
        for column in ['type', 'discipline', 'category', 'difficulty']:
            self._check_name(row, column)
        for column in ['text', 'explanation', 'source', 'edition']:
            text = row.texts.get(column) or ''
            if len(text) > TEXT_MAX:
                self.error(row, column, 'msg_question_import_long',
                    number=TEXT_MAX)
            setattr(row, column, text or None)
        self._check_day(row)
        self._check_options(row)

    def _check_day(self, row):
        if text := row.texts.get('checked'):
            try:
                row.checked = dt.date.fromisoformat(half_width(text)[:10])
            except ValueError:
                self.error(row, 'checked', 'msg_question_import_day')

    def _check_name(self, row, column):
        if text := row.texts.get(column):
            value = self.names[column].get(compare_key(text))
            if value is None:
                self.error(row, column, 'msg_question_import_unknown')
            setattr(row, column, value)

    def _check_options(self, row):
        texts = [row.texts.get(n) or '' for n in OPTIONS]
        if not any(texts) and row.texts.get('options'):
            texts = split_options(row.texts['options'])
            if not texts:
                self.error(row, 'options', 'msg_question_import_options')
        while texts and not texts[-1]:
            texts.pop()
        if row.type == 'true_false' and not texts:
            texts = [
                gettext('hazard_training.msg_true'),
                gettext('hazard_training.msg_false')]
        keys = [compare_key(t) for t in texts]
        for number, key in enumerate(keys):
            if not key:
                self.error(
                    row, OPTIONS[number], 'msg_question_import_gap')
            elif key in keys[:number]:
                self.error(
                    row, OPTIONS[number], 'msg_question_import_option_twice')
        row.options = texts
        if row.texts.get('right'):
            self._check_right(row)

    def _check_right(self, row):
        text = row.texts['right']
        if row.type == 'true_false':
            text = self.answers.get(compare_key(text), text)
        letters = {c for c in half_width(text).upper() if c.isalpha()}
        if not letters <= set(LETTERS[:len(row.options)]):
            self.error(row, 'right', 'msg_question_import_right')
        elif row.type and not right_number(
                row.type, len(row.options), len(letters)):
            self.error(
                row, 'right', f'msg_question_import_right_{row.type}')
        row.right = ''.join(sorted(letters))

    def _check_same(self):
        pool = Pool()
        Question = pool.get('training.question')
        keys = {
            question_key(r.text): r for r in reversed(self.rows) if r.text}
        known, retired = set(), self._get_retired()
        for sub_keys in grouped_slice(list(keys), SLICE):
            known.update(q.key for q in Question.search([
                        ('company', '=', self.company.id),
                        ('key', 'in', list(sub_keys)),
                        ('active', 'in', [True, False]),
                        ('id', 'not in', retired),
                        ]))
        for row in self.rows:
            if not row.text:
                continue
            key = question_key(row.text)
            if keys[key] is not row:
                self.known.append(row)
                if not self.skip_known:
                    self.error(row, 'text', 'msg_question_import_twice',
                        row=keys[key].number)
            elif key in known:
                self.known.append(row)
                if not self.skip_known:
                    self.error(row, 'text', 'msg_question_import_known')

    def _get_retired(self):
        "Return the ids of the questions that others have replaced."
        keys = bank_keys(lambda question: (
                (question.company == self.company.id)
                & (question.active == False)))  # noqa: E712
        retired = read_retired() if keys else ()
        return [id_ for id_, key in keys.items() if key in retired]

    def write(self):
        "Create the questions that the bank has not and return their number."
        pool = Pool()
        Question = pool.get('training.question')
        known = set(map(id, self.known))
        values = [
            r.values(self.company) for r in self.rows
            if id(r) not in known]
        for sub_values in grouped_slice(values, SLICE):
            Question.create(list(sub_values))
        return len(values)


class QuestionImportStart(ModelView):
    __name__ = 'training.question.import.start'

    template = fields.Binary(
        "Template", filename='template_name', readonly=True,
        help="Save the template and write one question per row.")
    template_name = fields.Char("Template Name", readonly=True)
    file = fields.Binary(
        "File", filename='file_name',
        help="The workbook with the questions, the template or another one "
        "whose heads name what the columns are.")
    file_name = fields.Char("File Name")
    discipline = fields.Many2One(
        'hazard.discipline', "Discipline where none is told")
    duplicates = fields.Selection([
            ('refuse', "Tell Them as Errors"),
            ('skip', "Leave Them Out"),
            ], "Questions That Are There Twice", required=True, sort=False,
        help="What becomes of questions that the bank has already or that "
        "stand in the file before.")
    skip_notes = fields.Boolean(
        "Leave Out Notes",
        help="Leave out the rows that tell only one thing, like the notes "
        "below a table, instead of reporting an error.")


class QuestionImportResult(ModelView):
    __name__ = 'training.question.import.result'

    rows = fields.Integer("Rows", readonly=True)
    created = fields.Integer("New Questions", readonly=True)
    known = fields.Integer(
        "Known Questions", readonly=True,
        help="Questions that the bank had already, or that stand in the file "
        "before; they were left as they are.")
    notes = fields.Integer("Notes Left Out", readonly=True)
    left_out = fields.Char(
        "Sheets Left Out", readonly=True,
        states={
            'invisible': ~Eval('left_out'),
            },
        help="The sheets of the file that have no such columns.")


class QuestionImport(WorkbookImportMixin, Wizard):
    __name__ = 'training.question.import'

    start_state = 'start'
    start = StateView(
        'training.question.import.start',
        'hazard_training.question_import_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Import the Delivered Questions", 'delivered',
                'tryton-archive'),
            Button("Import", 'import_', 'tryton-ok', default=True),
            ])
    delivered = StateTransition()
    result = StateView(
        'training.question.import.result',
        'hazard_training.question_import_result_view_form', [
            Button("Close", 'end', 'tryton-close', default=True),
            ])

    def default_start(self, fields):
        return {
            'template': get_template(),
            'template_name': gettext(
                'hazard_training.msg_question_template_name') + '.xlsx',
            'duplicates': getattr(self.start, 'duplicates', 'refuse'),
            }

    def transition_import_(self):
        company = self._get_company()
        data = self.take_file()
        if not data:
            raise QuestionImportError(gettext(
                    'hazard_training.msg_question_import_file'))
        discipline = self.start.discipline
        check = QuestionCheck(
            company, skip_known=self.start.duplicates == 'skip',
            discipline=discipline.id if discipline else None)
        check.read(data, bool(self.start.skip_notes))
        return self._write(check)

    def transition_delivered(self):
        company = self._get_company()
        self.start.file = self.start.template = None
        check = QuestionCheck(company, skip_known=True)
        check.run(read_delivered())
        return self._write(check)

    def _write(self, check):
        if check.errors:
            return self.refuse(check.errors)
        with without_check_access():
            created = check.write()
        self._result = {
            'rows': len(check.rows),
            'created': created,
            'known': len(check.known),
            'notes': check.notes,
            'left_out': ', '.join(check.left_out),
            }
        return 'result'

    def _get_company(self):
        pool = Pool()
        ModelAccess = pool.get('ir.model.access')
        with check_access():
            ModelAccess.check('training.question', 'create')
        company = self.own_company()
        if not company:
            raise QuestionImportError(gettext(
                    'hazard_training.msg_question_import_company'))
        take_turn([company])
        return company

    def default_result(self, fields):
        return self._result
