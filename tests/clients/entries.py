# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What clients ask of the server to open the entries of a menu."

from trytond.pyson import PYSONDecoder

__all__ = ['get_entries', 'open_entry', 'share']

COUNT = 20


def get_entries(remote):
    "Return the ids of the entries that open something by their path of names"
    menus = remote(
        'ir.ui.menu.search_read', [], 0, None,
        [('sequence', 'ASC'), ('id', 'ASC')], ['name', 'parent', 'favorite'])
    children = {}
    for menu in menus:
        children.setdefault(menu['parent'], []).append(menu)

    def walk(parent, path):
        for menu in children.get(parent, []):
            below = (*path, menu['name'])
            if menu['favorite'] is not None or menu['id'] not in children:
                yield below, menu['id']
            yield from walk(menu['id'], below)
    return dict(walk(None, ()))


def share(entries):
    """Return which paths each login opens, so that each is opened once.

    entries are the paths by login.  Who sees least uses what is seen most.
    """
    shared, known = {}, set()
    for login in sorted(entries, key=lambda n: len(entries[n])):
        shared[login] = [p for p in entries[login] if p not in known]
        known.update(shared[login])
    return shared


def open_entry(remote, menu):
    "Open the views, search, count and read what the actions of it show."
    actions = remote(
        'ir.action.keyword.get_keyword', 'tree_open', ['ir.ui.menu', menu])
    assert actions, menu
    for action in actions:
        OPENERS[action['type']](remote, action)


def _open_window(remote, action):
    model, context = action['res_model'], _get_context(remote, action)
    if not model:
        for id_, _ in action['views']:
            remote('ir.ui.view.view_get', id_, **context)
        return
    remote(f'{model}.view_toolbar_get', **context)
    decoder = PYSONDecoder({**remote.context, **context, 'context': context})
    domain = decoder.decode(action['pyson_domain'])
    for _, text, _ in action['domains']:
        remote(
            f'{model}.search_count', [domain, decoder.decode(text)],
            **context)
    ids = remote(
        f'{model}.search', domain, 0, COUNT,
        decoder.decode(action['pyson_order']), **context)
    for id_, type_ in action['views'] or [(None, 'tree'), (None, 'form')]:
        view = remote(f'{model}.fields_view_get', id_, type_, **context)
        shown = ids[:1] if type_ == 'form' else ids
        remote(f'{model}.read', shown, list(_names(view)), **context)


def _get_context(remote, action):
    context = PYSONDecoder({
            **remote.context, 'context': remote.context}).decode(
        action['pyson_context'])
    if model := action['context_model']:
        view = remote(f'{model}.fields_view_get', None, 'form', **context)
        context.update(remote(
                f'{model}.default_get', list(view['fields']), **context))
    return context


def _names(view):
    for name, field in view['fields'].items():
        yield name
        if field['type'] == 'many2one':
            yield f'{name}.rec_name'


def _open_wizard(remote, action):
    name = f'wizard.{action["wiz_name"]}'
    session, start, _ = remote.run(f'{name}.create')
    remote.run(f'{name}.execute', session, {}, start)
    remote.run(f'{name}.delete', session)


OPENERS = {
    'ir.action.act_window': _open_window,
    'ir.action.url': lambda remote, action: None,
    'ir.action.wizard': _open_wizard,
    }
