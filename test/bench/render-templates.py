"""As render-templates.ts, by python3-jinja2, with Ansible's filters and options."""
import json
import pathlib
import sys
import time

from ansible.plugins.filter.core import FilterModule
from jinja2 import Environment, StrictUndefined

folder, name, count = sys.argv[1:]
values = json.loads(pathlib.Path(folder, 'variables.json').read_text())
environment = Environment(
    trim_blocks=True,
    undefined=StrictUndefined,
    finalize=lambda value: '' if value is None else value,
)
environment.filters.update(FilterModule().filters())
template = environment.from_string(pathlib.Path(folder, name).read_text())


def rendered():
    start = time.perf_counter()
    for _ in range(int(count)):
        text = template.render(values)
    ms = (time.perf_counter() - start) * 1000
    # Ansible leaves the line end at a template's end.
    return {'ms': ms, 'text': text if text.endswith('\n') else text + '\n'}


rendered()
print(json.dumps(rendered()))
