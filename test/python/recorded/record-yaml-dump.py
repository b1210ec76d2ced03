"""Records what Ansible's to_yaml and to_nice_yaml write: python3 test/python/recorded/record-yaml-dump.py"""
import json
import os

from ansible.plugins.filter.core import to_nice_yaml, to_yaml
from encode import encode

TEXTS = [
    '', ' ', 'a', 'a b', ' a', 'a ', 'a\n', '\na', '\n', '\n\n', 'a\nb', 'a\n\nb', 'a\n\n\nb\n', 'a \nb', 'a\n b', 'a\tb', '\ta',
    'a\t', '\t', 'a\rb', 'a\r\nb', 'a\x00b', 'a\x07\x08\x0b\x0c\x1b', '\x7f', '\x80', '\x85', 'a\xa0b', '\xad', '\u2028', '\u2029',
    '\ufeff', '\ufffe', '\ue000', '\u0100', 'ä', 'größe', '日本語', '😀', 'a😀b c', '\ud7ff', "it's", '"', '\\', 'a"b', "a'b\"c",
    'yes', 'Yes', 'YES', 'yEs', 'no', 'on', 'off', 'true', 'True', 'TRUE', 'false', 'y', 'n', 'Y', 'null', 'Null', 'NULL', '~',
    'none', 'None', '0', '1', '-1', '+1', '01', '08', '0o14', '0x1F', '0b11', '1_000', '1.0', '1.', '.5', '1e3', '1.0e3',
    '1.0e+3', '1.5E-3', '.inf', '-.inf', '+.Inf', '.nan', '.NaN', 'inf', 'nan', '1:30', '12:30:45', '190:20:30.15', '1.2.3', '1.2.3.4',
    '10.0.0.0/8', '2001-01-01', '2001-1-1', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5', '2001-12-15 2:59:43.10',
    '=', '<<', '<', '-', '--', '---', '--- a', '---a', '...', '... a', '- a', '-a', '?', '? a', '?a', ':', ': a', ':a', 'a:', 'a: b',
    'a:b', 'a :b', 'a : b', '#', '#a', 'a#', 'a #b', 'a#b', '&a', '*a', '!a', '|', '|a', '>', '%a', '@a', '`a', '{', '}', '{a}',
    '[', ']', '[a]', ',', 'a,b', 'a, b', '{{ a }}', '{% if a %}', 'a{b', 'a}b', 'a[b]', 'a?b', 'a!b', 'a&b', 'a*b', 'a|b', 'a>b', 'a%b',
    '*', '* * * * *', '0644', '0755', '1234567890123456789012345', '/path/to/x', 'http://a.b/c?d=e&f#g', 'user@host', '~/x', '$x', '${x}',
    'a=b', '-----BEGIN X-----\nabc\n-----END X-----\n', 'x' * 79, 'x' * 81, 'x' * 200, 'x ' * 60, 'word ' * 30, 'word  ' * 30,
    ('word ' * 20).strip() + '\n' + ('word ' * 20).strip(), 'it\'s ' * 30, 'say "x" ' * 20, 'tab\t ' * 20, 'ä ' * 60, '😀 ' * 60,
    'a' * 78 + ' b', 'a' * 79 + ' b', 'a' * 80 + ' b', 'a' * 81 + ' b', 'a' * 80 + '  b', ' ' + 'a ' * 60, 'a: ' + 'a ' * 60,
    'x' * 128, 'x' * 129, 'ä' * 64, 'ä' * 65, '\\ ' * 60, '\x01 ' * 40, 'a\n' + 'b ' * 60, 'ssh-rsa ' + 'A' * 300 + ' me@host',
]

SHARED = {'x': 1}
LIST = [1, 2]
EMPTY = {}

