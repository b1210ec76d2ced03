import { bytesOf } from '../../../host/bytes.ts'
import { type FileState, files } from '../../../host/file-state.ts'
import { removeScript } from '../../../host/safe-path.ts'
import { writeFile } from '../../../host/write.ts'
import { defineModule, type ModuleContext, type Plan } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { failure, inSteps, type PlannedChange, sh } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import type { OwnedFile } from './backend.ts'
import { BACKENDS, type BackendName } from './backends.ts'
import { linkProblems, linksOf } from './model.ts'

const declared = options({
  links: {
    type: 'list',
    required: true,
    help: 'All links of this name, each a map in the words of the modules link, address, route and rule: name, type, mtu, address (MAC), master, what its type takes, addresses, dhcp4, dhcp6, accept_ra, routes, rules, dns, search. An empty list removes the files.',
  },
  name: {
    type: 'str',
    default: 'playssh',
    help: 'What the files are called by. All files of the name are the task that has it: those of links that are not in the list go.',
  },
  backend: {
    type: 'str',
    choices: ['auto', 'ifupdown', 'networkd', 'netplan'],
    default: 'auto',
    help: 'What reads the files at boot; auto finds what the host uses.',
  },
  apply: {
    type: 'bool',
    default: false,
    help: 'Let the running system become as the files say, when they have changed (ifreload or ifup, networkctl reload, netplan apply). It may cut the connection.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** What the host uses; undefined where nothing was found. */
  readonly backend: BackendName | undefined
  /** Files of this name that are there. */
  readonly there: readonly string[]
  readonly files: ReadonlyMap<string, FileState | undefined>
  readonly texts: ReadonlyMap<string, Buffer>
  /** ifupdown does not read the folder. */
  readonly unread: boolean
}

/** Keeps links, addresses, routes, rules and name servers over a restart, in the files of what sets up the network. */
export const network_config = defineModule<typeof declared, State>({
  name: 'network_config',
  summary: 'Keeps the network over a restart: files of ifupdown, systemd-networkd or netplan.',
  options: declared,
  validate: ({ links, name, backend }) => [
    ...(name === undefined || /^[A-Za-z0-9]+$/.test(name)
      ? []
      : [`name: ${JSON.stringify(name)} is not a part of a name of a file: letters and digits are`]),
    ...problemsOf(links, backend),
  ],
  probe: (args) => [PROBE(args.name), files(pathsOf(args)), bytesOf(pathsOf(args))],
  parse(output, args) {
    const [first = '', ...rest] = output.text.split('\n').filter((line) => line !== '')
    const paths = pathsOf(args)
    const states = output.of(files(paths))
    const bytes = output.of(bytesOf(paths))
    return {
      backend: Object.hasOwn(BACKENDS, first) ? (first as BackendName) : undefined,
      there: rest.filter((line) => line.startsWith('/')),
      unread: rest.includes('unread'),
      files: new Map(paths.map((path, index) => [path, states[index]])),
      texts: new Map(paths.map((path, index) => [path, bytes[index]!])),
    }
  },
  plan,
  interpret(outcomes) {
    const last = outcomes.at(-1)
    if (last === undefined || last.code === 0) return {}
    const said = last.stderr.trim() || `exit status ${last.code}`
    return { failed: said, result: { rc: last.code, stderr: last.stderr } }
  },
})

function problemsOf(links: Args['links'] | undefined, backend: Args['backend'] | undefined): string[] {
  const problems = linkProblems(links ?? [])
  if (problems.length > 0 || backend === undefined || backend === 'auto') return problems
  return cannot(backend, links ?? [])
}

function cannot(backend: BackendName, links: Args['links']): string[] {
  return linksOf(links).flatMap((link) =>
    BACKENDS[backend].cannot(link).map((what) => `links: ${link.name}: ${backend} has no word for ${what}`),
  )
}

// What reads its files at boot: netplan, where it has any, writes those of the others.
const PROBE = (name: string) => `has() { for f; do [ -e "$f" ] && return; done; false; }
PATH=$PATH:/usr/sbin:/sbin
if command -v netplan >/dev/null && has /etc/netplan/*.yaml; then echo netplan
elif has /etc/systemd/system/*.wants/systemd-networkd.service; then echo networkd
elif command -v ifup >/dev/null && [ -e /etc/network/interfaces ]; then echo ifupdown
elif command -v netplan >/dev/null; then echo netplan
else echo none; fi
for f in ${Object.values(BACKENDS)
  .map(({ pattern }) => pattern(name))
  .join(' ')}; do
  if [ -e "$f" ] || [ -h "$f" ]; then printf '%s\\n' "$f"; fi
done
grep -Eqs '^[[:space:]]*(source|source-directory)[[:space:]]+(/etc/network/)?interfaces\\.d' /etc/network/interfaces || echo unread`

function header(): string {
  return '# Written by the module network_config; what is changed here by hand is lost.\n'
}

function wantedFiles(args: Args, backend: BackendName): OwnedFile[] {
  return BACKENDS[backend].files(args.name, linksOf(args.links), header())
}

/** Which backend it is, a probe only finds out. */
function pathsOf(args: Args): string[] {
  const names = args.backend === 'auto' ? (Object.keys(BACKENDS) as BackendName[]) : [args.backend]
  return names.flatMap((name) => wantedFiles(args, name).map(({ path }) => path))
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const backend = args.backend === 'auto' ? state.backend : args.backend
  if (backend === undefined)
    return failure(
      'nothing was found here that sets up the network at boot (netplan, systemd-networkd, ifupdown): install one, or say which is meant by "backend"',
    )
  const [trouble] = cannot(backend, args.links)
  if (trouble !== undefined) return failure(trouble)
  const wanted = wantedFiles(args, backend)
  const odd = wanted.find(({ path }) => !['file', undefined].includes(state.files.get(path)?.type))
  if (odd !== undefined)
    return failure(`${odd.path} is a ${state.files.get(odd.path)!.type}, and a file is to be there`)
  const { owns, apply } = BACKENDS[backend]
  const surplus = state.there.filter(
    (path) => owns(args.name, path) && !wanted.some((file) => file.path === path),
  )
  const steps = [
    ...wanted.flatMap((file) => writing(file, state, view)),
    ...surplus.map(
      (path): PlannedChange => [{ what: path, before: 'file', after: null }, sh(removeScript(path, 'file'))],
    ),
  ]
  const last = steps.pop()
  const applied: PlannedChange[] =
    last === undefined ? [] : [args.apply ? [...last, sh(`PATH=$PATH:/usr/sbin:/sbin\n${apply}`)] : last]
  const isUnread = backend === 'ifupdown' && state.unread && wanted.length > 0
  return {
    ...inSteps([...steps, ...applied]),
    result: { backend, files: wanted.map(({ path }) => path) },
    ...(isUnread && {
      warnings: [
        '/etc/network/interfaces does not read its folder: add "source /etc/network/interfaces.d/*" to it',
      ],
    }),
  }
}

function writing({ path, mode, text }: OwnedFile, state: State, view: ModuleContext): PlannedChange[] {
  const file = state.files.get(path)
  const before = file === undefined ? undefined : state.texts.get(path)!.toString()
  const isSame = before === text && file!.mode === mode && file!.uid === 0
  if (isSame) return []
  const sides = view.diff && before !== text ? { text: { before: before ?? '', after: text } } : {}
  const change = {
    what: path,
    before: file === undefined ? null : 'old content',
    after: 'new content',
    ...sides,
  }
  return [
    [
      change,
      writeFile({
        path,
        mode,
        content: contentOf(text),
        owner: 0,
        group: 0,
        replaces: file ?? null,
        makesFolders: true,
      }),
    ],
  ]
}
