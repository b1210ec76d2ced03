/** What a module of one's own is written with: `import { defineModule } from 'playssh/sdk'`. */
export type { Content, LocalEntry, LocalFile } from '../shell/content.ts'
export { contentOf } from '../shell/content.ts'
export { Output } from '../shell/output.ts'
export { quote, quotePath, words } from '../shell/quote.ts'
export type { Value, ValueMap } from '../values/value.ts'
export type { Footprint, Footprints, Found, Traces } from './footprint.ts'
export { looksAt } from './footprint.ts'
export type {
  Action,
  Args,
  Change,
  Module,
  ModuleContext,
  ModuleResult,
  Outcome,
  Plan,
  PollState,
  Restart,
} from './module.ts'
export { defineModule } from './module.ts'
export type { ArgsOf, Option, Options, OptionTypes } from './options.ts'
export { fileOptions, options } from './options.ts'
export { failure, inSteps, joined, NOTHING, scripted, sh, together } from './plans.ts'
export type { BatchedProbe, Probe, ProbeOutput } from './probe.ts'
export { scriptProbe, unclear } from './probe.ts'
