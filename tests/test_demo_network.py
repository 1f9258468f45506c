# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The demonstration as it is served to a network, and what is told of steps."

import ssl
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

from demo import network
from demo.__main__ import get_network
from demo.instance import Instance
from demo.network import Network, find_address

ROOT = Path(__file__).parent.parent


class NetworkTestCase(unittest.TestCase):

    def setUp(self):
        self.instance = Instance(
            self.enterContext(tempfile.TemporaryDirectory()), 8000)

    def test_certificate(self):
        "The certificate is of the address and made once"
        served = Network(self.instance, '192.0.2.7')
        self.assertEqual(served.url, 'https://192.0.2.7:8443/')
        served.prepare()
        certificate = served.directory / '192.0.2.7.pem'
        made = certificate.read_text()
        context = ssl.create_default_context(cafile=certificate)
        subject = context.get_ca_certs()[0]['subjectAltName']
        self.assertEqual(subject, (('IP Address', '192.0.2.7'),))
        # Nobody else reads the key.
        self.assertEqual(served.directory.stat().st_mode & 0o077, 0)
        served.prepare()
        self.assertEqual(certificate.read_text(), made)
        configuration = served.configuration.read_text()
        self.assertIn('listen = 192.0.2.7:8443', configuration)
        self.assertIn(str(certificate), configuration)

    def test_off(self):
        "Without a network only this machine is listened to"
        self.assertIsNone(self.instance.network)
        self.instance._configure()
        self.assertEqual(
            [p.name for p in self.instance.directory.iterdir()],
            ['trytond.conf'])
        self.assertIn(
            'listen = 127.0.0.1:8000',
            self.instance.configuration.read_text())

    def test_address(self):
        "An address that cannot be found, or is none, is asked for"
        for address in ['x', '192.0.2', '192.0.2.7:80', 'example.com']:
            with self.subTest(address=address), \
                    self.assertRaises(SystemExit) as raised:
                get_network(self.instance, address)
            self.assertIn('--network 192.', str(raised.exception))
        with patch.object(network.socket, 'socket') as socket:
            way = socket.return_value.__enter__.return_value
            for name, expected in [
                    ('192.0.2.9', '192.0.2.9'), ('127.0.0.1', None)]:
                way.getsockname.return_value = name, 1
                self.assertEqual(find_address(), expected)
            way.connect.side_effect = OSError
            self.assertIsNone(find_address())

    def test_failed(self):
        "What fails shows the end of the log"
        self.instance.directory.mkdir(exist_ok=True)
        with self.assertRaisesRegex(RuntimeError, "(?s)Broken.*server.log"):
            self.instance._run('-c', 'raise ValueError("Broken")')


class QuietlyTestCase(unittest.TestCase):

    def run_lib(self, script):
        with tempfile.TemporaryDirectory() as directory:
            log = Path(directory) / 'install.log'
            ended = subprocess.run(
                ['sh', '-euc',
                    f'ROOT={ROOT}; . script/lib.sh; LOG={log}; {script}'],
                cwd=ROOT, capture_output=True, text=True)
            return ended, log.read_text()

    def test_step(self):
        "A step is one line, and what it prints is in the log"
        ended, log = self.run_lib("quietly Counting echo one; say next")
        self.assertRegex(ended.stdout, r'\ACounting \.\.\. \d+ s\nnext\n\Z')
        self.assertIn('one', log)

    def test_failure(self):
        "A step that fails ends the command and shows why"
        ended, log = self.run_lib(
            "quietly Counting sh -c 'echo why; exit 3'; say next")
        self.assertEqual(ended.returncode, 1)
        self.assertIn('why', ended.stderr)
        self.assertNotIn('next', ended.stdout)
