# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A sentence in every text of the records, and whether it is found there."

from sql import Column, Literal, Table
from sql.operators import Concat

from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

SENTENCE = "一采区1103回风巷三道风门关闭不严，闭锁失效；已通知"
PARTS = [
    "门", "严", "风门", "，闭", "风门关", "不严，", "103", "关闭不严，闭锁"]


def write_everywhere(names):
    "Write the sentence with the id into all stored texts of the models."
    pool = Pool()
    transaction = Transaction()
    for name in names:
        Model = pool.get(name)
        if not callable(getattr(Model, 'table_query', None)):
            for text, field in Model._fields.items():
                if is_text(field) and is_free(field):
                    _write(Model, text)
    with transaction.connection.cursor() as cursor:
        translation = Table('ir_translation')
        cursor.execute(*translation.delete(where=translation.type == 'model'))
    for cache in transaction.cache.values():
        cache.clear()


def is_text(field):
    return isinstance(field, fields.Char)


def is_free(field):
    "May the text be of any length?"
    return not isinstance(field.size, int)


def _write(Model, name):
    table = Model.__table__()
    with Transaction().connection.cursor() as cursor:
        cursor.execute(*table.update(
                [Column(table, name)],
                [Concat(Literal(SENTENCE), table.id)]))


def _read(record, name):
    try:
        return getattr(record, name) or ''
    except KeyError:
        # What the text should name is overwritten.
        return ''


def find(name):
    """Yield each text of the model, the part and whether it was not found.

    Of function fields only those that can be searched.
    """
    Model = Pool().get(name)
    for text, field in Model._fields.items():
        if isinstance(field, fields.Function):
            if not field.searcher or not is_text(field._field):
                continue
        elif not is_text(field) or not is_free(field):
            continue
        for record in Model.search([], limit=1, order=[('id', 'DESC')]):
            if SENTENCE in _read(record, text):
                for part in PARTS:
                    yield text, part, record in Model.search([
                            (text, 'ilike', f'%{part}%')])
