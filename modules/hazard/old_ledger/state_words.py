# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the words in an old ledger say of how far a hazard has come.

A word that is not known is never taken for one of the known ones: whoever
imports the ledger is asked what it stands for.
"""
from trytond.modules.safety_base.spreadsheet import compare_key
from trytond.modules.safety_base.words import words

# What a text can stand for, by the field that it is of
STATE_WORDS = {
    'state': ['closed', 'rectified', 'open', 'on_site'],
    'result': ['passed', 'failed'],
    'handling': ['on_site', 'four_fix'],
    }
WORDS = [
    ('closed', "Closed"),
    ('rectified', "Rectified, to Be Rechecked"),
    ('open', "Still Open"),
    ('on_site', "Fixed on Site"),
    ('passed', "Recheck Passed"),
    ('failed', "Recheck Failed"),
    ('four_fix', "Four-fix"),
    ]
# The messages with the words, by what they stand for in the field
_MESSAGES = {
    'state': {
        'closed': ['passed', 'closed'], 'rectified': ['rectified'],
        'open': ['failed', 'open'], 'on_site': ['on_site']},
    'result': {
        'passed': ['passed', 'closed', 'on_site'],
        'failed': ['failed', 'open']},
    'handling': {'on_site': ['on_site'], 'four_fix': ['four_fix']},
    }


class StateWords:
    """The known words and those that people told.

    meanings are what texts stand for, by field and text.
    """

    def __init__(self, meanings=None, known=None, denials=None):
        self._meanings = {
            (field, compare_key(text)): word
            for (field, text), word in (meanings or {}).items()}
        self._known = known or {
            field: {
                word: meaning for meaning, names in by_meaning.items()
                for name in names
                for word in words(f'hazard.msg_ledger_words_{name}')}
            for field, by_meaning in _MESSAGES.items()}
        self._denials = denials or words('hazard.msg_ledger_words_denial')

    def find(self, field, text):
        "Return what the text stands for, None where that is not known."
        key = compare_key(text)
        known = self._known[field]
        if meaning := self._meanings.get((field, key)):
            return meaning
        if key in known:
            return known[key]
        if any(d in key for d in self._denials):
            # It says that something is not so: only denials can be in it
            found = {
                m for w, m in known.items()
                if w in key and any(d in w for d in self._denials)}
        else:
            found = {m for w, m in known.items() if len(w) > 1 and w in key}
            # What was fixed on site may be called rectified there
            found = found & {'on_site'} or found
        return found.pop() if len(found) == 1 else None
