import { bytesOf } from '../../host/bytes.ts'
import { linesOf, withText } from '../../host/edit.ts'
import { files, followed, type Reached } from '../../host/file-state.ts'
import { writeFile } from '../../host/write.ts'
import {
  type Action,
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, sh, together } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import { words } from '../../shell/quote.ts'

const declared = options({
  name: {
    type: 'strings',
    required: true,
    help: 'The locale with its encoding, such as "en_GB.UTF-8"; or several.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the host has it.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** The locales that programs find, as `locale -a` writes them. */
  readonly installed: readonly string[]
  /** How locales are kept: in /etc/locale.gen alone, as Ubuntu has it, or not at all. */
  readonly kind: 'file' | 'ubuntu' | 'none'
  /** A line for each locale that can be had, perhaps commented out. */
  readonly supported: string
  readonly files: ReadonlyMap<string, ListFile>
}

interface ListFile extends Reached {
  readonly text: string
}

const LIST = '/etc/locale.gen'
const LOCAL = '/var/lib/locales/supported.d/local'
const PATHS = [LIST, LOCAL]

/** Makes sure that locales are there, or are not. Semantics: community.general.locale_gen. */
export const locale_gen = defineModule<typeof declared, State>({
  name: 'locale_gen',
  summary: 'Makes locales, or removes them.',
  options: declared,
  validate: ({ name = [] }) =>
    name
      .filter((one) => !/^[A-Za-z0-9][A-Za-z0-9._@-]*$/.test(one))
      .map((one) => `name: ${JSON.stringify(one)} is not a name of a locale`),
  probe: () => [files(PATHS, { follow: true }), bytesOf(PATHS), SCRIPT],
  parse,
  plan,
  interpret(outcomes, { name }): ModuleResult {
    const last = outcomes.at(-1)
    if (last !== undefined && last.code !== 0) {
      const said = last.stderr.trim() || last.stdout.trim()
      return {
        failed: `locale-gen failed: ${said || `exit status ${last.code}`}`,
        result: { exitValue: last.code },
      }
    }
    return { result: { name: name.length === 1 ? name[0]! : name, msg: 'OK' } }
  },
})

const SCRIPT = `if [ -d /var/lib/locales/supported.d ]; then echo ubuntu; elif [ -f ${LIST} ]; then echo file; else echo none; fi
if command -v locale >/dev/null; then locale -a 2>/dev/null; fi
echo
if [ -d /var/lib/locales/supported.d ] && [ -f /usr/share/i18n/SUPPORTED ]; then cat /usr/share/i18n/SUPPORTED; fi`

function parse(output: ProbeOutput): State {
  const states = output.of(files(PATHS, { follow: true }))
  const texts = output.of(bytesOf(PATHS))
  const listed = new Map(
    PATHS.map((path, index) => [
      path,
      { ...followed(path, states[index]), text: texts[index]!.toString('latin1') },
    ]),
  )
  const [kind = '', ...lines] = output.text.split('\n')
  const end = lines.indexOf('')
  if (!isKind(kind) || end === -1) throw new Error('the host says nothing of its locales that makes sense')
  return {
    kind,
    installed: lines.slice(0, end),
    supported: kind === 'ubuntu' ? lines.slice(end + 1).join('\n') : listed.get(LIST)!.text,
    files: listed,
  }
}

function isKind(kind: string): kind is State['kind'] {
  return ['file', 'ubuntu', 'none'].includes(kind)
}

function plan({ name: names, state: wanted }: Args, state: State, view: ModuleContext): Plan {
  // Under check an earlier task may be the one that installs it.
  if (state.kind === 'none' && !view.check) {
    return {
      ...failure(`${LIST} and ${LOCAL} are missing. Is the package "locales" installed?`),
      advice: 'install the package locales, or the one of the distribution that has locale-gen',
    }
  }
  const missing = state.kind === 'none' ? [] : names.filter((name) => !isAvailable(name, state))
  if (missing.length > 0)
    return failure(`The locale you've entered is not available on your system: ${missing.join(', ')}`)
  const there = new Set(state.installed.map(normal))
  const different = names.filter((name) => there.has(normal(name)) !== (wanted === 'present'))
  if (different.length === 0) return NOTHING
  const changes = different.map((name) => ({
    what: `locale ${name}`,
    before: wanted === 'present' ? 'absent' : 'present',
    after: wanted,
  }))
  if (state.kind === 'ubuntu' && wanted === 'present')
    return together(changes, sh(`locale-gen ${words(...different)}`))
  const list = state.files.get(LIST)!.text
  const after = different.reduce((text, name) => withLocale(text, name, wanted === 'present'), list)
  const local = state.files.get(LOCAL)!.text
  const others = linesOf(local)
    .filter((line) => !different.includes(line.split(/\s/)[0]!))
    .join('')
  const [first, ...rest] = changes
  const [write, ...more] = [...written(LIST, after, state), ...written(LOCAL, others, state)]
  const run = sh(state.kind === 'ubuntu' ? 'locale-gen --purge' : 'locale-gen')
  const told = [view.diff ? withText(first!, list, after) : first!, ...rest]
  return write === undefined ? together(told, run) : together(told, write, ...more, run)
}

function isAvailable(name: string, { supported, kind }: State): boolean {
  const pattern = kind === 'ubuntu' ? /^(\S+_\S+) \S+\s*$/ : /^#?\s*(\S+_\S+) \S+\s*$/
  return supported.split('\n').some((line) => pattern.exec(line)?.[1] === name)
}

/** `locale -a` writes encodings in another way than locale.gen: "utf8" for "UTF-8". */
function normal(name: string): string {
  return name.replace(/\.[^@]*/, (encoding) => encoding.toLowerCase().replaceAll('-', ''))
}

/** The list with the lines of a locale in effect, or commented out. */
function withLocale(list: string, name: string, isWanted: boolean): string {
  return linesOf(list)
    .map((line) => {
      const [, found, rest] = /^#?\s*(\S+)( \S.*)$/s.exec(line) ?? []
      return found === name ? `${isWanted ? '' : '# '}${name}${rest}` : line
    })
    .join('')
}

function written(list: string, text: string, { files }: State): Action[] {
  const { path, via, file, text: old } = files.get(list)!
  if (text === old || file === undefined) return []
  const { uid, gid, mode } = file
  const content = contentOf(Buffer.from(text, 'latin1'))
  const madeOf = contentOf(Buffer.from(old, 'latin1'))
  return [writeFile({ path, via, content, owner: uid, group: gid, mode, replaces: file, madeOf })]
}
