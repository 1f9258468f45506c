# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""nginx in front of a service, and its users' side of the wire."""

import http.client
import os
import shutil
import signal
import ssl
import subprocess
import time

from remote import Remote
from service import DOCKER, PASSWORD, ROOT, free_port

__all__ = ['HOST', 'Browser', 'Nginx']

HOST = '127.0.0.1'
MAIN = """\
{user}
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    scgi_temp_path {directory}/scgi;
    uwsgi_temp_path {directory}/uwsgi;
    include {directory}/site.conf;
}}
"""


class Nginx:
    "Debian's nginx with the site and a certificate as docker/ makes them"

    def __init__(self, directory, service):
        self.directory = directory
        self.http, self.https = free_port(), free_port()
        self._prepare(service)
        self.process = subprocess.Popen(
            [self._binary, '-c', directory / 'nginx.conf'],
            stdin=subprocess.DEVNULL)
        self._wait()

    @property
    def _binary(self):
        return shutil.which('nginx') or '/usr/sbin/nginx'

    @property
    def url(self):
        return f'https://{HOST}:{self.https}/'

    def _prepare(self, service):
        subprocess.run([DOCKER / 'prepare', HOST, self.directory], check=True)
        secrets = self.directory / 'secrets'
        service.site = {
            'HAZARD_HOST': HOST,
            'HAZARD_UPSTREAM': f'{HOST}:{service.port}',
            'HAZARD_SAO': str(ROOT / 'var' / 'sao'),
            'HAZARD_HTTP_PORT': str(self.http),
            'HAZARD_HTTPS_PORT': str(self.https),
            'HAZARD_CERTIFICATE': str(secrets / 'certificate.pem'),
            'HAZARD_CERTIFICATE_KEY': str(secrets / 'certificate.key'),
            }
        site = service.command('hazard-site', **service.site).stdout
        (self.directory / 'site.conf').write_text(site)
        (self.directory / 'nginx.conf').write_text(MAIN.format(
                directory=self.directory,
                user='' if os.getuid() else 'user root;'))
        self.tls = ssl.create_default_context(
            cafile=secrets / 'certificate.pem')

    def _wait(self):
        for _ in range(100):
            try:
                return self.get('/')
            except ConnectionRefusedError:
                time.sleep(.05)
        raise RuntimeError(f"No nginx, see {self.directory}/error.log")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def connect(self):
        return http.client.HTTPSConnection(
            HOST, self.https, context=self.tls, timeout=60)

    def request(self, method, path, body=None, **headers):
        "Return the response, read, of a new connection."
        connection = self.connect()
        connection.request(
            method, path, body,
            {n.replace('_', '-'): v for n, v in headers.items()})
        response = connection.getresponse()
        response.content = response.read()
        connection.close()
        return response

    def get(self, path, **headers):
        return self.request('GET', path, **headers)


class Browser(Remote):
    "A user who is logged in through nginx by a cookie, as sao does it"

    def __init__(self, nginx, database, login, password=PASSWORD):
        self._nginx, self._database = nginx, database
        self._connection = nginx.connect()
        self._headers = {
            'Content-Type': 'application/json', 'Accept-Encoding': 'gzip',
            'Origin': nginx.url.rstrip('/')}
        self.context = {}
        self._connection.request(
            'POST', f'/{database}/session/login',
            '{"id": 0, "method": "common.db.login", "params":'
            f' ["{login}", {{"password": "{password}"}}, "zh_CN"]}}',
            self._headers)
        response = self._connection.getresponse()
        assert response.status == 200, response.read()
        response.read()
        self.cookie = response.headers['Set-Cookie']
        self._headers['Cookie'] = self.cookie.split(';')[0]
        self.context = self('res.user.get_preferences', True)
