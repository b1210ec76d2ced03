import type { Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { argument, commandOf, type LintTask } from '../tasks.ts'
import { isTrue, withoutTemplates } from '../texts.ts'

export const commands: readonly Rule[] = [
  {
    id: 'no-changed-when',
    description: 'Say with changed_when, creates or removes when a command changes something.',
    severity: 'HIGH',
    tags: ['command-shell', 'idempotency'],
    profile: 'shared',
    on: 'task',
    check: checkChangedWhen,
  },
  {
    id: 'command-instead-of-module',
    description: 'Use the module in place of a command.',
    severity: 'HIGH',
    tags: ['command-shell', 'idiom'],
    profile: 'basic',
    on: 'task',
    check: checkModule,
  },
  {
    id: 'command-instead-of-shell',
    description: 'Use command where no shell is needed.',
    severity: 'HIGH',
    tags: ['command-shell', 'idiom'],
    profile: 'basic',
    on: 'task',
    check: checkShell,
  },
  {
    id: 'risky-shell-pipe',
    description: 'Set pipefail in shells that use pipes.',
    severity: 'MEDIUM',
    tags: ['command-shell'],
    profile: 'safety',
    on: 'task',
    check: checkPipe,
  },
  {
    id: 'inline-env-var',
    description: 'Set environment variables with environment, not within a command.',
    severity: 'VERY_HIGH',
    tags: ['command-shell', 'idiom'],
    profile: 'basic',
    on: 'task',
    check: checkEnvironment,
  },
  {
    id: 'deprecated-command-syntax',
    description: 'Use the module file in place of chmod, ln, mkdir and their like.',
    severity: 'VERY_HIGH',
    tags: ['command-shell', 'deprecations'],
    profile: 'basic',
    on: 'task',
    check: checkFileCommand,
  },
]

function* checkChangedWhen({ action, entries }: LintTask): Iterable<Found> {
  if (action === undefined || !['command', 'shell', 'raw'].includes(action.short)) return
  if (entries.has('changed_when') || action.args.has('creates') || action.args.has('removes')) return
  yield {
    message: `${action.short} says that it has changed something, each time`,
    place: action.place,
    hint: 'say when it does with changed_when, or with creates or removes',
  }
}

/** Commands with the module that does the same. */
const MODULES: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  chkconfig: 'service',
  curl: 'get_url or uri',
  git: 'git',
  hg: 'hg',
  letsencrypt: 'acme_certificate',
  mktemp: 'tempfile',
  mount: 'mount',
  patch: 'patch',
  rpm: 'yum or rpm_key',
  rsync: 'synchronize',
  sed: 'template, replace or lineinfile',
  service: 'service',
  supervisorctl: 'supervisorctl',
  svn: 'subversion',
  systemctl: 'systemd',
  tar: 'unarchive',
  unzip: 'unarchive',
  wget: 'get_url or uri',
  yum: 'yum',
}

/** What no module does. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  git: ['branch', 'log', 'lfs'],
  systemctl: ['--version', 'kill', 'set-default', 'show-environment', 'status'],
  yum: ['clean'],
  rpm: ['--nodeps'],
}

function program(task: LintTask): { name: string; second: string | undefined } | undefined {
  const [first, second] = wordsOf(task)
  return first === undefined ? undefined : { name: first.split('/').at(-1)!, second }
}

function wordsOf({ action }: LintTask): string[] {
  return action === undefined ? [] : commandOf(action).trim().split(/\s+/).filter(Boolean)
}

function* checkModule(task: LintTask): Iterable<Found> {
  const { action } = task
  if (action === undefined || !['command', 'shell'].includes(action.short)) return
  const found = program(task)
  if (found === undefined || !Object.hasOwn(MODULES, found.name)) return
  if (ALLOWED[found.name]?.includes(found.second ?? '') || !isTrue(argument(action, 'warn') ?? true)) return
  yield {
    message: `${found.name} is run where the module ${MODULES[found.name]} does that`,
    place: action.place,
    hint: `use the module ${MODULES[found.name]}`,
  }
}

function* checkShell({ action }: LintTask): Iterable<Found> {
  if (action?.short !== 'shell' || action.args.has('executable')) return
  if (/[&|<>;$\n*[\]{}?`]/.test(withoutTemplates(commandOf(action)))) return
  yield { message: 'no shell is needed for this command', place: action.place, hint: 'use command' }
}

function* checkPipe({ action, entries }: LintTask): Iterable<Found> {
  if (action?.short !== 'shell' || entries.has('ignore_errors')) return
  const text = withoutTemplates(commandOf(action))
  if (!/(?<!\|)\|(?!\|)/.test(text) || /^\s*set.*[+-][A-Za-z]*o\s*pipefail/m.test(text)) return
  yield {
    message: 'the failure of a command in front of a pipe passes unseen',
    place: action.place,
    hint: 'begin with "set -o pipefail", and run it by bash (executable: /bin/bash)',
  }
}

function* checkEnvironment(task: LintTask): Iterable<Found> {
  const { action } = task
  const [first] = wordsOf(task)
  if (action?.short !== 'command' || first === undefined || !first.includes('=') || first.includes('{{'))
    return
  yield {
    message: 'command runs no shell, and takes this for the name of a program',
    place: action.place,
    hint: 'set the variable with environment, or use shell',
  }
}

const OF_FILES: Readonly<Record<string, string>> = {
  chown: 'owner',
  chmod: 'mode',
  chgrp: 'group',
  ln: 'state: link',
  mkdir: 'state: directory',
  rmdir: 'state: absent',
  rm: 'state: absent',
}

function* checkFileCommand(task: LintTask): Iterable<Found> {
  const { action } = task
  if (action === undefined || !['command', 'shell', 'raw'].includes(action.short)) return
  const found = program(task)
  if (
    found === undefined ||
    !Object.hasOwn(OF_FILES, found.name) ||
    !isTrue(argument(action, 'warn') ?? true)
  )
    return
  yield {
    message: `${found.name} is run where the module file does that`,
    place: action.place,
    hint: `use file with ${OF_FILES[found.name]}`,
  }
}
