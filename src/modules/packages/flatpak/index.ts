import { defineModule } from '../../../sdk/module.ts'
import { conclude } from '../flatpaks.ts'
import { flatpakOptions, problems } from './options.ts'
import { planFlatpak } from './plan.ts'
import { type FlatpakState, parseFlatpak, probeFlatpak } from './probe.ts'

/** Apps and runtimes of flatpak. Semantics: community.general.flatpak, of its version 12.6 on. */
export const flatpak = defineModule<typeof flatpakOptions, FlatpakState>({
  name: 'flatpak',
  summary: 'Installs, updates and removes apps and runtimes with flatpak.',
  options: flatpakOptions,
  validate: problems,
  probe: probeFlatpak,
  probesElsewhere: true,
  parse: ({ bytes }, args) => parseFlatpak(bytes, args),
  plan: planFlatpak,
  interpret: (outcomes, _args, _state, plan) => conclude(outcomes, plan),
})
