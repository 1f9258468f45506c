# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Texts that no database can keep are refused before it fails."

from trytond.i18n import gettext
from trytond.model import ModelStorage

from ..exceptions import TextError


def is_storable(text):
    "Has the text neither NUL nor half of a pair of surrogates?"
    try:
        return b'\0' not in text.encode()
    except UnicodeEncodeError:
        return False


class TextMixin(ModelStorage):
    __slots__ = ()

    @classmethod
    def create(cls, vlist):
        for values in vlist:
            cls._check_texts(values)
        return super().create(vlist)

    @classmethod
    def write(cls, records, values, *args):
        for values_ in [values, *args[1::2]]:
            cls._check_texts(values_)
        super().write(records, values, *args)

    @classmethod
    def _check_texts(cls, values):
        "Raise TextError for a text that is not storable."
        for name, value in values.items():
            if not all(map(is_storable, _texts(value))):
                raise TextError(gettext(
                        'safety_base.msg_text_character',
                        **cls.__names__(name)))


def _texts(value):
    "Return the texts of a field that is one, or has some of its own."
    if type(value) is str:
        return [value]
    if type(value) is dict:
        value = [*value.keys(), *value.values()]
    elif type(value) not in {list, tuple}:
        return []
    return [v for v in value if type(v) is str]
