# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The demonstration for the phones of the same network, by TLS.

The cookie of a session is sent by TLS only, but to this machine itself.
"""

import ipaddress
import socket
import subprocess
import sys

__all__ = ['Network', 'find_address']

# An address of no network: to ask for the way to it sends nothing.
NOWHERE = ('192.0.2.1', 9)
PORTS = 443
CONFIGURATION = """\
[web]
listen = {host}:{port}

[ssl]
certificate = {certificate}
privatekey = {key}
"""


def find_address():
    "Return the address of this machine in its network, None without one."
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(NOWHERE)
        except OSError:
            return None
        address = way.getsockname()[0]
    return None if ipaddress.ip_address(address).is_loopback else address


class Network:
    """Where an instance is served by TLS

    Its certificate is made by itself, for this address.
    """

    def __init__(self, instance, host):
        self.host = str(ipaddress.IPv4Address(host))
        self.port = instance.port + PORTS
        self.directory = instance.directory / 'network'

    @property
    def url(self):
        return f'https://{self.host}:{self.port}/'

    @property
    def configuration(self):
        return self.directory / 'trytond.conf'

    def prepare(self):
        "Create the certificate, unless there is one of the address"
        certificate = self.directory / f'{self.host}.pem'
        key = self.directory / f'{self.host}.key'
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not certificate.exists():
            subprocess.run([
                    'openssl', 'req', '-x509', '-newkey', 'rsa:3072',
                    '-nodes', '-days', '30', '-subj', f'/CN={self.host}',
                    '-addext', f'subjectAltName=IP:{self.host}',
                    '-keyout', key, '-out', certificate],
                check=True, capture_output=True)
        self.configuration.write_text(CONFIGURATION.format(
                host=self.host, port=self.port, certificate=certificate,
                key=key))


def print_code(text):
    "Print the code that a phone scans, where the terminal can show it"
    from qrcode import QRCode
    if (sys.stdout.encoding or '').lower().replace('-', '') == 'utf8':
        code = QRCode(border=2)
        code.add_data(text)
        code.print_ascii(invert=True)
