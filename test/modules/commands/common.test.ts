import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { command } from '../../../src/modules/commands/command.ts'
import { raw } from '../../../src/modules/commands/raw.ts'
import { shell } from '../../../src/modules/commands/shell.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const plans = suite('command: plan')

plans('every command runs', () => {
  assert.equal(rows(planOf(command, { cmd: "touch 'a b'" })), [['command', null, 'touch a b']])
  assert.equal(planOf(command, { cmd: "touch 'a b'" }).result, { cmd: ['touch', 'a b'] })
  assert.equal(rows(planOf(shell, { cmd: 'a | b' })), [['command', null, 'a | b']])
  assert.equal(rows(planOf(raw, { cmd: 'reload' })), [['command', null, 'reload']])
})

plans('the end of a job that another run began is told without what that run found', () => {
  const outcome = { code: 0, stdout: 'done\n', stderr: '', seconds: 1 }
  const args = { cmd: 'a', strip_empty_ends: true }
  for (const module of [command, shell])
    assert.is(module.interpret!([outcome], args, undefined, { changes: [] }).result?.stdout, 'done')
})

plans('a command is skipped under check', () => {
  for (const module of [command, shell, raw]) {
    const plan = planOf(module, { cmd: 'x' }, '', CHECK)
    const would = 'Command would have run if not in check mode'
    assert.equal(plan.skipped, module === raw ? 'skipped, running in check mode' : would)
    assert.equal(plan.changes, [])
  }
})

for (const [raw, output, runs] of [
  [{ creates: '/x' }, 'n\n', true],
  [{ creates: '/x' }, 'y\n', false],
  [{ removes: '/x' }, 'y\n', true],
  [{ removes: '/x' }, 'n\n', false],
  [{ creates: '/x', chdir: '/' }, 'y\n', false],
  [{ creates: '/x', removes: '/y' }, 'n\ny\n', true],
  [{ creates: '/x', removes: '/y' }, 'y\ny\n', false],
  [{ creates: '/x', removes: '/y' }, 'n\nn\n', false],
] as const) {
  plans(`${JSON.stringify(raw)} runs or not by what was found: ${JSON.stringify(output)}`, () => {
    for (const view of [undefined, CHECK]) {
      const plan = planOf(command, { cmd: 'x', ...raw }, output, view)
      assert.is(plan.skipped, undefined)
      assert.is(plan.changes.length, runs ? 1 : 0)
    }
    const idle = planOf(command, { cmd: 'x', ...raw }, output)
    if (!runs) assert.match(String(idle.result?.stdout), /^skipped, since \/[xy] (exists|does not exist)$/)
  })
}

plans('asks the host only when creates or removes is given', () => {
  for (const module of [command, shell]) {
    const args = { cmd: 'x', stdin_add_newline: true, strip_empty_ends: true, expand_argument_vars: true }
    assert.equal(module.probe?.({ ...args, argv: undefined, chdir: '/' } as never, CHECK), [])
  }
})

plans('wrong arguments are refused', () => {
  assert.match(
    problemsOf(command, { cmd: 'x', argv: ['x'] })[0]!,
    /only command or argv can be given, not both/,
  )
  assert.match(problemsOf(command, { cmd: ' ' })[0]!, /no command given/)
  assert.match(problemsOf(command, { cmd: "echo 'x" })[0]!, /quote ' is not closed/)
  assert.match(problemsOf(shell, { cmd: '' })[0]!, /no command given/)
  assert.match(problemsOf(raw, {})[0]!, /missing required arguments: cmd/)
  for (const module of [command, shell]) {
    const { failed, advice, result } = planOf(module, {})
    assert.equal([failed, result], ['no command given', { rc: 256 }])
    assert.match(advice!, /write it behind/)
  }
})

plans.run()
