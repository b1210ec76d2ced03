import { type Bridge, type Machine, type Route, showRoute } from './network.ts'

/** How what was found of a machine differs from what is declared, a phrase each; nothing where nobody has looked. */
export function driftOf({ declared, found, ports, routes, forwards }: Machine): string[] {
  const onBridges = ports.flatMap(({ name, bridge }) => {
    const wanted = declared.ports.find((port) => port.name === name)?.bridge
    if (bridge === wanted || declared.visited.includes(bridge ?? '')) return []
    return [bridge === undefined ? `${name} is on no bridge` : `${name} is on ${bridge}, not on ${wanted}`]
  })
  if (found === undefined) return onBridges
  const inPorts = declared.ports.flatMap(({ name, addresses }) => {
    const there = found.interfaces.find((one) => one.name === name)
    if (there === undefined) return [`${name} is not there`]
    return [
      ...(there.up ? [] : [`${name} is down`]),
      ...addresses.filter((one) => !there.addresses.includes(one)).map((one) => `${name} lacks ${one}`),
      ...there.addresses.filter((one) => !addresses.includes(one)).map((one) => `${name} has ${one} too`),
    ]
  })
  const missing = declared.routes.filter(
    (wanted) => wanted.via !== undefined && !routes.some((route) => isSame(route, wanted)),
  )
  const forwarding = declared.forwards && !forwards ? ['does not forward packets'] : []
  return [...onBridges, ...inPorts, ...missing.map((route) => `no route ${showRoute(route)}`), ...forwarding]
}

export function driftOfBridge({ isThere }: Bridge): string[] {
  return isThere === false ? ['is not there'] : []
}

function isSame(one: Route, other: Route): boolean {
  return showRoute(one) === showRoute(other)
}
