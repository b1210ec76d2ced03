import { join, resolve } from 'node:path'
import type { RunRequest } from '../protocol/request.ts'

/** One task, as it is typed. */
export interface AdHocTask {
  readonly module: string
  /** name=value, YAML or JSON of a map, or the text of command and shell. */
  readonly args?: string | undefined
  /** Seconds that it may go on by itself, and between looks at it. */
  readonly background?: number | undefined
  readonly poll?: number | undefined
  /** Seconds that it may take. */
  readonly taskTimeout?: number | undefined
  /** Where group_vars, roles and library are looked for. */
  readonly playbookDir?: string | undefined
}

/** The request for a playbook of one task, whose text shows what was typed where something is wrong with it. */
export function adHocRequest(request: RunRequest, pattern: string, task: AdHocTask): RunRequest {
  const { module, args, background, poll, taskTimeout, playbookDir = '.' } = task
  const keywords = {
    async: background,
    poll: background === undefined ? undefined : poll,
    timeout: taskTimeout,
  }
  const lines = [
    `- hosts: ${JSON.stringify(pattern)}`,
    '  gather_facts: false',
    '  tasks:',
    `    - ${/^[\w.]+$/.test(module) ? module : JSON.stringify(module)}: ${written(args)}`,
    ...Object.entries(keywords).flatMap(([name, value]) =>
      value === undefined ? [] : [`      ${name}: ${value}`],
    ),
  ]
  const path = join(resolve(playbookDir), 'ad-hoc')
  return { ...request, playbooks: [path], texts: { [path]: `${lines.join('\n')}\n` } }
}

/** Arguments that are YAML of a map stay one. */
function written(args: string | undefined): string {
  if (args === undefined) return ''
  return /^\s*\{[\s\S]*\}\s*$/.test(args) && !args.includes('\n') && !args.trim().startsWith('{{')
    ? args.trim()
    : JSON.stringify(args)
}
