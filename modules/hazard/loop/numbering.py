# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import datetime as dt
import re
from contextlib import contextmanager

from trytond import backend
from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.model.exceptions import SQLConstraintError
from trytond.pool import Pool
from trytond.pyson import Eval, Id
from trytond.transaction import Transaction, TransactionError

from ..exceptions import NumberingAccessError

# What PostgreSQL calls it when somebody else was faster
_OVERTAKEN = {'40001', '40P01'}
# What stands for the digits in a look
DIGITS = '…'
# What a sequence replaces in its prefix and suffix
PLACE = re.compile(r'\$(?:\w+|\{\w+\})')
YEAR = re.compile(r'\$(?:(?:year|date_Y)\b|\{(?:year|date_Y)\})')


class NumberTaken(TransactionError):
    "Somebody else took the number meanwhile: the server starts again."


@contextmanager
def taking_turns():
    """Raise NumberTaken when somebody else was faster.

    The server starts again as often as it is raised, thus no full disk and no
    timeout may raise it.
    """
    try:
        yield
    except backend.DatabaseOperationalError as exception:
        if getattr(exception, 'sqlstate', None) in _OVERTAKEN:
            raise NumberTaken from exception
        raise


class Numbering(ModelSQL, ModelView):
    __name__ = 'hazard.numbering'

    company = fields.Many2One(
        'company.company', "Company", required=True, ondelete='CASCADE')
    year = fields.Integer("Year", required=True)
    imported = fields.Boolean(
        "From Old Ledgers",
        help="The series of the hazards that were found in the year but "
        "brought in from a ledger that was kept before.")
    sequence = fields.Many2One(
        'ir.sequence', "Sequence", required=True,
        domain=[
            ('sequence_type', '=', Id('hazard', 'sequence_type_hazard')),
            ('company', '=', Eval('company', -1)),
            ],
        help="How the numbers look.")
    former = fields.Text(
        "Former Looks", readonly=True,
        help="How numbers of the series looked before the sequence was "
        "changed, one look a line, with … for the digits.")
    last = fields.Integer(
        "Last Number", required=True, readonly=True,
        help="It is counted in the transaction that uses the number, so that "
        "what is refused leaves no gap.")
    complete_from = fields.Integer(
        "Complete From", required=True, readonly=True,
        help="Numbers before it were counted by the sequence, which leaves "
        "gaps.")

    _sequence_cache = Cache('hazard.numbering.sequence', context=False)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints = [
            ('company_year_imported_unique',
                Unique(t, t.company, t.year, t.imported),
                'hazard.msg_numbering_unique'),
            ]
        cls._order = [('year', 'DESC'), ('id', 'DESC')]

    @classmethod
    def __register__(cls, module):
        table_h = cls.__table_handler__(module)
        # Migration from 8.0.0: the sequence counted
        counted = (
            table_h.column_exist('sequence')
            and not table_h.column_exist('last'))
        if counted:
            table_h.add_column('last', 'INTEGER')
            table_h.add_column('complete_from', 'INTEGER')
            cls._take_over()
        super().__register__(module)
        # Migration from 8.0.0: a year had one series only
        cls.__table_handler__(module).drop_constraint('company_year_unique')

    @classmethod
    def _take_over(cls):
        "Go on from the next numbers of the sequences."
        Sequence = Pool().get('ir.sequence')
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        cursor.execute(*table.select(table.id, table.sequence))
        for id_, sequence in cursor.fetchall():
            next_ = Sequence(sequence).number_next
            cursor.execute(*table.update(
                    [table.last, table.complete_from], [next_ - 1, next_],
                    where=table.id == id_))

    @classmethod
    def default_imported(cls):
        return False

    @classmethod
    def default_last(cls):
        return 0

    @classmethod
    def default_complete_from(cls):
        return 1

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if external and (mode != 'write' or values.keys() - {'sequence'}):
            raise NumberingAccessError(gettext(
                    'hazard.msg_numbering_modify'))

    @classmethod
    def on_write(cls, records, values):
        if 'sequence' in values:
            cls.keep_looks(records)
        return super().on_write(records, values)

    @classmethod
    def keep_looks(cls, records):
        "Keep how the numbers look, before their sequences are changed."
        for record in records:
            looks = record.get_looks()
            record.former = '\n'.join(dict.fromkeys(looks))
        cls.save(records)

    def get_looks(self):
        "Return how the numbers look and looked, with … for the digits."
        sequence = self.sequence
        return [
            f'{sequence.prefix or ""}{DIGITS}{sequence.suffix or ""}',
            *(line for line in (self.former or '').splitlines()
                if DIGITS in line)]

    def get_rec_name(self, name):
        return f'{self.company.rec_name} {_prefix(self.year, self.imported)}'

    @classmethod
    def on_modification(cls, mode, records, field_names=None):
        super().on_modification(mode, records, field_names=field_names)
        cls._sequence_cache.clear()

    @classmethod
    def get_many(cls, company, year, count, imported=False):
        """Return the next count numbers of the company's year, without a gap.

        What is imported has a series of its own, so that the numbers of the
        running year go on in the order of the reports. Who numbers at the
        same time waits, and starts again.
        """
        pool = Pool()
        Sequence = pool.get('ir.sequence')
        key = (int(company), year, imported)
        ids = cls._sequence_cache.get(key)
        if ids is None:
            numbering = cls._get_numbering(*key)
            ids = numbering.id, numbering.sequence.id
            cls._sequence_cache.set(key, ids)
        id_, sequence_id = ids
        last = cls._count(id_, count)
        sequence = Sequence(sequence_id)
        day = cls._get_day(year)
        prefix, suffix = (
            sequence._process(affix, day)
            for affix in [sequence.prefix, sequence.suffix])
        return [
            f'{prefix}{n:0>{sequence.padding}d}{suffix}'
            for n in range(last - count + 1, last + 1)]

    @classmethod
    def _get_day(cls, year):
        "Return today, or the last day of the year if it is another one."
        pool = Pool()
        Date = pool.get('ir.date')
        today = Date.today()
        return today if today.year == year else dt.date(year, 12, 31)

    @classmethod
    def _count(cls, id_, count):
        "Count on and return the last number."
        cursor = Transaction().connection.cursor()
        table = cls.__table__()
        with taking_turns():
            cursor.execute(*table.update(
                    [table.last], [table.last + count],
                    where=table.id == id_))
        cursor.execute(*table.select(table.last, where=table.id == id_))
        return cursor.fetchone()[0]

    @classmethod
    def _get_numbering(cls, company, year, imported):
        records = cls.search([
                ('company', '=', company),
                ('year', '=', year),
                ('imported', '=', imported),
                ], limit=1)
        return records[0] if records else cls._open(
            company, year, imported)[0]

    def get_counter(self):
        """Return the function that returns what a number counts.

        It is None for a number that is not of the series.
        """
        patterns = [
            re.compile(_get_pattern(look, self.year))
            for look in self.get_looks()]

        def count(number):
            for pattern in patterns:
                if match := pattern.fullmatch(number):
                    return int(match['digits'])
        return count

    @classmethod
    def _open(cls, company, year, imported):
        try:
            return cls.create([{
                        'company': company,
                        'year': year,
                        'imported': imported,
                        'sequence': cls._new_sequence(
                            company, _prefix(year, imported)).id,
                        }])
        except SQLConstraintError as exception:
            # Another first report of the year was faster; the server starts
            # this one again upon an operational error.
            raise backend.DatabaseOperationalError(
                str(exception)) from exception

    @classmethod
    def _new_sequence(cls, company, prefix):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        Sequence = pool.get('ir.sequence')
        with Transaction().set_context(company=company):
            sequence, = Sequence.create([{
                        'name': prefix.rstrip('-'),
                        'company': company,
                        'sequence_type': ModelData.get_id(
                            'hazard', 'sequence_type_hazard'),
                        'prefix': prefix,
                        'padding': 11 - len(prefix),
                        }])
        return sequence


def _get_pattern(look, year):
    "Return the regular expression of the numbers of the year that look so."
    prefix, suffix = (
        '.+?'.join(map(re.escape, PLACE.split(YEAR.sub(str(year), affix))))
        for affix in look.split(DIGITS, 1))
    return f'{prefix}(?P<digits>[0-9]{{1,18}}){suffix}'


def _prefix(year, imported):
    return f'{year}-L' if imported else f'{year}-'
