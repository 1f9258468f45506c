# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import os

import polib

from trytond.pool import PoolMeta


class Translation(metaclass=PoolMeta):
    __name__ = 'ir.translation'

    @classmethod
    def translation_import(cls, lang, module, po_path):
        # Overriding a fuzzy translation with the same value does not clear
        # its fuzzy flag, and so it would not be used
        fuzzy = set()
        paths = [po_path] if isinstance(po_path, str) else po_path
        for path in paths:
            if os.path.basename(os.path.dirname(path)) == 'override':
                fuzzy.update(cls._get_fuzzy(path))
        result = super().translation_import(lang, module, po_path)
        if fuzzy:
            translations = cls.search([
                    ('lang', '=', lang),
                    ('module', 'in', list({m for m, *_ in fuzzy})),
                    ('fuzzy', '=', True),
                    ])
            cls.write([
                    t for t in translations
                    if (t.module, t.name, t.type, t.value) in fuzzy], {
                    'fuzzy': False,
                    'overriding_module': module,
                    })
        return result

    @classmethod
    def _get_fuzzy(cls, path):
        "Yield what the file tells about the translations of other modules"
        for entry in polib.pofile(path):
            if entry.obsolete:
                continue
            translation, res_id = cls.from_poentry(entry)
            if '.' in res_id:
                yield (
                    res_id.split('.')[0], translation.name,
                    translation.type, translation.value)
