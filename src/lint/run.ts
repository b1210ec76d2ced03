import type { Catalogue } from '../sdk/module.ts'
import type { SourceSpan } from '../values/source.ts'
import type { LintConfig } from './config.ts'
import type { Found } from './finding.ts'
import type { LintFile } from './lint-file.ts'
import { isInProfile } from './profiles.ts'
import type { Project } from './project.ts'
import type { Finding, Rule, RuleContext } from './rule.ts'
import { RULES } from './rules/index.ts'
import { playsOf, textOf, under } from './tasks.ts'

/** Everything that the rules of a configuration find in a project, in the order of files and lines. */
export function lint(project: Project, config: LintConfig, modules: Catalogue): Finding[] {
  const context: RuleContext = { config, modules, project }
  const findings: Finding[] = []
  const rules = RULES.filter((rule) => isUsed(rule, config))
  for (const rule of rules) {
    const add = (found: Iterable<Found>, of?: SourceSpan): void => {
      for (const one of found) {
        const finding = findingOf(one, rule, config, of)
        if (isWanted(finding, config)) findings.push(finding)
      }
    }
    if (rule.on === 'project') add(rule.check(project, context))
    else if (rule.on !== 'reading') for (const file of project.files) checkFile(rule, file, context, add)
  }
  return findings.filter((finding) => !isSkippedByComment(finding, project)).sort(byPlace)
}

type Add = (found: Iterable<Found>, of?: SourceSpan) => void

function checkFile(rule: Rule, file: LintFile, context: RuleContext, add: Add): void {
  if (rule.on === 'file') add(rule.check(file, context))
  if (rule.on === 'play') for (const play of playsOf(file)) add(rule.check(play, file, context), play.place)
  if (rule.on === 'task')
    for (const task of context.project.tasks(file))
      if (!isUntouched(task.node)) add(rule.check(task, context), task.node.place)
}

/** A task or play with the tag skip_ansible_lint is left alone. */
function isUntouched(node: LintFile['documents'][number]): boolean {
  if (node.kind !== 'map') return false
  const tags = under(node, 'tags')
  if (tags === undefined) return false
  return (tags.kind === 'list' ? tags.items : [tags]).some((tag) => textOf(tag) === 'skip_ansible_lint')
}

function findingOf(found: Found, rule: Rule, config: LintConfig, of: SourceSpan | undefined): Finding {
  const tag = found.part === undefined ? rule.id : `${rule.id}[${found.part}]`
  const isWarned = [tag, rule.id, ...rule.tags].some((name) => config.warn.includes(name))
  return { ...found, rule, tag, level: isWarned ? 'warning' : 'error', of }
}

/** Rules that are used only if somebody asks for them are used if they are enabled, or if the profile has them. */
function isUsed(rule: Rule, { profile, enable, only, skip }: LintConfig): boolean {
  if (rule.tags.includes('unskippable')) return true
  const names = [rule.id, ...rule.tags]
  if (names.some((name) => skip.includes(name))) return false
  const parts = [...only, ...enable].map((name) => name.replace(/\[.*/, ''))
  if (only.length > 0 && !names.some((name) => only.includes(name)) && !parts.includes(rule.id)) return false
  if (profile !== undefined && !isAnyIn(rule, profile)) return parts.includes(rule.id)
  return !rule.tags.includes('opt-in') || profile !== undefined || parts.includes(rule.id)
}

function isAnyIn(rule: Rule, profile: NonNullable<LintConfig['profile']>): boolean {
  return [rule.profile, ...Object.values(rule.partProfiles ?? {})].some((lowest) =>
    isInProfile(lowest, profile),
  )
}

function isWanted({ rule, tag, part }: Finding, { profile, skip, enable, only }: LintConfig): boolean {
  if (rule.tags.includes('unskippable')) return true
  const isNamed = [tag, rule.id, ...rule.tags].some((name) => only.includes(name))
  if (only.length > 0 && !isNamed && !enable.includes(rule.id)) return false
  if (skip.includes(tag)) return false
  const lowest = (part === undefined ? undefined : rule.partProfiles?.[part]) ?? rule.profile
  return (
    profile === undefined || isInProfile(lowest, profile) || enable.includes(rule.id) || enable.includes(tag)
  )
}

/** A comment in a task skips a rule for the task, all others for their line. */
function isSkippedByComment({ rule, tag, place, of }: Finding, project: Project): boolean {
  if (rule.tags.includes('unskippable')) return false
  const file = project.fileOf(place.source)
  if (file === undefined || file.noqa.isEmpty) return false
  const lineOf = (offset: number) => file.source.position(offset).line
  const line = lineOf(place.start)
  if (file.noqa.skips(rule.id, tag, line)) return true
  const around = of ?? taskAround(file, place.start, project)
  if (around === undefined || rule.on === 'play') return false
  return file.noqa.skips(rule.id, tag, lineOf(around.start), lineOf(Math.max(around.start, around.end - 1)))
}

/** The innermost task that a place lies in. */
function taskAround(file: LintFile, at: number, project: Project): SourceSpan | undefined {
  const places = project.tasks(file).map(({ node }) => node.place)
  return places.findLast(({ start, end }) => start <= at && at < end)
}

function byPlace({ place: a, tag: x }: Finding, { place: b, tag: y }: Finding): number {
  if (a.source.path !== b.source.path) return a.source.path < b.source.path ? -1 : 1
  return a.start - b.start || (x < y ? -1 : 1)
}
