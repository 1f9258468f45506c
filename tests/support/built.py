# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"People and companies that a database holds from the start."

import io
import pickle
from functools import wraps

from trytond.model import Model
from trytond.pool import Pool

# What the database in use holds: frozen, by the call that built it
BUILT = {}


def kept(build):
    "Let the function find what activate_built has built by the same call."
    @wraps(build)
    def wrapper(*args, **kwargs):
        built = BUILT.get(get_call(build, *args, **kwargs))
        return thaw(built) if built else build(*args, **kwargs)
    return wrapper


def get_call(build, *args, **kwargs):
    "Return what tells calls of the function apart"
    words = [*map(repr, args), *(f'{k}={v!r}' for k, v in kwargs.items())]
    return f'{build.__module__}.{build.__name__}({", ".join(words)})'


def freeze(built):
    "Return the bytes of what was built, with records by their ids."
    file = io.BytesIO()
    Freezer(file).dump(built)
    return file.getvalue()


def thaw(frozen):
    return Thawer(io.BytesIO(frozen)).load()


class Freezer(pickle.Pickler):

    def persistent_id(self, value):
        if isinstance(value, Model):
            return value.__name__, value.id


class Thawer(pickle.Unpickler):

    def persistent_load(self, identity):
        pool = Pool()
        name, id_ = identity
        return pool.get(name)(id_)
