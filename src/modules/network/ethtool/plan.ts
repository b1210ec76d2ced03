import type { Change } from '../../../sdk/module.ts'
import { didYouMean } from '../../../values/problem.ts'
import type { IpPlan } from '../iproute2.ts'
import { LISTS, type ListName, type Section } from './sections.ts'

/** Names and values by list. */
export type Asked = Readonly<Partial<Record<ListName, readonly (readonly [string, string])[]>>>

export interface Found {
  /** Undefined when ethtool has said that there is none. */
  readonly section: Section | undefined
  readonly said: string
}

interface ListPlan extends IpPlan {
  readonly warnings: string[]
}

/** From what is asked for and what ethtool shows: what must change, and how. */
export function planLists(
  dev: string,
  asked: Asked,
  found: ReadonlyMap<string, Found>,
  check: boolean,
  command: (...args: string[]) => string,
): ListPlan {
  const plans = Object.entries(asked).map(([list, members]) =>
    planList(dev, list as ListName, members, found.get(list), check, command),
  )
  const failed = plans.find((plan) => plan.failed !== undefined)?.failed
  return {
    changes: plans.flatMap(({ changes }) => changes),
    commands: plans.flatMap(({ commands }) => commands),
    warnings: plans.flatMap(({ warnings }) => warnings),
    ...(failed !== undefined && { failed }),
  }
}

const NO_DEVICE = /no device matches name|No such device/

function planList(
  dev: string,
  list: ListName,
  members: readonly (readonly [string, string])[],
  found: Found | undefined,
  check: boolean,
  command: (...args: string[]) => string,
): ListPlan {
  const { is, set, word } = LISTS[list]
  const fail = (failed: string) => ({ changes: [], commands: [], warnings: [], failed })
  const section = found?.section
  if (section === undefined || section.values.size === 0) {
    const said = found?.said.replace(/^netlink error: /gm, '').split('\n')[0] ?? ''
    if (!NO_DEVICE.test(found?.said ?? ''))
      return fail(`${dev} has no ${is}, or its driver does not tell them${said === '' ? '' : `: ${said}`}`)
    if (!check) return fail(`there is no interface ${dev}`)
  }
  const values = section?.values
  const isNegotiated = values?.get('autoneg') === 'on' && !members.some(([name]) => name === 'autoneg')
  if (list === 'settings' && isNegotiated && members.some(([name]) => name !== 'wol'))
    return fail(`${dev} negotiates its speed: to set it, say autoneg: false too`)
  const differing = members.filter(([name, value]) => values?.get(name) !== value)
  for (const [name, value] of differing) {
    const trouble = section === undefined ? undefined : troubleOf(dev, list, name, value, section)
    if (trouble !== undefined) return fail(trouble)
  }
  const idle = differing.filter(([name, value]) => section?.requested.get(name) === value)
  const open = differing.filter(([name, value]) => section?.requested.get(name) !== value)
  const changes = open.map(
    ([name, after]): Change => ({
      what: list === 'settings' ? `${name} of ${dev}` : `${list} ${name} of ${dev}`,
      before: values?.get(name) ?? null,
      after,
    }),
  )
  const pairs = open.flatMap(([name, value]) => [word(name), value])
  return {
    changes,
    commands: open.length === 0 ? [] : [command(set, dev, ...pairs)],
    warnings: idle.map(
      ([name, value]) =>
        `${name} of ${dev} stays ${values!.get(name)} though it is asked to be ${value}: something that it needs is off`,
    ),
  }
}

/** Why a value cannot be as asked: a sentence. */
function troubleOf(
  dev: string,
  list: ListName,
  name: string,
  value: string,
  { values, most, fixed }: Section,
): string | undefined {
  const before = values.get(name)
  if (before === undefined) {
    const hint = didYouMean(name, [...values.keys()])
    return `${dev} has no ${name} among its ${LISTS[list].is}${hint === undefined ? '' : `; ${hint}`}`
  }
  if (fixed.has(name)) return `${name} of ${dev} is fixed to ${before}: its driver lets nobody change it`
  const top = most.get(name)
  if (top !== undefined && Number(value) > top)
    return `${list} ${name}: ${value} is more than ${dev} can have: ${top}`
  if (list !== 'settings' || !['speed', 'duplex'].includes(name)) return undefined
  if (/^unknown/i.test(before))
    return `the ${name} of ${dev} is not known while it has no link, so it cannot be kept: leave it out, or bring the link up first`
  return undefined
}
