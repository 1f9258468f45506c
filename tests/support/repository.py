# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The modules of the repository with their directories."

from pathlib import Path

__all__ = ['DIRECTORIES', 'MODULES', 'ROOT']

ROOT = Path(__file__).parents[2]
DIRECTORIES = {
    **{p.parent.name: p.parent for p in ROOT.glob('modules/*/tryton.cfg')},
    'hazard_report': ROOT / 'reports',
    }
MODULES = sorted(DIRECTORIES)
