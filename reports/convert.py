# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Conversion by LibreOffice, each in a profile of its own."

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import trytond.config as config
from trytond.i18n import gettext

from .exceptions import ConversionError, OfficeMissingError

__all__ = ['convert']

FONTS = Path(__file__).parent / 'fonts.conf'


def convert(content, source, target, timeout=None):
    """Return the content, in the format source, in the format target.

    The formats are extensions of files.  Raises OfficeMissingError without
    LibreOffice and ConversionError when it fails or takes longer than
    timeout seconds, by default those of [hazard_report] convert_timeout.
    """
    command = _find_office()
    if not command:
        raise OfficeMissingError(gettext(
                'hazard_report.msg_convert_missing', format=target.upper()))
    if timeout is None:
        timeout = config.getint(
            'hazard_report', 'convert_timeout', default=300)
    with tempfile.TemporaryDirectory(
            prefix='hazard-convert-', ignore_cleanup_errors=True) as directory:
        directory = Path(directory)
        path = directory / f'document.{source}'
        path.write_bytes(content)
        ended = _run([
                command, f'-env:UserInstallation={directory.as_uri()}/profile',
                '--headless', '--nolockcheck', '--nodefault', '--norestore',
                '--convert-to', target, '--outdir', directory / 'out', path,
                ], directory, timeout)
        result = directory / 'out' / f'document.{target}'
        if ended is None:
            raise ConversionError(gettext(
                    'hazard_report.msg_convert_timeout',
                    format=target.upper(), seconds=timeout))
        if not ended or not result.is_file() or not result.stat().st_size:
            raise ConversionError(gettext(
                    'hazard_report.msg_convert_failed',
                    format=target.upper()))
        return result.read_bytes()


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
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def _environment(directory):
    return {
        **os.environ,
        'HOME': str(directory),
        'FONTCONFIG_FILE': os.environ.get('FONTCONFIG_FILE', str(FONTS)),
        }
