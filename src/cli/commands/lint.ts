import { spawnSync } from 'node:child_process'
import { basename, dirname, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { configIn, type LintConfig, readConfig, withLintFlags } from '../../lint/config.ts'
import { discover } from '../../lint/discover.ts'
import { fixed, writeFixed } from '../../lint/fix.ts'
import { FORMATS, formatted, type LintFormat } from '../../lint/formats/index.ts'
import { formatSarif } from '../../lint/formats/sarif.ts'
import { formatSummary } from '../../lint/formats/text.ts'
import { shownProfiles, shownRules, shownTags } from '../../lint/listing.ts'
import { PROFILES, type ProfileName } from '../../lint/profiles.ts'
import { Project } from '../../lint/project.ts'
import type { Finding } from '../../lint/rule.ts'
import { lint } from '../../lint/run.ts'
import { writeWhole } from '../../local/written-file.ts'
import { modules } from '../../modules/index.ts'
import { count } from '../../report/text.ts'
import { ProblemError } from '../../values/problem.ts'
import { startLanguages } from '../../yaml/files.ts'
import { takeDoubleKeys } from '../../yaml/yaml.ts'
import { collect, collectWords, newCommand, readWords } from '../command-line.ts'
import { readSettings } from '../settings/settings.ts'
import { usesColor } from '../told.ts'

interface Flags {
  readonly listRules: boolean
  readonly listTags: boolean
  readonly listProfiles: boolean
  readonly format?: LintFormat
  readonly parseable: boolean
  readonly quiet: number
  readonly report?: string
  readonly fix: boolean
  readonly profile?: ProfileName
  readonly tags: readonly string[]
  readonly skipList: readonly string[]
  readonly warnList: readonly string[]
  readonly enableList: readonly string[]
  readonly exclude: readonly string[]
  readonly configFile?: string
  readonly projectDir?: string
  readonly strict: boolean
  readonly nocolor: boolean
  readonly forceColor: boolean
}

const EXAMPLES = `
Examples:
  run lint                              the project: playbooks, roles and variables that git knows here
  run lint site.yml roles/web           these alone
  run lint --fix                        put right what can be, and tell the rest
  run lint -t fqcn -p                   one rule, one line a finding
  run lint --profile production         what content for Ansible Galaxy has to pass
  run lint --report lint.sarif          SARIF too, for code scanning
  run lint -L                           the rules
`

/** Something has been found. */
const FOUND = 2

/** `run lint [PATH...]`: gives the exit status. Raises CommandLineEnd and ProblemError. */
export async function lintProject(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const flags = command.opts<Flags>()
  const listed = listing(flags)
  if (listed !== undefined) {
    process.stdout.write(listed)
    return 0
  }
  takeDoubleKeys('ignore')
  const settings = readSettings(undefined)
  startLanguages(settings.template_language)
  const configFile = flags.configFile === undefined ? nearestConfig() : resolve(flags.configFile)
  const root = rootOf(flags, configFile)
  const config = withLintFlags(readConfig(configFile), {
    profile: flags.profile,
    skip: flags.skipList,
    warn: flags.warnList,
    enable: flags.enableList,
    only: flags.tags,
    exclude: flags.exclude.map((path) => resolve(path)),
    strict: flags.strict,
  })
  const project = Project.of(root, discover(command.args, root, config.exclude), {
    exclude: config.exclude,
    rolesPath: settings.roles_path,
  })
  const result = flags.fix
    ? fixed(project, config, modules)
    : { findings: lint(project, config, modules), changed: [] }
  await writeFixed(result.changed)
  return report(result.findings, { project, config, flags, changed: result.changed.length })
}

function commandLine(): Command {
  return newCommand(
    'run lint',
    'Looks for mistakes and bad habits in playbooks and roles, by the rules of Ansible-lint.',
  )
    .argument('[path...]', 'files and folders; without any, the project')
    .option('-L, --list-rules', 'list the rules', false)
    .option('-T, --list-tags', 'list the tags, each with its rules', false)
    .option('-P, --list-profiles', 'list the profiles, each with its rules', false)
    .addOption(new Option('-f, --format <format>', 'how findings are shown').choices(FORMATS))
    .option('-p, --parseable', 'one line a finding, as -f pep8', false)
    .option(
      '-q, --quiet',
      'no summary; twice: rules and places alone',
      (_value, level: number) => level + 1,
      0,
    )
    .option('--report <file>', 'write SARIF into this file too; its name ends in .sarif or .json', sarifFile)
    .addOption(new Option('--sarif-file <file>').argParser(sarifFile).hideHelp())
    .option('--fix', 'put right what can be', false)
    .addOption(new Option('--write').hideHelp())
    .addOption(new Option('--profile <profile>', 'only the rules of this profile').choices(PROFILES))
    .option('-t, --tags <tags>', 'only rules with these ids or tags; repeatable', collectWords, [])
    .option('-x, --skip-list <rules>', 'no rules with these ids or tags; repeatable', collectWords, [])
    .option('-w, --warn-list <rules>', 'only warn of these; repeatable', collectWords, [])
    .option('--enable-list <rules>', 'rules that are used only if asked for; repeatable', collectWords, [])
    .option('--exclude <path>', 'leave out this file or folder; repeatable', collect, [])
    .option('-c, --config-file <file>', 'in place of .ansible-lint or .config/ansible-lint.yml')
    .option('--project-dir <folder>', 'where the project lies')
    .option('-s, --strict', 'warnings count as failures', false)
    .option('--nocolor', 'no colours', false)
    .option('--force-color', 'colours, wherever it goes', false)
    .addOption(new Option('-R').hideHelp())
    .addOption(new Option('-v, --verbose').hideHelp())
    .addOption(new Option('--offline').hideHelp())
    .addHelpText('after', EXAMPLES)
}

function sarifFile(path: string): string {
  if (/\.(sarif|json)$/.test(path)) return path
  throw new InvalidArgumentError('Its name ends in .sarif or .json.')
}

function listing({ listRules, listTags, listProfiles }: Flags): string | undefined {
  if (listRules) return shownRules()
  if (listTags) return shownTags()
  return listProfiles ? shownProfiles() : undefined
}

/** The configuration of this folder, or of the nearest one above it that has one, up to the root of the repository. */
function nearestConfig(): string | undefined {
  const top = repositoryRoot()
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const found = configIn(folder)
    if (found !== undefined || folder === top || folder === dirname(folder)) return found
    if (top === undefined) return undefined
  }
}

