# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""nginx, gunicorn, the worker, the cron and PostgreSQL work together."""

import datetime as dt
import http.client
import io
import json

from PIL import Image
from processes import wait_for
from web import HOST, Browser


def picture(size=(640, 480)):
    content = io.BytesIO()
    Image.effect_noise(size, 80).convert('RGB').save(content, 'JPEG')
    return content.getvalue()


def report(browser, *photos):
    "Report a hazard with photos, return its id."
    place, = browser(
        'hazard.place.search_read', [], 0, 1, None, ['id', 'unit'])
    discipline, = browser('hazard.discipline.search', [], 0, 1)
    grade, = browser('hazard.grade.search', [('code', '=', 'C')], 0, 1)
    values = {
        'found_at': dt.datetime.now().replace(microsecond=0),
        'place': place['id'], 'unit': place['unit'], 'grade': grade,
        'discipline': discipline, 'handling': 'four_fix',
        'description': "风门关不严。",
        'photos': [('create', [
                    {'stage': 'found', 'image': photo, 'filename': 'p.jpg'}
                    for photo in photos])],
        }
    id_, = browser('hazard.hazard.create', [values])
    browser('hazard.hazard.submit', [id_])
    return id_


def test_cookie(nginx, service):
    "The session is a cookie for this server only, out of reach of scripts"
    cookie = Browser(nginx, service.database, 'reporter').cookie
    assert f'Path=/{service.database}' in cookie
    for attribute in ['Secure', 'HttpOnly', 'SameSite=Strict']:
        assert attribute in cookie


def test_report(nginx, service):
    "A report with a photo arrives at the leader of the unit"
    photo = picture()
    reporter = Browser(nginx, service.database, 'reporter')
    captain = Browser(nginx, service.database, 'captain')

    id_ = report(reporter, photo)

    hazard, = captain('hazard.hazard.read', [id_], ['state', 'photos'])
    assert hazard['state'] == 'four_fix'
    read, = captain('hazard.photo.read', hazard['photos'], ['image'])
    assert read['image'] == photo
    with service.connect() as connection:
        stored, = connection.execute(
            'SELECT image_id FROM hazard_photo WHERE id = %s',
            hazard['photos']).fetchone()
    path = service.files / service.database / stored[:2] / stored[2:4]
    assert (path / stored).read_bytes() == photo
    # The worker tells him.
    notices = wait_for(lambda: captain(
            'res.notification.search_read',
            [('model', '=', 'hazard.four_fix')], 0, None, None, ['unread']))
    assert notices[0]['unread']


def test_largest_photo(nginx, service):
    "A photo as large as is allowed passes, although it grows on the wire"
    photo = picture()
    photo += bytes(10_000_000 - len(photo))
    assert report(Browser(nginx, service.database, 'reporter'), photo)


