# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Builds the mine in the database of a service, with passwords.

It runs in a process of its own, as a server's database is no test's.
"""

import os
import sys

import trytond.config as config
from trytond.pool import Pool
from trytond.transaction import Transaction

sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'support'))


def main(database):
    config.update_etc(os.environ['TRYTOND_CONFIG'])
    Pool.start()
    Pool(database).init()
    # Both read the pool when they are imported.
    from mine import build_mine
    from service import PASSWORD

    with Transaction().start(database, 1) as transaction:
        mine = build_mine()
        mine.company.timezone = 'Asia/Shanghai'
        mine.company.save()
        User = Pool().get('res.user')
        User.write(list(vars(mine.users).values()), {'password': PASSWORD})
        transaction.commit()


if __name__ == '__main__':
    main(*sys.argv[1:])
