import { defineModule, type ModuleResult, type Outcome, type Plan } from '../../../sdk/module.ts'
import { withoutSecrets } from './environment.ts'
import { type GitArgs, gitOptions, problems } from './options.ts'
import { plan } from './plan.ts'
import { parse, probe, type State } from './probe.ts'

/** Checks out repositories of git. Semantics: ansible.builtin.git. */
export const git = defineModule<typeof gitOptions, State>({
  name: 'git',
  summary: 'Checks out a version of a git repository, and keeps it there.',
  options: gitOptions,
  validate: problems,
  probe,
  parse: ({ bytes }, args) => parse(bytes, args),
  plan,
  interpret,
})

function interpret([outcome]: Outcome[], _: GitArgs, __: State, { result = {} }: Plan): ModuleResult {
  const { code, stdout, stderr } = outcome!
  const [word, first = '', subs = '', diff = ''] = stdout.split('\0')
  if (code !== 0 || word !== 'done') {
    // Where there is nothing to do git is not asked.
    if (code === 0) return {}
    const said = stderr.trim() || `exit status ${code}`
    const label = word === 'failed' ? first : ''
    return { failed: withoutSecrets(label === '' ? said : `${label}: ${said}`) }
  }
  const after = first || result.after!
  return {
    result: {
      after,
      ...(subs !== '' && { submodules_changed: true }),
      ...(diff !== '' && { diff: { prepared: withoutSecrets(diff) } }),
    },
  }
}
