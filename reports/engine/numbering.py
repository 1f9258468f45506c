# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
import datetime as dt

from sql import For

from trytond import backend
from trytond.modules.hazard.loop.numbering import taking_turns
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = ['get_serial', 'next_numbers']


def next_numbers(Document, company, year, count):
    """Return the next numbers, without a gap, of the company's year.

    Each comes with the sequence, of which there is one for each company and
    year, and with what it counts. Who numbers at the same time waits.
    """
    sequence = _get_sequence(Document, company, year)
    _hold(sequence)
    return [
        (number, sequence, get_serial(sequence, number))
        for number in sequence.get_many(count)]


def get_serial(sequence, number):
    "Return what the number counts, None if it is not of the sequence."
    prefix, suffix = map(
        sequence._process, [sequence.prefix, sequence.suffix])
    if number.startswith(prefix) and number.endswith(suffix):
        digits = number.removeprefix(prefix).removesuffix(suffix)
        if digits.isdecimal():
            return int(digits)


def _get_sequence(Document, company, year):
    # Its prefix may have been changed since it was made.
    documents = Document.search([
            ('company', '=', company.id),
            ('sequence', '!=', None),
            ('issued_on', '>=', dt.date(year, 1, 1)),
            ('issued_on', '<=', dt.date(year, 12, 31)),
            ], order=[('id', 'DESC')], limit=1)
    if documents:
        return documents[0].sequence
    return _find_sequence(Document, company, year)


def _find_sequence(Document, company, year):
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    Sequence = pool.get('ir.sequence.strict')
    values = {
        'sequence_type': ModelData.get_id(Document._sequence_type),
        'company': company.id,
        'prefix': f'{year}-',
        }
    sequences = Sequence.search(
        [(n, '=', v) for n, v in values.items()], limit=1)
    if not sequences:
        with Transaction().set_context(company=company.id):
            sequences = Sequence.create([{
                        **values,
                        'name': f'{company.rec_name} {year}',
                        'padding': 4,
                        }])
    return sequences[0]


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
