# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"How much of a document is made, told to whom it concerns."

from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ['advance', 'report']

_reporter = ContextVar('reporter', default=None)


@contextmanager
def report(function):
    "Call the function with the number of records read since the last call."
    token = _reporter.set(function)
    try:
        yield
    finally:
        _reporter.reset(token)


def advance(count):
    if function := _reporter.get():
        function(count)
