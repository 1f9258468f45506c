# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"Opening all that a login sees."

OWN = {"隐患排查治理", "人员与岗位", "学习培训", "绩效考核", "意见反馈"}


def check(client, path):
    assert (client.messages(), client.errors) == ([], []), path
    assert client.current.get_by_text("#错误").count() == 0, path


def open_all(sao, login):
    "Open each entry of the menu, and of our lists the first record"
    client = sao(login)
    client.screenshot(f'menu-{login}')
    assert client.messages() == []
    paths = client.menu()
    assert paths
    for path in paths:
        name = f'menu-{login}-{"-".join(path)}'
        client.open(*path)
        client.screenshot(name)
        check(client, path)
        if client.dialogs.count():
            client.cancel()
        elif path[0] in OWN and client.tabs():
            if client.open_first():
                client.screenshot(f'{name}-form')
                check(client, path)
        while client.tabs():
            client.close_tab()
