# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Which column of an old ledger is which field, kept for the next one."

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.safety_base.access import CopyAccessMixin
from trytond.pool import Pool
from trytond.pyson import Eval, If
from trytond.transaction import Transaction

from ..exceptions import LedgerMappingError
from .heads import FIELDS
from .state_words import STATE_WORDS, WORDS

# What the texts of cells can be told to mean
MEANINGS = {
    'place': 'hazard.place',
    'unit': 'safety.unit',
    'grade': 'hazard.grade',
    'discipline': 'hazard.discipline',
    'category': 'hazard.category',
    'check_item': 'hazard.check_item',
    'shift': 'safety.shift',
    }
TOLD = [
    ('place', "Place"),
    ('unit', "Responsible Unit"),
    ('grade', "Grade"),
    ('discipline', "Discipline"),
    ('state', "State"),
    ('result', "Result of Recheck"),
    ('handling', "Handling"),
    ('category', "Category"),
    ('check_item', "Check Item"),
    ('shift', "Shift"),
    ]
DEFAULTS = [
    f'default_{n}' for n in ['place', 'unit', 'grade', 'discipline']]


def meaning_field():
    "Return a new field for the record that a text means."
    of_company = [('company', '=', Eval('company', -1))]
    return fields.Reference(
        "Means", selection='get_models',
        domain={'hazard.place': of_company, 'safety.unit': of_company},
        states={
            'invisible': Eval('field').in_(list(STATE_WORDS)),
            })


def word_field():
    "Return a new field for what a text says of the hazard."
    known = [('word', '=', None)]
    for field, words in STATE_WORDS.items():
        known = If(
            Eval('field') == field, [('word', 'in', [None, *words])], known)
    return fields.Selection(
        [(None, ""), *WORDS], "Stands For", sort=False, domain=[known],
        states={
            'invisible': ~Eval('field').in_(list(STATE_WORDS)),
            })


class DefaultsMixin:
    "Add what a hazard gets where the ledger tells nothing."
    __slots__ = ()

    default_place = fields.Many2One(
        'hazard.place', "Place where none is told", ondelete='CASCADE',
        domain=[('company', '=', Eval('company', -1))])
    default_unit = fields.Many2One(
        'safety.unit', "Unit where none is told", ondelete='CASCADE',
        domain=[('company', '=', Eval('company', -1))])
    default_grade = fields.Many2One(
        'hazard.grade', "Grade where none is told", ondelete='CASCADE')
    default_discipline = fields.Many2One(
        'hazard.discipline', "Discipline where none is told",
        ondelete='CASCADE')


class MeaningMixin:
    "Add the models of the records that texts can mean."
    __slots__ = ()

    @classmethod
    def get_models(cls):
        pool = Pool()
        get_name = pool.get('ir.model').get_name
        return [(None, ""), *((m, get_name(m)) for m in MEANINGS.values())]


