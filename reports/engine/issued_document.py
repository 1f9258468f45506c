# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

"What documents share that are numbered and kept as they were issued."

import datetime as dt
import hashlib
from collections import defaultdict

from sql import Literal, Null
from sql.aggregate import Count
from sql.conditionals import Case

import trytond.config as config
from trytond import backend
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import SQLConstraintError
from trytond.modules.hazard.loop.stage import EssentialsMixin
from trytond.modules.hazard.loop.steps import OPEN_STATES
from trytond.modules.safety_base.clock import company_zone, local_day
from trytond.modules.safety_base.reason import get_reason
from trytond.modules.safety_base.workflow import LoopMixin, now, step
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from ..exceptions import IssuedAccessError, IssuedFileError
from .convert import convert
from .numbering import get_serial, next_numbers

STORE_PREFIX = config.get('hazard_report', 'store_prefix', default=None)


def _filled(name):
    return {
        'invisible': ~Eval(name),
        }


class IssuedMixin(LoopMixin, ModelSQL, ModelView):
    """A document on hazards of one unit.

    As a draft it has neither number nor file.  Issuing gives it the next
    number of the company's year and keeps what was rendered then; cancelling
    leaves both.
    """
    __slots__ = ()

    _states = {
        'readonly': Eval('state') != 'draft',
        }
    # Where files are nobody is told; the PDF is made when it is first printed.
    _unrecorded = frozenset({
            'file_id', 'pdf_id', 'pdf_sha256', 'pdf_recorded_at'})
    _file_digests = {'file': 'sha256', 'pdf': 'pdf_sha256'}
    # The XML ids of the type of sequence, of the message with what the sign
    # of the body ends by and of the wizard to cancel
    _sequence_type = None
    _sign = None
    _cancel_wizard = None

    number = fields.Char(
        "Number", readonly=True,
        states=_filled('number'),
        help="Given by company and year when the document is issued, after "
        "the sign of the company's documents.")
    sequence = fields.Many2One(
        'ir.sequence.strict', "Numbered From", readonly=True,
        ondelete='RESTRICT')
    serial = fields.Integer(
        "Serial", readonly=True, help="What the number counts.")
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='RESTRICT',
        states={
            'readonly': (Eval('state') != 'draft') | (Eval('id', -1) >= 0),
            })
    unit = fields.Many2One(
        'safety.unit', "Unit", required=True, ondelete='RESTRICT',
        domain=[('company', '=', Eval('company', -1))],
        states=_states)
    issued_on = fields.Date(
        "Issued On", readonly=True,
        states=_filled('issued_on'))
    issued_by = fields.Many2One(
        'company.employee', "Issued By", readonly=True,
        states=_filled('issued_by'))
    issued_at = fields.DateTime(
        "Issued At", readonly=True,
        states=_filled('issued_at'))
    cancelled_by = fields.Many2One(
        'company.employee', "Cancelled By", readonly=True,
        states=_filled('cancelled_by'))
    cancelled_at = fields.DateTime(
        "Cancelled At", readonly=True,
        states=_filled('cancelled_at'))
    cancel_reason = fields.Text(
        "Reason of Cancellation", readonly=True,
        states=_filled('cancel_reason'))
    filename = fields.Char("File Name", readonly=True)
    file = fields.Binary(
        "Issued File", readonly=True, filename='filename',
        file_id='file_id', store_prefix=STORE_PREFIX,
        states=_filled('sha256'),
        help="The document as it was issued; what is printed is this.")
    file_id = fields.Char("File ID", readonly=True)
    sha256 = fields.Char(
        "SHA-256", readonly=True,
        states=_filled('sha256'),
        help="The digest of the issued file.")
    # Made of the issued file when it is first printed as such
    pdf = fields.Binary(
        "PDF", readonly=True, file_id='pdf_id', store_prefix=STORE_PREFIX)
    pdf_id = fields.Char("PDF ID", readonly=True)
    pdf_sha256 = fields.Char("SHA-256 of the PDF", readonly=True)
    pdf_recorded_at = fields.Timestamp(
        "PDF Recorded At", readonly=True,
        help="With the seal of this day the digest of the PDF is sealed.")
    hazard_count = fields.Function(
        fields.Integer("Number of Hazards"), 'get_counts')
    state = fields.Selection([
            ('draft', "Draft"),
            ('issued', "Issued"),
            ('cancelled', "Cancelled"),
            ], "State", required=True, readonly=True, sort=False)
    state_string = state.translated('state')

    @classmethod
    def __setup__(cls):
        cls.number.search_unaccented = False
        super().__setup__()
        t = cls.__table__()
        cls._order = [('id', 'DESC')]
        cls._sql_constraints += [
            ('number_unique', Unique(t, t.company, t.number),
                'hazard_report.msg_issued_number_unique'),
            ]
        cls._sql_indexes.update({
                Index(
                    t,
                    (t.company, Index.Equality()),
                    (t.state, Index.Equality(cardinality='low')),
                    (t.id, Index.Range(order='DESC'))),
                Index(
                    t,
                    (t.unit, Index.Equality()),
                    (t.id, Index.Range(order='DESC'))),
                })
        cls._transitions |= {
            ('draft', 'issued'),
            ('issued', 'cancelled'),
            }
        cls._buttons.update({
                'issue': {
                    'invisible': Eval('state') != 'draft',
                    'icon': 'tryton-ok',
                    'depends': ['state'],
                    },
                'cancel': {
                    'invisible': Eval('state') != 'issued',
                    'icon': 'tryton-cancel',
                    'depends': ['state'],
                    },
                })

    @classmethod
    def __register__(cls, module):
        exists = backend.TableHandler.table_exist(cls._table)
        table_h = cls.__table_handler__(module) if exists else None
        is_numbered = not exists or table_h.column_exist('sequence')
        is_recorded = not exists or table_h.column_exist('pdf_recorded_at')
        super().__register__(module)
        # Migration from 8.0.0: only its prefix told of the sequence
        if not is_numbered:
            cls._find_sequences()
        # Migration from 8.0.0: no seal told of the PDF
        if not is_recorded:
            table = cls.__table__()
            Transaction().connection.cursor().execute(*table.update(
                    [table.pdf_recorded_at], [dt.datetime.now()],
                    where=table.pdf_sha256 != Null))

    @classmethod
    def _find_sequences(cls):
        "Note of which sequence and what the numbers count."
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence.strict')
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        sequences = Sequence.search([
                ('sequence_type', '=', ModelData.get_id(cls._sequence_type)),
                ])
        cursor.execute(*table.select(
                table.id, table.company, table.number,
                where=table.number != Null))
        for id_, company, number in cursor.fetchall():
            for sequence in sequences:
                serial = get_serial(sequence, number)
                if sequence.company.id == company and serial is not None:
                    cursor.execute(*table.update(
                            [table.sequence, table.serial],
                            [sequence.id, serial], where=table.id == id_))

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def default_state(cls):
        return 'draft'

    @classmethod
    def get_counts(cls, documents, names):
        "Count the hazards and the open ones among them."
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Line = pool.get(cls.lines.model_name)
        cursor = Transaction().connection.cursor()
        hazard = Hazard.__table__()
        line = Line.__table__()
        document = getattr(line, cls.lines.field)
        result = {n: dict.fromkeys(map(int, documents), 0) for n in names}
        for sub_documents in grouped_slice(documents):
            cursor.execute(*line
                .join(hazard, condition=line.hazard == hazard.id)
                .select(
                    document, Count(Literal(1)),
                    Count(Case((hazard.state.in_(OPEN_STATES), 1))),
                    where=fields.SQL_OPERATORS['in'](
                        document, list(map(int, sub_documents))),
                    group_by=document))
            for id_, count, open_count in cursor:
                counts = {'hazard_count': count, 'open_count': open_count}
                for name in names:
                    result[name][id_] = counts[name]
        return result

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', If(
                    Eval('state') == 'cancelled', 'muted', '')),
            ('/form//page[@id="file"]', 'states', {
                    'invisible': ~Eval('sha256'),
                    }),
            ]

    def get_rec_name(self, name):
        return self.number or f'{self.unit.rec_name} ({self.id})'

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, value, *_ = clause
        bool_op = (
            'AND' if operator.startswith('!') or operator.startswith('not ')
            else 'OR')
        return [bool_op,
            ('number', operator, value),
            ('unit.rec_name', operator, value),
            ]

    @classmethod
    def check_modification(cls, mode, documents, values=None, external=False):
        if external and mode != 'create':
            for document in documents:
                if document.state not in cls._editable_states:
                    raise IssuedAccessError(gettext(
                            'hazard_report.msg_issued_modify',
                            document=document.rec_name))
        super().check_modification(
            mode, documents, values=values, external=external)

    @classmethod
    def copy(cls, documents, default=None):
        default = default.copy() if default is not None else {}
        for name in [
                'number', 'sequence', 'serial', 'issued_on', 'issued_by',
                'issued_at', 'cancelled_by', 'cancelled_at', 'cancel_reason',
                'filename', 'file', 'file_id', 'sha256', 'pdf', 'pdf_id',
                'pdf_sha256', 'pdf_recorded_at']:
            default.setdefault(name)
        # The hazards may be closed by now.
        default.setdefault('lines', [])
        return super().copy(documents, default=default)

    @classmethod
    @step('issued')
    def issue(cls, documents):
        for document in documents:
            document.check_issue()
        cls._set_numbers(documents)
        cls._move_issued(documents)
        cls._keep_files(documents)
        cls.issued(documents)

    def check_issue(self):
        "Raise an error unless the document can be issued as it is."

    @classmethod
    def _set_numbers(cls, documents):
        by_company = defaultdict(list)
        for document in documents:
            by_company[document.company].append(document)
        for company, group in by_company.items():
            day = local_day(now(), company_zone(company))
            numbers = next_numbers(cls, company, day.year, len(group))
            for document, numbered in zip(group, numbers):
                document.number, document.sequence, document.serial = numbered
                document.issued_on = day

    @classmethod
    def _move_issued(cls, documents):
        try:
            cls.move(documents, 'issued', 'issued')
        except SQLConstraintError as exception:
            if not Transaction().create_records['ir.sequence.strict']:
                raise
            # Another first document of the year was faster; the server
            # starts this one again upon an operational error.
            raise backend.DatabaseOperationalError(
                str(exception)) from exception

    @classmethod
    def _keep_files(cls, documents):
        for document in documents:
            content = document.render()
            document.filename = f'{document.file_stem}.odt'
            document.file = content
            document.sha256 = hashlib.sha256(content).hexdigest()
        cls.save(documents)

    @property
    def file_stem(self):
        return f'{self.__names__()["model"]}-{self.number}'

    def render(self):
        "Return the document, as it is now, as an ODT file."
        pool = Pool()
        Report = pool.get(self.__name__, type='report')
        return Report.render_record(self)

    @classmethod
    def issued(cls, documents):
        "Tell those whom the issued documents concern."

    def get_issued(self, extension):
        """Return the issued file as it was kept.

        The PDF is made of it once and kept as well.
        Raises IssuedFileError when it is not what was issued any more.
        """
        if extension != 'pdf':
            return self._check_digest(self.file, self.sha256)
        if not self.pdf_sha256:
            self._keep_pdf()
        return self._check_digest(self.pdf, self.pdf_sha256)

    def _check_digest(self, content, sha256):
        content = bytes(content or b'')
        if hashlib.sha256(content).hexdigest() != sha256:
            raise IssuedFileError(gettext(
                    'hazard_report.msg_issued_file',
                    document=self.rec_name))
        return content

    def _keep_pdf(self):
        content = convert(
            self._check_digest(self.file, self.sha256), 'odt', 'pdf')
        self.pdf = content
        self.pdf_sha256 = hashlib.sha256(content).hexdigest()
        self.pdf_recorded_at = dt.datetime.now()
        self.save()

    @classmethod
    @step('cancelled')
    def cancel(cls, documents):
        reason = get_reason(cls._cancel_wizard)
        for document in documents:
            document.check_cancel()
            document.cancel_reason = reason
        cls.move(documents, 'cancelled', 'cancelled')
        cls.cancelled(documents)

    def check_cancel(self):
        "Raise an error unless the document can be cancelled."

    @classmethod
    def cancelled(cls, documents):
        "Tell those whom the cancelled documents concern."

    @classmethod
    def append_events(cls, documents, action):
        "Append to the timelines of the hazards what became of the documents."
        pool = Pool()
        Event = pool.get('hazard.event')
        Event.append([{
                    'hazard': line.hazard,
                    'action': action,
                    'note': document.number,
                    'stage': document,
                    } for document in documents for line in document.lines])


class LineMixin(EssentialsMixin, ModelSQL, ModelView):
    "A hazard that a document names."
    __slots__ = ()

    hazard = fields.Many2One(
        'hazard.hazard', "Hazard", required=True, ondelete='RESTRICT')
    hazard_state = fields.Function(
        fields.Selection('get_hazard_states', "State of the Hazard"),
        'get_hazard_state')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_indexes.add(Index(t, (t.hazard, Index.Equality())))
        cls._order = [('id', 'ASC')]

    @classmethod
    def get_hazard_states(cls):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        return Hazard.fields_get(['state'])['state']['selection']

    @classmethod
    def get_hazard_state(cls, lines, name):
        return {line.id: line.hazard.state for line in lines}

    def get_rec_name(self, name):
        return self.hazard.rec_name

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('hazard.rec_name', *clause[1:])]

    @property
    def document(self):
        raise NotImplementedError

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        super().check_modification(
            mode, lines, values=values, external=external)
        if external:
            for line in lines:
                if line.document.state != 'draft':
                    raise IssuedAccessError(gettext(
                            'hazard_report.msg_issued_modify',
                            document=line.document.rec_name))
