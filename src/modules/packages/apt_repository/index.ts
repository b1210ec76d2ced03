import { looksAt } from '../../../sdk/footprint.ts'
import { defineModule } from '../../../sdk/module.ts'
import type { BatchedProbe, Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { readSources, type Sources, sourcesScript } from '../source-files.ts'
import { type Args, declared, problems } from './options.ts'
import { interpret, plan, type State } from './plan.ts'
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
  footprint: {
    of: (args, state, plan) =>
      isAsUsual(state) ? looksAt(() => ['packages']).of(args, state, plan) : undefined,
  },
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
    script: (items) => sourcesScript(LIST, items.filter(Boolean)),
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

function parse(output: ProbeOutput, args: Args): State {
  const sources = output.of(sourcesLook(args))[0]!
  const ppa = output.bytes.length === 0 ? undefined : readPpa(output.bytes)
  return { ...sources, codename: args.codename ?? ppa?.codename ?? '', signing: ppa?.signing }
}

/** All files of sources are where no task writes together with others. */
function isAsUsual({ files }: State): boolean {
  return [...files].every(([path, file]) => path.startsWith('/etc/apt/') && file?.type !== 'link')
}
