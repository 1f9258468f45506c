# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""
Numbers of clients that the server can reckon with.

Python takes a decimal of a billion digits in a few characters, and then
nothing else while it makes an integer of it.  So all that is decoded of what
clients send is bounded, far beyond what any field takes.
"""

from decimal import Decimal
from xmlrpc.client import Unmarshaller

from trytond.protocols.jsonrpc import JSONDecoder
from trytond.protocols.xmlrpc import XMLRPCDecoder

__all__ = []

DIGITS = 1000
# Of the digits before and after the point of what stands for an id
WHOLE = 20


def decode(value):
    """Return the decimal that was sent as a text, a number or its parts.

    Raises ValueError for one of too many digits.
    """
    if isinstance(value, str) and len(value) > DIGITS:
        raise ValueError("too many digits")
    number = Decimal(value)
    if not is_within(number, DIGITS):
        raise ValueError("too many digits")
    return number


def is_within(number, digits):
    "Has the decimal, if it is a number, at most the digits on each side?"
    return not number.is_finite() or (
        abs(number.adjusted()) <= digits
        and -digits <= number.as_tuple().exponent)


def _decode_struct(struct):
    return decode(struct['decimal'])


def _end_decimal(self, data):
    self.append(decode(data))
    self._value = 0


for decoder in [JSONDecoder, XMLRPCDecoder]:
    decoder.decoders['Decimal'] = _decode_struct
Unmarshaller.dispatch['bigdecimal'] = _end_decimal
