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
from .network import Network, find_address, print_code


def main():
    parser = argparse.ArgumentParser(
        prog='script/demo', description=__doc__)
    parser.add_argument(
        '--reset', action='store_true',
        help="remove the demonstration's data and begin afresh")
    parser.add_argument(
        '--network', nargs='?', const='', metavar='ADDRESS',
        help="serve it also to the phones of the network in which this"
        " machine has the address")
    options = parser.parse_args()
    instance = Instance(
        ROOT / 'var' / 'demo', int(os.environ.get('PORT') or 8000))
    if options.network is not None:
        instance.network = get_network(instance, options.network)
    for server in filter(None, [instance, instance.network]):
        check_free(server, instance.port + 1)
    lock = instance.directory.with_suffix('.lock').open('w')
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Another process uses {instance.directory}.")
    if options.reset:
        instance.remove()
    try:
        instance.prepare()
    except RuntimeError as error:
        sys.exit(f" {error}")
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


def get_network(instance, address):
    "Return the network of the address, or of the one that is found"
    address = address or find_address()
    try:
        return Network(instance, address)
    except ValueError:
        sys.exit(
            "The address of this machine in its network is asked for, as in"
            " script/demo --network 192.168.1.20")


def check_free(server, other):
    with socket.socket() as connection:
        if connection.connect_ex((server.host, server.port)) == 0:
            sys.exit(
                f"Something answers on {server.host}:{server.port}.  Stop it"
                f" or choose another port: PORT={other} script/demo")


def print_logins(instance):
    print(f"""
Web client      {instance.url}#{DATABASE}
Desktop client  host {instance.host}:{instance.port}, database {DATABASE}
Server log      {instance.log}
""")
    if instance.network:
        print_network(instance.network)
    for login in LOGINS:
        print(pad(login.role, 24), pad(login.login, 12), login.password)
    print("\nStop with Ctrl-C.", flush=True)


def print_network(network):
    url = f'{network.url}#{DATABASE}'
    print(f"""\
Phones          {url}
                They warn of the certificate: nobody but this machine vouches
                for it.  Whoever is in the network may enter by the passwords.
""")
    print_code(url)


def pad(text, width):
    "Fill with spaces, counting Chinese characters as two"
    wide = sum(unicodedata.east_asian_width(c) in 'WF' for c in text)
    return text.ljust(width - wide)


if __name__ == '__main__':
    main()
