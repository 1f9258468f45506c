# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
import datetime as dt

from sql import For

from trytond import backend
from trytond.i18n import gettext
from trytond.modules.hazard.loop.numbering import taking_turns
from trytond.pool import Pool
from trytond.tools import escape_wildcard
from trytond.transaction import Transaction

from .document import Document as Printed

__all__ = ['get_serial', 'next_number', 'next_numbers']


def next_numbers(Document, company, year, count):
    """Return the next numbers, without a gap, of the company's year.

    Each comes with the sequence, of which there is one for each company, year
    and sign of the company's documents, and with what it counts. Who numbers
    at the same time waits.
    """
    affixes = get_affixes(Document._sign, company, year)
    sequence = (
        _get_used(Document, company, year, affixes[0])
        or _find_sequence(Document._sequence_type, company, *affixes))
    return _count_on(sequence, count)


def next_number(sequence_type, sign, company, year):
    "Return the next number of what keeps neither sequence nor serial."
    sequence = _find_sequence(
        sequence_type, company, *get_affixes(sign, company, year))
    (number, _, _), = _count_on(sequence, 1)
    return number


def get_affixes(sign, company, year):
    """Return what stands before and after the digits of a number.

    sign is the XML id of the message with what the sign of the body ends by.
    """
    pool = Pool()
    Configuration = pool.get('hazard.configuration')
    body = Configuration.settings(company)['document_sign'] or ''
    # Whoever issues, the number is in the language of the document
    with Transaction().set_context(language=Printed.get_language(company)):
        return gettext(
            'hazard_report.msg_issued_number', sign=body + gettext(sign),
            year=year, number='\n').split('\n')


def get_serial(sequence, number):
    "Return what the number counts, None if it is not of the sequence."
    prefix, suffix = map(
        sequence._process, [sequence.prefix, sequence.suffix])
    if number.startswith(prefix) and number.endswith(suffix):
        digits = number.removeprefix(prefix).removesuffix(suffix)
        if digits.isdecimal():
            return int(digits)


def _get_used(Document, company, year, prefix):
    "Return the sequence of the numbers of the year that begin so, if any."
    # Its prefix may have been changed since it was made.
    documents = Document.search([
            ('company', '=', company.id),
            ('sequence', '!=', None),
            ('issued_on', '>=', dt.date(year, 1, 1)),
            ('issued_on', '<=', dt.date(year, 12, 31)),
            ('number', 'like', escape_wildcard(prefix) + '%'),
            ], order=[('id', 'DESC')], limit=1)
    return documents[0].sequence if documents else None


def _find_sequence(sequence_type, company, prefix, suffix):
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    Sequence = pool.get('ir.sequence.strict')
    values = {
        'sequence_type': ModelData.get_id(sequence_type),
        'company': company.id,
        'prefix': _escape(prefix),
        'suffix': _escape(suffix),
        }
    sequences = Sequence.search(
        [(n, '=', v) for n, v in values.items()], limit=1)
    if not sequences:
        with Transaction().set_context(company=company.id):
            sequences = Sequence.create([{
                        **values,
                        'name': f'{company.rec_name} {prefix}',
                        }])
    return sequences[0]


def _escape(affix):
    "Return the affix as a sequence keeps it, which replaces what follows a $."
    return affix.replace('$', '$$')


def _count_on(sequence, count):
    _hold(sequence)
    return [
        (number, sequence, get_serial(sequence, number))
        for number in sequence.get_many(count)]


def _hold(sequence):
    # Tryton's own lock of strict sequences does not wait: it fails when
    # somebody else numbers at the moment.
    transaction = Transaction()
    if backend.name == 'postgresql':
        table = sequence.__table__()
        cursor = transaction.connection.cursor()
        with taking_turns():
            cursor.execute(*table.select(
                    table.id, where=table.id == sequence.id,
                    for_=For('UPDATE')))
    transaction._locked_records[sequence._table].add(sequence.id)
