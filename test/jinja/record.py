#!/usr/bin/python3
"""Records what Ansible gives for templates: `test/jinja/record.py [FILE...]`.

Each FILE.cases is a list of [template, answer] in JSON; the answers are written anew. Answers are what Python's repr writes, or
the name of the error's class in a list. `files.cases` are template files, `values.cases` values of a playbook,
`conditions.cases` conditions. They see variables.json, and may include what included.json holds. Needs ansible-core 2.14.
"""
import json
import os
import pathlib
import sys
import warnings

warnings.simplefilter('ignore')
os.environ['ANSIBLE_JINJA2_EXTENSIONS'] = 'jinja2.ext.do,jinja2.ext.loopcontrols'
os.environ['ANSIBLE_LOCALHOST_WARNING'] = 'false'
os.environ['ANSIBLE_DEVEL_WARNING'] = 'false'

from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.playbook.conditional import Conditional  # noqa: E402
from ansible.template import Templar  # noqa: E402
from ansible.utils.display import Display  # noqa: E402
from jinja2 import DictLoader  # noqa: E402

Display.warning = lambda *given, **named: None
here = pathlib.Path(__file__).parent


def read(name):
    return json.loads((here / name).read_text())


def condition(text, templar, variables):
    one = Conditional(loader=DataLoader())
    one.when = [text]
    return bool(one.evaluate_conditional(templar, variables))


def evaluate(kind, text, variables):
    templar = Templar(DataLoader(), variables=variables)
    templar.environment.loader = DictLoader(read('included.json'))
    if kind == 'files':
        return templar.do_template(text, preserve_trailing_newlines=True, escape_backslashes=False)
    if kind == 'values':
        return templar.template(text)
    return condition(text, templar, variables)


def answer(kind, text):
    try:
        return repr(evaluate(kind, text, read('variables.json')))
    except Exception as error:
        return [type(error).__name__]


def main():
    for kind in sys.argv[1:] or ['files', 'values', 'conditions']:
        rows = [[text, answer(kind, text)] for text, *_ in read(f'{kind}.cases')]
        written = ',\n'.join(json.dumps(row, ensure_ascii=False) for row in rows)
        (here / f'{kind}.cases').write_text(f'[\n{written}\n]\n')
        print(f'{kind}: {len(rows)}', file=sys.stderr)


main()
