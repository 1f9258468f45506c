# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import os
import subprocess
import time
from pathlib import Path

import pytest
from sao import SCREENSHOTS

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / 'var' / 'desktop' / 'bin' / 'tryton'
SEARCH = 'model.hazard.hazard.search('


@pytest.fixture
def display():
    read, write = os.pipe()
    xvfb = subprocess.Popen(
        ['Xvfb', '-displayfd', str(write), '-screen', '0', '1400x1100x24',
            '-nolisten', 'tcp'],
        pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f':{number}'
    xvfb.terminate()
    xvfb.wait()


def wait_for(condition, message, seconds=60):
    for _ in range(seconds * 5):
        if condition():
            return
        time.sleep(.2)
    pytest.fail(message())


def test_list_of_hazards(server, display, tmp_path):
    "The desktop client logs in and opens the list of hazards"
    from demo.instance import DATABASE
    from demo.logins import PASSWORD
    environment = {
        **os.environ, 'DISPLAY': display, 'HOME': str(tmp_path),
        'LANGUAGE': 'zh_CN', 'NO_AT_BRIDGE': '1'}
    address = f'{server.host}:{server.port}'
    log = tmp_path / 'client.log'
    configuration = tmp_path / 'tryton.conf'
    configuration.write_text('[client]\ncheck_version = False\n')

    def tool(*arguments):
        return subprocess.run(
            arguments, env=environment, check=True, capture_output=True)

    def has(text):
        return lambda: text in log.read_text()

    with log.open('w') as output:
        client = subprocess.Popen(
            [CLIENT, '-v', '-c', configuration, '-u', 'safety', '-s', address,
                f'tryton://{address}/{DATABASE}/model/hazard.hazard'],
            env=environment, stdout=output, stderr=output)
    try:
        wait_for(has('common.db.login'), log.read_text)
        # The question for the password has no line of its own in the log.
        time.sleep(3)
        tool('xdotool', 'type', '--delay', '20', PASSWORD)
        tool('xdotool', 'key', 'Return')
        wait_for(has(SEARCH), log.read_text)
        time.sleep(3)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        tool('import', '-window', 'root', SCREENSHOTS / 'desktop.png')
    finally:
        client.terminate()
        client.wait()
    assert 'Traceback' not in log.read_text()
