# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.

import re

RPC = re.compile('/rpc/')


def test_database_unavailable(sao):
    "The web client tells when it has waited for the database in vain"
    asked = []

    def refuse(route):
        asked.append(route)
        route.fulfill(status=503, headers={'Retry-After': '0'})

    client = sao('reporter')
    path = client.menu()[0]
    client.page.route(RPC, refuse)
    client.open(*path)
    assert client.messages() == ["无法连接服务器。"]
    assert len(asked) > 4
    client.screenshot('unavailable')

    client.page.unroute(RPC)
    client.dismiss()
    client.open(*path)
    assert client.messages() == []
    assert client.tabs()
