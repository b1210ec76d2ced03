import { defineModule } from '../../../sdk/module.ts'
import { problems, zypperOptions } from './options.ts'
import { concludeZypper, planZypper } from './plan.ts'
import { parseZypper, probeZypper, type ZypperState } from './probe.ts'

/** Packages of SUSE and openSUSE. Semantics: community.general.zypper. */
export const zypper = defineModule<typeof zypperOptions, ZypperState>({
  name: 'zypper',
  summary: 'Installs, removes and upgrades packages of SUSE and openSUSE.',
  options: zypperOptions,
  validate: problems,
  probe: probeZypper,
  parse: ({ text }) => parseZypper(text),
  plan: planZypper,
  interpret: ([outcome], args) => concludeZypper(outcome!, args),
  probesElsewhere: true,
})
