import type { ModuleContext, ModuleResult, Outcome } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { words } from '../../shell/quote.ts'
import { xmlOf } from './xml.ts'

/** The options that all modules over virsh(1) share. */
export const virshOptions = options({
  uri: { type: 'str', default: 'qemu:///system', help: 'How libvirt is reached, as virsh takes it (-c).' },
})

/** A command line of virsh(1). */
export function virsh(uri: string, ...args: string[]): string {
  return words('env', 'LC_ALL=C', 'virsh', '-q', `--connect=${uri}`, ...args)
}

/** A command that reads /dev/stdin: where stdin is a socket, nobody can open that. */
export function fromStdin(command: string): string {
  return `cat | ${command}`
}

/** sh that asks libvirt with each of some virsh commands; `fieldsOf` and `answer` read it. */
export function virshLook(uri: string, ...commands: readonly (readonly string[])[]): string {
  return [
    "command -v virsh >/dev/null || { echo 'this host has no virsh: install it (Debian: libvirt-clients)' >&2; exit 1; }",
    ASK,
    ...commands.map((command) => `ask ${virsh(uri, ...command)}`),
  ].join('\n')
}

const ASK = `ask() { said=$("$@" 2>&1); printf '%s\\n%s\\0' "$?" "$said"; }`

/** sh behind `virshLook` that asks of all things whose names the command prints a line each, with the name first. */
export function virshEach(uri: string, list: readonly string[], each: string): string {
  return `${virsh(uri, ...list)} | while IFS= read -r name; do
[ -z "$name" ] || { printf '%s\\0' "$name"; ask ${each} </dev/null; }
done`
}

/** What is between the NULs that sh prints behind each part. */
export function fieldsOf(printed: string): string[] {
  return printed.split('\0').slice(0, -1)
}

/** What a command printed, with its exit status before it; undefined for what libvirt does not have. Raises an Error with a sentence. */
export function answer(field: string): string | undefined {
  const [, code, said = ''] = /^(\d+)\n([\s\S]*)$/.exec(field) ?? []
  if (code === '0') return said
  if (/^error: failed to get (domain|network|pool) /m.test(said)) return undefined
  throw new Error(sentence(said))
}

/** Lines "NAME: VALUE", as virsh shows one thing. */
export function linesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^([^:\n]+):[ \t]*(.*)$/gm)].map(([, name, value]) => [name!.trim(), value!.trim()]),
  )
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /Failed to connect socket|Cannot recv data|Connection refused/,
    'libvirt does not run on this host, or not under this uri: start libvirtd (or the socket of virtqemud)',
  ],
  [
    /Permission denied|authentication (failed|unavailable)|access denied/,
    'say become: true, or have the user in the group libvirt',
  ],
  [/nvram/, 'it has an NVRAM, which "undefine" leaves alone: remove both with virsh undefine --nvram'],
  [/managed save/, 'its memory is saved: remove that with virsh managedsave-remove'],
  [/snapshots/, 'it has snapshots: delete them with virsh snapshot-delete'],
  [/already exists with uuid/, 'give the XML the uuid that it has, or another name'],
  [/could not find capabilities|emulator/, 'the emulator for it is not installed (Debian: qemu-system-x86)'],
]

/** What virsh complains of as a sentence, with what to do about it where that is known. */
function sentence(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trim())
    .filter((line) => line !== '')
  const whole = [...new Set(lines)].join(': ') || 'virsh failed and did not say why'
  const known = ADVICE.find(([pattern]) => pattern.test(whole))
  return known === undefined ? whole : `${whole} (${known[1]})`
}

/** The failure of the last of some scripts of virsh. */
export function concludeVirsh(outcomes: readonly Outcome[]): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  return { failed: sentence(last.stderr), result: { rc: last.code, stderr: last.stderr } }
}

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i

/** What is wrong with a name, as no or one sentence: virsh takes numbers and UUIDs for what they stand for. */
export function nameProblems(option: string, name: string | undefined): string[] {
  if (name === undefined) return []
  if (/^\d+$/.test(name)) return [`${option}: "${name}" is a number to virsh, not a name`]
  if (UUID.test(name)) return [`${option}: "${name}" is a UUID to virsh, not a name`]
  return /^[^/\0\n]+$/.test(name) ? [] : [`${option}: ${JSON.stringify(name)} is not a name to libvirt`]
}

export function uriProblems(uri: string | undefined): string[] {
  return uri === undefined || /^[^\s-]\S*$/.test(uri) ? [] : [`uri: ${JSON.stringify(uri)} is not a uri`]
}

/** What is wrong with a description, whose root is to be called so. */
export function xmlProblems(xml: string | undefined, ...roots: readonly string[]): string[] {
  if (xml === undefined) return []
  try {
    const { name } = xmlOf(xml)
    return roots.includes(name) ? [] : [`xml: its root is <${name}>, and not <${roots.join('> or <')}>`]
  } catch (error) {
    return [`xml: ${(error as Error).message}`]
  }
}

/** Whether what is not there may come from an earlier task. */
export function mayCome(there: unknown, { check }: ModuleContext): boolean {
  return there === undefined && check
}
