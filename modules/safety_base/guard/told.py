# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What is refused is named only as far as the user may read it.

Tryton names the record and the value that it refuses without any check of
access.  A record is often called by what it names, so whoever sends the id of
what he may not read would be told its name by the refusal.
"""

from collections import defaultdict
from itertools import chain

from trytond.model import ModelStorage
from trytond.model.fields import Function
from trytond.transaction import Transaction

from .resource import search_readable

TO_ONE = {'many2one', 'one2one', 'reference'}
TO_MANY = {'many2many', 'one2many'}
# Whoever reads a record is told who has written it.
WRITERS = {'create_uid', 'write_uid'}


class ToldMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def __names__(cls, field=None, record=None):
        names = super().__names__(field=field, record=record)
        if record is None or not Transaction().user:
            return names
        targets = _get_targets(record, field)
        hidden = _find_hidden(chain(*targets.values()))
        if hidden:
            names['record'] = record.id
            if field in targets:
                names['value'] = ', '.join(
                    str(t.id) if t in hidden else t.rec_name
                    for t in targets[field])
        return names


def _get_targets(record, name):
    "Return the stored records that the record names, and the field, by field."
    targets = {}
    for field in record._fields.values():
        if field.name == name and field._type in TO_ONE | TO_MANY or (
                field._type in TO_ONE and field.name not in WRITERS
                and not isinstance(field, Function)):
            value = getattr(record, field.name, None)
            if not isinstance(value, (list, tuple)):
                value = [value]
            targets[field.name] = [
                v for v in value
                if isinstance(v, ModelStorage) and (v.id or -1) >= 0]
    return targets


def _find_hidden(records):
    "Return those of the records that the user may not read, in a set."
    by_model = defaultdict(set)
    for record in records:
        by_model[record.__name__].add(record)
    hidden = set()
    for model, named in by_model.items():
        readable = search_readable(model, {r.id for r in named})
        hidden |= {r for r in named if r.id not in readable}
    return hidden
