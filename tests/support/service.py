# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The servers of a mine as in production, on a database of their own."""

import configparser
import http.client
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
from processes import wait_for

__all__ = ['BIN', 'DOCKER', 'PASSWORD', 'ROOT', 'Service', 'free_port']

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / 'docker'
BIN = Path(sys.executable).parent
PASSWORD = 'Mine-of-the-tests-1'


def free_port():
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return free.getsockname()[1]


class Service:
    """gunicorn, worker and cron on a database of the cluster.

    They run with the configuration that docker/ ships, but for the sections
    given, in a directory that holds their files and logs.
    """

    def __init__(
            self, cluster, directory, database='mine', workers=1, threads=4,
            **sections):
        self.directory = Path(directory)
        self.database = database
        self.port = free_port()
        self.processes = {}
        self.environment = {
            **{
                n: v for n, v in os.environ.items()
                if not n.startswith(('DB_', 'TRYTOND_'))},
            **cluster.environment,
            'PATH': f'{BIN}:{os.environ["PATH"]}',
            'HAZARD_BIND': f'127.0.0.1:{self.port}',
            'HAZARD_WORKERS': str(workers),
            'HAZARD_THREADS': str(threads),
            'TRYTOND_CONFIG': str(self.configuration),
            'TRYTOND_DATABASE_NAMES': database,
            }
        # The configuration names the cluster and the variable would win.
        del self.environment['TRYTOND_DATABASE_URI']
        self._configure(sections)

    @property
    def configuration(self):
        return self.directory / 'trytond.conf'

    @property
    def files(self):
        return self.directory / 'files'

    @property
    def log(self):
        return self.directory / 'service.log'

    def _configure(self, sections):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(DOCKER / 'trytond.conf')
        self.files.mkdir()
        parser['database']['path'] = str(self.files)
        parser['web']['root'] = str(ROOT / 'var' / 'sao')
        parser['session'] = {'max_attempt': '1000'}
        parser.read_dict(sections)
        with self.configuration.open('w') as file:
            parser.write(file)

    def connect(self, database=None, **kwargs):
        return psycopg.connect(
            host=self.environment['PGHOST'], user=self.environment['PGUSER'],
            dbname=database or self.database, **kwargs)

    def copy(self, template):
        "Create the database as a copy of one that nobody uses."
        with self.connect('template1', autocommit=True) as connection:
            connection.execute(
                f'CREATE DATABASE "{self.database}" TEMPLATE "{template}"')
            # Else a crash would set the copied sequences back.
            connection.execute('CHECKPOINT')

    def create(self, modules=('hazard',), language='zh_CN'):
        "Create the database as in production; admin has PASSWORD."
        password = self.directory / 'password'
        password.write_text(PASSWORD)
        self.command(
            'hazard-database', HAZARD_LANGUAGE=language,
            HAZARD_ADMIN_EMAIL='admin@example.com',
            HAZARD_MODULES=' '.join(modules), TRYTONPASSFILE=str(password))

    def command(self, name, *arguments, check=True, **environment):
        "Run a command that docker/bin ships; return how it ended."
        return subprocess.run(
            [DOCKER / 'bin' / name, *arguments], check=check, cwd=ROOT,
            env={**self.environment, **environment}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)

    def run(self, name, *arguments, **environment):
        "Run a command of the environment and return what it prints."
        return subprocess.run(
            [BIN / name, *arguments], check=True, cwd=ROOT,
            env={**self.environment, **environment}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout

    def start(self, *names):
        "Start server, worker or cron; return when the server answers."
        commands = {
            'server': [
                'gunicorn', '-c', DOCKER / 'gunicorn.conf.py',
                'trytond.application:app'],
            'worker': ['trytond-worker', '-n', '1', '-d', self.database],
            'cron': ['trytond-cron', '-n', '1', '-d', self.database],
            }
        for name in names or ['server']:
            program, *arguments = commands[name]
            with self.log.open('a') as log:
                # A session of its own, so that all of it can be ended.
                self.processes[name] = subprocess.Popen(
                    [BIN / program, *arguments], cwd=ROOT,
                    env=self.environment, start_new_session=True,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if 'server' in self.processes:
            self.wait()

    def wait(self):
        "Return when the server answers"
        try:
            wait_for(self.answers)
        except (ChildProcessError, TimeoutError) as exception:
            self.stop()
            raise RuntimeError(f"No server, see {self.log}") from exception

    def answers(self):
        """Return whether the server answers.

        Raises ChildProcessError if it has ended by itself.
        """
        process = self.processes.get('server')
        if process and process.poll() is not None:
            raise ChildProcessError(process.returncode)
        connection = http.client.HTTPConnection(
            '127.0.0.1', self.port, timeout=5)
        try:
            connection.request('OPTIONS', '/')
            connection.getresponse().read()
            return True
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def revive(self):
        "Start again what has ended by itself, as in production."
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.kill(name)
                self.start(name)

    def kill(self, name, signal_=signal.SIGKILL):
        "End the process and all that it started"
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal_)
        process.wait()

    def stop(self):
        for name in list(self.processes):
            self.kill(name, signal.SIGTERM)
