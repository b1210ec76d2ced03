"""Tells what a playbook does, one object of JSON a line, in the file that CONFORMANCE_TOLD names."""
import json
import os

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = '''
    name: conformance
    type: stdout
    short_description: what a playbook does, one object of JSON a line
'''

# Members of a debug's result that are not what it shows.
BESIDES = {'changed', 'failed', 'failed_when_result', 'item', 'ansible_loop_var', 'ansible_index_var', 'ansible_loop', 'msg'}


def said(task, result, status):
    """What the playbook itself has a task say: other messages have words of Ansible's own."""
    action = task.action.split('.')[-1]
    if action == 'debug' and status in ('ok', 'changed'):
        if 'var' in task.args:
            besides = BESIDES | {result.get('ansible_loop_var'), result.get('ansible_index_var')}
            return [value for name, value in result.items() if name not in besides and not name.startswith('_')][0]
        return result.get('msg')
    if action == 'fail' and 'msg' in task.args:
        return result.get('msg')
    if action == 'assert' and status != 'skipped':
        own = {'fail_msg', 'msg'} if status == 'failed' else {'success_msg'}
        return result.get('msg') if own & set(task.args) else None
    return None


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'conformance'

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self._file = open(os.environ['CONFORMANCE_TOLD'], 'w', encoding='utf8')
        # Under free, every host begins a task by itself.
        self._strategy = 'linear'

    def _tell(self, **event):
        print(json.dumps(event, cls=AnsibleJSONEncoder), file=self._file, flush=True)

    def _began(self, task):
        if task.action not in ('meta', 'ansible.builtin.meta'):
            self._tell(event='task', task=task._uuid, name=task.get_name().strip(), again=self._strategy == 'linear')

    def _ended(self, event, given, status):
        task, result = given._task, given._result
        if task.action in ('meta', 'ansible.builtin.meta'):
            return
        if result.get('changed') and status == 'ok':
            status = 'changed'
        shown = said(task, result, 'failed' if status == 'ignored' else status) if 'results' not in result else None
        told = {} if shown is None else {'said': shown}
        self._tell(event=event, task=task._uuid, name=task.get_name().strip(), host=given._host.get_name(), status=status, **told)

    def v2_playbook_on_play_start(self, play):
        self._strategy = play.strategy

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._began(task)

    def v2_playbook_on_handler_task_start(self, task):
        self._began(task)

    def v2_runner_on_ok(self, result):
        self._ended('host', result, 'ok')

    def v2_runner_on_skipped(self, result):
        self._ended('host', result, 'skipped')

    def v2_runner_on_unreachable(self, result):
        self._ended('host', result, 'unreachable')

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._ended('host', result, 'ignored' if ignore_errors else 'failed')

    def v2_runner_item_on_ok(self, result):
        self._ended('item', result, 'ok')

    def v2_runner_item_on_skipped(self, result):
        self._ended('item', result, 'skipped')

    def v2_runner_item_on_failed(self, result):
        self._ended('item', result, 'failed')

    def v2_playbook_on_stats(self, stats):
        self._tell(event='stats', stats={host: stats.summarize(host) for host in sorted(stats.processed)})
