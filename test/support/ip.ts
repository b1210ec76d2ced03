/** What a probe prints when ip has printed these rows. */
export function printed(found: readonly object[], names = ''): string {
  return `${JSON.stringify(found)}\n\nexit 0\n${names}`
}

/** What a probe prints when ip has failed. */
export function complained(said: string, code = 1): string {
  return `${said}\n\nexit ${code}\n`
}