function rootOf({ projectDir, configFile }: Flags, found: string | undefined): string {
  if (projectDir !== undefined) return resolve(projectDir)
  if (configFile !== undefined || found === undefined) return process.cwd()
  const folder = dirname(found)
  return basename(folder) === '.config' ? dirname(folder) : folder
}

/** In milliseconds. */
const GIT_AT_MOST = 20_000

function repositoryRoot(): string | undefined {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--show-toplevel'], {
    encoding: 'utf8',
    timeout: GIT_AT_MOST,
  })
  return status === 0 ? stdout.trim() : undefined
}

interface Outcome {
  readonly project: Project
  readonly config: LintConfig
  readonly flags: Flags
  /** The number of files that --fix has changed. */
  readonly changed: number
}

async function report(
  findings: readonly Finding[],
  { project, config, flags, changed }: Outcome,
): Promise<number> {
  const isFailed = findings.some(({ level }) => level === 'error' || config.strict)
  const color = flags.forceColor || (!flags.nocolor && usesColor(process.stdout))
  process.stdout.write(formatted(findings, formatOf(flags, config), { color, folder: process.cwd() }))
  const sarif = flags.report ?? config.sarifFile
  if (sarif !== undefined) await written(sarif, formatSarif(findings, process.cwd()))
  if (changed > 0) process.stderr.write(`${count(changed, 'file')} put right\n`)
  if (flags.quiet === 0 && !config.quiet) {
    if (findings.length > 0) process.stderr.write('\n')
    process.stderr.write(formatSummary(findings, project.files.length, !isFailed))
  }
  return isFailed ? FOUND : 0
}

function formatOf({ format, parseable, quiet }: Flags, config: LintConfig): LintFormat {
  if (format !== undefined) return format
  if (parseable || config.parseable) return 'pep8'
  return quiet > 1 ? 'quiet' : 'default'
}

async function written(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, [text])
  } catch (error) {
    throw new ProblemError({ message: `${path} cannot be written: ${(error as Error).message}` })
  }
}
