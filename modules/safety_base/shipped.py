# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
What modules ship for the users to change is kept up to date until they do.

Tryton loads the records of ``noupdate`` once, and their translations too.
"""

from collections import defaultdict

import polib
from sql import Null

from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

in_ = fields.SQL_OPERATORS['in']


class Translation(metaclass=PoolMeta):
    __name__ = 'ir.translation'

    @classmethod
    def translation_import(cls, lang, module, po_path):
        result = super().translation_import(lang, module, po_path)
        for name, texts in cls._read_shipped(module, po_path).items():
            cls._renew(name, lang, texts)
        cls._translation_cache.clear()
        return result

    @classmethod
    def _read_shipped(cls, module, po_path):
        """Return the texts of records that are loaded once.

        These are pairs of source and translation by the id of the record, by
        model and field.
        """
        ids = cls._read_loaded_once(module)
        texts = defaultdict(dict)
        for path in [po_path] if isinstance(po_path, str) else po_path:
            for entry in polib.pofile(path):
                type_, name, fs_id = entry.msgctxt.split(':')
                id_ = ids.get((name.split(',')[0], fs_id))
                if (type_ == 'model' and id_ is not None
                        and not entry.obsolete and entry.msgstr):
                    texts[name][id_] = entry.msgid, entry.msgstr
        return texts

    @classmethod
    def _read_loaded_once(cls, module):
        data = Pool().get('ir.model.data').__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*data.select(
                data.model, data.fs_id, data.db_id,
                where=(data.module == module)
                & (data.noupdate == True)  # noqa: E712
                & (data.db_id != Null)))
        return {(model, fs_id): id_ for model, fs_id, id_ in cursor}

    @classmethod
    def _renew(cls, name, lang, texts):
        "Set the source and translation of what nobody has written."
        model, field = name.split(',')
        table = Pool().get(model).__table__()
        translation = cls.__table__()
        column = getattr(table, field)
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, column,
                where=in_(table.id, list(texts))
                & (table.write_date == Null)))
        stored = dict(cursor.fetchall())
        cursor.execute(*translation.select(
                translation.id, translation.res_id, translation.lang,
                translation.src, translation.value,
                where=(translation.type == 'model')
                & (translation.name == name)
                & in_(translation.res_id, list(stored) or [-1])
                & (translation.write_date == Null)))
        for id_, record, language, *values in cursor.fetchall():
            source, value = texts[record]
            new = [source, source if language == 'en' else value]
            if language in {'en', lang} and values != new:
                cursor.execute(*translation.update(
                        [translation.src, translation.value,
                            translation.fuzzy], [*new, False],
                        where=translation.id == id_))
        for record, source in stored.items():
            if source != texts[record][0]:
                cursor.execute(*table.update(
                        [column], [texts[record][0]],
                        where=table.id == record))
