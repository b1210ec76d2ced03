import type { ValueMap } from '../../../values/value.ts'
import { lines, type Sections } from './probe.ts'
import { first } from './system.ts'

/** Whether the host is a container, a virtual machine or one that runs them, and of which kind. */
export function virtualFacts(sections: Sections): ValueMap {
  const signs = new Set(lines(sections, ':signs'))
  const guest = [containerKind(sections, signs), machineKind(sections, signs)].filter(
    (kind) => kind !== undefined,
  )
  const hosting = hostKinds(sections, signs)
  const type = guest[0] ?? hosting[0] ?? 'NA'
  const role = guest.length > 0 ? 'guest' : hosting.length > 0 ? 'host' : 'NA'
  const inContainer = containerKind(sections, signs) !== undefined
  return {
    virtualization_type: type,
    virtualization_role: role,
    virtualization_tech_guest: [...new Set([...guest, ...(inContainer ? ['container'] : [])])],
    virtualization_tech_host: hosting,
  }
}

function containerKind(sections: Sections, signs: ReadonlySet<string>): string | undefined {
  const environment = (sections.get('/proc/1/environ') ?? '').split('\0')
  const said = environment.find((entry) => entry.startsWith('container='))?.slice('container='.length)
  const groups = sections.get('/proc/1/cgroup') ?? ''
  if (signs.has('/.dockerenv') || /\/docker(\/|-[0-9a-f]+\.scope)/.test(groups)) return 'docker'
  if (signs.has('/run/.containerenv') || said === 'podman') return 'podman'
  if (said === 'lxc' || /\/lxc(\.payload|\.monitor)?[./]/.test(groups)) return 'lxc'
  if (signs.has('/proc/vz') && !signs.has('/proc/bc')) return 'openvz'
  return said === undefined || said === '' ? undefined : said
}

const PRODUCTS: readonly (readonly [RegExp, string])[] = [
  [/^(KVM|KVM Server|Bochs|AHV)$|QEMU|Amazon EC2|Google Compute|^Standard PC/, 'kvm'],
  [/^RHEV/, 'RHEV'],
  [/VMware/, 'VMware'],
  [/^OpenStack/, 'openstack'],
  [/VirtualBox|innotek/, 'virtualbox'],
  [/^Xen$|HVM domU/, 'xen'],
  [/Microsoft Corporation.*Virtual Machine|Virtual Machine.*Microsoft/, 'VirtualPC'],
  [/Parallels/, 'parallels'],
]

function machineKind(sections: Sections, signs: ReadonlySet<string>): string | undefined {
  const dom0 = first(sections, '/proc/xen/capabilities').includes('control_d')
  if (!dom0 && (signs.has('/proc/xen') || first(sections, '/sys/hypervisor/type') === 'xen')) return 'xen'
  if (dom0) return undefined
  const dmi = ['product_name', 'sys_vendor', 'bios_vendor'].map((name) =>
    first(sections, `/sys/class/dmi/id/${name}`),
  )
  const texts = [...dmi, dmi.join(' ')]
  const known = PRODUCTS.find(([pattern]) => texts.some((text) => pattern.test(text)))
  if (known !== undefined) return known[1]
  return /^model name\s*:.*QEMU/m.test(sections.get('/proc/cpuinfo') ?? '') ? 'kvm' : undefined
}

function hostKinds(sections: Sections, signs: ReadonlySet<string>): string[] {
  if (first(sections, '/proc/xen/capabilities').includes('control_d')) return ['xen']
  return signs.has('/dev/kvm') || signs.has('/sys/module/kvm') ? ['kvm'] : []
}
