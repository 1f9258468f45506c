# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Calls that no client sends, drawn at random.

What reads is called with anything. What writes is called so that it has no
lawful success: records are those of another company or none at all, and among
the values of a new record is one that never fits its field.
"""

import datetime as dt
import inspect
import re
from decimal import Decimal
from types import SimpleNamespace

from access_attempts import PREFIXES
from repository import DIRECTORIES

from trytond.const import OPERATORS
from trytond.pool import Pool
from trytond.tools import is_instance_method
from trytond.wizard import StateView

__all__ = ['Draw', 'context_keys']

NUMBERS = [
    0, 1, -1, 7, 2 ** 31, -2 ** 31 - 1, 2 ** 63, 2 ** 70, 0.5, -1e300,
    float('nan'), float('inf'), Decimal('0.001'), Decimal('NaN'),
    Decimal('1e400')]
TEXTS = [
    '', 'x', '1', '风门', '%', '_', "'", '\\', 'a\0b', '\ud800', 'x' * 2000,
    'hazard.hazard', 'hazard.hazard,1', 'res.user,x', 'no.model,1', ',',
    '__class__', 'id', '2026-13-45', '%(a)s', '{0.__class__}', '../../x',
    'zh_CN', '=', 'OR']
TIMES = [
    dt.date(1, 1, 1), dt.date(2026, 5, 1), dt.date(9999, 12, 31),
    dt.datetime(1, 1, 1), dt.datetime(2026, 5, 1, 8),
    dt.datetime(9999, 12, 31, 23, 59, 59), dt.time(23, 59, 59),
    dt.timedelta(days=1), dt.timedelta(days=-999999)]
DEEP = []
for _ in range(60):
    DEEP = [DEEP]
OTHERS = [
    None, True, False, b'', b'x\0', [], [1], ['x'], [None], [[1]], [[]], {},
    {'a': 1}, {'id': 1}, {'id': 'x'}, {'__class__': 'x'}, [{}], [{'a': []}],
    [1, 1], [-1], [2 ** 40], ['1'], [0.5], [True], DEEP]
ODD = [NUMBERS, TEXTS, TIMES, OTHERS]
# What never fits a field of the type
MISFITS = {
    'integer': ['x', [], {'a': 1}, b'x', 2 ** 40],
    'bigint': ['x', [], {'a': 1}, 2 ** 70],
    'float': ['x', [], {'a': 1}],
    'numeric': ['x', [], {'a': 1}],
    'many2one': ['x', [1], {'a': 1}, 2 ** 40],
    'date': ['x', 7, [], {'a': 1}],
    'datetime': ['x', 7, [], {'a': 1}],
    'timestamp': ['x', 7, [], {'a': 1}],
    'time': ['x', 7, [], {'a': 1}],
    'selection': [7, 'no such choice', [], {'a': 1}],
    'reference': ['x', 7, [], {'a': 1}, 'no.model,1'],
    'one2many': ['x', 7, {'a': 1}, [7], [['no', []]], [['create', 7]]],
    'many2many': ['x', 7, {'a': 1}, [7], [['no', []]], [['add', 'x']]],
    'multiselection': ['x', 7, [7], [['a']], {'a': 1}],
    'dict': ['x', 7, [1]],
    'char': [[], {'a': 1}, 'a\0b'],
    'text': [[], {'a': 1}, 'a\0b'],
    }
NAMES = [
    'id', 'rec_name', 'create_uid', 'write_date', 'no_such_field', '', '.',
    'id.id', '__class__', 7, None, [], 'create_uid.password_hash',
    'company.party.name', '_parent_company.id', '_parent_company',
    'rec_name.', 'create_uid.']
COMMANDS = ['create', 'write', 'delete', 'add', 'remove', 'copy', 'no', 7]


def context_keys():
    "Return the keys of the context that the modules read."
    keys = {
        'active_id', 'active_ids', 'active_model', 'action_id',
        'active_test', 'company', 'employee', 'language', '_timestamp',
        '_datetime', '_check_access', '_user', 'user', 'groups', 'client',
        'default_company', 'default_hazard', 'default_unit', 'locale', 'date',
        'queue_name', 'view_tree_width', 'with_rec_name', 'domain', 'order'}
    for directory in DIRECTORIES.values():
        for path in directory.rglob('*.py'):
            keys.update(re.findall(
                    r"""context(?:\.get\(|\[|\()'(\w+)'""", path.read_text()))
    return sorted(keys)


# What answers by an error here, by the reason why
NEEDING = {
    'ir.model.graph': "pydot is not installed",
    'ir.model.workflow_graph': "pydot is not installed",
    }


class Draw:
    "Draws calls for a user; foreign has the ids that he may not see."

    def __init__(self, random, foreign):
        self.random = random
        self.foreign = foreign
        self.keys = context_keys()
        self.pool = pool = Pool()
        self.methods = {type_: [
                (name, obj, method)
                for name, obj in sorted(pool.iterobject(type=type_))
                if name not in NEEDING
                for method in sorted(obj.__rpc__)]
            for type_ in ['model', 'wizard', 'report']}
        ActionWizard = pool.get('ir.action.wizard')
        # The models from whose records a wizard is opened
        self.bound = {
            name: sorted(ActionWizard.get_models(name)) or [None]
            for name, _, _ in self.methods['wizard']}
        # Those of the product, and the ones that write, are drawn more often.
        self.ours = [
            m for m in self.methods['model']
            if m[0].startswith(PREFIXES)]
        self.writing = [
            m for m in self.ours if not m[1].__rpc__[m[2]].readonly]

    def odd(self):
        return self.random.choice(self.random.choice(ODD))

    def perhaps(self, chance):
        return self.random.random() < chance

    def call(self):
        "Return a method with its parameters but the context."
        which = self.random.random()
        if which < 0.12:
            methods = self.methods['report']
        elif which < 0.5:
            methods = self.writing
        elif which < 0.8:
            methods = self.ours
        else:
            methods = self.methods['model']
        name, obj, method = self.random.choice(methods)
        type_ = 'report' if which < 0.12 else 'model'
        return f'{type_}.{name}.{method}', self.parameters(obj, method)

    def parameters(self, obj, method):
        rpc = obj.__rpc__[method]
        try:
            signature = inspect.signature(getattr(obj, method))
        except ValueError:
            return [self.odd()]
        parameters = list(signature.parameters.values())
        values = []
        for i, parameter in enumerate(parameters):
            if parameter.kind in {
                    parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                continue
            if parameter.default is not parameter.empty and self.perhaps(0.5):
                break
            if rpc.instantiate == i:
                values.append(self.instance(obj, method))
            else:
                values.append(self.parameter(obj, rpc, parameter.name))
        if self.perhaps(0.04):
            values.append(self.odd())
        if values and self.perhaps(0.04):
            values.pop(self.random.randrange(len(values)))
        return values

    def instance(self, obj, method):
        "Return what stands for the records of a method."
        rpc = obj.__rpc__[method]
        if is_instance_method(obj, method) and self.perhaps(0.8):
            return self.record(obj)
        return self.ids(obj, rpc.readonly)

    def parameter(self, obj, rpc, name):
        if name == 'vlist':
            return self.vlist(obj)
        if name == 'data' and not rpc.readonly:
            return self.random.choice([
                    self.odd(), [[self.odd()]], [['x'], []]])
        if self.perhaps(0.3) and name != 'values':
            return self.odd()
        if name in {'ids', 'records'}:
            return self.ids(obj, rpc.readonly)
        if name in {'fields_names', 'fieldnames', 'fields'}:
            return self.several(lambda: self.name(obj))
        if name == 'domain':
            return self.domain(obj)
        if name == 'order':
            return self.several(lambda: [
                    self.name(obj), self.random.choice(
                        ['ASC', 'DESC', None, 'x', 7, 'ASC NULLS FIRST'])])
        if name in {'offset', 'limit', 'level', 'view_id'}:
            return self.random.choice([*NUMBERS, None, 10, 100])
        if name == 'values':
            return self.values(obj)
        if name in {'data', 'default'}:
            return self.several_of(self.odd)
        if name in {'model', 'models', 'resource'}:
            return self.random.choice([
                    self.random.choice(self.methods['model'])[0],
                    *TEXTS[-14:]])
        return self.odd()

    def several(self, draw):
        return [draw() for _ in range(self.random.randrange(4))]

    def several_of(self, draw):
        keys = [
            'format', 'company', 'date', 'first', 'last', 'gaps', 'name',
            'action_id', 'model', 'ids', 'id', 'x', 'year', 'month']
        return {
            self.random.choice(keys): draw()
            for _ in range(self.random.randrange(4))}

    def ids(self, obj, readonly):
        foreign = self.foreign.get(obj.__name__, [])
        if readonly and self.perhaps(0.4):
            return self.several(lambda: self.random.randrange(1, 40))
        if foreign and self.perhaps(0.6):
            return [self.random.choice(foreign)]
        return self.random.choice([
                None, 'x', [], ['x'], [None], [-1], [0], [2 ** 40], {},
                [{}], [[1]], [10 ** 8], 10 ** 8, -1, {'id': 'x'}, {'a': 1},
                [1.5], ['1'], [b'x'], {'id': 10 ** 8}, DEEP, 0.5])

    def name(self, obj):
        if hasattr(obj, '_fields') and self.perhaps(0.75):
            name = self.random.choice(sorted(obj._fields))
            if self.perhaps(0.2):
                name += '.' + str(self.random.choice(NAMES))
            return name
        return self.random.choice(NAMES)

    def domain(self, obj, depth=0):
        clauses = []
        for _ in range(self.random.randrange(1, 4)):
            if depth < 3 and self.perhaps(0.2):
                clauses.append(self.domain(obj, depth + 1))
            else:
                clauses.append(self.clause(obj))
        if self.perhaps(0.3):
            clauses.insert(0, self.random.choice(['OR', 'AND', 'x', 7]))
        return clauses

    def clause(self, obj):
        clause = [
            self.name(obj),
            self.random.choice([*OPERATORS, *OPERATORS, 'x', 7, None]),
            self.odd()]
        if self.perhaps(0.1):
            clause.append(self.random.choice([
                        'hazard.hazard', 'x', 7, 'party.party', 'name']))
        if self.perhaps(0.05):
            clause.pop()
        return clause

    def vlist(self, obj):
        if self.perhaps(0.1):
            return self.random.choice([
                    'x', 7, ['x'], [7], [[]], [None], {'a': 1}, DEEP])
        return [self.poisoned(obj) for _ in range(
                self.random.randrange(1, 3))]

    def poisoned(self, obj):
        "Return values of which one never fits."
        values = self.values(obj)
        fields = [
            (n, f) for n, f in sorted(obj._fields.items())
            if f._type in MISFITS and n not in {
                'id', 'create_uid', 'write_uid', 'create_date', 'write_date'}
            and not hasattr(f, 'getter')]
        if fields and self.perhaps(0.85):
            name, field = self.random.choice(fields)
            values[name] = self.random.choice(MISFITS[field._type])
        else:
            values['no_such_field'] = self.odd()
        return values

    def values(self, obj):
        fields = sorted(getattr(obj, '_fields', {}))
        if not fields:
            return self.odd()
        values = {}
        for _ in range(self.random.randrange(1, 5)):
            name = self.random.choice(fields)
            values[name] = self.value(obj._fields[name])
        return values

    def value(self, field):
        if self.perhaps(0.4):
            return self.odd()
        if field._type in {'one2many', 'many2many'}:
            return self.several(lambda: [
                    self.random.choice(COMMANDS), self.odd()])
        return self.random.choice(MISFITS.get(field._type, [None]))

    def record(self, obj):
        "Return the values of a form, as they are sent for a change."
        values = self.values(obj)
        if not isinstance(values, dict):
            return values
        if self.perhaps(0.5):
            values['id'] = self.random.choice([
                    -1, None, 'x', 10 ** 8, 2 ** 40,
                    *self.foreign.get(obj.__name__, [])])
        if self.perhaps(0.2):
            values[str(self.random.choice(NAMES))] = self.odd()
        return values

    def context(self):
        "Return what is put into the context of a call."
        if self.perhaps(0.4):
            return {}
        context = {}
        for _ in range(self.random.randrange(1, 4)):
            key = self.random.choice(self.keys)
            context[key] = self.odd()
        if self.perhaps(0.3):
            context.update(self.active())
        return context

    def active(self, model=None):
        "Return a context that names records as those that are open."
        model = model or self.random.choice([
                *self.foreign, self.random.choice(self.methods['model'])[0],
                'x', 7])
        ids = self.foreign.get(model) or [10 ** 8]
        return {
            'active_model': model,
            'active_id': self.random.choice([*ids, None, 'x', -1, 10 ** 8]),
            'active_ids': self.random.choice([
                    ids, [], [], 'x', [None], None, 7]),
            }

    def wizard(self):
        "Return a wizard with a context, and data and state of executions."
        name, obj, _ = self.random.choice(self.methods['wizard'])
        context = {}
        if self.perhaps(0.6):
            context = self.active(self.random.choice(self.bound[name]))
        return SimpleNamespace(
            name=name, context=context, executions=[
                self.execution(obj)
                for _ in range(self.random.randrange(1, 4))])

    def execution(self, obj):
        state = self.random.choice([
                *obj.states, obj.start_state, obj.end_state, 'x', 7, None,
                '__class__', [], {}])
        if self.perhaps(0.3):
            return self.odd(), state
        data = {}
        for name, form in obj.states.items():
            if isinstance(form, StateView) and self.perhaps(0.8):
                data[name] = self.form(form)
        if self.perhaps(0.2):
            data[str(self.random.choice(NAMES))] = self.odd()
        return data, state

    def form(self, form):
        Form = self.pool.get(form.model_name)
        return self.poisoned(Form) if self.perhaps(0.9) else self.odd()
