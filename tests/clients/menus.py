# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Opening in the browser what a login sees."

OWN = {"隐患排查治理", "人员与岗位", "学习培训", "绩效考核", "意见反馈"}
# How often nothing must be under way before the next entry is opened
POLLS = 2


def open_paths(sao, login, paths):
    "Open the entries, all where it is None, and of our lists the first record"
    if paths == []:
        return
    client = sao(login)
    client.polls = POLLS
    assert client.messages() == []
    for path in client.menu() if paths is None else paths:
        try:
            _open(client, path)
        except Exception:
            client.screenshot('-'.join(['menu', *path]))
            raise


def _open(client, path):
    client.open(*path)
    client.wait_opened()
    _check(client, path)
    if client.dialogs.count():
        client.cancel()
    elif path[0] in OWN and client.tabs():
        if client.open_first():
            _check(client, path)
    while client.tabs():
        client.close_tab()


def _check(client, path):
    assert (client.messages(), client.errors) == ([], []), path
    assert client.current.get_by_text("#错误").count() == 0, path