class Mapping(DefaultsMixin, CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'hazard.ledger.mapping'

    name = fields.Char("Name", required=True)
    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    signature = fields.Char(
        "Signature", required=True, readonly=True,
        help="By which ledgers with the same heads are known again.")
    columns = fields.One2Many(
        'hazard.ledger.mapping.column', 'mapping', "Columns")
    meanings = fields.One2Many(
        'hazard.ledger.mapping.meaning', 'mapping', "Meanings",
        help="What is meant by the texts of the ledger that are no names of "
        "places, units, grades or disciplines.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._order = [('name', 'ASC'), ('id', 'DESC')]
        cls._sql_constraints += [
            ('company_signature_unique', Unique(t, t.company, t.signature),
                'hazard.msg_ledger_mapping_unique'),
            ]

    @classmethod
    def default_company(cls):
        return Transaction().context.get('company')

    @classmethod
    def find(cls, company, signature):
        "Return the mapping that is kept for the heads."
        for mapping in cls.search([
                    ('company', '=', company.id),
                    ('signature', '=', signature),
                    ], limit=1):
            return mapping

    @classmethod
    def fields_by_head(cls, company):
        "Return the field that was chosen last by head."
        pool = Pool()
        Column = pool.get('hazard.ledger.mapping.column')
        return {
            c.head: c.field for c in Column.search([
                    ('mapping.company', '=', company.id),
                    ], order=[('write_date', 'ASC'), ('id', 'ASC')])}

    @classmethod
    def keep(cls, company, signature, name, columns, values):
        "Store the fields by head and the values and return the mapping."
        mapping = cls.find(company, signature)
        if not mapping:
            mapping = cls(company=company, signature=signature, name=name)
        old = {c.head: c for c in getattr(mapping, 'columns', [])}
        new = []
        for head, field in columns.items():
            column = old.get(head) or _new('column', head=head)
            column.field = field
            new.append(column)
        mapping.columns = new
        for name, value in values.items():
            setattr(mapping, name, value)
        mapping.save()
        return mapping

    def learn(self, meanings):
        """Store what the texts, by field and text, mean.

        That is a record or, of the state, a word.
        """
        old = {(m.field, m.text): m for m in self.meanings}
        for (field, text), meant in meanings.items():
            meaning = old.get((field, text))
            if not meaning:
                meaning = _new('meaning', field=field, text=text)
                old[field, text] = meaning
            meaning.record = None if field in STATE_WORDS else meant
            meaning.word = meant if field in STATE_WORDS else None
        self.meanings = list(old.values())
        self.save()


def _new(name, **values):
    return Pool().get(f'hazard.ledger.mapping.{name}')(**values)


class MappingColumn(CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'hazard.ledger.mapping.column'

    mapping = fields.Many2One(
        'hazard.ledger.mapping', "Mapping", required=True,
        ondelete='CASCADE')
    head = fields.Char("Head", required=True)
    field = fields.Selection(
        [(None, "")] + FIELDS, "Field", sort=False,
        help="Leave empty for what is only kept as text.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('mapping')
        t = cls.__table__()
        cls._order = [('mapping.id', 'DESC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('head_unique', Unique(t, t.mapping, t.head),
                'hazard.msg_ledger_mapping_head_unique'),
            ]

    def get_rec_name(self, name):
        return self.head

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('head', *clause[1:])]


class MappingMeaning(MeaningMixin, CopyAccessMixin, ModelSQL, ModelView):
    __name__ = 'hazard.ledger.mapping.meaning'

    mapping = fields.Many2One(
        'hazard.ledger.mapping', "Mapping", required=True,
        ondelete='CASCADE')
    company = fields.Function(
        fields.Many2One('company.company', "Company"),
        'on_change_with_company')
    field = fields.Selection(TOLD, "Field", required=True, sort=False)
    text = fields.Char("Text", required=True)
    record = meaning_field()
    word = word_field()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('mapping')
        t = cls.__table__()
        cls._order = [('mapping.id', 'DESC'), ('field', 'ASC'), ('id', 'ASC')]
        cls._sql_constraints += [
            ('text_unique', Unique(t, t.mapping, t.field, t.text),
                'hazard.msg_ledger_mapping_text_unique'),
            ]

    @fields.depends('mapping', '_parent_mapping.company')
    def on_change_with_company(self, name=None):
        return self.mapping.company if self.mapping else None

    def get_rec_name(self, name):
        return self.text

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('text', *clause[1:])]

    @classmethod
    def validate_fields(cls, meanings, field_names):
        super().validate_fields(meanings, field_names)
        for meaning in meanings:
            meaning.check_meaning()

    def check_meaning(self):
        "Raise LedgerMappingError unless it tells what its field can mean."
        if self.field in STATE_WORDS:
            told = self.word in STATE_WORDS[self.field]
        else:
            told = self.record and self.record.__name__ == MEANINGS[self.field]
        if not told:
            raise LedgerMappingError(gettext(
                    'hazard.msg_ledger_meaning', text=self.text))
