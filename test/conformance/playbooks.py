"""Runs playbooks with ansible-playbook's own code, each in a process of its own that has it loaded already.

Reads a line of JSON for each, {"id", "args", "folder", "told"}, and writes "ID EXIT" when it has ended. `told` is the file
for the callback.
"""
import json
import os
import signal
import sys

from ansible.cli.playbook import PlaybookCLI
from ansible.release import __version__
import ansible.executor.playbook_executor  # noqa: F401
import ansible.plugins.callback  # noqa: F401
import ansible.plugins.connection.local  # noqa: F401
import ansible.plugins.strategy.linear  # noqa: F401

# Seconds; a playbook that takes longer has come to a stop.
LIMIT = 300


def run(job, answers):
    def end(exit_status):
        os.write(answers, f'{job["id"]} {exit_status}\n'.encode())
        os._exit(0)

    signal.signal(signal.SIGALRM, lambda *_: end('stopped'))
    signal.alarm(LIMIT)
    os.chdir(job['folder'])
    os.environ['CONFORMANCE_TOLD'] = job['told']
    sys.argv = ['ansible-playbook', *job['args']]
    try:
        PlaybookCLI.cli_executor()
    except SystemExit as given:
        end(given.code or 0)
    end(0)


def main():
    if not __version__.startswith('2.14.'):
        sys.exit(f'the answers are those of ansible-core 2.14, and this is {__version__}')
    answers = os.dup(1)
    os.dup2(2, 1)
    for line in sys.stdin:
        if os.fork() == 0:
            if os.fork() == 0:
                sys.stdin = open(os.devnull)
                run(json.loads(line), answers)
            os._exit(0)
        os.wait()


main()
