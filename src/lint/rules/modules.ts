import type { Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { argument, type LintTask } from '../tasks.ts'

export const modulesUsed: readonly Rule[] = [
  {
    id: 'latest',
    description: 'Name the version of what is checked out.',
    severity: 'MEDIUM',
    tags: ['idempotency'],
    profile: 'safety',
    parts: { git: 'Say version.', hg: 'Say revision.' },
    on: 'task',
    check: checkLatest,
  },
  {
    id: 'package-latest',
    description: 'Install packages with a version, or as "present".',
    severity: 'VERY_LOW',
    tags: ['idempotency'],
    profile: 'safety',
    on: 'task',
    check: checkPackage,
  },
  {
    id: 'no-relative-paths',
    description: 'Name files and templates of a role without "../files" and "../templates".',
    severity: 'HIGH',
    tags: ['idiom'],
    profile: 'shared',
    on: 'task',
    check: checkRelative,
  },
  {
    id: 'avoid-implicit',
    description: 'Write "content" of copy as a text.',
    severity: 'MEDIUM',
    tags: ['unpredictability'],
    profile: 'safety',
    on: 'task',
    check: checkContent,
  },
  {
    id: 'deprecated-module',
    description: 'Use include_tasks or import_tasks in place of include.',
    severity: 'HIGH',
    tags: ['deprecations'],
    profile: 'basic',
    on: 'task',
    check: checkDeprecated,
  },
  {
    id: 'no-same-owner',
    description: "Do not keep the owners of the controller's files on the hosts.",
    severity: 'LOW',
    tags: ['opt-in'],
    on: 'task',
    check: checkOwner,
  },
]

function* checkLatest({ action }: LintTask): Iterable<Found> {
  if (action?.short === 'git' && (argument(action, 'version') ?? 'HEAD') === 'HEAD')
    yield {
      part: 'git',
      message: 'what git checks out may be another version each time',
      place: action.place,
      hint: 'say version: a tag or a commit',
    }
  if (action?.short === 'hg' && (argument(action, 'revision') ?? 'default') === 'default')
    yield {
      part: 'hg',
      message: 'what hg checks out may be another version each time',
      place: action.place,
      hint: 'say revision: a tag or a commit',
    }
}

const PACKAGE_MANAGERS = new Set(
  `apk apt bower bundler dnf easy_install gem homebrew jenkins_plugin npm openbsd_package openbsd_pkg package pacman
  pear pip pkg5 pkgutil portage slackpkg sorcery swdepot win_chocolatey yarn yum zypper`.split(/\s+/),
)

function* checkPackage({ action }: LintTask): Iterable<Found> {
  if (action === undefined || !PACKAGE_MANAGERS.has(action.short) || argument(action, 'state') !== 'latest')
    return
  if (argument(action, 'version') || argument(action, 'update_only')) return
  const node = action.args.get('state')!
  yield {
    message: 'another version may be installed each time',
    place: node.place,
    hint: 'say "present", or a version',
  }
}

const FOLDERS: Readonly<Record<string, string>> = {
  copy: '../files',
  win_copy: '../files',
  template: '../templates',
  win_template: '../win_templates',
}

function* checkRelative({ action }: LintTask): Iterable<Found> {
  const folder = action === undefined ? undefined : FOLDERS[action.short]
  const node = action?.args.get('src')
  if (folder === undefined || node === undefined || !String(argument(action!, 'src')).includes(folder)) return
  yield {
    message: `src names ${folder}, which is looked in anyway`,
    place: node.place,
    hint: `take ${folder}/ away`,
  }
}

function* checkContent({ action }: LintTask): Iterable<Found> {
  const content = action?.short === 'copy' ? action.args.get('content') : undefined
  if (content === undefined || (content.kind === 'scalar' && typeof content.value === 'string')) return
  yield {
    message: 'content is no text, and how it is written depends on settings',
    place: content.place,
    hint: 'write a text, such as "{{ value | to_nice_json }}"',
  }
}

const DEPRECATED = new Set(
  `accelerate aos_asn_pool aos_blueprint aos_blueprint_param aos_blueprint_virtnet aos_device aos_external_router
  aos_ip_pool aos_logical_device aos_logical_device_map aos_login aos_rack_type aos_template azure cl_bond cl_bridge
  cl_img_install cl_interface cl_interface_policy cl_license cl_ports cs_nic docker ec2_ami_find ec2_ami_search
  ec2_remote_facts ec2_vpc kubernetes netscaler nxos_ip_interface nxos_mtu nxos_portchannel nxos_switchport oc
  panos_nat_policy panos_security_policy vsphere_guest win_msi include`.split(/\s+/),
)

function* checkDeprecated({ action }: LintTask): Iterable<Found> {
  if (action === undefined || !DEPRECATED.has(action.short)) return
  const hint = action.short === 'include' ? 'write include_tasks or import_tasks' : undefined
  yield { message: `${action.short} is not in Ansible any more`, place: action.place, hint }
}

function* checkOwner({ action, entries }: LintTask): Iterable<Found> {
  if (action?.short === 'synchronize' || action?.short === 'ansible.posix.synchronize') {
    if (entries.has('delegate_to')) return
    const archive = argument(action, 'archive') ?? true
    if (argument(action, 'owner') ?? (archive || argument(action, 'group')) ?? archive)
      yield {
        message: 'owners and groups of the controller are taken over',
        place: action.place,
        hint: 'say owner: false and group: false',
      }
  }
  if (action?.short !== 'unarchive') return
  const isLocal = !argument(action, 'remote_src') || argument(action, 'delegate_to') === 'localhost'
  const src = argument(action, 'src')
  if (!isLocal || typeof src !== 'string') return
  const extra = JSON.stringify(argument(action, 'extra_opts') ?? [])
  if (
    src.endsWith('zip')
      ? extra.includes('-X')
      : /\.tar(\.(gz|bz2|xz))?$/.test(src) && !extra.includes('--no-same-owner')
  )
    yield {
      message: 'the owners within the archive are taken over',
      place: action.place,
      hint: 'add extra_opts: [--no-same-owner]',
    }
}
