import { failureOf } from '../../host/edit.ts'
import { describe, readFiles } from '../../host/file-state.ts'
import { STAT_FORMAT } from '../../host/look.ts'
import { defineModule, type ModuleResult, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { sh, together } from '../../sdk/plans.ts'
import { Output } from '../../shell/output.ts'
import { quote, quotePath } from '../../shell/quote.ts'

const declared = options({
  state: {
    type: 'str',
    choices: ['file', 'directory'],
    default: 'file',
    help: 'Whether a file is made or a folder.',
  },
  path: { type: 'path', help: 'The folder that it is made in; $TMPDIR or /tmp if not given.' },
  prefix: { type: 'str', default: 'ansible.', help: 'What its name begins with.' },
  suffix: { type: 'str', default: '', help: 'What its name ends with.' },
})

type Args = ArgsOf<typeof declared>

/** Makes a file or folder that nobody else has, and that stays until it is removed. Semantics: ansible.builtin.tempfile. */
export const tempfile = defineModule<typeof declared, undefined>({
  name: 'tempfile',
  summary: 'Makes an empty file or folder with a name of its own, each time.',
  options: declared,
  validate: ({ prefix, suffix }) =>
    Object.entries({ prefix, suffix })
      .filter(([, text]) => text?.includes('/'))
      .map(([name]) => `tempfile: ${name} is a part of a name, which holds no "/"; say path for the folder`),
  probe: () => '',
  plan,
  interpret: conclude,
})

function plan(args: Args, _state: undefined, { check }: { readonly check: boolean }): Plan {
  // As in Ansible: a later task could not work with what is not there.
  if (check) return { changes: [], skipped: 'skipped, running in check mode' }
  return together([{ what: args.state, before: null, after: 'made' }], sh(scriptOf(args)))
}

/** Sh that prints the path of what it has made, and what stat says of it. */
function scriptOf({ state, path, prefix, suffix }: Args): string {
  // Both make what is not there, or fail: neither follows a link that somebody has put in its place.
  const make = state === 'directory' ? 'mkdir -m 700 -- "$p"' : '(umask 077 && set -C && : >"$p")'
  return [
    `d=${path === undefined ? `"\${TMPDIR:-/tmp}"` : quotePath(path)}`,
    '[ -d "$d" ] && [ -w "$d" ] || { echo "cannot make anything in $d" >&2; exit 1; }',
    'case $d in /*) ;; *) d=$PWD/$d ;; esac',
    'i=0',
    `until p=$d/${quote(prefix)}$(LC_ALL=C tr -dc a-z0-9_ </dev/urandom | head -c 8)${quote(suffix)}; ${make} 2>/dev/null; do`,
    '  [ $((i += 1)) -lt 10 ] || { echo "cannot make $p" >&2; exit 1; }',
    'done',
    `printf '%s\\0001%s\\n0' "$p" "$(stat -c ${quote(STAT_FORMAT)} -- "$p")"`,
  ].join('\n')
}

function conclude(outcomes: Outcome[]): ModuleResult {
  const failed = failureOf(outcomes)
  if (failed !== undefined) return failed
  const output = new Output(Buffer.from(outcomes[0]!.stdout))
  const path = output.field()
  const [made] = readFiles(output, 1)
  return { result: { path, ...(made !== undefined && describe(made)) } }
}
