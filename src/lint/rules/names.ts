import { basename, extname } from 'node:path'
import type { SourceSpan } from '../../values/source.ts'
import type { ScalarNode } from '../../values/value.ts'
import type { Edit, Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'
import type { Rule, RuleContext } from '../rule.ts'
import { type LintTask, textOf, under } from '../tasks.ts'
import { startOfMap } from '../written.ts'

const DESCRIPTION = {
  missing: 'Give every task a name.',
  play: 'Give every play a name.',
  casing: 'Begin names with a capital letter.',
  template: 'Let templates stand at the end of a name.',
  prefix: 'Begin the names of tasks in files besides main.yml with the name of the file.',
}

const FACTS = {
  id: 'name',
  description: 'Give tasks and plays names that can be told apart.',
  severity: 'MEDIUM',
  tags: ['idiom'],
  profile: 'basic',
  partProfiles: { casing: 'moderate', template: 'moderate' },
  parts: DESCRIPTION,
  fixes: true,
} as const

export const names: readonly Rule[] = [
  { ...FACTS, on: 'task', check: checkTask },
  { ...FACTS, on: 'play', check: checkPlay },
]

function* checkTask(task: LintTask, context: RuleContext): Iterable<Found> {
  const entry = task.entries.get('name')
  const name = textOf(entry?.value)
  if (entry === undefined || entry.value.kind !== 'scalar' || entry.value.value === null || name === '') {
    yield {
      part: 'missing',
      message: 'this task has no name',
      place: task.action?.place ?? startOfMap(task.node),
      hint: DESCRIPTION.missing,
    }
    return
  }
  if (name === undefined) return
  // A handler is notified by its name, which may stand in files that are not looked at.
  yield* checkName(
    entry.value as ScalarNode,
    name,
    prefixOf(task.file, context),
    task.within !== 'handlers' && task.file.kind !== 'handlers',
    context,
  )
}

function* checkPlay(
  play: Parameters<Extract<Rule, { on: 'play' }>['check']>[0],
  _file: LintFile,
  context: RuleContext,
): Iterable<Found> {
  const node = under(play, 'name')
  if (node === undefined) {
    if (play.entries.some(({ key }) => /^(ansible\.builtin\.)?import_playbook$/.test(key))) return
    yield { part: 'play', message: 'this play has no name', place: startOfMap(play), hint: DESCRIPTION.play }
    return
  }
  const name = textOf(node)
  if (name !== undefined && name !== '') yield* checkName(node as ScalarNode, name, undefined, true, context)
}

/** What names in a file may begin with. */
function prefixOf({ path, kind }: LintFile, { config }: RuleContext): string | undefined {
  const stem = basename(path, extname(path))
  return kind === 'tasks' && stem !== 'main' ? config.taskNamePrefix.replaceAll('{stem}', stem) : undefined
}

function* checkName(
  node: ScalarNode,
  name: string,
  prefix: string | undefined,
  mayChange: boolean,
  { config }: RuleContext,
): Iterable<Found> {
  let own = 0
  if (prefix !== undefined) {
    if (name.startsWith(prefix)) own = prefix.length
    else if (config.enable.includes('name[prefix]')) {
      yield { part: 'prefix', message: `the name begins without "${prefix}"`, place: node.place }
      return
    }
  }
  const first = name[own] ?? ''
  if (/\p{L}/u.test(first) && first === first.toLowerCase() && first !== first.toUpperCase()) {
    const at = letterAt(node, name, own)
    yield {
      part: 'casing',
      message: 'the name begins with a small letter',
      place: at ?? node.place,
      hint: `write "${first.toUpperCase()}${name.slice(own + 1)}"`,
      ...(mayChange && at !== undefined && { edits: [capital(at, first)] }),
    }
  }
  if (/\{\{.*\}\}.*\w.*$/.test(name))
    yield {
      part: 'template',
      message: 'a template stands in the middle of the name',
      place: node.place,
      hint: DESCRIPTION.template,
    }
}

/** Where the letter stands, if the name is written as it is. */
function letterAt({ place }: ScalarNode, name: string, own: number): SourceSpan | undefined {
  const written = place.source.text.slice(place.start, place.end)
  const from = /^["']/.test(written) ? 1 : 0
  if (!written.startsWith(name, from)) return undefined
  const start = place.start + from + own
  return { source: place.source, start, end: start + 1 }
}

function capital(place: SourceSpan, letter: string): Edit {
  return { place, text: letter.toUpperCase() }
}
