import { defineMarkedModule } from '../../host/marked-module.ts'
import type { ModuleContext, Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { Output } from '../../shell/output.ts'
import { quotePath } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'
import {
  concludeMade,
  type Ground,
  groundProbe,
  lackOf,
  MADE_MARKS,
  type Making,
  madeOptions,
  planMade,
  readGround,
} from './made-file.ts'

const declared = options({
  ...madeOptions,
  size: { type: 'int', default: 4096, help: 'Bits of the parameters; many take minutes to be found.' },
  select_crypto_backend: {
    type: 'str',
    choices: ['auto', 'cryptography', 'openssl'],
    default: 'auto',
    help: 'Does nothing: the openssl of the host is used.',
  },
})

type Args = ArgsOf<typeof declared>

interface State extends Ground {
  readonly hasOpenssl: boolean
  /** Undefined for what are no parameters, or none that can be used. */
  readonly bits: number | undefined
}

/** Parameters for Diffie and Hellman's exchange of keys, made by openssl. Semantics: community.crypto.openssl_dhparam. */
export const openssl_dhparam = defineMarkedModule<typeof declared, State>(
  {
    name: 'openssl_dhparam',
    summary: 'Makes parameters for the exchange of keys by Diffie and Hellman.',
    options: declared,
    validate: ({ size }) =>
      size !== undefined && (size < 512 || size > 10_000)
        ? ['size: openssl makes parameters of 512 to 10000 bits']
        : [],
    probe: (args) => [...groundProbe(args), script(args)],
    parse,
    plan,
    interpret: (outcomes, args) =>
      concludeMade(outcomes, args, (dhparams): ValueMap => (args.return_content ? { dhparams } : {})),
  },
  MADE_MARKS,
)

/** Sh that prints 1 or 0 for openssl, and what it says of the file. */
function script({ path }: Args): string {
  const file = quotePath(path)
  return [
    'command -v openssl >/dev/null || { printf 0; exit 0; }',
    'printf 1',
    `[ ! -f ${file} ] || LC_ALL=C openssl dhparam -check -text -noout <${file} 2>&1 || :`,
  ].join('\n')
}

function parse(found: ProbeOutput, args: Args): State {
  const output = new Output(found.bytes)
  const hasOpenssl = output.take(1).toString() === '1'
  const said = output.rest().toString()
  const bits = /Parameters:\s+\((\d{1,6}) bit\)/.exec(said)?.[1]
  const isGood = bits !== undefined && !said.includes('WARNING')
  return { ...readGround(found, args), hasOpenssl, bits: isGood ? Number(bits) : undefined }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const lack = lackOf(state.hasOpenssl, view)
  if (lack !== undefined) return lack
  const { size, path, force } = args
  const { file, bits } = state
  const making: Making = {
    changes: [
      {
        what: 'parameters',
        before: file === undefined ? null : (bits ?? 'unreadable'),
        after: force ? `${size}, new` : size,
      },
    ],
    // How far it is, is told on stderr, where only reasons are to be.
    make: `d=$(openssl dhparam ${size} 2>&1) || { printf '%s\\n' "$d" | sed '/^[.+*-]*$/d' >&2; exit 1; }
printf '%s\\n' "$d" | sed -n '/^-----BEGIN/,/^-----END/p'`,
    input: '',
  }
  const isRight = args.state === 'absent' || (file !== undefined && bits === size && !force)
  const told = args.return_content ? `cat ${quotePath(path)}` : ':'
  const planned = planMade(args, state, isRight ? undefined : making, told, 0o644, view)
  const content: ValueMap = args.return_content
    ? { dhparams: args.state === 'present' ? (state.content ?? null) : null }
    : {}
  return { ...planned, result: { size, filename: path, ...content, ...planned.result } }
}
