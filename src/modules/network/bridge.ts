import { words } from '../../shell/quote.ts'

/** A command line of bridge(8); with a namespace it works in that one. */
export function bridge(netns: string | undefined, ...args: string[]): string {
  return words('bridge', ...(netns === undefined ? [] : ['-n', netns]), ...args)
}

/** sh that shows something of an interface, as `rowsOf` reads it. */
export function bridgeLook(netns: string | undefined, object: string, dev: string): string {
  return `${bridge(netns, '-j', object, 'show', 'dev', dev)} 2>&1; printf '\\nexit %s\\n' "$?"`
}

/** bridge complains so of an interface that is not there. */
export const NO_DEVICE = /Cannot find device/
