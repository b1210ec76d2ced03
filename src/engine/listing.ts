import type { Block, Step } from '../playbook/ast.ts'
import { toValue } from '../values/value.ts'
import { sectionsOf } from './play.ts'
import { limitedHosts, playHosts, scopeOf } from './play-hosts.ts'
import type { Prepared } from './run.ts'

/** What a playbook's plays would do where, as far as that is known before running: data for --list-... */
export function listing({ playbooks, inventory, request, extraVars }: Prepared) {
  const limited = limitedHosts(inventory, request)
  return playbooks.map(({ path, plays }) => ({
    playbook: path,
    plays: plays.map((play) => ({
      name: play.name,
      pattern: [toValue(play.hosts)].flat().join(','),
      hosts: playHosts(inventory, play, extraVars)
        .hosts.filter((host) => limited?.has(host) ?? true)
        .map((host) => host.name),
      tasks: sectionsOf(request.selection, play, () => scopeOf(play, extraVars, inventory))
        .flat()
        .flatMap(flat)
        .map((step) => ({ name: nameOf(step), tags: step.inherited.tags })),
      tags: play.inherited.tags,
    })),
  }))
}

function flat(step: Step): Exclude<Step, Block>[] {
  return step.kind === 'block' ? [...step.block, ...step.rescue, ...step.always].flatMap(flat) : [step]
}

function nameOf(step: Exclude<Step, Block>): string {
  const name = step.name === undefined ? step.written : String(step.name.value)
  return step.role === undefined ? name : `${step.role.name} : ${name}`
}
