import type { ModuleContext, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, together } from '../../../sdk/plans.ts'
import { words } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { toolFunctions } from './command.ts'
import { listedPackages, listedRepositories } from './listing.ts'
import { type RedHatArgs, specsOf } from './options.ts'
import type { DnfState, Simulation } from './probe.ts'
import { changeOf, type Row, resultsOf } from './table.ts'

export function planDnf(args: RedHatArgs, state: DnfState, view: ModuleContext): Plan {
  if (state.listed !== undefined) return planList(args, state.listed)
  if (args.update_cache && specsOf(args).length === 0 && !args.autoremove) return planRefresh(args)
  const doomed = state.simulations.find(({ complaint }) => complaint !== undefined)
  if (doomed !== undefined) return refused(doomed.complaint!)
  const due = state.simulations
    .map((one) => ({ ...one, rows: one.rows.filter((row) => !isFetched(args, row, state)) }))
    .filter(({ rows }) => rows.length > 0)
  const rows = due.flatMap((one) => one.rows)
  const left = state.left.map(
    (name) => `Packages providing ${name} not installed due to update_only specified`,
  )
  const verb = args.download_only ? 'Downloaded' : 'Installed'
  const results = [...left, ...rows.flatMap((row) => resultsOf(row, state.installed, verb))]
  if (rows.length === 0) return { ...NOTHING, result: { msg: 'Nothing to do', rc: 0, results } }
  const msg = view.check ? 'Check mode: No changes made, but would have if not in check mode' : ''
  const changes = rows.map((row) =>
    args.download_only
      ? { what: `file of ${row.name}`, before: null, after: row.version }
      : changeOf(row, state.installed),
  )
  return {
    ...together(changes, { do: 'exec', script: scriptOf(args, due) }),
    result: { msg, rc: 0, results },
  }
}

function scriptOf(args: RedHatArgs, due: readonly Simulation[]): string {
  const lines = due.map(({ verb, specs }) => `run -y ${words(verb, '--', ...specs)} || exit`)
  return [...toolFunctions(args), ...lines].join('\n')
}

function isFetched(
  { download_only }: RedHatArgs,
  { name, version, arch }: Row,
  { fetched }: DnfState,
): boolean {
  return download_only && fetched.has(`${name}-${version.replace(/^\d+:/, '')}.${arch}.rpm`)
}

/** As in Ansible, lists that are fetched are no change. */
function planRefresh(args: RedHatArgs): Plan {
  const script = [...toolFunctions(args), 'run -y makecache'].join('\n')
  const change = { what: 'package lists', before: null, after: 'fetched' }
  return {
    ...together([change], { do: 'exec', script }),
    silent: true,
    result: { msg: 'Cache updated', rc: 0, results: [] },
  }
}

function planList({ list }: RedHatArgs, { code, printed }: NonNullable<DnfState['listed']>): Plan {
  if (code !== 0) return refused(printed)
  const isOfRepositories = list === 'repos' || list === 'repositories'
  const results = isOfRepositories ? listedRepositories(printed) : listedPackages(printed)
  return { ...NOTHING, result: { msg: '', results } }
}

function refused(text: string): Plan {
  return { ...failure(complaintOf(text)), result: failedResult(text) }
}

function failedResult(text: string): ValueMap {
  return { rc: 1, results: [], failures: missing(text).map((name) => `No package ${name} available.`) }
}

/** What dnf has said, in Ansible's words where it has some. */
function complaintOf(text: string): string {
  const names = missing(text)
  if (names.length > 0)
    return `Failed to install some of the specified packages: ${names.map((name) => `No package ${name} available.`).join(' ')}`
  const group = /^Module or Group '(.*)' is not available\.$/m.exec(text)?.[1]
  if (group !== undefined) return `No group ${group} available.`
  const said = /^Error: ?([\s\S]*)/m.exec(text)?.[1]?.trim() ?? lastWords(text)
  if (/^Problem\b/.test(said)) return `Depsolve Error occurred: ${said}`
  if (/^Error: (Error downloading packages:|Some packages from local repository)/m.test(text))
    return `Failed to download packages: ${said}`
  return said
}

function missing(text: string): string[] {
  if (!/^Error: (Unable to find a match|Nothing to do)/m.test(text)) return []
  return [...text.matchAll(/^No match for argument: (.*)$/gm)].map(([, name]) => name!)
}

function lastWords(text: string): string {
  return text.trim().split('\n').slice(-3).join('\n')
}

export function concludeDnf({ code, stdout, stderr }: Outcome, plan: Plan) {
  if (code === 0) return { result: plan.result ?? {} }
  const text = `${stdout}\n${stderr}`
  return { result: failedResult(text), failed: complaintOf(text) }
}
