import type { Phase } from '../../protocol/event.ts'
import type { Symbols, Theme } from '../paint.ts'
import { clean, count, fit, names, pad, padStart } from '../text.ts'
import { gapsOf, type Kind } from './gaps.ts'
import { mostOf, phaseNames, phaseTimes, total, waitsForOthers } from './phases.ts'
import { type Timeline, type Turn, turnsBy } from './timeline.ts'

/** How many tasks and hosts are named. */
const SLOWEST = 5
const LABEL = 30
const BAR = 10

/** Where the time of a run went, as a table. `idle` are the seconds in which the runner had nothing to do. */
export function profileTable(timeline: Timeline, idle: number, look: Theme): string[] {
  const whole = timeline.seconds
  return [
    `${time(whole)} since node was started: the runner worked ${time(whole - idle)} and waited ${time(idle)}`,
    '',
    ...phases(timeline, look),
    '',
    ...slowestTasks(timeline, look),
    '',
    ...slowestHosts(timeline, look),
    '',
    ...gaps(timeline, look),
    '',
    ...traffic(timeline),
  ]
}

const legend = [
  'On the path: what the end of the run waited for, of every task the host that',
  'finished last; this adds up to the whole. All hosts: added up over hosts, which',
  'work side by side, so it can be more than the whole. While the runner works for',
  'one host, time goes on for the others, in whatever phase they are.',
]

function phases(timeline: Timeline, { paint, symbols }: Theme): string[] {
  const { seconds } = timeline
  const rows = phaseTimes(timeline).map(({ phase, onPath, all, times }) => {
    const name = `  ${phaseNames[phase]}`
    const onHosts = all === undefined ? '' : cell(time(all)) + padStart(String(times), 7)
    if (onPath === undefined) return row(name, cell(''), ' '.repeat(BAR + 8), onHosts)
    const bar = pad(symbols.full.repeat(Math.round((onPath / seconds) * BAR)), BAR)
    return row(name, cell(time(onPath)), share(onPath, seconds), `  ${paint('changed', bar)}`, onHosts)
  })
  const heads = [cell('on the path'), ' '.repeat(BAR + 8), cell('all hosts'), padStart('times', 7)]
  return [
    paint('bold', row('where the time went', ...heads)),
    ...rows,
    row('  the whole', cell(time(seconds)), share(seconds, seconds)),
    ...legend.map((line) => paint('dim', line)),
  ]
}

function slowestTasks({ turns, seconds }: Timeline, { paint, symbols }: Theme): string[] {
  const tasks = [...turnsBy(turns, ({ task }) => task.id).values()].map((turns) => {
    const last = turns.reduce((last, turn) => (turn.ended > last.ended ? turn : last))
    return { last, took: last.ended - turns[0]!.began }
  })
  const rows = slowest(tasks).map(({ last, took }) => {
    const end = `  ${clean(last.host)}, ${mostly([last])}`
    return row(name(last.task.name, symbols), cell(time(took)), share(took, seconds), end)
  })
  const heads = [cell('took'), ' '.repeat(6), '  the host that finished last, most of it']
  return [paint('bold', row('slowest tasks', ...heads)), ...rows]
}

function slowestHosts({ turns, path }: Timeline, { paint, symbols }: Theme): string[] {
  const own = turnsBy(path, ({ host }) => host)
  const hosts = [...turnsBy(turns, ({ host }) => host)].map(([host, turns]) => ({
    host,
    turns,
    took: total(turns),
  }))
  const rows = slowest(hosts).map(({ host, turns, took }) => {
    const times = [took, total(waitsForOthers(turns)), total(own.get(host) ?? [])]
    return row(name(host, symbols), ...times.map((seconds) => cell(time(seconds))), `  ${mostly(turns)}`)
  })
  const heads = [cell('at tasks'), cell('for others'), cell('on the path'), '  most of it']
  return [paint('bold', row('slowest hosts', ...heads)), ...rows]
}

const gapNames: Readonly<Record<Kind, string>> = {
  starting: 'starting, reading and checking',
  prompting: 'asking somebody',
  runner: "the runner's own work: rendering, planning, reporting",
  applying: 'applying changes and running commands',
  again: 'probing again behind changes',
  later: 'asking in later messages',
  probing: 'probing for one task alone',
  pausing: 'pausing',
  closing: 'closing',
}

function gaps(timeline: Timeline, { paint, symbols }: Theme): string[] {
  const { floor, gaps } = gapsOf(timeline)
  const rows = gaps.map(
    ({ kind, seconds, tasks }) => `+${cell(time(seconds))}  ${gapNames[kind]}${list(tasks, symbols)}`,
  )
  return [
    paint('bold', 'what stands between one round trip a host and this run'),
    ` ${cell(time(floor))}  connecting, and waiting for the first results`,
    ...rows,
    `=${cell(time(timeline.seconds))}`,
  ]
}

function list(tasks: ReadonlySet<string>, { cut }: Symbols): string {
  return tasks.size === 0
    ? ''
    : `: ${names(
        [...tasks].map((task) => fit(clean(task), LABEL, cut)),
        3,
      )}`
}

function traffic({ turns }: Timeline): string[] {
  const messages = turns.flatMap((turn) => turn.probed)
  const probes = messages.reduce((sum, message) => sum + message.probes, 0)
  const spans = turns.flatMap((turn) => turn.spans)
  const times = (phase: Phase) => spans.filter((span) => span.phase === phase).length
  const ownChannel = spans.filter(({ phase, what }) => phase === 'applying' && what !== 'sh').length
  const sent = `${count(probes, 'probe')} in ${count(messages.length, 'message')}`
  return [
    `probed   ${sent}, ${times('result')} of the results used; ${times('probing')} more one at a time`,
    `applied  ${count(times('applying'), 'time')}, ${ownChannel} of them on a channel of its own`,
  ]
}

function slowest<T extends { readonly took: number }>(things: readonly T[]): T[] {
  return things.toSorted((a, b) => b.took - a.took).slice(0, SLOWEST)
}

function mostly(turns: readonly Turn[]): string {
  const { phase, seconds } = mostOf(turns)
  return `${phaseNames[phase]} ${time(seconds)}`
}

function row(label: string, ...cells: readonly string[]): string {
  return (pad(label, LABEL) + cells.join('')).trimEnd()
}

function name(text: string, { cut }: Symbols): string {
  return `  ${fit(clean(text), LABEL - 3, cut)}`
}

function cell(text: string): string {
  return padStart(text, 12)
}

function share(part: number, whole: number): string {
  return padStart(`${Math.round((part / whole) * 100)} %`, 6)
}

function time(seconds: number): string {
  return `${seconds.toFixed(3)} s`
}
