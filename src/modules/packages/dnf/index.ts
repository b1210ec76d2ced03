import { defineModule } from '../../../sdk/module.ts'
import { dnfOptions, dnfProblems } from './options.ts'
import { concludeDnf, planDnf } from './plan.ts'
import { type DnfState, parseDnf, probeDnf } from './probe.ts'

/** Packages of Fedora, Red Hat and their kin. Semantics: ansible.builtin.dnf. */
export const dnf = defineModule<typeof dnfOptions, DnfState>({
  name: 'dnf',
  summary: 'Installs, removes and upgrades packages of Fedora, Red Hat and their kin.',
  options: dnfOptions,
  validate: dnfProblems,
  probe: probeDnf,
  parse: ({ bytes }) => parseDnf(bytes),
  plan: planDnf,
  interpret: ([outcome], _args, _state, plan) => concludeDnf(outcome!, plan),
  probesElsewhere: true,
})
