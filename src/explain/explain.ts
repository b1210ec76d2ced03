import { outlook } from '../engine/outlook.ts'
import { PlayVariables } from '../engine/play-variables.ts'
import type { Prepared, Run } from '../engine/run.ts'
import type { Host } from '../inventory/group.ts'
import type { Play } from '../playbook/ast.ts'
import type { Explanation } from '../protocol/explanation.ts'
import { closest, ProblemError } from '../values/problem.ts'
import { toValue } from '../values/value.ts'
import { HostExplainer } from './host-explainer.ts'

/**
 * Why a variable has its value on hosts, or every variable without one that is named: for each play that is for them, or,
 * with `isWithoutPlay`, of the inventory alone. Connects to nobody. Raises ProblemError for a name that nothing gives.
 */
export function explain(
  prepared: Prepared,
  hosts: readonly Host[],
  variable: string | undefined,
  isWithoutPlay: boolean,
): Explanation[] {
  const run = outlook(prepared)
  const plays = prepared.playbooks.flatMap((playbook) => playbook.plays)
  const explainers = plays.flatMap((play) => explainersOf(run, play, hosts, isWithoutPlay))
  if (explainers.length === 0) {
    const names = hosts.map(({ name }) => name).join(', ')
    throw new ProblemError({ message: `no play is for ${names}`, hint: 'see --list-hosts of the playbook' })
  }
  if (variable === undefined) return explainers.flatMap((one) => one.names().map((name) => one.explain(name)))
  const found = explainers.filter((one) => one.gives(variable)).map((one) => one.explain(variable))
  if (found.length === 0) throw nothingGives(variable, explainers, hosts)
  return found
}

function explainersOf(run: Run, play: Play, hosts: readonly Host[], isWithoutPlay: boolean): HostExplainer[] {
  const members = run.hostsOf(play)
  const asked = isWithoutPlay
    ? hosts.map(({ name }) => run.hostState(name))
    : members.filter(({ host }) => hosts.includes(host))
  const prompted = new Map(
    play.varsPrompt.flatMap(({ name, default: node }) => (node === undefined ? [] : [[name, toValue(node)]])),
  )
  const scope = new PlayVariables(run, play, members, members, prompted)
  return asked.map((host) => new HostExplainer({ run, play, scope, isWithoutPlay }, host))
}

function nothingGives(
  variable: string,
  explainers: readonly HostExplainer[],
  hosts: readonly Host[],
): ProblemError {
  const meant = closest(variable, new Set(explainers.flatMap((one) => one.allNames())))
  const [first] = hosts
  const where = hosts.length === 1 ? first!.name : `${hosts.length} hosts`
  return new ProblemError({
    message: `nothing gives the variable "${variable}" on ${where}`,
    hint:
      meant === undefined
        ? `"run explain ${first!.name}" lists all that there are`
        : `did you mean "${meant}"?`,
  })
}
