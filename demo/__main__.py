# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Prepare the demonstration, serve it and say how to enter."""

import argparse
import fcntl
import os
import signal
import socket
import sys
import time
import unicodedata

from .instance import DATABASE, ROOT, Instance
from .logins import LOGINS


def main():
    parser = argparse.ArgumentParser(
        prog='script/demo', description=__doc__)
    parser.add_argument(
        '--reset', action='store_true',
        help="remove the demonstration's data and begin afresh")
    options = parser.parse_args()
    instance = Instance(
        ROOT / 'var' / 'demo', int(os.environ.get('PORT') or 8000))
    if not is_free(instance):
        sys.exit(
            f"Something answers on {instance.host}:{instance.port}.  Stop it"
            f" or choose another port: PORT={instance.port + 1} script/demo")
    lock = instance.directory.with_suffix('.lock').open('w')
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Another process uses {instance.directory}.")
    if options.reset:
        instance.remove()
    if not instance.configuration.exists():
        print("Creating the database, this takes a few minutes", flush=True)
    instance.prepare()
    signal.signal(signal.SIGTERM, lambda *args: sys.exit())
    try:
        instance.start()
        print_logins(instance)
        while not instance.failed():
            time.sleep(1)
    except KeyboardInterrupt:
        pass
    finally:
        instance.stop()


def is_free(instance):
    with socket.socket() as connection:
        return connection.connect_ex((instance.host, instance.port)) != 0


def print_logins(instance):
    print(f"""
Web client      {instance.url}#{DATABASE}
Desktop client  host {instance.host}:{instance.port}, database {DATABASE}
Server log      {instance.log}
""")
    for login in LOGINS:
        print(pad(login.role, 24), pad(login.login, 12), login.password)
    print("\nStop with Ctrl-C.", flush=True)


def pad(text, width):
    "Fill with spaces, counting Chinese characters as two"
    wide = sum(unicodedata.east_asian_width(c) in 'WF' for c in text)
    return text.ljust(width - wide)


if __name__ == '__main__':
    main()
