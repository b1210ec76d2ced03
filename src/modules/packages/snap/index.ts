import { defineModule } from '../../../sdk/module.ts'
import { problems, snapOptions } from './options.ts'
import { concludeSnap, planSnap } from './plan.ts'
import { parseSnap, probeSnap, type SnapState } from './probe.ts'

/** Snaps. Semantics: community.general.snap, and of its later versions the channel of what is installed. */
export const snap = defineModule<typeof snapOptions, SnapState>({
  name: 'snap',
  summary: 'Installs, removes, enables, disables and configures snaps.',
  options: snapOptions,
  validate: problems,
  probe: probeSnap,
  parse: ({ bytes }, args) => parseSnap(bytes, args),
  plan: planSnap,
  interpret: concludeSnap,
})
