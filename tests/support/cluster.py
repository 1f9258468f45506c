# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""A throw-away PostgreSQL cluster that never runs as root."""

import getpass
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from processes import children, kill

__all__ = ['COPYING', 'Cluster', 'binary', 'unprivileged']

USER = 'tryton'
OPTIONS = {
    'fsync': 'off',
    'full_page_writes': 'off',
    'listen_addresses': '',
    'max_connections': '200',
    'synchronous_commit': 'off',
    }
# Where many databases are copied and none lives long
COPYING = {
    'autovacuum': 'off',
    'checkpoint_timeout': '1h',
    'jit': 'off',
    'max_wal_senders': '0',
    'max_wal_size': '8GB',
    'shared_buffers': '256MB',
    'wal_level': 'minimal',
    }


def binary(name):
    found = shutil.which(name) or max(
        glob.glob(f'/usr/lib/postgresql/*/bin/{name}'), default=None)
    if not found:
        sys.exit(f"PostgreSQL's {name} is missing: run script/test")
    return found


def unprivileged():
    if os.getuid():
        return []
    return [
        'setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups']


class Cluster:
    "It trades safety for speed unless options say otherwise."

    def __init__(self, **options):
        self.options = {**OPTIONS, **options}
        self.directory = tempfile.mkdtemp(prefix='hazard-pg-')
        os.chmod(self.directory, 0o711)
        self.data = os.path.join(self.directory, 'data')
        os.mkdir(self.data, 0o700)
        if not os.getuid():
            shutil.chown(self.data, 'nobody', 'nogroup')
            shutil.chown(self.directory, 'nobody', 'nogroup')

    @property
    def environment(self):
        return {
            'PGHOST': self.directory,
            'PGUSER': USER,
            'TRYTOND_DATABASE_URI': 'postgresql://',
            }

    def start(self):
        self._run(
            'initdb', '-D', self.data, '-U', USER, '-A', 'trust',
            '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync')
        self._start('start')

    def restart(self, mode='fast'):
        "Stop PostgreSQL in the mode, unless it has died, and start it"
        self._start('-m', mode, 'restart')

    def kill(self):
        "Kill PostgreSQL with all its backends, as a failing machine would"
        locks = [
            os.path.join(self.data, 'postmaster.pid'),
            os.path.join(self.directory, '.s.PGSQL.5432.lock')]
        with open(locks[0]) as file:
            postmaster = int(file.readline())
        kill([postmaster, *children(postmaster)], signal.SIGKILL)
        # Where nobody reaps it the dead process would still hold its locks.
        for path in locks:
            os.remove(path)

    def stop(self):
        if os.path.exists(os.path.join(self.data, 'postmaster.pid')):
            self._run(
                'pg_ctl', '-D', self.data, '-w', '-s', '-m', 'immediate',
                'stop')
        shutil.rmtree(self.directory, ignore_errors=True)

    def _start(self, *command):
        options = [
            f'-c {name}={value!r}' for name, value in self.options.items()]
        options.append(f'-c unix_socket_directories={self.directory}')
        self._run(
            'pg_ctl', '-D', self.data, '-w', '-s',
            '-l', os.path.join(self.data, 'log'),
            '-o', ' '.join(options), *command)

    def _run(self, name, *arguments):
        subprocess.run(
            [*unprivileged(), binary(name), *arguments],
            check=True, cwd=self.directory, stdout=subprocess.DEVNULL,
            env={**os.environ, 'LOGNAME': getpass.getuser()})
