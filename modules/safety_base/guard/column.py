# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
The columns of exports and imports are those that the clients offer.

A column is a path of fields, each but the last to other records.  Tryton
follows whatever it gets, and fails somewhere among the records.
"""

from trytond.i18n import gettext
from trytond.model import ModelStorage
from trytond.model.fields import Dict
from trytond.model.fields.selection import SelectionMixin
from trytond.pool import Pool

from ..access import is_external
from ..exceptions import ColumnError
from .colleague import NAMED, is_bound, leads_to_users

TO_MANY = {'one2many', 'many2many'}


class ColumnMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def export_data(cls, records, fields_names, header=False):
        _check(cls, fields_names, _is_exported)
        return super().export_data(records, fields_names, header=header)

    @classmethod
    def import_data(cls, fields_names, data):
        _check(cls, fields_names, _is_imported)
        return super().import_data(fields_names, data)


def _check(Model, columns, is_column):
    "Raise ColumnError for what a user may not choose as a column."
    if not is_external():
        return
    for column in columns:
        if isinstance(column, str) and not is_column(
                Model, *column.split('/')):
            raise ColumnError(gettext(
                    'safety_base.msg_column', column=column[:100],
                    **Model.__names__()))


def _is_exported(Model, name, *names):
    if not names:
        return _is_last(Model, name) or _is_translated(Model, name)
    field = Model._fields.get(name)
    if field and field._type == 'reference':
        return names == ('rec_name',)
    if leads_to_users(field) and is_bound():
        return len(names) == 1 and names[0] in NAMED
    return _is_relation(field) and _is_exported(field.get_target(), *names)


def _is_imported(Model, name, *names):
    if not names:
        return _is_last(Model, name)
    field = Model._fields.get(name)
    return (_is_relation(field) and field._type in TO_MANY
        and _is_imported(field.get_target(), *names))


def _is_relation(field):
    return hasattr(field, 'get_target') and issubclass(
        field.get_target(), ModelStorage)


def _is_last(Model, name):
    "Is it the name of a field, perhaps in a language?"
    name, separator, code = name.partition(':lang=')
    field = Model._fields.get(name)
    return field is not None and (not separator or (
            getattr(field, 'translate', False) and _is_language(code)))


def _is_language(code):
    pool = Pool()
    Lang = pool.get('ir.lang')
    return code in Lang.get_translatable_languages()


def _is_translated(Model, name):
    "Is it the text of a choice?"
    name, _, descriptor = name.partition('.')
    field = Model._fields.get(name)
    return descriptor == 'translated' and isinstance(
        getattr(field, '_field', field), (Dict, SelectionMixin))
