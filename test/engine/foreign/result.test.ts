import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { programResult } from '../../../src/engine/foreign/result.ts'

const test = suite('results of programs')

const ended = (stdout: string, code = 0, stderr = '') => ({ code, stdout, stderr, seconds: 1 })
const told = (stdout: string, code = 0, stderr = '') => {
  const { status, message, values, changes } = programResult('a.b.c', ended(stdout, code, stderr))
  return { status, message, values, changes }
}

test('what it prints is the result of the task, but for what Ansible keeps to itself', () => {
  assert.equal(
    told('{"changed": false, "x": [1], "invocation": {"module_args": {}}, "_ansible_parsed": true}\n'),
    {
      status: 'ok',
      message: undefined,
      values: { changed: false, x: [1] },
      changes: [],
    },
  )
})

test('an output is returned as lines too', () => {
  const { values } = told('{"stdout": "a\\n\\nb\\n", "stderr": "", "stderr_lines": ["own"]}')
  assert.equal([values.stdout_lines, values.stderr_lines], [['a', '', 'b'], ['own']])
})

test('lines of other programs around it are passed over', () => {
  assert.is(told('motd\n{"changed": true}\nbye\n').status, 'changed')
})

test('a change has the sides that the module gives, or its name', () => {
  assert.equal(told('{"changed": true}').changes, [{ what: 'a.b.c', before: null, after: 'changed' }])
  const diff = '{"before": "a\\n", "after": "b\\n", "after_header": "/etc/f"}'
  assert.equal(told(`{"changed": true, "diff": [${diff}]}`).changes, [
    { what: '/etc/f', before: null, after: 'changed', text: { before: 'a\n', after: 'b\n' } },
  ])
  assert.equal(told('{"changed": true, "diff": {"before": {"a": 1}, "after": {"a": 2}}}').changes[0]!.text, {
    before: '{\n    "a": 1\n}\n',
    after: '{\n    "a": 2\n}\n',
  })
})

test('a failure is told with its message, or by its exit status', () => {
  const failed = told('{"failed": true, "msg": "no", "rc": 3}', 1)
  assert.equal([failed.status, failed.message, failed.values.failed], ['failed', 'no', true])
  assert.is(told('{"rc": 1, "msg": ["a"]}', 1).message, '["a"]')
  assert.equal([told('{"skipped": true, "msg": "not under check"}').status], ['skipped'])
})

test('without a result the task fails with the last that was said', () => {
  for (const output of ['', '{"changed": ', '[1]', 'hello'])
    assert.equal(told(output, 1, 'Traceback\nImportError: no x\n'), {
      status: 'failed',
      message: 'a.b.c has ended with status 1 and printed no result: ImportError: no x',
      values: {
        rc: 1,
        module_stdout: output,
        module_stderr: 'Traceback\nImportError: no x\n',
        msg: 'a.b.c has ended with status 1 and printed no result: ImportError: no x',
        changed: false,
        failed: true,
      },
      changes: [],
    })
})

test.run()
