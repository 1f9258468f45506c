# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the web client asks the server for when a person opens a screen."""

from xml.etree import ElementTree

from trytond.pyson import PYSONDecoder

# sao: records of a search, of one read and counted of a tab
LIMIT, READ, COUNT = 1000, 100, 1000
REFERENCES = {'many2one', 'one2one', 'reference'}
SELECTIONS = {'selection', 'multiselection'}
LISTS = {'one2many', 'many2many'}
ALWAYS = ['rec_name', '_timestamp', '_write', '_delete']


class Screen:
    "The list, its tabs and the form of a menu entry, as a user sees them."

    def __init__(self, remote, action):
        self.remote = remote
        self._decoder = PYSONDecoder({
                **remote.context, 'active_id': None, 'active_ids': []})
        action, = remote(
            'ir.action.act_window.read', [action],
            ['res_model', 'views', 'domains', 'pyson_domain', 'pyson_order'])
        self.model = action['res_model']
        self.domain = self._decode(action['pyson_domain'])
        self.order = self._decode(action['pyson_order'] or 'null')
        self.tabs = [
            (name, self._decode(domain), count)
            for name, domain, count in action['domains']]
        views = {kind: id_ for id_, kind in action['views']}
        view = self._view(views['tree'], 'tree')
        self.list_fields = _names(view)
        # What is read were the hidden columns not
        self.shown_fields = _names({'fields': {
                    n: f for n, f in view['fields'].items()
                    if n in _shown(view['arch'])}})
        self.form_fields = _names(
            self._view(views['form'], 'form'), lazy=True)

    def _view(self, id_, kind):
        return self.remote(f'{self.model}.fields_view_get', id_, kind)

    def _decode(self, text):
        return self._decoder.decode(text) if text else []

    def open_list(self, domain=(), limit=READ):
        "Search and read the first records of the list."
        ids = self.search(domain, limit=LIMIT)
        return self.read(ids[:limit])

    def list(self, domain=(), limit=80, names=None):
        return self.read(self.search(domain, limit), names)

    def search(self, domain=(), limit=80):
        return self.remote(
            f'{self.model}.search', [self.domain, list(domain)], 0, limit,
            self.order)

    def count(self, domain=(), limit=COUNT):
        return self.remote(
            f'{self.model}.search_count', [self.domain, list(domain)], 0,
            limit)

    def read(self, ids, names=None):
        return self.remote(
            f'{self.model}.read', ids, names or self.list_fields)

    def open_form(self, id_):
        return self.remote(
            f'{self.model}.read', [id_], self.form_fields,
            related_read_limit=20)


def _shown(arch):
    "Return the names of the fields whose columns are shown at first."
    return {
        e.get('name') for e in ElementTree.fromstring(arch).iter('field')
        if e.get('optional') != '1' and e.get('tree_invisible') != '1'}


def _names(view, lazy=False):
    "Return the names of the fields that sao reads for the view."
    names = list(ALWAYS)
    for name, field in view['fields'].items():
        names.extend(_field_names(name, field, lazy))
    return names


def _field_names(name, field, lazy):
    yield name
    if field['type'] in REFERENCES:
        yield f'{name}.rec_name'
    elif field['type'] in SELECTIONS:
        yield f'{name}:string'
    elif field['type'] in LISTS and lazy and field.get('views'):
        view = next(iter(field['views'].values()))
        for sub_name, sub_field in view.get('fields', {}).items():
            yield from _field_names(f'{name}.{sub_name}', sub_field, lazy)
        yield from (f'{name}.{n}' for n in ALWAYS[1:])
