# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Papers from outside as PDFs, opened outside of the server.

What they cost is bounded, of one and of all of an archive together, because a
few kilobytes may take any time and memory.
"""

import hashlib
import logging
import math
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from trytond.cache import LRUDict
from trytond.modules.safety_base.exceptions import (
    PhotoFormatError, PhotoSizeError)

from .bundle import picture_page
from .convert import place

__all__ = ['Foreign']

PROGRAM = Path(__file__).with_name('foreign_pdf.py')
# Seconds of one and of all, bytes of all that are no streams, pages of one
SECONDS = 20
SECONDS_ALL = 60
STRUCTURE = 5 * 1000 ** 2
PAGES = 300
# Bytes of what may be in memory, by one at a time of a process
MEMORY = 1000 ** 3
_opening = threading.Lock()
# By SHA-256 and pages what could not be opened, which costs only once
_refused = LRUDict(1000)
# What Python needs to find itself and pypdf
VARIABLES = ['LD_LIBRARY_PATH', 'PATH', 'PYTHONHOME', 'PYTHONPATH']

logger = logging.getLogger(__name__)


class Foreign:
    "Open papers from outside, until they have cost too much together."

    def __init__(self, pages=PAGES):
        self.pages = pages
        self.seconds, self.structure = SECONDS_ALL, STRUCTURE

    def to_pdf(self, content):
        """Return the content as a PDF without what acts, None if it cannot be.

        That is for what is no paper, and for a PDF that is damaged, closed by
        a password, too long or takes too much.  It is kept as it came.
        """
        key = hashlib.sha256(content).digest(), self.pages
        if self.seconds <= 0 or key in _refused:
            return None
        with place(), self._turn() as turn:
            if not turn:
                return None
            if content.startswith(b'%PDF-'):
                return self._read(content, key)
            try:
                return picture_page(content)
            except (PhotoFormatError, PhotoSizeError):
                return None

    @contextmanager
    def _turn(self):
        "Wait to be the one who opens, for as long as is left."
        started = time.monotonic()
        turn = _opening.acquire(timeout=self.seconds)
        try:
            yield turn
        finally:
            if turn:
                _opening.release()
            # To wait takes time as well, in vain too
            self.seconds -= time.monotonic() - started

    def _read(self, content, key):
        allowed = min(SECONDS, self.seconds)
        whole = allowed == SECONDS and self.structure == STRUCTURE
        result = _run(
            content, self.pages, self.structure, math.ceil(allowed))
        if result is None:
            if whole:
                _refused[key] = True
            return None
        structure, _, pdf = result.partition(b'\n')
        self.structure -= int(structure)
        return pdf


def _run(content, pages, structure, seconds):
    "Return what the program writes, None if it fails."
    command = [sys.executable, '-P', PROGRAM, *map(str, [
                pages, structure, seconds, MEMORY])]
    try:
        ended = subprocess.run(
            command, input=content, env=_environment(), timeout=seconds,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        logger.warning("A PDF from outside takes more than %d s", seconds)
        return None
    if ended.returncode:
        logger.warning(
            "A PDF from outside is not opened: exit %d", ended.returncode)
        return None
    return ended.stdout


def _environment():
    # Nothing of what the server is told by it
    return {n: os.environ[n] for n in VARIABLES if n in os.environ}
