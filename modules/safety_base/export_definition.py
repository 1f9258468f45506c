# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Definitions of exports have values only, no records with values.

Users keep their definitions without any check of access, and Tryton makes or
changes a record of whatever values a client nests in them.
"""

from trytond.i18n import gettext
from trytond.pool import PoolMeta

from .exceptions import ExportDefinitionError

PLAIN = {'name', 'resource', 'records', 'header', 'ignore_search_limit'}
GROUPS = {'groups', 'write_groups'}


class Export(metaclass=PoolMeta):
    __name__ = 'ir.export'

    @classmethod
    def set(cls, values):
        cls._check_values(values)
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
                    'safety_base.msg_export_definition'))

    @classmethod
    def _is_plain(cls, name, value):
        "Return whether the field may be set and the value nests nothing."
        if name in PLAIN:
            return not isinstance(value, (dict, list))
        if name not in {*GROUPS, 'export_fields'}:
            return False
        of_value = cls._is_id if name in GROUPS else cls._is_line
        return not value or (
            isinstance(value, (list, tuple)) and all(map(of_value, value)))

    @staticmethod
    def _is_id(value):
        return type(value) is int

    @staticmethod
    def _is_line(value):
        return (isinstance(value, dict) and value.keys() == {'name'}
            and isinstance(value['name'], str))
