# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

from . import patch, sqlite
from .guard import application, filestore, number, protocols, rest

__all__ = [
    'application', 'filestore', 'number', 'patch', 'protocols', 'rest',
    'sqlite']

patch.install()
sqlite.install()
filestore.install()
