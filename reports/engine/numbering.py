# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from sql import For

from trytond import backend
from trytond.modules.hazard.loop.numbering import taking_turns
from trytond.pool import Pool
from trytond.transaction import Transaction

__all__ = ['next_numbers']


def next_numbers(sequence_type, company, year, count):
    """Return the next numbers, without a gap, of the company's year.

    sequence_type is the XML id of the type of the sequences, of which there
    is one for each company and year.  Who numbers at the same time waits.
    """
    sequence = _get_sequence(sequence_type, company, year)
    _hold(sequence)
    return list(sequence.get_many(count))


def _get_sequence(sequence_type, company, year):
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    Sequence = pool.get('ir.sequence.strict')
    values = {
        'sequence_type': ModelData.get_id(sequence_type),
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
