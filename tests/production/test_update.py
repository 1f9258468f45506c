# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The database is updated when the modules are others, and only then."""

import hashlib

from service import PASSWORD


def contents(connection):
    "Return a digest of the rows of each table of the users"
    tables = connection.execute(
        "SELECT relname FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname ~ '^(hazard|safety|company|party_party|res_user)'"
        " ORDER BY relname").fetchall()
    assert tables
    return {
        name: hashlib.sha256(repr(connection.execute(
                    f'SELECT t::text FROM "{name}" AS t ORDER BY 1'
                    ).fetchall()).encode()).hexdigest()
        for name, in tables}


def test_up_to_date(service):
    "Nothing is done at the next start"
    result = service.command('hazard-database', HAZARD_MODULES='hazard')
    assert result.stdout.endswith("is up to date\n")


def test_in_use(nginx, service):
    "No update while servers use the database"
    result = service.command('hazard-database', '--force', check=False)
    assert result.returncode
    assert "is in use" in result.stdout


def test_update(nginx, service, connection):
    "An update keeps what people have entered, and may be repeated"
    service.stop()
    try:
        before = contents(connection)
        for _ in range(2):
            result = service.command(
                'hazard-database', '--force', HAZARD_MODULES='hazard')
            assert result.stdout.endswith("is ready\n")
            assert contents(connection) == before
        service.run('hazard-verify')
    finally:
        service.start('server', 'worker', 'cron')


def test_jit(service, connection):
    "Nothing is compiled, whatever the configuration of PostgreSQL says"
    settings = connection.execute(
        "SELECT setconfig FROM pg_db_role_setting WHERE setdatabase ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchall()
    assert settings == [(['jit=off'],)]


def test_no_wizards(service, connection):
    "admin is not led through the settings of modules at the first login"
    assert not connection.execute(
        "SELECT FROM ir_module_config_wizard_item"
        " WHERE state = 'open'").fetchall()


def test_password(service):
    "The first password is not asked for where nobody can answer"
    result = service.command(
        'hazard-database', check=False,
        TRYTOND_DATABASE_NAMES='without_password', TRYTONPASSFILE='')
    assert result.returncode
    assert "TRYTONPASSFILE" in result.stdout
    assert PASSWORD not in result.stdout
