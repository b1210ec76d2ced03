import { freshMode } from '../../../host/attributes.ts'
import { keptFootprint } from '../../../host/footprints.ts'
import { readWritten } from '../../../host/write.ts'
import { defineModule, type ModuleResult } from '../../../sdk/module.ts'
import { declared, FSTAB_ONLY, problems } from './options.ts'
import { plan } from './plan.ts'
import { parse, probe, type State } from './state.ts'

/** Keeps what is mounted, and fstab. Semantics: ansible.posix.mount. */
export const mount = defineModule<typeof declared, State>({
  name: 'mount',
  summary: 'Mounts a file system or takes it off, now and at every boot.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  footprint: {
    paths: ({ fstab }) => [fstab],
    // What is mounted may be anywhere.
    of: ({ state }, { fstab }, plan) =>
      FSTAB_ONLY.includes(state) ? keptFootprint(fstab, freshMode(false), plan) : undefined,
  },
  interpret(outcomes, _args, _state, { actions = [] }): ModuleResult {
    const last = outcomes.at(-1)
    if (last !== undefined && last.code !== 0)
      return { failed: last.stderr.trim() || `exit status ${last.code}`, result: { rc: last.code } }
    const written = outcomes.find((_one, index) => actions[index]!.do === 'send')
    const backup = written === undefined ? undefined : readWritten(written).backup
    return { result: { backup_file: backup ?? '' } }
  },
})
