/** What `run NAME ...` does: takes the words behind the name, gives the exit status. Raises ProblemError. */
type CommandRun = (words: readonly string[]) => Promise<number>

interface CliCommand {
  readonly group: string
  /** For the list of commands. */
  readonly summary: string
  load(): Promise<CommandRun>
}

/** The commands beside `run PLAYBOOK...`, by group in the order in which they are shown; each is loaded when it is used. */
export const COMMANDS: Readonly<Record<string, CliCommand>> = {
  'ad-hoc': {
    group: 'Run',
    summary: 'carry out one module on hosts: run ad-hoc web -m ping, or run web -a uptime',
    load: async () => (await import('./ad-hoc.ts')).adHoc,
  },
  console: {
    group: 'Run',
    summary: 'tasks on hosts as they are typed, line by line: run console web -b',
    load: async () => (await import('./console.ts')).openConsole,
  },
  watch: {
    group: 'Run',
    summary: 'check again and again, tell drift as it comes and goes: run watch site.yml --every 5m',
    load: async () => (await import('./watch.ts')).watchHosts,
  },
  pull: {
    group: 'Run',
    summary: 'run playbooks out of a repository on this machine: run pull -U https://example.com/site.git',
    load: async () => (await import('./pull.ts')).pull,
  },
  worker: {
    group: 'Run',
    summary: 'carry out what runs put into a queue: run worker --queue redis://queue:6379',
    load: async () => (await import('./worker.ts')).work,
  },
  workers: {
    group: 'Run',
    summary:
      'who carries out runs of a queue, and what is to be done: run workers --queue redis://queue:6379',
    load: async () => (await import('./workers.ts')).showWorkers,
  },
  attach: {
    group: 'Run',
    summary: 'take up a run of a queue whose coordinator has gone: run attach RUN',
    load: async () => (await import('./attach.ts')).attach,
  },
  history: {
    group: 'Run',
    summary: 'list runs that were, show one again, compare two',
    load: async () => (await import('./history.ts')).history,
  },
  sessions: {
    group: 'Run',
    summary: 'logins that are kept for the next run: run sessions, run sessions close',
    load: async () => (await import('./sessions.ts')).sessions,
  },
  doc: {
    group: 'Ask',
    summary: 'modules, keywords, filters and all else that playbooks can say: run doc copy, run doc -l',
    load: async () => (await import('./doc.ts')).showDocumentation,
  },
  explain: {
    group: 'Ask',
    summary: 'where a variable of a host gets its value, and why: run explain port web1 -p site.yml',
    load: async () => (await import('./explain.ts')).explainVariables,
  },
  inventory: {
    group: 'Ask',
    summary: 'hosts, groups and their variables: run inventory, or run inventory --list -y',
    load: async () => (await import('./inventory.ts')).showInventory,
  },
  config: {
    group: 'Ask',
    summary: 'every setting, its value, and where that comes from: run config dump --only-changed',
    load: async () => (await import('./config.ts')).showSettings,
  },
  init: {
    group: 'Write',
    summary: 'the skeleton of a role, playbook, inventory or collection: run init role web',
    load: async () => (await import('./init.ts')).initSkeleton,
  },
  install: {
    group: 'Write',
    summary: 'roles and collections that requirements.yml asks for, and a lock file of them',
    load: async () => (await import('./install/index.ts')).installRequirements,
  },
  lint: {
    group: 'Write',
    summary: 'mistakes and bad habits in playbooks and roles, by the rules of Ansible-lint: run lint --fix',
    load: async () => (await import('./lint.ts')).lintProject,
  },
  migrate: {
    group: 'Write',
    summary: 'rewrite Jinja to Handlebars where it means the same: run migrate roles/web',
    load: async () => (await import('./migrate.ts')).migrateContent,
  },
  vault: {
    group: 'Write',
    summary: 'encrypt and decrypt files and values, as ansible-vault does: run vault edit secrets.yml',
    load: async () => (await import('./vault/index.ts')).vault,
  },
  completion: {
    group: 'Set up',
    summary: 'completes commands, flags, hosts and tags in a shell: run completion bash, zsh or fish',
    load: async () => (await import('./completion.ts')).showCompletion,
  },
  schema: {
    group: 'Set up',
    summary: 'JSON Schemas by which editors help to write playbooks: run schema playbook',
    load: async () => (await import('./schema.ts')).showSchema,
  },
}

/** The list of all commands by group, for help texts. */
export function commandList(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  const groups = new Set(Object.values(COMMANDS).map(({ group }) => group))
  const lines = [...groups].flatMap((group) => [
    `  ${group}:`,
    ...Object.entries(COMMANDS)
      .filter(([, command]) => command.group === group)
      .map(([name, { summary }]) => `    run ${name.padEnd(width)}  ${summary}`),
  ])
  return `\nCommands (each with --help):\n${lines.join('\n')}\n`
}

const AD_HOC = /^(-[bCDJKkov]*[ma]|--(args|module-name)(=|$))/

/** Which command the words ask for, if not for playbooks, and what is said to it. A module makes it ad hoc. */
export function commandOf(words: readonly string[]): { name: string; words: readonly string[] } | undefined {
  const [name = '', ...rest] = words
  if (Object.hasOwn(COMMANDS, name)) return { name, words: rest }
  return words.some((word) => AD_HOC.test(word)) ? { name: 'ad-hoc', words } : undefined
}
