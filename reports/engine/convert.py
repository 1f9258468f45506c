# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Conversion by LibreOffice, each in a profile of its own.

A request that converts holds its thread of the server, so only some of them
may, and each user only once; the others are told to come again.  In the
queue one document after the other is converted.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

import trytond.config as config
from trytond.i18n import gettext
from trytond.transaction import Transaction

from ..exceptions import (
    ConversionBusyError, ConversionError, OfficeMissingError)

__all__ = ['convert', 'convert_all', 'converting_queued', 'place']

FONTS = Path(__file__).parent / 'fonts.conf'
# Who converts in a request just now
_users = []
_users_lock = threading.Lock()
_queued = ContextVar('queued', default=False)
_queue_lock = threading.Lock()


@contextmanager
def converting_queued():
    "Convert as what nobody waits for: one after the other, for longer."
    token = _queued.set(True)
    try:
        yield
    finally:
        _queued.reset(token)


def convert(content, source, target, timeout=None):
    """Return the content, in the format source, in the format target.

    The formats are extensions of files.  Raises OfficeMissingError without
    LibreOffice, ConversionBusyError when there is no place for one more, and
    ConversionError when it fails or takes longer than timeout seconds, by
    default those of [hazard_report] convert_timeout or, in the queue,
    export_timeout.
    """
    result, = convert_all([content], source, target, timeout=timeout)
    return result


def convert_all(contents, source, target, timeout=None):
    """Return the contents as by convert, made in one run of LibreOffice.

    It takes long to start.
    """
    command = _find_office()
    if not command:
        raise OfficeMissingError(gettext(
                'hazard_report.msg_convert_missing', format=target.upper()))
    with place():
        return _convert(
            command, contents, source, target, timeout or _timeout())


def _timeout():
    if _is_queued():
        return config.getint('hazard_report', 'export_timeout', default=300)
    return config.getint('hazard_report', 'convert_timeout', default=60)


def _is_queued():
    # Without worker, tasks run in the requests that queued them.
    return _queued.get() and config.getboolean('queue', 'worker')


@contextmanager
def place():
    """Take one of the places until the end of the block.

    Raises ConversionBusyError when there is none, or the user has one.
    """
    if _is_queued():
        with _queue_lock:
            yield
        return
    places = config.getint('hazard_report', 'conversions', default=2)
    user = Transaction().user
    with _users_lock:
        if user and user in _users:
            raise ConversionBusyError(gettext(
                    'hazard_report.msg_convert_own'))
        elif len(_users) >= places:
            raise ConversionBusyError(gettext(
                    'hazard_report.msg_convert_busy'))
        _users.append(user)
    try:
        yield
    finally:
        with _users_lock:
            _users.remove(user)


def _convert(command, contents, source, target, timeout):
    with tempfile.TemporaryDirectory(
            prefix='hazard-convert-', ignore_cleanup_errors=True) as directory:
        directory = Path(directory)
        names = [f'document{number}' for number in range(len(contents))]
        paths = [directory / f'{name}.{source}' for name in names]
        for path, content in zip(paths, contents):
            path.write_bytes(content)
        ended = _run([
                command, f'-env:UserInstallation={directory.as_uri()}/profile',
                '--headless', '--nolockcheck', '--nodefault', '--norestore',
                '--convert-to', target, '--outdir', directory / 'out', *paths,
                ], directory, timeout)
        results = [directory / 'out' / f'{name}.{target}' for name in names]
        if ended is None:
            raise ConversionError(gettext(
                    'hazard_report.msg_convert_timeout',
                    format=target.upper(), seconds=timeout))
        if not ended or not all(
                r.is_file() and r.stat().st_size for r in results):
            raise ConversionError(gettext(
                    'hazard_report.msg_convert_failed',
                    format=target.upper()))
        return [result.read_bytes() for result in results]


def _find_office():
    command = config.get('hazard_report', 'office', default='')
    if command:
        return shutil.which(command)
    return shutil.which('soffice') or shutil.which('libreoffice')


def _run(command, directory, timeout):
    "Return whether the command succeeded, None when it took too long."
    process = subprocess.Popen(
        command, env=_environment(directory), start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        return process.wait(timeout) == 0
    except subprocess.TimeoutExpired:
        return None
    finally:
        # LibreOffice starts others, which shall not outlive the call.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(directory):
    return {
        **os.environ,
        'HOME': str(directory),
        'FONTCONFIG_FILE': os.environ.get('FONTCONFIG_FILE', str(FONTS)),
        }
