import { readFiles } from '../../../host/file-state.ts'
import { LOOK, lookingSettings } from '../../../host/look.ts'
import { defineModule } from '../../../sdk/module.ts'
import type { BatchedProbe, Probe, ProbeOutput } from '../../../sdk/probe.ts'
import type { Output } from '../../../shell/output.ts'
import { quotePath } from '../../../shell/quote.ts'
import { type Args, declared, problems } from './options.ts'
import { interpret, plan, type Sources, type State } from './plan.ts'
import { ppaOf, ppaScript, readPpa } from './ppa.ts'

/** Has apt know repositories, or not. Semantics: ansible.builtin.apt_repository. */
export const apt_repository = defineModule<typeof declared, State>({
  name: 'apt_repository',
  summary: 'Adds or removes repositories that apt takes packages from.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function probe(args: Args): Probe {
  const ppa = ppaOf(args.repo)
  return [sourcesLook(args), ...(ppa === undefined ? [] : [ppaScript(ppa, args)])]
}

/** What a name with a slash means may lie where apt does not look. */
function sourcesLook({ filename }: Args): BatchedProbe<Sources> {
  return {
    kind: 'apt sources',
    items: [filename?.includes('/') ? `${filename}.list` : ''],
    script: (items) =>
      [
        LOOK,
        lookingSettings({ follow: true, content: true }),
        LIST,
        ...items.filter(Boolean).map((path) => `set -- "$@" ${quotePath(path)}`),
        `printf '%s\\0' "$parts" $# "$@"`,
        'look "$@"; links "$@"; regular "$@"',
      ].join('\n'),
    read(output, items) {
      const sources = readSources(output)
      return items.map(() => sources)
    },
  }
}

const LIST = `command -v apt-config >/dev/null || { echo 'apt-config is missing: this host has no apt' >&2; exit 1; }
list=/etc/apt/sources.list parts=/etc/apt/sources.list.d/
eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
parts=\${parts%/}
set -- "$list"
for f in "$parts"/*.list; do [ ! -f "$f" ] || set -- "$@" "$f"; done`

function readSources(output: Output): Sources {
  const parts = output.field()
  const count = Number(output.field())
  if (!(count >= 1)) throw new Error('the host did not say which files of sources it has')
  const paths = Array.from({ length: count }, () => output.field())
  const found = readFiles(output, count, { follow: true }, count)
  return { parts, files: new Map(paths.map((path, index) => [path, found[index]])) }
}

function parse(output: ProbeOutput, args: Args): State {
  const sources = output.of(sourcesLook(args))[0]!
  const ppa = output.bytes.length === 0 ? undefined : readPpa(output.bytes)
  return { ...sources, codename: args.codename ?? ppa?.codename ?? '', signing: ppa?.signing }
}
