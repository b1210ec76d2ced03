import { defineModule } from '../../sdk/module.ts'
import { dnfProblems, yumOptions } from './dnf/options.ts'
import { concludeDnf, planDnf } from './dnf/plan.ts'
import { type DnfState, parseDnf, probeDnf } from './dnf/probe.ts'

/** What dnf does, also with the yum that was before it. Semantics: ansible.builtin.yum. */
export const yum = defineModule<typeof yumOptions, DnfState>({
  name: 'yum',
  summary: 'Installs, removes and upgrades packages with yum, or with dnf where it is what yum has become.',
  options: yumOptions,
  validate: dnfProblems,
  probe: probeDnf,
  parse: ({ bytes }) => parseDnf(bytes),
  plan: planDnf,
  interpret: ([outcome], _args, _state, plan) => concludeDnf(outcome!, plan),
  probesElsewhere: true,
})
