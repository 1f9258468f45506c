# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What is backed up can be restored, and nothing is overwritten."""

import os
import shutil
import subprocess

import psycopg
import pytest
from service import BIN, Service
from test_chain import picture, report
from web import Browser

NEW = 'restored'


@pytest.fixture(scope='module')
def backups(tmp_path_factory):
    return tmp_path_factory.mktemp('backups')


@pytest.fixture(scope='module')
def backup(backups, nginx, service):
    "A backup of hazards with photos"
    report(Browser(nginx, service.database, 'reporter'), picture())
    return make_backup(service, backups)


@pytest.fixture
def target(cluster, service, tmp_path):
    "A service without a database"
    target = Service(cluster, tmp_path, database=NEW)
    target.environment['PGUSER'] = service.environment['PGUSER']
    target.environment['HAZARD_MODULES'] = 'hazard'
    yield target
    with connect(service) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS {NEW}')


def connect(service, database='postgres'):
    return psycopg.connect(
        host=service.environment['PGHOST'],
        user=service.environment['PGUSER'], dbname=database, autocommit=True)


def make_backup(service, backups, **environment):
    result = service.command(
        'hazard-backup', HAZARD_BACKUPS=str(backups), **environment)
    return backups / result.stdout.strip().rpartition('/')[2]


def digests(service, database):
    with connect(service, database) as connection:
        return connection.execute(
            'SELECT digest FROM hazard_event ORDER BY id').fetchall()


def files(directory):
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob('*') if path.is_file()}


def test_restore(service, backup, target):
    "The copy has the same events and files, and everything fits"
    result = target.command('hazard-restore', backup)

    # The events that were verified
    assert "追踪记录 " in result.stdout
    assert digests(service, NEW) == digests(service, service.database)
    assert digests(service, NEW)
    stored = files(target.files / NEW)
    assert stored == files(backup / 'files' / service.database)
    assert stored

    # Neither a second time, nor over files that are there
    again = target.command('hazard-restore', backup, check=False)
    assert again.returncode
    assert "is not empty" in again.stdout
    with connect(service) as connection:
        connection.execute(f'DROP DATABASE {NEW}')
    again = target.command('hazard-restore', backup, check=False)
    assert again.returncode
    assert "is not empty" in again.stdout
    with connect(service) as connection:
        assert not connection.execute(
            'SELECT FROM pg_database WHERE datname = %s', [NEW]).fetchone()


def a_file(directory):
    "Return a stored file of the backup."
    return next(p for p in (directory / 'files').rglob('*') if p.is_file())


def append(path):
    with path.open('ab') as file:
        file.write(b'?')


@pytest.mark.parametrize('damage', [
        lambda copy: append(copy / 'database.dump'),
        lambda copy: append(copy / 'files.txt'),
        lambda copy: append(a_file(copy)),
        lambda copy: a_file(copy).unlink(),
        lambda copy: (copy / 'files' / 'added').touch(),
        ])
def test_damaged(damage, service, backup, target, tmp_path):
    "Nothing is restored of a backup of which something was changed"
    copy = tmp_path / 'copy'
    shutil.copytree(backup, copy)
    damage(copy)
    result = target.command('hazard-restore', copy, check=False)
    assert result.returncode
    assert "nothing was restored" in result.stdout
    assert not list(target.files.iterdir())
    with connect(service) as connection:
        assert not connection.execute(
            'SELECT FROM pg_database WHERE datname = %s', [NEW]).fetchone()


def test_sessions(service, backup):
    "A backup opens nobody's session and tells no address"
    content = subprocess.run(
        [shutil.which('pg_restore'), '--file', '-', '--data-only',
            backup / 'database.dump'],
        check=True, text=True, capture_output=True).stdout
    for table in [
            'ir_session', 'ir_session_wizard', 'ir_queue',
            'res_user_login_attempt']:
        assert f'COPY public.{table} ' not in content
    assert 'COPY public.res_user ' in content


def test_next_backup(nginx, service, backups, backup):
    "Files that did not change are not stored again; old backups go"
    old = backups / f'{service.database}-20260101T000000Z'
    shutil.copytree(backup, old)
    os.utime(old, (0, 0))
    report(Browser(nginx, service.database, 'reporter'), picture())

    following = make_backup(service, backups, HAZARD_BACKUP_DAYS='7')

    assert not old.exists()
    assert backup.exists()
    for name in files(backup / 'files'):
        assert (following / 'files' / name).samefile(backup / 'files' / name)
    # The digests of all are there, of new files too.
    listed = (following / 'SHA256SUMS').read_text().splitlines()
    names = sorted(line.split('  ', 1)[1] for line in listed)
    assert names == sorted(files(following).keys() - {'SHA256SUMS'})
    assert len(files(following)) > len(files(backup))
    subprocess.run(
        ['sha256sum', '--quiet', '--check', 'SHA256SUMS'], check=True,
        cwd=following)


def test_verify_file(service, backup, connection):
    "hazard-verify tells of a file that was changed, and of a lost one"
    directory = service.files / service.database
    photo, = connection.execute(
        'SELECT image_id FROM hazard_photo ORDER BY id LIMIT 1').fetchone()
    path = directory / photo[:2] / photo[2:4] / photo
    content = path.read_bytes()
    try:
        path.write_bytes(content + b'?')
        assert "不是原来保存的文件" in verify(service)
        path.unlink()
        assert "无法读取" in verify(service)
    finally:
        path.write_bytes(content)


def test_verify_event(service, backup, connection):
    "hazard-verify tells of an event that was changed"
    id_, digest = connection.execute(
        'SELECT id, digest FROM hazard_event ORDER BY id LIMIT 1').fetchone()
    change = 'UPDATE hazard_event SET digest = %s WHERE id = %s'
    try:
        connection.execute(change, ['0' * 64, id_])
        assert "Mine: " in verify(service)
    finally:
        connection.execute(change, [digest, id_])


def verify(service):
    "Return what hazard-verify complains about"
    result = subprocess.run(
        [BIN / 'hazard-verify'], env=service.environment, text=True,
        capture_output=True)
    assert result.returncode == 1
    return result.stderr
