# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The files that put the suite into production fit each other."

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import tomllib
import unittest
from importlib.metadata import distribution, entry_points
from pathlib import Path

import yaml
from cluster import binary, unprivileged
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
DOCKER = ROOT / 'docker'
COMMANDS = {p.name for p in (DOCKER / 'bin').iterdir()}
# Options of a service that are understood here
SERVICE = {
    'build', 'cap_add', 'cap_drop', 'command', 'depends_on', 'deploy',
    'env_file', 'environment', 'healthcheck', 'image', 'init', 'logging',
    'networks', 'ports', 'profiles', 'read_only', 'restart', 'secrets',
    'security_opt', 'shm_size', 'stop_grace_period', 'tmpfs', 'volumes'}


def is_command(name):
    scripts = {e.name for e in entry_points(group='console_scripts')}
    return name in COMMANDS | scripts


class ComposeTestCase(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = yaml.safe_load((DOCKER / 'compose.yaml').read_text())
        cls.services = cls.file['services']
        cls.directory = Path(cls.enterClassContext(
                tempfile.TemporaryDirectory()))
        cls.prepare()

    @classmethod
    def prepare(cls, host='mine.example.com'):
        subprocess.run([DOCKER / 'prepare', host, cls.directory], check=True)

    def each(self, key):
        for name, service in self.services.items():
            for value in service.get(key) or []:
                with self.subTest(service=name, value=value):
                    yield value

    def test_options(self):
        for name, service in self.services.items():
            with self.subTest(service=name):
                self.assertLessEqual(service.keys(), SERVICE)
                self.assertIn('limits', service['deploy']['resources'])
                self.assertIn('restart', service)

    def test_targets(self):
        "Each image is built from a target of the Dockerfile, or PostgreSQL's"
        targets = re.findall(
            r'^FROM \S+ AS (\w+)$', (DOCKER / 'Dockerfile').read_text(),
            re.M)
        built = {'postgres:15-bookworm'}
        for service in self.services.values():
            if 'build' in service:
                self.assertIn(service['build']['target'], targets)
                self.assertTrue(
                    (DOCKER / service['build']['context']
                        / service['build']['dockerfile']).is_file())
                built.add(service['image'])
        self.assertEqual(built, {s['image'] for s in self.services.values()})

    def test_dependencies(self):
        for name in self.each('depends_on'):
            self.assertIn(name, self.services)

    def test_secrets(self):
        "docker/prepare makes the secrets, in a directory closed to others"
        for name in self.each('secrets'):
            path = self.directory / self.file['secrets'][name]['file']
            self.assertTrue(path.read_text().strip())
            self.assertEqual(path.parent.stat().st_mode & 0o77, 0)

    def test_prepare_again(self):
        "docker/prepare keeps what is there"
        before = {
            p: p.read_bytes() for p in self.directory.rglob('*')
            if p.is_file()}
        self.prepare('other.example.com')
        self.assertEqual(
            before, {
                p: p.read_bytes() for p in self.directory.rglob('*')
                if p.is_file()})

    def test_rights(self):
        "Other users of the machine read neither settings nor secrets"
        path = self.directory / 'hazard.env'
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)
        path.chmod(0o644)
        self.prepare()
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)

    def test_settings(self):
        for name in self.each('env_file'):
            text = (self.directory / name).read_text()
            self.assertIn('HAZARD_HOST=mine.example.com\n', text)

    def test_volumes(self):
        for volume in self.each('volumes'):
            source = volume.split(':')[0]
            if source == './backups':
                continue
            if source.startswith('.'):
                self.assertTrue((DOCKER / source).is_file())
            else:
                self.assertIn(source, self.file['volumes'])

    def test_networks(self):
        for network in self.each('networks'):
            self.assertIn(network, self.file['networks'])

    def test_commands(self):
        for name, service in self.services.items():
            if service['image'] == 'hazard-server' and 'command' in service:
                with self.subTest(service=name):
                    self.assertTrue(is_command(service['command'][0]))