def test_upload_limit(nginx, service):
    "A request that is larger than trytond takes is refused at once"
    connection = nginx.connect()
    connection.putrequest('POST', f'/{service.database}/rpc/')
    connection.putheader('Content-Type', 'application/json')
    connection.putheader('Content-Length', str(64 * 1024 ** 2 + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_worker(nginx, connection):
    "A queued job is done by the worker"
    task = {
        'model': 'ir.cron', 'method': 'run_once', 'user': 0, 'context': {},
        'instances': [cron_id(connection)], 'args': [], 'kwargs': {}}
    id_, = connection.execute(
        "INSERT INTO ir_queue (name, data, enqueued_at)"
        " VALUES ('default', %s, now() AT TIME ZONE 'UTC') RETURNING id",
        [json.dumps(task)]).fetchone()
    connection.execute('NOTIFY "ir.queue"')
    wait_for(lambda: connection.execute(
            'SELECT finished_at FROM ir_queue WHERE id = %s',
            [id_]).fetchone()[0])


def test_cron(nginx, service, connection):
    "A job that is due is done by the cron"
    # It looks for jobs when it starts, then each minute.
    service.kill('cron')
    connection.execute(
        "UPDATE ir_cron SET next_call = '2026-01-01' WHERE id = %s",
        [cron_id(connection)])
    service.start('cron')
    wait_for(lambda: connection.execute(
            "SELECT next_call > now() AT TIME ZONE 'UTC' FROM ir_cron"
            " WHERE id = %s", [cron_id(connection)]).fetchone()[0])
    for name in ['server', 'worker', 'cron']:
        service.command('hazard-health', name)


def cron_id(connection):
    id_, = connection.execute(
        "SELECT id FROM ir_cron WHERE method = 'hazard.reminder|remind'"
        ).fetchone()
    return id_


def test_headers(nginx):
    for path in ['/', '/dist/tryton-sao.js', '/nothing', '/mine/bus']:
        headers = nginx.get(path).headers
        assert headers['Server'] == 'nginx'
        assert 'max-age=31536000' in headers['Strict-Transport-Security']
        assert headers['X-Content-Type-Options'] == 'nosniff'
        assert headers['X-Frame-Options'] == 'DENY'
        assert headers['Referrer-Policy'] == 'same-origin'
        policy = headers['Content-Security-Policy']
        assert policy.startswith("default-src 'none'; script-src 'self' ")
        assert "'unsafe-inline'" not in policy.split(';')[1]


def test_static_files(nginx, service):
    "The files of the web client do not trouble the server"
    service.kill('server')
    try:
        page = nginx.get('/')
        assert page.status == 200
        assert b'tryton-sao.js' in page.content
        script = nginx.get('/dist/tryton-sao.js', Accept_Encoding='gzip')
        assert script.headers['Content-Encoding'] == 'gzip'
        assert script.headers['Cache-Control'] == 'no-cache'
        again = nginx.get(
            '/dist/tryton-sao.js', If_None_Match=script.headers['ETag'])
        assert again.status == 304
        assert nginx.request('OPTIONS', '/').status == 502
    finally:
        service.start('server')


def test_plain_http(nginx):
    connection = http.client.HTTPConnection(HOST, nginx.http, timeout=10)
    connection.request('GET', '/dist/?x=1')
    response = connection.getresponse()
    assert response.status == 301
    assert response.headers['Location'] == f'{nginx.url}dist/?x=1'
    connection.close()


def test_bus(nginx, service):
    assert nginx.request('POST', f'/{service.database}/bus').status == 404


def test_without_gzip(nginx, service):
    "Who can't read gzip gets plain text"
    browser = Browser(nginx, service.database, 'reporter')
    response = nginx.request(
        'POST', f'/{service.database}/rpc/',
        '{"id": 0, "method": "model.hazard.hazard.fields_get",'
        ' "params": [[], {}]}',
        Content_Type='application/json', Cookie=browser._headers['Cookie'])
    assert 'Content-Encoding' not in response.headers
    assert len(response.content) > 1_400
    assert 'state' in json.loads(response.content)['result']


def test_cache(nginx, service):
    "No browser keeps what the server answers"
    browser = Browser(nginx, service.database, 'reporter')
    response = nginx.get(
        f'/{service.database}/data/hazard.hazard?f=number',
        Cookie=browser._headers['Cookie'])
    assert response.status == 200
    assert response.headers['Cache-Control'] == 'no-store'


def test_avatar(nginx, service, connection):
    "Pictures of users are served, and kept by browsers"
    reporter = Browser(nginx, service.database, 'reporter')
    user, = reporter('res.user.search', [('login', '=', 'reporter')], 0, 1)
    reporter('res.user.set_preferences', {'avatar': picture()})
    read, = reporter('res.user.read', [user], ['avatar_url'])
    response = nginx.get('/' + read['avatar_url'])
    assert response.status == 200
    assert response.headers['Content-Type'] == 'image/jpeg'
    assert 'public' in response.headers['Cache-Control']


def test_database_names(nginx, service):
    "Only the database of the site is told, and only it is reached"
    call = '{"id": 0, "method": "common.db.list", "params": []}'
    for path in ['/rpc/', f'/{service.database}/rpc/']:
        response = nginx.request(
            'POST', path, call, Content_Type='application/json')
        assert response.status in {401, 403}
    assert nginx.get('/database').content.decode() == service.database
    for path in ['/postgres/rpc/', '/nothing/session/login', '/x/data/y']:
        assert nginx.request(
            'POST', path, call, Content_Type='application/json'
            ).status in {404, 405}


def test_refusals(nginx, service):
    "Requests that no client sends leave no error in the log"
    before = service.log.read_text()
    path = f'/{service.database}/rpc/'
    assert nginx.request(
        'POST', path, '{}', Origin='https://example.org').status == 403
    assert nginx.request('POST', path, '').status == 400
    assert nginx.request(
        'POST', path, '', Content_Type='application/json').status == 400
    assert nginx.request(
        'POST', '/rpc/', '[]', Content_Type='application/json').status == 400
    assert 'Traceback' not in service.log.read_text()[len(before):]


def test_address(nginx, service, connection):
    "The address of who fails to log in is not what he says it is"
    response = nginx.request(
        'POST', f'/{service.database}/session/login',
        '{"id": 0, "method": "common.db.login",'
        ' "params": ["nobody", {"password": "wrong"}]}',
        Content_Type='application/json', X_Forwarded_For='10.1.2.3')
    assert response.status == 401
    address, = connection.execute(
        "SELECT ip_address FROM res_user_login_attempt"
        " WHERE login = 'nobody'").fetchone()
    assert address == HOST


def test_anonymous_rate(nginx, service):
    "Who calls often without a session is told to wait, who has one is not"
    browser = Browser(nginx, service.database, 'reporter')
    call = '{"id": 0, "method": "common.db.login", "params": ["nobody", {}]}'
    for path in ['/rpc/', f'/{service.database}/rpc/']:
        statuses = [
            nginx.request(
                'POST', path, call, Content_Type='application/json').status
            for _ in range(120)]
        assert 429 in statuses
    assert browser('res.user.get_preferences', True)


def test_login_rate(nginx, service):
    "So is who knocks too often at the login"
    path = f'/{service.database}/session/login'
    statuses = [nginx.get(path).status for _ in range(60)]
    assert statuses[0] == 405
    assert 429 in statuses
