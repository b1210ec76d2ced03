import { defineModule } from '../../../sdk/module.ts'
import { apkOptions, problems } from './options.ts'
import { concludeApk, planApk } from './plan.ts'
import { type ApkState, parseApk, probeApk } from './probe.ts'

/** Packages of Alpine. Semantics: community.general.apk. */
export const apk = defineModule<typeof apkOptions, ApkState>({
  name: 'apk',
  summary: 'Installs, removes and upgrades packages of Alpine Linux.',
  options: apkOptions,
  validate: problems,
  probe: probeApk,
  parse: ({ text }) => parseApk(text),
  plan: planApk,
  interpret: ([outcome], args, state, plan) => concludeApk(outcome!, args, state, plan),
  probesElsewhere: true,
})
