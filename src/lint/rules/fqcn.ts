import { ownersOf } from '../../playbook/foreign-module.ts'
import type { MapNode } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import type { LintTask } from '../tasks.ts'

const FACTS = {
  id: 'fqcn',
  description: 'Write modules with their collection in front.',
  severity: 'MEDIUM',
  tags: ['formatting'],
  profile: 'production',
  parts: {
    'action-core': 'Write ansible.builtin in front of what ansible-core has.',
    action: 'Write the collection in front of a module.',
    keyword: 'Write collections in front of modules and roles, in place of "collections:".',
  },
  fixes: true,
} as const

export const fqcn: readonly Rule[] = [
  { ...FACTS, on: 'task', check: checkTask },
  { ...FACTS, on: 'play', check: checkPlay },
]

function* checkTask({ action }: LintTask): Iterable<Found> {
  if (action === undefined || action.written.includes('.') || action.written.includes('{{')) return
  const { written, place } = action
  const owners = ownersOf(written)
  const isCore = owners.includes('ansible.builtin')
  const owner = isCore ? 'ansible.builtin' : preferred(owners)
  const full = owner === undefined ? RENAMED[written] : `${owner}.${written}`
  if (full === undefined) return
  const isWritten = place.source.text.startsWith(written, place.start)
  yield {
    part: isCore ? 'action-core' : 'action',
    message: `"${written}" stands without its collection`,
    place: isWritten ? { ...place, end: place.start + written.length } : place,
    hint: `write ${full}`,
    ...(isWritten &&
      owner !== undefined && {
        edits: [{ place: { ...place, end: place.start + written.length }, text: full }],
      }),
  }
}

/** Where Ansible itself leads a name that several collections have. */
const FIRST =
  `ansible.posix ansible.netcommon community.general community.crypto community.docker community.mysql
  community.postgresql kubernetes.core community.hrobot`.split(/\s+/)

/** Names of Ansible's past, and where it leads them: a module that may take other arguments. */
const RENAMED: Readonly<Record<string, string>> = {
  docker: 'community.docker.docker_container',
  ec2_elb_lb: 'amazon.aws.elb_classic_lb',
  ec2_group: 'amazon.aws.ec2_security_group',
  elb_instance: 'community.aws.elb_instance',
  letsencrypt: 'community.crypto.acme_certificate',
  openssl_certificate: 'community.crypto.x509_certificate',
}

function preferred(owners: readonly string[]): string | undefined {
  return owners.length === 1 ? owners[0] : FIRST.find((name) => owners.includes(name))
}

function* checkPlay(play: MapNode): Iterable<Found> {
  const entry = play.entries.find(({ key }) => key === 'collections')
  if (entry !== undefined)
    yield {
      part: 'keyword',
      message: '"collections" hides where modules and roles come from',
      place: entry.keyPlace,
      hint: FACTS.parts.keyword,
    }
}
