import { nameOf } from '../../host/paths.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import type { Content } from '../../shell/content.ts'
import { quotePath } from '../../shell/quote.ts'
import { commandOptions, concludeCommand, enter, parseFound, planCommand, probeFound } from './common.ts'

const { chdir, creates, removes } = commandOptions
const declared = options({
  cmd: { type: 'script', help: 'Path of a script on this machine, and words for it; also the free text.' },
  chdir,
  creates,
  removes,
  decrypt: {
    type: 'bool',
    default: true,
    help: 'Whether a script that is encrypted with ansible-vault is decrypted.',
  },
  executable: {
    type: 'path',
    help: 'The program that runs the script; by default what its first line names.',
  },
})

type Args = ArgsOf<typeof declared>
type Found = ReturnType<typeof parseFound>

/** Runs a script of this machine on the host, and leaves nothing of it there. Semantics: ansible.builtin.script. */
export const script = defineModule<typeof declared, Found>({
  name: 'script',
  summary: 'Runs a script that is on this machine on the host.',
  options: declared,
  freeForm: 'cmd',
  runsCommands: true,
  inForeground: true,
  validate: (args) =>
    args.chdir === undefined || args.chdir.startsWith('/') ? [] : ['chdir must be an absolute path, from /'],
  probe: (args) => probeFound(asCommand(args)),
  parse: (output, args) => parseFound(output, asCommand(args)),
  plan,
  interpret: ([outcome], { chdir }) => concludeCommand(outcome!, false, chdir),
})

function plan(args: Args, found: Found, view: ModuleContext): Plan {
  if (args.cmd === undefined)
    return { changes: [], failed: 'no script given; write its path behind "script:"' }
  const { file, words } = args.cmd
  const { creates, removes } = args
  if (creates !== undefined && found.creates) return skipped(`${creates} exists, matching creates option`)
  if (removes !== undefined && !found.removes)
    return skipped(`${removes} does not exist, matching removes option`)
  const { content } = file
  if (content === undefined) return { changes: [], failed: `${file.path} is a folder, and not a script` }
  return planCommand(
    asCommand(args),
    found,
    view,
    `${nameOf(file.path)} ${words}`.trim(),
    run(args, content, words),
  )
}

/** Other than a command, a script that need not run is skipped. */
function skipped(why: string): Plan {
  return { changes: [], skipped: why }
}

function asCommand({ chdir, creates, removes }: Args) {
  return { chdir, creates, removes, stdin: undefined, stdin_add_newline: true, strip_empty_ends: false }
}

// Removes the temporary file `$t`, if there is one, however the script ends.
const TEMPORARY = `umask 077
t=
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
trap '[ -z "$t" ] || rm -f "$t"' EXIT`

function run({ chdir, executable }: Args, content: Content, words: string) {
  const program = executable === undefined ? '' : `${quotePath(executable)} `
  const lines = [
    TEMPORARY,
    't=$(mktemp /tmp/playssh.XXXXXX) || exit',
    'cat >"$t" || exit',
    'n=$(($(wc -c <"$t")))',
    `[ $n -eq ${content.size} ] || { echo "only $n of ${content.size} bytes came; the script was not run" >&2; exit 1; }`,
    'exec </dev/null',
    'chmod 00700 "$t" || exit',
    'umask 022',
    ...(chdir === undefined ? [] : [enter(chdir)]),
    `${program}"$t" ${words}`,
  ]
  return { do: 'send' as const, script: lines.join('\n'), content }
}
