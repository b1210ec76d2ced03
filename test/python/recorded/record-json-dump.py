"""Records what Ansible's to_json and to_nice_json and Jinja's tojson write: python3 test/python/recorded/record-json-dump.py"""
import json
import os

from ansible.plugins.filter.core import to_json, to_nice_json
from jinja2.filters import do_tojson
from jinja2 import Environment
from jinja2.nodes import EvalContext
from encode import encode

context = EvalContext(Environment())


def tojson(value, indent=None):
    return str(do_tojson(context, value, indent))


VALUES = [
    None, True, False, 0, -1, 2**53, 2**64, -2**70, 1.0, -0.0, 0.5, 0.1, 1e15, 1e16, 1e22, 1e100, 1.5e300, 1e-4, 1e-5, 1.5e-7, 5e-324, 123456789.125,
    float('inf'), float('-inf'), float('nan'), '', 'a', 'a b', '"', '\\', '/', "it's", '<a href="x">&</a>', '\n\r\t\b\f\v\0\x1f\x7f\x80', 'ä', '日本', '😀', '\u2028',
    [], {}, [[]], [{}], {'a': []}, {'a': {}}, [1, 2, 3], ['a', 1, None, True, 1.5], {'a': 1, 'b': 2}, {'b': 1, 'a': 2, 'B': 3, '_': 4}, {'a': {'b': {'c': [1, {'d': 2}]}}},
    {1: 'a', 10: 'b', 2: 'c'}, {True: 1, False: 0}, {None: 1}, {1.5: 1, 2: 2}, {'10': 1, '9': 2}, {'é': 1, 'z': 2, '😀': 3, '\ufb00': 4}, [[1, [2, [3, []]]]], (1, 2), [(1, (2,)), ()],
    {'name': 'x', 'ports': [80, 443], 'tls': True, 'note': None, 'ratio': 2.0},
]

OPTIONS = [
    (to_json, {}), (to_nice_json, {}), (tojson, {}), (tojson, {'indent': 2}), (to_nice_json, {'indent': 2}), (to_nice_json, {'sort_keys': False}), (to_json, {'indent': 4}),
    (to_json, {'sort_keys': True}), (to_json, {'ensure_ascii': False}), (to_json, {'separators': (',', ':')}), (to_nice_json, {'ensure_ascii': False, 'indent': 0}),
    (to_nice_json, {'indent': None}), (to_json, {'indent': '\t'}), (to_json, {'indent': -1}), (to_json, {'allow_nan': True, 'vault_to_text': False, 'preprocess_unsafe': True}),
]

cases = []
for value in VALUES:
    for name_filter, options in OPTIONS:
        text = name_filter(value, **options)
        cases.append({'filter': name_filter.__name__, 'value': encode(value), 'options': options, 'text': text})

lines = ',\n'.join(json.dumps(case) for case in cases)
with open(os.path.join(os.path.dirname(__file__), 'json-dump.cases'), 'w') as file:
    file.write('[\n' + lines + '\n]\n')
