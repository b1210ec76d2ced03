import { backupOf, type Edited, editProbe, failureOf, readEdited } from '../../../host/edit.ts'
import { defineModule } from '../../../sdk/module.ts'
import { pamdOptions, problems } from './options.ts'
import { editing, plan } from './plan.ts'

/** Keeps the rules of a service of PAM. Semantics: community.general.pamd. */
export const pamd = defineModule<typeof pamdOptions, Edited>({
  name: 'pamd',
  summary: 'Changes, adds and removes rules of a service of PAM.',
  options: pamdOptions,
  validate: problems,
  probe: (args) => editProbe(editing(args)),
  parse: (output, args) => readEdited(output, editing(args)),
  plan,
  interpret(outcomes) {
    const backup = backupOf(outcomes)
    return failureOf(outcomes) ?? { result: backup === undefined ? {} : { backupdest: backup } }
  },
})
