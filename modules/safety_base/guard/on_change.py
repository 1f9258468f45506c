# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What changes with a value is told of records that the user may read.

Tryton reads without any check what the client does not send of a record, and
all of the records that it names, and tells the names of those that come out.
It also takes values instead of a record where no form is concerned, as for the
texts of templates and views, which are run and kept for everybody.
"""

from collections import defaultdict
from decimal import Decimal
from functools import wraps

from trytond.i18n import gettext
from trytond.model import Model, ModelStorage, ModelView
from trytond.model.fields import on_change_result
from trytond.tools import is_instance_method
from trytond.transaction import Transaction

from ..exceptions import ResourceError
from .call import get_method
from .resource import check_readable, search_readable
from .stored_file import stored_ids
from .value import find_model

# What forms call with values that nobody has saved, beside their buttons and
# what gives the choices of a selection
OF_FORMS = ('autocomplete_', 'on_change', 'on_scan_code', 'pre_validate')
RELATIONS = {'many2one', 'one2one', 'reference', 'one2many', 'many2many'}


def check_sent(obj, rpc, args):
    """Raise an error unless the user may read the records of the call.

    These are the records whose method is called, and all that the values name
    which the client sent of them.  Only a form sends values.
    """
    name = get_method(obj, rpc)
    if not Transaction().user or not is_instance_method(obj, name):
        return
    ids = defaultdict(set)
    records = args[rpc.instantiate]
    if (isinstance(records, Model) and records._values
            and not _is_of_form(obj, name)):
        _refuse()
    for record in [records] if isinstance(records, Model) else records:
        for sent in _walk(record):
            ids[sent.__name__].add(sent.id)
    for model, sent_ids in ids.items():
        check_readable(model, *sent_ids)


def check_names(Model, values, change=True):
    """Raise an error for what is no field, by which Tryton knows who reads.

    The values, and all values within, are those that a client sent of a record
    of the model; the ids of files are not taken from there. Without change
    none of them are of stored records, which Tryton would store with them.
    """
    for name, value in values.items():
        field, path = _get_field(Model, name)
        if not field or value is not None and name in stored_ids(Model):
            _refuse()
        if name == 'id' and isinstance(value, Decimal):
            _refuse()
        for Target, nested in _get_nested(
                field, {path: value} if path else value):
            if (not change and issubclass(Target, ModelStorage)
                    and nested.keys() - {'id'}):
                _refuse()
            check_names(Target, nested, change=change)


def _get_field(Model, name):
    "Return the field with the name, and what follows to the parent."
    path = None
    if isinstance(name, str) and name.startswith('_parent_'):
        name, _, path = name.removeprefix('_parent_').partition('.')
    field = Model._fields.get(name)
    if path is not None and (
            not path or field and field._type not in {'many2one', 'one2one'}):
        field = None
    return field, path


def _get_nested(field, value):
    "Yield the models of the records in the value, with their values."
    if field._type == 'reference':
        if not isinstance(value, (list, tuple)) or not value:
            return
        name, *values = value
        Target = find_model(name)
        if not Target and any(isinstance(v, dict) for v in value):
            _refuse()
    elif field._type in RELATIONS:
        Target = field.get_target()
        values = value if isinstance(value, (list, tuple)) else [value]
    else:
        return
    for nested in values:
        if isinstance(nested, dict):
            yield Target, nested


def _refuse():
    raise ResourceError(gettext('safety_base.msg_resource_unknown'))


def _is_of_form(obj, name):
    return (name.startswith(OF_FORMS)
        or name in getattr(obj, '_buttons', {})
        or any(getattr(f, 'selection', None) == name
            for f in obj._fields.values()))


def _walk(record):
    "Yield the stored records among the record and what its values name."
    # What is sent of a line names its parent, which names the line.
    walked, left = set(), [record]
    while left:
        record = left.pop()
        if id(record) in walked:
            continue
        walked.add(id(record))
        if (isinstance(record, ModelStorage)
                and record.id is not None and record.id >= 0):
            yield record
        if record._values:
            left.extend(_get_targets(record))


def _get_targets(record):
    "Yield the records that the values of the record name."
    for name, value in record._values._items():
        if record._fields[name]._type in RELATIONS:
            for target in (
                    value if isinstance(value, (list, tuple)) else [value]):
                if isinstance(target, Model):
                    yield target


class OnChangeMixin(ModelView):
    __slots__ = ()

    def __init_subclass__(cls):
        # Tryton sets a class up before it gives it the mixins.
        super().__init_subclass__()
        for name, rpc in cls.__rpc__.items():
            # Buttons that change a form, and its scanner, answer alike.
            if ((name.startswith('on_change')
                        or rpc.result is on_change_result)
                    and not hasattr(rpc.result, 'hides_names')):
                rpc.result = hiding_names(cls, rpc.result)


def hiding_names(Model, result):
    @wraps(result)
    def wrapper(value):
        changes = result(value)
        if Transaction().user:
            hide_names(Model, changes)
        return changes
    wrapper.hides_names = True
    return wrapper


def hide_names(Model, changes):
    """Put the id in place of each name that the user may not read.

    changes is what clients are told of a record or of a list of records.
    """
    names = defaultdict(lambda: defaultdict(list))
    _collect(Model, changes, names)
    for model, by_id in names.items():
        for id_ in by_id.keys() - search_readable(model, by_id):
            for values in by_id[id_]:
                values['rec_name'] = str(id_)


def _collect(Model, changes, names):
    for values in changes if isinstance(changes, list) else [changes]:
        if not isinstance(values, dict):
            continue
        for name, value in values.items():
            if name.endswith('.'):
                target = _get_target(Model, name[:-1], values)
                names[target[0]][target[1]].append(value)
            elif getattr(Model._fields.get(name), '_type', None) in {
                    'one2many', 'many2many'} and isinstance(value, dict):
                Target = Model._fields[name].get_target()
                _collect(Target, value.get('update', []), names)
                _collect(
                    Target, [v for _, v in value.get('add', [])], names)


def _get_target(Model, name, values):
    "Return the name of the model and the id of the value of the field."
    value = values[name]
    if isinstance(value, str):
        model, _, id_ = value.partition(',')
        return model, int(id_)
    return Model._fields[name].get_target().__name__, value
