# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"People and companies that a database holds from the start."

from functools import wraps
from types import SimpleNamespace

from trytond.model import Model
from trytond.pool import Pool

# What the database in use holds: namespaces of [model, id], by the call
BUILT = {}


def kept(build):
    """Let the function find what activate_built has built by the same call.

    It must return a namespace of namespaces and records.
    """
    @wraps(build)
    def wrapper(*args, **kwargs):
        built = BUILT.get(get_call(build, *args, **kwargs))
        return thaw(built) if built else build(*args, **kwargs)
    return wrapper


def get_call(build, *args, **kwargs):
    "Return what tells calls of the function apart"
    words = [*map(repr, args), *(f'{k}={v!r}' for k, v in kwargs.items())]
    return f'{build.__name__}({", ".join(words)})'


def freeze(value):
    if isinstance(value, SimpleNamespace):
        return {k: freeze(v) for k, v in vars(value).items()}
    assert isinstance(value, Model), value
    return [value.__name__, value.id]


def thaw(value):
    if isinstance(value, dict):
        return SimpleNamespace(**{k: thaw(v) for k, v in value.items()})
    pool = Pool()
    name, id_ = value
    return pool.get(name)(id_)