VALUES = [
    None, True, False, 0, -1, 2**53, 2**64, -2**70, 1.0, 0.5, -0.0, 1e16, 1e15, 1e100, 1e-5, 0.0001, 1.5e-7, float('inf'),
    float('-inf'), float('nan'), 123456789.125, [], {}, [[]], [{}], {'a': []}, {'a': {}}, [1], [[1]], [[1, 2], [3]], [[[1]]], [1, [2, [3]]],
    {'a': 1}, {'b': 1, 'a': 2}, {'B': 1, 'a': 2, '_': 3, 'É': 4}, {'a': {'b': {'c': 1}}}, {'a': [1, 2]}, {'a': [{'b': 1, 'c': 2}, {'d': 3}]},
    [{'a': 1, 'b': [1, 2]}, {'c': {'d': 1}}], [{'a': [{'b': [{'c': 1}]}]}], {'a': [[1, 2], [3, [4, 5]]]}, {'a': None, 'b': True, 'c': 1.5},
    {1: 'a', 2: 'b'}, {2: 'a', 10: 'b', 1: 'c'}, {True: 1, False: 0}, {None: 1}, {'a': 1, 2: 3}, {None: 1, 'a': 2}, {'10': 1, '9': 2}, {1.5: 2, 1: 3},
    {'': 1}, {' ': 1}, {'a b': 1}, {'a: b': 1}, {'yes': 1}, {'1': 1}, {'a\nb': 1}, {'a\nb': [1, 2]}, {'x' * 128: 1}, {'x' * 129: 1}, {'ä' * 64: 1},
    {'ä' * 65: 1}, {'x' * 129: [1, 2]}, {'x' * 129: {'a': 1}}, {'x ' * 70: 1}, {'😀': 1}, {'😀' * 33: 1}, {"it's": 1}, {'-': 1}, {'?': 1},
    [SHARED, SHARED], {'a': SHARED, 'b': SHARED, 'c': [SHARED]}, {'a': LIST, 'b': LIST}, [LIST, LIST], [EMPTY, EMPTY], [[LIST], [LIST, SHARED], SHARED],
    {'a': [SHARED, {'b': SHARED}], 'b': LIST, 'c': {'d': LIST}}, (1, 2), [(1, 2), ()], ['a' * 30, 'b' * 30, 'c' * 30, 'd'], ['word ' * 10, 'x', 'word ' * 12],
    {'key%d' % n: 'value %d' % n for n in range(20)}, list(range(60)), [list(range(40)), ['a', 'b']], {'k' * 40: 'v' * 40, 'l' * 40: 'w'},
    {'a': ['', ' ', None, '~', 'null']}, {'a': {'b': ''}}, ['a, b', 'c: d', '[e]', '{f}'], [{'name': 'x', 'ports': ['80:80', '443:443']}],
    {'a': 'line one\nline two\n', 'b': ['x\ny', ' z']}, {'users': [{'name': 'a', 'groups': ['x', 'y'], 'key': 'ssh-rsa ' + 'A' * 100 + ' c'}]},
    {'a': {'b': [{'c': 'word ' * 30}]}}, {'a': {'b': [{'c': "it's " * 30}]}}, {'a': {'b': [{'c': '\tx ' * 30}]}}, {'a': ['text\n\nmore text\n']},
    {'x' * 129: 'a', 'b': 'c'}, [['a\nb', {'c\nd': 'e\nf'}]], {'a': {1: {2: {3: 4}}}}, {'version': '3', 'services': {'web': {'image': 'x:1', 'ports': ['80:80'], 'environment': {'A': 'yes', 'B': '1'}}}},
]

OPTIONS = [
    (to_yaml, {}), (to_nice_yaml, {}), (to_nice_yaml, {'indent': 2}), (to_yaml, {'indent': 8, 'width': 1337}), (to_nice_yaml, {'indent': 2, 'width': 40}),
    (to_yaml, {'default_flow_style': False, 'sort_keys': False}), (to_yaml, {'default_flow_style': True}),
]

STYLES = [
    (to_yaml, {'default_style': '"'}), (to_nice_yaml, {'default_style': "'"}), (to_nice_yaml, {'default_style': '|'}), (to_nice_yaml, {'default_style': '>', 'width': 30}),
    (to_nice_yaml, {'explicit_start': True}), (to_nice_yaml, {'explicit_start': True, 'explicit_end': True}), (to_nice_yaml, {'width': -1}), (to_nice_yaml, {'indent': 1}),
    (to_nice_yaml, {'indent': 10}), (to_nice_yaml, {'indent': 0}), (to_yaml, {'width': 10}), (to_yaml, {'width': 4}), (to_nice_yaml, {'line_break': '\r\n'}),
    (to_nice_yaml, {'default_style': ''}), (to_yaml, {'width': 1e9.__int__()}),
]

MIXED = [
    {'a': 'x', 'b': 1, 'c': None, 'd': True, 'e': 1.5, 'f': 'yes', 'g': '1', 'h': '', 'i': ' x', 'j': 'a\nb\n', 'k': [], 'l': {}, 'm': 'word ' * 12},
    ['a', ['b', 'c\n\n'], {'d': ['e\nf', 'word ' * 30]}, '\tx', 'x ', 'a\n b', ' a\nb', '\n', 'a\n\n', 'a\nb c d e f g h i j k l m n o p q r s t u v\nw\n\nx\n y\nz'],
    'text', 'two\nlines\n', 5, None, [1, 2], {'a b\nc': 'd'}, [], '',
]

cases = []


def record(name_filter, value, options):
    try:
        text = name_filter(value, **options)
    except Exception:
        return
    cases.append({'filter': name_filter.__name__, 'value': encode(value), 'options': options, 'text': text})


for text in TEXTS:
    record(to_yaml, [text, {text: text}], {})
    record(to_nice_yaml, {'k': text, 'l': [text]}, {})
    record(to_yaml, text, {})
for value in VALUES:
    for name_filter, options in OPTIONS:
        record(name_filter, value, options)
for value in MIXED:
    for name_filter, options in STYLES:
        record(name_filter, value, options)

lines = ',\n'.join(json.dumps(case) for case in cases)
with open(os.path.join(os.path.dirname(__file__), 'yaml-dump.cases'), 'w') as file:
    file.write('[\n' + lines + '\n]\n')
