import type { Args } from './options.ts'

/** The words of `ufw` for a rule, in its long form; `place` is where a new one goes. */
export function ruleWords(args: Args, place: number | undefined): string[] {
  const given = (value: string | undefined, ...before: string[]) => (value ? [...before, value] : [])
  return [
    ...(args.route ? ['route'] : []),
    ...(args.delete ? ['delete'] : []),
    ...(place === undefined ? [] : ['insert', String(place)]),
    args.rule!,
    ...given(args.direction),
    ...given(args.interface, 'on'),
    ...given(args.interface_in, 'in', 'on'),
    ...given(args.interface_out, 'out', 'on'),
    ...(args.log ? ['log'] : []),
    ...given(args.from_ip, 'from'),
    ...given(args.from_port, 'port'),
    ...given(args.to_ip, 'to'),
    ...given(args.to_port, 'port'),
    ...given(args.proto, 'proto'),
    ...given(args.name, 'app'),
    ...given(args.comment, 'comment'),
  ]
}

/** The place of a new rule that is counted from the first: a number, or undefined for the end. */
export function placeOf(
  { insert, insert_relative_to, delete: isGone }: Args,
  numbered: string,
): number | undefined {
  if (insert === undefined || isGone) return undefined
  if (insert_relative_to === 'zero') return insert
  const rules = numbered.split('\n').flatMap((line) => {
    const number = /^\[ *(\d+)\] /.exec(line)?.[1]
    return number === undefined ? [] : [{ number: Number(number), isIpv6: line.includes('(v6)') }]
  })
  const last = Math.max(0, ...rules.map(({ number }) => number))
  const lastIpv4 = Math.max(0, ...rules.filter(({ isIpv6 }) => !isIpv6).map(({ number }) => number))
  const hasIpv6 = rules.some(({ isIpv6 }) => isIpv6)
  const from = {
    'first-ipv4': 1,
    'last-ipv4': lastIpv4 || 1,
    'first-ipv6': lastIpv4 + 1,
    'last-ipv6': hasIpv6 ? last : last + 1,
  }[insert_relative_to]
  const place = insert + from
  // ufw takes no place behind the last rule.
  return place > last ? undefined : place
}

/** The rules of IPv4 and of IPv6, in ufw's own words for them. */
export interface Rules {
  readonly ipv4: readonly string[]
  readonly ipv6: readonly string[]
}

/** The rules in files of ufw. */
export function tuplesIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(TUPLE))
    .map((line) => line.slice(TUPLE.length))
}

const TUPLE = '### tuple ### '

/** The rules that would be there: a rehearsal prints the files that it would write, and no others. */
export function rehearsed(printed: string, { ipv4, ipv6 }: Rules): Rules {
  const files = printed.split(/^\*filter$/m).slice(1)
  const isIpv6 = (file: string) => /^:ufw6-/m.test(file)
  const [of4, of6] = [files.find((file) => !isIpv6(file)), files.find(isIpv6)]
  return {
    ipv4: of4 === undefined ? ipv4 : tuplesIn(of4),
    ipv6: of6 === undefined ? ipv6 : tuplesIn(of6),
  }
}
