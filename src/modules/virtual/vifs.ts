import { isMap, type Value } from '../../values/value.ts'

/** An interface of a guest, in the words of xl.cfg(5). */
export interface Vif {
  readonly bridge: string
  readonly mac: string | undefined
  /** Its name on the host. */
  readonly vifname: string | undefined
}

const KEYS: Readonly<Record<string, RegExp>> = {
  bridge: /^[A-Za-z0-9_][\w.-]{0,14}$/,
  mac: /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i,
  vifname: /^[A-Za-z0-9_][\w.-]{0,14}$/,
}

/** What is wrong with the interfaces of a guest as they are written, a sentence each. */
export function vifProblems(option: string, vifs: readonly Value[] | undefined): string[] {
  return (vifs ?? []).flatMap((vif, index) => {
    const name = `${option}: interface ${index}`
    if (!isMap(vif)) return [`${name} is a map with bridge, mac and vifname`]
    const wrong = Object.entries(vif).flatMap(([key, value]) => {
      if (!Object.hasOwn(KEYS, key)) return [`${name} has no "${key}": bridge, mac and vifname are known`]
      return value === null || KEYS[key]!.test(String(value))
        ? []
        : [`${name}: ${JSON.stringify(value)} cannot be a ${key}`]
    })
    return (vif.bridge ?? null) === null ? [...wrong, `${name} needs a bridge`] : wrong
  })
}

export function vifsOf(vifs: readonly Value[]): Vif[] {
  return vifs.filter(isMap).map((vif) => {
    const text = (key: string) => ((vif[key] ?? null) === null ? undefined : String(vif[key]))
    return { bridge: text('bridge')!, mac: text('mac')?.toLowerCase(), vifname: text('vifname') }
  })
}
