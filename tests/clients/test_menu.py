# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.


def test_every_menu_entry_opens(sao):
    client = sao('admin')
    client.screenshot('menu')
    assert client.messages() == []
    paths = client.menu()
    assert len(paths) > 20
    for number, path in enumerate(paths):
        client.open(*path)
        client.screenshot(f'menu-{number:03}-{"-".join(path)}')
        assert (client.messages(), client.errors) == ([], []), path
        if client.dialogs.count():
            client.cancel()
        if client.tabs():
            client.close_tab()
