# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The command hazard-verify: does everything that is recorded still fit?"""

import argparse
import os
import sys

import trytond.config as config


def verify():
    "Verify the database and tell by the status whether everything fits"
    parser = argparse.ArgumentParser(
        prog='hazard-verify',
        description="Verify the chains of events, what they record, the "
        "numbers and the seals of all companies and that every file is there "
        "as it was stored.")
    parser.add_argument(
        '-c', '--config', default=os.environ.get('TRYTOND_CONFIG'),
        metavar='FILE', help="the configuration of trytond")
    parser.add_argument(
        '-d', '--database', metavar='DATABASE',
        default=os.environ.get('TRYTOND_DATABASE_NAMES'))
    options = parser.parse_args()
    if not options.database:
        parser.error("no database")
    config.update_etc(options.config)
    sys.exit(not verify_database(options.database))


def verify_database(name):
    "Print what was verified, return whether everything fits"
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    Pool.start()
    pool = Pool(name)
    with Transaction().start(name, 0, readonly=True):
        pool.init()
    language = config.get('database', 'language')
    with Transaction().start(
            name, 0, readonly=True, context={'language': language}):
        return all([*verify_companies(), verify_other_files()])


def verify_companies():
    "Yield for each company whether everything of it fits"
    from trytond.pool import Pool

    from .integrity.time_check import find_impossible
    from .integrity.verification import Verifier

    Company = Pool().get('company.company')
    impossible = find_impossible()
    for company in Company.search([], order=[('id', 'ASC')]):
        yield tell(company.rec_name, Verifier(
                company, files=True, impossible=impossible).run())


def verify_other_files():
    "Return whether the files that belong to no company are all there"
    from .integrity.file_check import check_files
    from .integrity.verification import Verified

    verified = Verified()
    verified.add(check_files(verified.counts))
    # Of files that are not there is nothing to tell.
    if not verified.counts and not verified.found:
        return True
    return tell('*', verified)


def tell(name, verified):
    "Print what was verified, return whether everything fits"
    from .integrity.verification import KEPT

    for remark in verified.list('remarks', KEPT):
        print(f"{name}: {remark}")
    for problem in verified.list('problems', KEPT):
        print(f"{name}: {problem}", file=sys.stderr)
    print(f"{name}: {verified.summary()}")
    return not verified.problems


if __name__ == '__main__':
    verify()
