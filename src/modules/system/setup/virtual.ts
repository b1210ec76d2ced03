import type { ValueMap } from '../../../values/value.ts'
import { lines, type Sections } from './probe.ts'
import { first } from './system.ts'

/** Whether the host is a container, a virtual machine or one that runs them, and of which kind. */
export function virtualFacts(sections: Sections): ValueMap {
  const signs = new Set(lines(sections, ':signs'))
  const containers = containerKinds(sections, signs)
  const machine = machineKind(sections, signs)
  const guest = [...containers, ...(machine === undefined ? [] : [machine])]
  const hosting = hostKinds(sections, signs)
  const type = guest[0] ?? hosting[0] ?? 'NA'
  const role = guest.length > 0 ? 'guest' : hosting.length > 0 ? 'host' : 'NA'
  return {
    virtualization_type: type,
    virtualization_role: role,
    virtualization_tech_guest: [...new Set([...guest, ...(containers.length > 0 ? ['container'] : [])])],
    virtualization_tech_host: hosting,
  }
}

/** What kind of container it says that it is, in the order in which Ansible believes it. */
function containerKinds(sections: Sections, signs: ReadonlySet<string>): string[] {
  const groups = sections.get('/proc/1/cgroup') ?? ''
  const environment = (sections.get('/proc/1/environ') ?? '').split('\0')
  const said = environment.find((entry) => /^container=./.test(entry))?.slice('container='.length)
  const systemds = first(sections, '/run/systemd/container')
  const kinds: [kind: string, isOne: boolean][] = [
    ['docker', /\/docker(\/|-[0-9a-f]+\.scope)/.test(groups)],
    ['lxc', /\/lxc(\.payload|\.monitor)?[./]|\/machine\.slice\/machine-lxc/.test(groups)],
    ['containerd', groups.includes('/system.slice/containerd.service')],
    ['lxc', said === 'lxc'],
    ['podman', said === 'podman' || signs.has('/run/.containerenv')],
    ['container', said !== undefined && said !== 'lxc' && said !== 'podman'],
    ['openvz', signs.has('/proc/vz') && !signs.has('/proc/bc')],
    [systemds, systemds !== ''],
    ['docker', signs.has('/.dockerenv')],
  ]
  return [...new Set(kinds.filter(([, isOne]) => isOne).map(([kind]) => kind))]
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
