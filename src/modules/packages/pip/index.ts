import { defineModule, type ModuleResult, type Outcome, type Plan } from '../../../sdk/module.ts'
import { type PipArgs, pipOptions, problems } from './options.ts'
import { plan } from './plan.ts'
import { parse, probe, type State } from './probe.ts'

/** Installs libraries of Python. Semantics: ansible.builtin.pip. */
export const pip = defineModule<typeof pipOptions, State>({
  name: 'pip',
  summary: 'Installs and removes Python packages with pip, in a virtual environment or not.',
  options: pipOptions,
  validate: problems,
  probe,
  parse: ({ bytes }, args) => parse(bytes, args),
  plan,
  interpret,
})

function interpret([outcome]: Outcome[], args: PipArgs, state: State, _: Plan): ModuleResult {
  const { code, stderr } = outcome!
  const [stdout = '', before, after] = outcome!.stdout.split('\0')
  const result = { stdout, stderr }
  if (code !== 0) {
    const said = [stdout === '' ? '' : `stdout: ${stdout}`, stderr === '' ? '' : `:stderr: ${stderr}`]
    return {
      failed: said.filter(Boolean).join('\n').trim() || `exit status ${code}`,
      result: { ...result, rc: code },
    }
  }
  if (!state.hasEnvironment) return { result }
  const isChanged =
    before !== undefined
      ? before !== after
      : /^\s*Successfully (un)?installed/m.test(stdout) || args.state === 'forcereinstall'
  return isChanged ? { result } : { result, changed: false }
}
