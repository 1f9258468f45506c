# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Texts that clients send have a length that lists and papers can show.

They are bounded where they come in, so that what the server writes itself is
free.  What is longer belongs into an attachment.
"""

from trytond.i18n import gettext
from trytond.model import Model
from trytond.pool import Pool
from trytond.wizard import StateView, Wizard

from ..exceptions import TextLengthError
from .call import get_method
from .value import are_texts

LENGTHS = {'char': 1000, 'text': 20_000}
METHODS = {'copy', 'create', 'set_preferences', 'write'}
# What users keep for themselves, and the methods that keep it
KEPT = {'ir.export', 'ir.ui.view_search', 'res.user.warning'}
KEEPING = {'set', 'skip', 'update'}
# What administrators configure by texts of any length
CONFIGURED = ('ir.', 'res.')
PERSONAL = {'ir.attachment', 'ir.note', 'res.user'}


def check_texts(obj, rpc, args, context):
    "Raise TextLengthError for a text of the call that is too long."
    _check_context(obj, context)
    method = get_method(obj, rpc)
    if issubclass(obj, Wizard):
        if method == 'execute' and len(args) > 1:
            _check_forms(obj, args[1])
    elif method == 'import_data':
        _check_rows(obj, *args[:2])
    elif obj.__name__ in KEPT and method in KEEPING:
        _check_any(args, obj)
    elif method in METHODS:
        for values in _dicts(args):
            _check_values(obj, values)
    elif obj.__name__ == 'ir.chat.channel' and method == 'post':
        for text in args[1:2]:
            _check(text, LENGTHS['text'], obj)


def _check_rows(obj, names=(), rows=()):
    "Check the cells by the fields to which their columns lead."
    fields = [_follow(obj, n) for n in names] if are_texts(names) else []
    for row in rows if isinstance(rows, (list, tuple)) else []:
        for (Target, field), text in zip(
                fields, row if isinstance(row, (list, tuple)) else []):
            length = field and _get_length(Target, field, False)
            _check(
                text, length or LENGTHS['text'], Target,
                field and field.name)


def _follow(Target, path):
    "Return the model and the field to which the path leads, None for none."
    *steps, last = path.split('/')
    for name in steps:
        field = Target._fields.get(name)
        if not hasattr(field, 'get_target'):
            return Target, None
        Target = field.get_target()
    return Target, Target._fields.get(last.split(':')[0])


def _check_any(value, obj):
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple)):
        for part in value:
            _check_any(part, obj)
    _check(value, LENGTHS['text'], obj)


def _check_context(obj, context):
    "Check what buttons are told by the context, most of it the reason."
    pool = Pool()
    Ask = pool.get('safety.reason.ask')
    for name, text in context.items() if isinstance(context, dict) else []:
        told = (Ask, 'reason') if name == 'reason' else (obj, None)
        _check(text, LENGTHS['text'], *told)


def _check_forms(wizard, data):
    pool = Pool()
    for name, values in data.items() if isinstance(data, dict) else []:
        state = wizard.states.get(name)
        if isinstance(state, StateView) and isinstance(values, dict):
            _check_values(pool.get(state.model_name), values, form=True)


def _check_values(Target, values, form=False):
    if (Target.__name__.startswith(CONFIGURED)
            and Target.__name__ not in PERSONAL):
        return
    for name, value in values.items():
        field = Target._fields.get(name)
        # A form sends also what the server has told in it.
        if field is None or form and field.readonly:
            continue
        if length := _get_length(Target, field, form):
            _check(value, length, Target, name)
        elif hasattr(field, 'get_target'):
            for nested in _dicts(value):
                _check_values(field.get_target(), nested, form)


def _get_length(Target, field, form):
    # The link of an attachment may be long, and what a form previews.
    if field._type == 'char' and (form or Target.__name__ in PERSONAL):
        return LENGTHS['text']
    return LENGTHS.get(field._type)


def _check(text, length, Target, field=None):
    if isinstance(text, str) and len(text) > length:
        raise TextLengthError(gettext(
                'safety_base.msg_text_length', length=length,
                count=len(text), **_get_names(Target, field)))


def _get_names(Target, field):
    names = Target.__names__(field) if issubclass(Target, Model) else {}
    return {'field': names.get('field') or names.get('model')}


def _dicts(value):
    "Yield the values of records, however the commands nest them."
    if isinstance(value, dict):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _dicts(part)
