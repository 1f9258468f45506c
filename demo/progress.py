# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What is done and how long it took, one line a step."

import time
from contextlib import contextmanager

__all__ = ['step']


@contextmanager
def step(what):
    print(f"{what} ...", end='', flush=True)
    began = time.monotonic()
    yield
    print(f" {time.monotonic() - began:.0f} s", flush=True)
