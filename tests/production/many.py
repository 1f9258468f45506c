# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Fill the database with a mine and 20,000 hazards, of which few are open.

    python tests/production/many.py DATABASE
"""

import os
import sys
from pathlib import Path

import psycopg

import trytond.config as config
from trytond.pool import Pool

sys.path.append(str(Path(__file__).parents[2] / 'benchmarks'))
import population  # noqa: E402

HAZARDS, OPEN = 20_000, 720


def main(database):
    config.update_etc(os.environ['TRYTOND_CONFIG'])
    Pool.start()
    Pool(database).init()
    population.OPEN = OPEN
    mine = population.build(database)
    with psycopg.connect(
            host=os.environ['PGHOST'], user=os.environ['PGUSER'],
            dbname=database) as connection:
        population.fill(connection, mine, HAZARDS)


if __name__ == '__main__':
    main(*sys.argv[1:])
