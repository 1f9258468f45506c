# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What an import of a roster would change of the people that are there."

from trytond.model import ModelView, fields
from trytond.pool import Pool

from ..party import mask, mask_phone
from .write import get_party

# The columns of the roster by the fields that have another name
_COLUMNS = {'code': 'national_id', 'value': 'mobile'}
# What says of which kind a record is, and is no change of its own
_KINDS = {'type', 'party'}


class RosterChanges(ModelView):
    __name__ = 'safety.roster.import.changes'

    number = fields.Integer("Number of Changes", readonly=True)
    changes = fields.One2Many(
        'safety.roster.import.change', None, "Changes", readonly=True)


class RosterChange(ModelView):
    __name__ = 'safety.roster.import.change'

    person = fields.Char("Person", readonly=True)
    role = fields.Char("Role", readonly=True)
    field = fields.Char("Field", readonly=True)
    before = fields.Char("Before", readonly=True)
    after = fields.Char("After", readonly=True)


def describe(updates, labels):
    """Return the changes of the updates in words.

    labels are those of the columns. Personal data are masked.
    """
    found = []
    for writes in updates:
        for record, values in writes.to_write.items():
            found.extend(_describe(writes.Model, record, values, labels))
        for values in writes.to_create:
            found.extend(_describe(
                    writes.Model, Pool().get('party.party')(values['party']),
                    values, labels, is_new=True))
    return sorted(found, key=lambda c: (c['person'], c['role']))


def _describe(Model, record, values, labels, is_new=False):
    is_member = Model.__name__ == 'safety.member'
    for name, value in values.items():
        if name in _KINDS:
            continue
        before = None if is_new else getattr(record, name)
        yield {
            'person': get_party(record).name,
            'role': record.kind.rec_name if is_member else '',
            'field': labels[_COLUMNS.get(name, name)],
            'before': _show(Model, name, before),
            'after': _show(Model, name, value),
            }


def _show(Model, name, value):
    "Return the value of the field as people read it, without what is private."
    if value is None or value == '':
        return ''
    if name == 'code':
        return mask(value)
    if name == 'value':
        return mask_phone(value)
    field = Model._fields[name]
    if field._type == 'selection':
        return dict(Model.fields_get([name])[name]['selection'])[value]
    if isinstance(value, int):
        return Pool().get(field.model_name)(value).rec_name
    # The name of what has to be made first
    return getattr(value, 'rec_name', value)
