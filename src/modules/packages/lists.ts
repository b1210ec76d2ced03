interface Fetching {
  /** Seconds to wait for another run of apt. */
  readonly lockTimeout: number
  /** How often it is tried in all, and seconds between two tries at most. */
  readonly tries: number
  readonly maxDelay: number
  /** Sh for when the last try has failed. */
  readonly otherwise: string
}

/** Lines of sh that fetch apt's lists of packages. */
export function fetchLists({ lockTimeout, tries, maxDelay, otherwise }: Fetching): string[] {
  return [
    'tries=1; pause=1',
    `until apt-get -q -o DPkg::Lock::Timeout=${lockTimeout} -o APT::Update::Error-Mode=any update; do`,
    `  [ $tries -lt ${tries} ] || ${otherwise}`,
    '  tries=$((tries + 1)); sleep $pause; pause=$((pause * 2))',
    `  [ $pause -le ${maxDelay} ] || pause=${maxDelay}`,
    'done',
  ]
}