class PrepareTestCase(unittest.TestCase):

    def setUp(self):
        super().setUp()
        self.directory = Path(self.enterContext(
                tempfile.TemporaryDirectory()))

    def prepare(self, host):
        return subprocess.run(
            [DOCKER / 'prepare', host, self.directory], text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def certified(self):
        "Return the alternative names of the certificate."
        return subprocess.run(
            ['openssl', 'x509', '-noout', '-ext', 'subjectAltName',
                '-in', self.directory / 'secrets' / 'certificate.pem'],
            check=True, text=True, capture_output=True
            ).stdout.splitlines()[1].strip()

    def test_refused(self):
        "What is no host gets into no file"
        for host in [
                '', 'a/b', 'https://mine.example.com', 'a b', 'a$(id)',
                'a`id`', 'a;id', "a'b", 'a\nb', 'a&b', '-a', '.a', '[a]b',
                'mine.example.com:8443', '2001:db8::g', ':::', '1.2.3']:
            with self.subTest(host=host):
                result = self.prepare(host)
                self.assertTrue(result.returncode)
                self.assertIn("name or", result.stderr)
                self.assertFalse((self.directory / 'hazard.env').exists())

    def test_hosts(self):
        for host, told, certified in [
                ('mine_1.example-2.com', None, 'DNS:mine_1.example-2.com'),
                ('192.0.2.1', None, 'IP Address:192.0.2.1'),
                ('2001:db8::1', '[2001:db8::1]',
                    'IP Address:2001:DB8:0:0:0:0:0:1'),
                ('[2001:db8::1]', None, 'IP Address:2001:DB8:0:0:0:0:0:1')]:
            with self.subTest(host=host):
                self.assertFalse(self.prepare(host).returncode)
                self.assertEqual(self.certified(), certified)
                settings = self.directory / 'hazard.env'
                lines = settings.read_text().splitlines()
                for name in ['HAZARD_HOST', 'TRYTOND_WEB__HOSTNAME']:
                    self.assertIn(f'{name}={told or host}', lines)
                shutil.rmtree(self.directory / 'secrets')
                settings.unlink()


class ConstraintsTestCase(unittest.TestCase):

    @staticmethod
    def needed(requirements):
        """Yield each requirement, and those of what is installed for it."""
        pending, seen = [Requirement(r) for r in requirements], set()
        while pending:
            requirement = pending.pop()
            if str(requirement) in seen:
                continue
            seen.add(str(requirement))
            yield requirement
            for line in distribution(requirement.name).requires or []:
                further = Requirement(line)
                if not further.marker or any(
                        further.marker.evaluate({'extra': extra})
                        for extra in [*requirement.extras, '']):
                    pending.append(further)

    def test_versions(self):
        "What the server needs is fixed, in versions that we allow"
        with open(ROOT / 'pyproject.toml', 'rb') as file:
            project = tomllib.load(file)['project']
        fixed = {}
        for line in (DOCKER / 'constraints.txt').read_text().splitlines():
            if not line.startswith('#'):
                name, version = line.split('==')
                fixed[canonicalize_name(name)] = version
        needed = set()
        for requirement in self.needed([
                    *project['dependencies'],
                    *project['optional-dependencies']['server']]):
            with self.subTest(requirement=str(requirement)):
                name = canonicalize_name(requirement.name)
                needed.add(name)
                self.assertIn(name, fixed)
                self.assertIn(fixed[name], requirement.specifier)
        self.assertEqual(fixed.keys(), needed)

    def test_used(self):
        "Images, installations and tests keep to the versions"
        for path in ['docker/Dockerfile', 'script/install', 'script/lib.sh']:
            text = (ROOT / path).read_text()
            installed = re.findall(r'pip install(?:\\\n|[^&\n])*', text)
            self.assertIn('docker/constraints.txt', text)
            for command in installed:
                if '--no-deps' not in command:
                    self.assertIn('--constraint', command)


class SecurityTestCase(unittest.TestCase):

    def test_places(self):
        "What the list of protections names is there"
        text = (ROOT / 'doc' / 'admin' / 'security.rst').read_text()
        paths = re.findall(
            r'``((?:doc|docker|modules|script|tests)/[\w./-]+)', text)
        self.assertGreater(len(paths), 10)
        for path in paths:
            with self.subTest(path=path):
                self.assertTrue((ROOT / path).exists())


class SystemTestCase(unittest.TestCase):

    def test_units(self):
        "Units run commands that exist, and need units that exist"
        units = list((DOCKER / 'systemd').glob('*.service'))
        self.assertEqual(len(units), 5)
        for path in units:
            text = path.read_text()
            with self.subTest(unit=path.name):
                command, = re.findall('^ExecStart=(.*)$', text, re.M)
                self.assertTrue(
                    is_command(Path(shlex.split(command)[0]).name))
                for unit in re.findall(r'(?<=[ =])hazard-\S+', text):
                    if unit.endswith('.service'):
                        self.assertTrue((path.parent / unit).is_file())

    def test_settings(self):
        "What the commands read is told by the settings or has a default"
        told = set(re.findall(
                r'^#?(\w+)=',
                (DOCKER / 'hazard.env.example').read_text()
                + (DOCKER / 'systemd' / 'system.env').read_text(), re.M))
        for path in (DOCKER / 'bin').iterdir():
            for name in re.findall(
                    r'\$\{?((?:HAZARD|TRYTOND)_\w+)(?![\w:])',
                    path.read_text()):
                with self.subTest(command=path.name, name=name):
                    self.assertTrue(
                        name in told
                        or f'{name}:' in path.read_text()
                        or f'{name}=' in path.read_text())

    def test_executable(self):
        for name in COMMANDS - {'hazard-common'}:
            with self.subTest(command=name):
                self.assertTrue(os.access(DOCKER / 'bin' / name, os.X_OK))

    def test_postgresql(self):
        "PostgreSQL knows each setting"
        with tempfile.TemporaryDirectory() as directory:
            os.chmod(directory, 0o755)
            shutil.copy(DOCKER / 'postgresql.conf', directory)
            result = subprocess.run(
                [*unprivileged(), binary('postgres'),
                    '-D', directory,
                    '-c', f'config_file={directory}/postgresql.conf',
                    '-C', 'shared_buffers'],
                check=True, text=True, capture_output=True, cwd=directory)
        self.assertEqual(result.stdout.strip(), '131072')
