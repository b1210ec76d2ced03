import { bytesOf } from '../../../host/bytes.ts'
import { fetchScript, readFetched } from '../../../host/download.ts'
import { defineModule } from '../../../sdk/module.ts'
import type { BatchedProbe, Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { readSources, type Sources, sourcesScript } from '../source-files.ts'
import { zypperFunction } from '../zypper/command.ts'
import { type Args, declared, isFetched, isRepoFile, problems } from './options.ts'
import { interpret, plan, type State } from './plan.ts'

/** Has zypper know repositories, or not. Semantics: community.general.zypper_repository. */
export const zypper_repository = defineModule<typeof declared, State>({
  name: 'zypper_repository',
  summary: 'Adds or removes repositories that zypper takes packages from.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
  probesElsewhere: true,
})

function probe({ repo }: Args): Probe {
  if (isFetched(repo)) return [LISTED, fetchScript({ url: repo, validate_certs: true })]
  return isRepoFile(repo) ? [LISTED, bytesOf([repo])] : [LISTED]
}

const LISTED: BatchedProbe<Sources> = {
  kind: 'zypper repositories',
  items: [''],
  script: () =>
    sourcesScript(
      [
        ...zypperFunction({}),
        `parts=$(sed -n 's/^[[:space:]]*reposdir[[:space:]]*=[[:space:]]*//p' /etc/zypp/zypp.conf 2>/dev/null)`,
        `parts=\${parts:-/etc/zypp/repos.d}`,
        'set --',
        'for f in "$parts"/*.repo; do [ ! -f "$f" ] || set -- "$@" "$f"; done',
      ].join('\n'),
    ),
  read: (output) => [readSources(output)],
}

function parse(output: ProbeOutput, { repo }: Args): State {
  const [sources] = output.of(LISTED) as [Sources]
  if (isFetched(repo)) {
    const fetched = readFetched(output.text)
    return { ...sources, given: 'bytes' in fetched ? fetched.bytes.toString('latin1') : undefined }
  }
  const bytes = isRepoFile(repo) ? output.of(bytesOf([repo]))[0]! : Buffer.alloc(0)
  return { ...sources, given: bytes.length === 0 ? undefined : bytes.toString('latin1') }
}
