# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Words of messages in all languages of the database, as texts are compared."

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import Transaction

from .spreadsheet import compare_key

__all__ = ['languages', 'words']


def languages():
    "Return the codes of the languages, the user's first."
    Lang = Pool().get('ir.lang')
    codes = [Transaction().language, 'en']
    codes += [r.code for r in Lang.search([('translatable', '=', True)])]
    return list(dict.fromkeys(codes))


def words(message, **variables):
    "Return the words of the message, which stand apart by semicolons."
    found = {}
    for language in languages():
        with Transaction().set_context(language=language):
            text = gettext(message, **variables)
            found.update(
                (compare_key(w), None)
                for w in text.replace('\uff1b', ';').split(';'))
    return list(found)
