# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Names of files as they may be shown and saved on any computer."

import os
import unicodedata

LENGTH_MAX = 100
_FORBIDDEN = frozenset('<>:"|?*')


def safe_name(name):
    """Return the last part of the name without what it should not have.

    That are control characters, those that change the direction of writing,
    and what Windows does not take.  It may be empty.
    """
    name = (name or '').replace('\\', '/').rpartition('/')[2]
    name = ''.join(
        c for c in name
        if c not in _FORBIDDEN and unicodedata.category(c)[0] != 'C')
    stem, extension = os.path.splitext(name.strip(' .'))
    extension = extension[:LENGTH_MAX]
    return stem[:LENGTH_MAX - len(extension)] + extension
