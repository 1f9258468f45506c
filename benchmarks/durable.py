# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"A throw-away cluster that commits to the disk, as docker/ configures it."

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / 'tests' / 'support'))
from cluster import Cluster  # noqa: E402

CONFIGURATION = ROOT / 'docker' / 'postgresql.conf'
COMMIT = ['fsync', 'full_page_writes', 'synchronous_commit']


def durable_cluster():
    "Return the cluster, not yet started."
    return Cluster(**dict.fromkeys(COMMIT, 'on'), **_read_settings())


def _read_settings():
    settings = {}
    for line in CONFIGURATION.read_text().splitlines():
        name, separator, value = line.partition(' = ')
        if separator and not line.startswith('#'):
            settings[name] = value
    return settings
