import { type ArgsOf, fileOptions, options } from '../../../sdk/options.ts'

export const declared = options({
  ...fileOptions,
  name: { type: 'str', required: true, help: 'The id of the repository.' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether there is such a repository.',
  },
  description: { type: 'str', help: 'What it is called; needed unless state is absent.' },
  baseurl: { type: 'strings', help: 'Where it is.' },
  mirrorlist: { type: 'str', help: 'Where a list of places is.' },
  metalink: { type: 'str', help: 'Where a metalink file of places is.' },
  file: { type: 'str', help: 'The file that it is in, without .repo; called as its id if not given.' },
  reposdir: { type: 'path', default: '/etc/yum.repos.d', help: 'The folder of such files.' },
  enabled: { type: 'bool', help: 'Whether it is used.' },
  gpgcheck: { type: 'bool', help: 'Whether signatures of packages are checked.' },
  repo_gpgcheck: { type: 'bool', help: "Whether the signature of the repository's own data is checked." },
  gpgkey: { type: 'strings', help: 'Where its keys are.' },
  gpgcakey: { type: 'str', help: 'Where the key is by which its keys are signed.' },
  async: { type: 'bool', help: 'Whether packages are fetched side by side.' },
  bandwidth: { type: 'str', help: 'Bytes a second that there are; for throttle.' },
  throttle: { type: 'str', help: 'Bytes a second, or the part of bandwidth, that are used.' },
  cost: { type: 'str', help: 'What it costs; of several repositories the cheapest is taken.' },
  priority: { type: 'str', help: 'Which is asked first: 1 before 99.' },
  protect: { type: 'bool', help: 'Whether its packages are replaced by no other repository.' },
  deltarpm_metadata_percentage: { type: 'str', help: 'Up to which size data of deltas is worth it.' },
  deltarpm_percentage: { type: 'str', help: 'Up to which size a delta is worth it.' },
  enablegroups: { type: 'bool', help: 'Whether its groups of packages are used.' },
  exclude: { type: 'strings', help: 'Packages that are not taken from it.' },
  includepkgs: { type: 'strings', help: 'The only packages that are taken from it.' },
  include: { type: 'str', help: 'Another file that belongs to it.' },
  failovermethod: { type: 'str', choices: ['roundrobin', 'priority'], help: 'Which place is tried next.' },
  http_caching: { type: 'str', choices: ['all', 'packages', 'none'], help: 'What proxies may keep.' },
  ip_resolve: {
    type: 'str',
    choices: ['4', '6', 'IPv4', 'IPv6', 'whatever'],
    help: 'The version of IP that it is reached by.',
  },
  keepalive: { type: 'bool', help: 'Whether connections are used again.' },
  keepcache: { type: 'str', choices: ['0', '1'], help: 'Whether packages are kept.' },
  metadata_expire: { type: 'str', help: 'How long its data is new enough.' },
  metadata_expire_filter: {
    type: 'str',
    choices: ['never', 'read-only:past', 'read-only:present', 'read-only:future'],
    help: 'Which commands may do with data that is too old.',
  },
  mirrorlist_expire: { type: 'str', help: 'How long the list of places is new enough.' },
  module_hotfixes: { type: 'bool', help: 'Whether its packages go before those of modules.' },
  username: { type: 'str', help: 'Who logs in there.' },
  password: { type: 'str', secret: true, help: 'The password of that user.' },
  proxy: { type: 'str', help: 'The proxy.' },
  proxy_username: { type: 'str', help: 'Who logs in at the proxy.' },
  proxy_password: { type: 'str', secret: true, help: 'The password of that user.' },
  retries: { type: 'str', help: 'How often a file is tried.' },
  timeout: { type: 'str', help: 'Seconds to wait for an answer.' },
  s3_enabled: { type: 'bool', help: 'Whether it is one of S3.' },
  skip_if_unavailable: { type: 'bool', help: 'Whether it does not matter if it is away.' },
  ssl_check_cert_permissions: { type: 'bool', help: 'Whether permissions of certificates are checked.' },
  sslcacert: {
    type: 'str',
    aliases: ['ca_cert'],
    help: 'Folder or file of the authorities that are trusted.',
  },
  sslclientcert: { type: 'str', aliases: ['client_cert'], help: 'File of the certificate to log in with.' },
  sslclientkey: { type: 'str', aliases: ['client_key'], help: 'File of its key.' },
  sslverify: { type: 'bool', aliases: ['validate_certs'], help: 'Whether the server must prove who it is.' },
  ui_repoid_vars: { type: 'str', help: 'Variables that are shown with the id.' },
})

export type Args = ArgsOf<typeof declared>

/** What is no field of the file. */
const OTHERS = ['description', 'file', 'group', 'mode', 'name', 'owner', 'reposdir', 'state']

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name, file, state } = args
  const found: string[] = []
  if (name !== undefined && !/^[^\s[\]/-][^[\]/\r\n]*$/.test(name))
    found.push(`name: ${JSON.stringify(name)} is not an id of a repository`)
  if (file !== undefined && !/^[^/\n]+$/.test(file))
    found.push(`file: ${JSON.stringify(file)} is not a name of a file`)
  for (const [option, value] of Object.entries(args))
    if ([value].flat().some((one) => /[\r\n]/.test(String(one))) && option !== 'name' && option !== 'file')
      found.push(`${option} holds a line break, and it is one line of a file`)
  if (!complete || state !== 'present') return found
  if ((args.baseurl ?? args.metalink ?? args.mirrorlist) === undefined)
    found.push("Parameter 'baseurl', 'metalink' or 'mirrorlist' is required.")
  if (args.description === undefined) found.push("Parameter 'description' is required.")
  return found
}

/** The fields of the repository, sorted as Ansible writes them. */
export function fieldsOf(args: Args): [name: string, value: string][] {
  const given = Object.entries(args).filter(
    ([option, value]) => !OTHERS.includes(option) && value !== undefined,
  )
  return [...given, ['name', args.description ?? '']]
    .map(([option, value]): [string, string] => [String(option), written(String(option), value!)])
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

function written(option: string, value: NonNullable<Args[keyof Args]>): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (!Array.isArray(value)) return String(value)
  return value.join(option === 'baseurl' || option === 'gpgkey' ? '\n' : ' ')
}
