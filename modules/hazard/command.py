# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The command hazard-verify: does everything that is recorded still fit?"""

import argparse
import hashlib
import os
import sys

import trytond.config as config

# How many rows are read at once
SLICE = 1_000


def verify():
    "Verify the database and tell by the status whether everything fits"
    parser = argparse.ArgumentParser(
        prog='hazard-verify',
        description="Verify the chains of events and the seals of all "
        "companies and that every file is there as it was stored.")
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
        problems = [*verify_records(), *verify_files()]
    for problem in problems:
        print(problem, file=sys.stderr)
    return not problems


def verify_records():
    "Yield the first problem of each company"
    from trytond.pool import Pool

    from .verification import Verifier

    Company = Pool().get('company.company')
    for company in Company.search([], order=[('id', 'ASC')]):
        verified = Verifier(company).run()
        print(
            f"{company.rec_name}: {verified.hazards} hazards,"
            f" {verified.events} events, {verified.days} sealed days")
        if verified.problem:
            yield f"{company.rec_name}: {verified.problem.message}"


def verify_files():
    "Yield what is wrong with files that records name"
    from trytond.model import ModelSQL, fields
    from trytond.pool import Pool

    count = 0
    for name, Model in sorted(Pool().iterobject()):
        if not issubclass(Model, ModelSQL) or Model._is_table_query():
            continue
        for field in Model._fields.values():
            if not isinstance(field, fields.Binary) or not field.file_id:
                continue
            # hazard.photo keeps the digest of its picture.
            digest = (name, field.name) == ('hazard.photo', 'image')
            for id_, *file in read_files(Model, field, digest):
                count += 1
                if problem := verify_file(field, *file):
                    yield f"{name},{id_} {field.name}: {problem}"
    print(f"{count} files")


def read_files(Model, field, digest):
    "Yield the id of each record, the id of its file and its digest"
    from sql import Literal

    from trytond.transaction import Transaction

    table = Model.__table__()
    columns = [table.id, getattr(table, field.file_id)]
    columns.append(table.sha256 if digest else Literal(None))
    cursor = Transaction().connection.cursor()
    last = -1
    while True:
        cursor.execute(*table.select(
                *columns,
                where=(table.id > last) & (columns[1] > ''),
                order_by=[table.id.asc], limit=SLICE))
        rows = cursor.fetchall()
        if not rows:
            break
        yield from rows
        last = rows[-1][0]


def verify_file(field, id_, digest):
    "Return what is wrong with the file"
    from trytond.filestore import filestore
    from trytond.transaction import Transaction

    prefix = field.store_prefix
    if prefix is None:
        prefix = Transaction().database.name
    try:
        if not digest:
            filestore.size(id_, prefix)
        elif hashlib.sha256(
                filestore.get(id_, prefix)).hexdigest() != digest:
            return f"the file {id_} is not what was stored"
    except OSError as error:
        return f"the file {id_} cannot be read: {error.strerror}"


if __name__ == '__main__':
    verify()
