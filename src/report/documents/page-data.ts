import { type Outcome, outcomeOf } from '../live/live-state.ts'
import { locationName } from '../result.ts'
import { clean } from '../text.ts'
import { byName, type Finding, findingOf } from './findings.ts'
import type { RunRecord, TaskRecord } from './record.ts'

/** What a page is made of, short: a run of 1,000 hosts and 100 tasks has 100,000 results. */
interface PageData {
  readonly title: string
  readonly check: boolean
  readonly interrupted: boolean
  readonly began: string
  readonly seconds: number
  readonly summary: readonly string[]
  readonly hosts: readonly string[]
  readonly plays: readonly string[]
  readonly tasks: readonly PageTask[]
  /** What results have come to, each once. */
  readonly findings: readonly Finding[]
}

interface PageTask {
  readonly play: number
  readonly name: string
  readonly action: string
  readonly place: string
  readonly handler: boolean
  readonly milliseconds: number
  /** Of its results: the numbers of their hosts, a letter of `LETTERS` each, their times, and findings. */
  readonly hosts: readonly number[]
  readonly outcomes: string
  readonly times: readonly number[]
  readonly findings: readonly number[]
}

/** What stands for an outcome; the page's script has the same. */
const LETTERS: Readonly<Record<Outcome, string>> = {
  failed: 'f',
  unreachable: 'u',
  ignored: 'i',
  changed: 'c',
  ok: 'o',
  skipped: 's',
}

export function pageData(run: RunRecord): PageData {
  const hosts = hostsOf(run)
  const numbers = new Map(hosts.map((host, number) => [host, number]))
  const findings = new Numbered()
  return {
    title: run.playbooks.map(clean).join(', '),
    check: run.check,
    interrupted: run.interrupted,
    began: run.began.toISOString(),
    seconds: run.seconds,
    summary: run.summary,
    hosts: hosts.map(clean),
    plays: run.plays.map(({ play }) => clean(play.name)),
    tasks: run.plays.flatMap(({ tasks }, play) =>
      tasks.map((task) => pageTask(task, play, numbers, findings)),
    ),
    findings: findings.all,
  }
}

function pageTask(
  { task, start, end, results }: TaskRecord,
  play: number,
  numbers: ReadonlyMap<string, number>,
  findings: Numbered,
): PageTask {
  const rows = [...results]
    .map(([host, result]) => ({ host: numbers.get(host)!, result }))
    .sort((one, other) => one.host - other.host)
  return {
    play,
    name: clean(task.name),
    action: clean(task.action),
    place: locationName(task.location),
    handler: task.handler,
    milliseconds: end.getTime() - start.getTime(),
    hosts: rows.map(({ host }) => host),
    outcomes: rows.map(({ result }) => LETTERS[outcomeOf(result)]).join(''),
    times: rows.map(({ result }) => Math.round(result.seconds * 1000)),
    findings: rows.map(({ result }) => findings.numberOf(findingOf(task, result))),
  }
}

/** All hosts of which there are results, in the order of their names. */
function hostsOf({ plays, stats }: RunRecord): string[] {
  const worked = plays.flatMap(({ tasks }) => tasks.flatMap(({ results }) => [...results.keys()]))
  return [...new Set([...Object.keys(stats), ...worked])].sort(byName)
}

/** Gives things that are equal the same number. */
class Numbered {
  readonly all: Finding[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(finding: Finding): number {
    const key = JSON.stringify(finding)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.all.length)
    return this.all.push(finding) - 1
  }
}
