# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Reading what is no .xlsx: older workbooks, those of others, and plain text.

That is done by another process, which has bounds, one at a time: no file can
take the memory or the time of the server.
"""
import datetime as dt
import io
import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from trytond.i18n import gettext

from .exceptions import SpreadsheetError
from .spreadsheet_child import FORMAT, PASSWORD

__all__ = ['read_lines']

# Bytes of memory and of what is read, seconds of the processor and of the day
MEMORY_MAX = 512 * 1024 * 1024
OUTPUT_MAX = 20 * 1024 * 1024
SECONDS_MAX = 10
WAIT_MAX = 60
# How long a file waits for those before it
TURN_MAX = 20
# What is read at the same time by the children of a process of the server
READERS = threading.BoundedSemaphore(1)
_CHILD = Path(__file__).with_name('spreadsheet_child.py')
_VALUES = {
    None: lambda value: value,
    'day': dt.datetime.fromisoformat,
    'time': dt.time.fromisoformat,
    'span': lambda value: dt.timedelta(seconds=value),
    }


def read_lines(data, kind, rows, columns, merged):
    """Yield name and merged ranges of each sheet, number and cells of rows.

    kind is calamine or text; cells are values by number of column. There is
    one row more than there may be if the file has more of them.
    Raise SpreadsheetError if it cannot be read.
    """
    limits = [rows, columns, merged, OUTPUT_MAX, MEMORY_MAX, SECONDS_MAX]
    with _turn():
        try:
            # Nothing of the server's own is passed on.
            child = subprocess.run(
                [sys.executable, '-I', '-B', '-X', 'utf8', str(_CHILD), kind,
                    *map(str, limits)],
                input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={}, timeout=WAIT_MAX)
        except subprocess.TimeoutExpired as exception:
            raise _refusal('bounds') from exception
        if child.returncode:
            raise _refusal({FORMAT: 'format', PASSWORD: 'password'}.get(
                    child.returncode, 'bounds'))
    for line in io.BytesIO(child.stdout):
        first, second = json.loads(line)
        if isinstance(first, int):
            second = {n: _VALUES[kind](v) for n, kind, v in second}
        yield first, second


@contextmanager
def _turn():
    "Raise SpreadsheetError if too many files are read before."
    if not READERS.acquire(timeout=TURN_MAX):
        raise _refusal('busy')
    try:
        yield
    finally:
        READERS.release()


def _refusal(reason):
    return SpreadsheetError(gettext(f'safety_base.msg_spreadsheet_{reason}'))
