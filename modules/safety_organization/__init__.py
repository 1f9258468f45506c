# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

# What is changed of trytond must be so before the first call.
from . import password_reset

__all__ = ['password_reset']
