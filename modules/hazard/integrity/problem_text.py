# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What records, fields and values are called where something does not fit.

Records are given as "model,id", values plain as events record them
(event_content.py). What is not there any more is told by its id, what is
neither, because it was forged, as it is.
"""
import datetime as dt
import re

from trytond.i18n import gettext
from trytond.model import ModelSQL, fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from .lenient import lenient_times

LENGTH = 60
REFERENCE = re.compile(r'([\w.-]+),(\d{1,9})', re.ASCII)


def parse(reference):
    "Return the name of the model and the id, None for what is no reference."
    match = REFERENCE.fullmatch(str(reference))
    if match and _is_stored(match[1]):
        return match[1], int(match[2])


def _is_stored(model):
    try:
        return issubclass(Pool().get(model), ModelSQL)
    except KeyError:
        return False


def describe(record):
    "Return the name of the model and of the record."
    if not (named := parse(record)):
        return shorten(record)
    model, id_ = named
    called = Pool().get(model).__names__()['model']
    name = _get_rec_name(model, id_)
    if name is None:
        return f'{called} ({id_})'
    return gettext('hazard.msg_verify_record', model=called, record=name)


def get_label(record, name):
    "Return what the field of the record is called."
    model, _ = record.split(',')
    return Pool().get(model).__names__(name)['field']


def show(record, name, value):
    "Return the value of the field of the record in words."
    model, _ = record.split(',')
    Model = Pool().get(model)
    field = Model._fields[name]
    if value is None or value == '':
        return ''
    if isinstance(field, fields.Boolean):
        return gettext(f'hazard.msg_verify_{"yes" if value else "no"}')
    if isinstance(field, fields.Selection) and isinstance(value, str):
        names = field.get_selection(Model, name, Model())
        return names.get(value) or shorten(value)
    if isinstance(field, fields.Many2One) and type(value) is int:
        called = _get_rec_name(field.model_name, value)
        return shorten(f'({value})' if called is None else called)
    if isinstance(field, fields.Reference):
        return shorten(describe(value))
    if isinstance(field, (fields.DateTime, fields.Timestamp)) and (
            _is_time(value)):
        return f'{value.replace("T", " ")} UTC'
    return shorten(value)


def _is_time(value):
    try:
        return bool(dt.datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def shorten(value):
    "Return the value as a text of one short line."
    text = '' if value is None else ' '.join(str(value).split())
    # Half of a pair of surrogates, as JSON may hold, is nowhere shown.
    text = text.encode('utf-8', 'backslashreplace').decode('utf-8')
    return text if len(text) <= LENGTH else text[:LENGTH - 1] + '…'


def _get_rec_name(model, id_):
    "Return the name of the record, None if there is none."
    if not 0 <= id_ < 2 ** 31:
        return
    Model = Pool().get(model)
    table = Model.__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(table.id, where=table.id == id_))
    # What does not fit may be a time that cannot be.
    with lenient_times():
        return Model(id_).rec_name if cursor.fetchone() else None
