import { rows as allRows } from '../../support/plan.ts'

/** Changes as rows; a key is the same row whatever it is called. */
export const rows = (plan: Parameters<typeof allRows>[0]) =>
  allRows(plan).map(([what, ...sides]) => [String(what).replace(/^(key .*|line)$/, 'key'), ...sides])

/** Public keys, an ed25519 one with a comment and an RSA one without. */
export const A = 'ssh-ed25519 AAAAa a@x'
export const B = 'ssh-rsa AAAAb'
