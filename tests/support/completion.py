# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What the clients ask for while somebody types into a field of a form."

from xml.etree import ElementTree

from access import call

from trytond.pool import Pool
from trytond.wizard import StateView

# sao asks for so many and ignores the rest.
LIMIT = 1000
COMPLETED = {'many2one', 'one2one', 'many2many', 'reference'}


def wizard_fields(user, name):
    "Yield the model and the field of each that the wizard's forms complete."
    pool = Pool()
    ModelData = pool.get('ir.model.data')
    Wizard = pool.get(name, type='wizard')
    for state in map(Wizard.states.get, Wizard.states):
        if isinstance(state, StateView):
            view = call(
                user, f'model.{state.model_name}.fields_view_get',
                ModelData.get_id(*state.view.split('.')), 'form')
            yield from _fields(view)


def _fields(view):
    for node in ElementTree.fromstring(view['arch']).iter('field'):
        field = view['fields'][node.attrib['name']]
        kind = node.get('widget', field['type'])
        if field.get('autocomplete') or kind in COMPLETED or (
                kind == 'one2many' and node.get('add_remove')):
            yield view['model'], field, 'autocomplete'
        elif kind == 'selection' and field.get('relation'):
            yield view['model'], field, 'search_read'
        for inner in field.get('views', {}).values():
            yield from _fields(inner)


def complete(user, model, field, method, text):
    "Call what the client calls when the user types the text into the field."
    if field.get('autocomplete'):
        call(user, f'model.{model}.autocomplete_{field["name"]}',
            {field['name']: text})
    elif method == 'autocomplete':
        relations = [field.get('relation')]
        if field['type'] == 'reference':
            relations = [m for m, _ in _selection(user, model, field) if m]
        for relation in relations:
            call(user, f'model.{relation}.autocomplete', text, [], LIMIT, None)
    else:
        call(user, f'model.{field["relation"]}.search_read',
            [], 0, None, None, ['rec_name'])


def _selection(user, model, field):
    if isinstance(field['selection'], str):
        return call(user, f'model.{model}.{field["selection"]}')
    return field['selection']
