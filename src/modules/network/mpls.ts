/** What to do where the kernel knows no MPLS. */
export const NO_MPLS =
  'this kernel has no MPLS: modprobe mpls_router and mpls_iptunnel, and set net.mpls.platform_labels; for a container, on the machine that it runs on'

/** What is wrong with a label of packets that come in; those below 16 have meanings of their own. */
export function labelProblems(option: string, label: string): string[] {
  if (isNumber(label) && Number(label) >= 16) return []
  return [`${option}: "${label}" is not an MPLS label: a number from 16 to 1048575`]
}

/** What is wrong with a label that packets get; 3 says that they get none. */
export function pushedProblems(option: string, label: string): string[] {
  if (isNumber(label) && label !== '3') return []
  return [`${option}: "${label}" is not an MPLS label to send: a number from 0 to 1048575, but 3`]
}

function isNumber(label: string): boolean {
  return /^(0|[1-9]\d{0,6})$/.test(label) && Number(label) < 2 ** 20
}
