# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The demonstration's database, configuration and servers."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from .logins import ADMIN
from .progress import step

__all__ = ['ROOT', 'Instance']

ROOT = Path(__file__).parent.parent
DATABASE = 'demo'
MODULES = [
    'hazard', 'hazard_analysis', 'hazard_appraisal', 'hazard_report',
    'hazard_training', 'safety_base', 'safety_feedback',
    'safety_organization']
SOURCES = ['modules', 'reports']
CONFIGURATION = """\
[database]
uri = sqlite://
path = {directory}
language = zh_CN

[web]
listen = {host}:{port}
root = {web}

[cache]
# The cron is another process: see at once what it changed.
clean_timeout = 0
"""


class Instance:
    """A database with its files and servers, all within one directory"""

    host = '127.0.0.1'

    def __init__(self, directory, port):
        self.directory = Path(directory)
        self.port = port
        self.network = None
        self.processes = []

    @property
    def url(self):
        return f'http://{self.host}:{self.port}/'

    @property
    def configuration(self):
        return self.directory / 'trytond.conf'

    @property
    def log(self):
        return self.directory / 'server.log'

    @property
    def _stamp(self):
        return self.directory / 'modules.sha256'

    def prepare(self):
        "Create what is missing, update what is older than the modules"
        digest = modules_digest()
        created = self._stamp.exists()
        if created and self._stamp.read_text() == digest:
            self._configure()
            return
        if not created:
            self.remove()
        self._configure()
        with step("Updating the modules" if created else "Making a database"):
            self._admin()
        if not created:
            self._run('-m', 'demo.populate', self.configuration, DATABASE)
        self._stamp.write_text(digest)

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def _configure(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self.configuration.write_text(CONFIGURATION.format(
                directory=self.directory, host=self.host, port=self.port,
                web=ROOT / 'var' / 'sao'))
        if self.network:
            self.network.prepare()

    def _admin(self):
        (self.directory / f'{DATABASE}.sqlite').touch()
        password = self.directory / 'password'
        password.write_text(ADMIN.password)
        try:
            self._run(
                '-m', 'trytond.cli.admin', '-c', self.configuration,
                '-d', DATABASE, '-l', 'zh_CN', '--email', 'admin@example.com',
                '--activate-dependencies', '-u', *MODULES,
                TRYTONPASSFILE=str(password))
        finally:
            password.unlink()

    def _run(self, *arguments, **environment):
        with self.log.open('a') as log:
            ended = subprocess.run(
                [sys.executable, *map(str, arguments)], cwd=ROOT, stderr=log,
                env={**_environment(), **environment})
        if ended.returncode:
            last = self.log.read_text(errors='replace').splitlines()[-20:]
            raise RuntimeError('\n'.join(
                    ["It failed.", *last, f"All of it is in {self.log}"]))

    def start(self, cron=True):
        "Start the servers and return when they answer"
        self._start('-m', 'trytond.cli')
        if self.network:
            self._start(
                '-m', 'trytond.cli', configuration=self.network.configuration)
        if cron:
            self._start('-m', 'trytond.cli.cron', '-n', '1')
        for _ in range(600):
            if self.failed():
                break
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                return
            except OSError:
                time.sleep(.1)
        self.stop()
        raise RuntimeError(f"No server at {self.url}, see {self.log}")

    def _start(self, *arguments, configuration=None):
        # What a later one sets holds.
        configurations = [
            str(c) for c in [self.configuration, configuration] if c]
        with self.log.open('a') as log:
            # A session of its own, so that all of it can be ended.
            self.processes.append(subprocess.Popen(
                    [sys.executable, *arguments, '-v',
                        '-c', *configurations, '-d', DATABASE],
                    cwd=ROOT, env=_environment(), start_new_session=True,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def failed(self):
        return any(p.poll() is not None for p in self.processes)

    def stop(self):
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.wait()
        self.processes.clear()


def _environment():
    return {
        name: value for name, value in os.environ.items()
        if not name.startswith(('DB_', 'TRYTOND_'))}


def modules_digest():
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob('*')):
            if path.is_file() and path.suffix != '.pyc':
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
