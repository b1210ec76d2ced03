#!/usr/bin/python3
"""Records what Ansible's filters and tests give: `test/filters/record.py [FAMILY...]`.

Reads FAMILY.cases (an expression of Jinja a line) and writes FAMILY.json: the expression and Python's repr of what it
gives, or the name of the error's class in a list. Needs ansible-core 2.14 and for the collections' filters the Debian
packages ansible, python3-netaddr and python3-jmespath.
"""
import json
import os
import pathlib
import sys
import warnings

warnings.simplefilter('ignore')
os.environ['TZ'] = 'UTC'

from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.template import Templar  # noqa: E402
from jinja2 import Undefined  # noqa: E402
from markupsafe import Markup  # noqa: E402

here = pathlib.Path(__file__).parent
os.chdir(here)


def answer(environment, expression):
    """Python's repr of what an expression gives, or its error."""
    try:
        value = environment.compile_expression(expression, undefined_to_none=False)()
        if isinstance(value, Undefined):
            return 'Undefined'
        if hasattr(value, '__next__'):
            value = list(value)
        # A text that is marked as safe in HTML is a text here.
        return repr(str(value) if isinstance(value, Markup) else value)
    except Exception as error:
        return [type(error).__name__, str(error)[:200]]


def main():
    environment = Templar(DataLoader()).environment
    # Else the answers go through Python's source once more, which knows no nan.
    environment.optimized = False
    for family in sys.argv[1:] or sorted(path.stem for path in here.glob('*.cases')):
        lines = (here / f'{family}.cases').read_text().splitlines()
        expressions = [line for line in lines if line.strip() and not line.startswith('# ')]
        answers = [[expression, answer(environment, expression)] for expression in expressions]
        rows = ',\n'.join(json.dumps(row, ensure_ascii=False) for row in answers)
        (here / f'{family}.json').write_text(f'[\n{rows}\n]\n')
        print(f'{family}: {len(answers)}', file=sys.stderr)


main()
