# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"The preferences of a user, with the own phone."


def test_preferences(sao, remote):
    "They open and keep the phone; nothing in the browser fails"
    own = remote('reporter')
    before = own('res.user.get_preferences', False)['mobile']
    client = sao('reporter')
    client.open_preferences()
    client.screenshot('preferences')
    client.fill("手机", "13800009999")
    client.press("确定")
    client.page.wait_for_selector('.modal.in', state='detached')
    client.wait_menu()
    assert (client.messages(), client.errors) == ([], [])
    changed = own('res.user.get_preferences', False)['mobile']
    assert changed == "13800009999"
    own('res.user.set_preferences', {'mobile': before})
