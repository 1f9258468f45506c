# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Definitions of exports have values only, no records with values.

Users keep their definitions without any check of access, and Tryton makes or
changes a record of whatever values a client nests in them, and reads whatever
a path leads to from them.  Others find them by the groups that they are given
to, which are some of those of the user who gives them.
"""

from trytond.i18n import gettext
from trytond.model import ModelView
from trytond.pool import Pool, PoolMeta

from ..exceptions import ExportDefinitionError
from .path import COLUMNS
from .setting import check_named
from .text_bounds import LENGTHS

PLAIN = {'name', 'resource', 'records', 'header', 'ignore_search_limit'}
GROUPS = {'groups', 'write_groups'}
# What the clients read by paths
PATHS = {'export_fields.name'}
# What they are told of an export in the toolbar
SHOWN = ['name', 'header', 'records', 'export_fields.name']


class Export(metaclass=PoolMeta):
    __name__ = 'ir.export'

    @classmethod
    def get(cls, resource, fields_names):
        if not cls._are_names(fields_names):
            raise ExportDefinitionError(gettext(
                    'safety_base.msg_export_definition', columns=COLUMNS))
        return super().get(resource, fields_names)

    @classmethod
    def _are_names(cls, names):
        return isinstance(names, (list, tuple)) and all(
            isinstance(n, str) and (n in cls._fields or n in PATHS)
            for n in names)

    @classmethod
    def set(cls, values):
        cls._check_values(values)
        check_named(cls)
        return super().set(values)

    @classmethod
    def update(cls, id, values, fields):
        cls._check_values(values)
        cls._check_values({
                'export_fields': [{'name': name} for name in fields]})
        return super().update(id, values, fields)

    @classmethod
    def _check_values(cls, values):
        if not isinstance(values, dict) or not all(
                cls._is_plain(*item) for item in values.items()):
            raise ExportDefinitionError(gettext(
                    'safety_base.msg_export_definition', columns=COLUMNS))

    @classmethod
    def _is_plain(cls, name, value):
        "Return whether the field may be set and the value nests nothing."
        if name in PLAIN:
            return not isinstance(value, (dict, list))
        if name not in {*GROUPS, 'export_fields'}:
            return False
        of_value = cls._is_id if name in GROUPS else cls._is_line
        return not value or (
            isinstance(value, (list, tuple)) and len(value) <= COLUMNS
            and all(map(of_value, value)))

    @classmethod
    def _is_id(cls, value):
        "Is it the id of a group of the user?"
        pool = Pool()
        User = pool.get('res.user')
        return type(value) is int and value in User.get_groups()

    @staticmethod
    def _is_line(value):
        return (isinstance(value, dict) and value.keys() == {'name'}
            and isinstance(value['name'], str)
            and len(value['name']) <= LENGTHS['char'])


class ToolbarMixin(ModelView):
    __slots__ = ()

    @classmethod
    def view_toolbar_get(cls):
        # Tryton keeps one toolbar for all users with the same groups.
        return {**super().view_toolbar_get(), 'exports': cls._get_exports()}

    @classmethod
    def _get_exports(cls):
        "Return the definitions that the user may use, as the toolbar has them"
        pool = Pool()
        Export = pool.get('ir.export')
        return [
            e for e in Export.get(
                cls.__name__, [*SHOWN, 'ignore_search_limit'])
            if not e.pop('ignore_search_limit')]
