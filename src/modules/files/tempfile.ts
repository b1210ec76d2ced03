import { describe, readFiles } from '../../host/file-state.ts'
import { STAT_FORMAT } from '../../host/look.ts'
import { defineModule, type ModuleContext, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { sh, together } from '../../sdk/plans.ts'
import { Output } from '../../shell/output.ts'
import { quote, quotePath, words } from '../../shell/quote.ts'

const declared = options({
  state: {
    type: 'str',
    choices: ['file', 'directory'],
    default: 'file',
    help: 'Whether a file or a folder is made.',
  },
  path: { type: 'path', help: 'The folder that it is made in; by default the one for temporary files.' },
  prefix: { type: 'str', default: 'ansible.', help: 'What its name begins with.' },
  suffix: { type: 'str', default: '', help: 'What its name ends with.' },
})

/** So many names that somebody has are no accident. */
const TRIES = 100

type Args = ArgsOf<typeof declared>

/** Makes a file or folder with a name that nobody has yet, for its user alone. Semantics: ansible.builtin.tempfile. */
export const tempfile = defineModule({
  name: 'tempfile',
  summary: 'Makes a temporary file or folder.',
  options: declared,
  validate: ({ prefix = '', suffix = '' }) =>
    /[/\n]/.test(prefix + suffix)
      ? ['prefix and suffix are parts of a name, without "/" and line breaks']
      : [],
  // Whatever is there, a new one is made.
  probe: () => '',
  plan,
  interpret: ([outcome]) => made(outcome!),
})

function plan(args: Args, _state: undefined, view: ModuleContext): Plan {
  if (view.check) return { changes: [], skipped: 'no temporary file is made under check' }
  return together([{ what: 'state', before: 'absent', after: args.state }], sh(script(args)))
}

/** Names that somebody has are passed over; who may not write in the folder is told at once. */
function script({ state, path, prefix, suffix }: Args): string {
  const make = state === 'directory' ? 'mkdir -- "$p"' : '( set -C; : >"$p" )'
  return [
    `d=${path === undefined ? `\${TMPDIR:-/tmp}` : quotePath(path)}`,
    'case $d in /*) ;; *) d=$PWD/$d ;; esac',
    '[ -d "$d" ] || { echo "there is no folder $d" >&2; exit 1; }',
    'umask 077',
    'i=0',
    'while :; do',
    '  r=$(LC_ALL=C tr -dc a-z0-9_ </dev/urandom | head -c 8)',
    `  p=\${d%/}/${quote(prefix)}$r${quote(suffix)}`,
    `  said=$( ${make} 2>&1 ) && break`,
    `  [ $((i += 1)) -lt ${TRIES} ] && { [ -e "$p" ] || [ -h "$p" ]; } || { echo "$said" >&2; exit 1; }`,
    'done',
    `printf '%s\\0001' "$p"`,
    `stat -c ${words(STAT_FORMAT)} -- "$p" || exit`,
    'printf 0',
  ].join('\n')
}

function made({ code, stdout, stderr }: Outcome) {
  if (code !== 0) return { failed: stderr.trim() || `exit status ${code}` }
  const output = new Output(Buffer.from(stdout))
  const path = output.field()
  const [file] = readFiles(output, 1)
  return { result: { path, ...describe(file!) } }
}
