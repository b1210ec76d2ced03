import { defineModule, type ModuleResult, type Outcome } from '../../../sdk/module.ts'
import { answer, concludeVirsh, fieldsOf, linesOf, virshLook } from '../virsh.ts'
import { xmlOf } from '../xml.ts'
import { type Args, declared, problems } from './options.ts'
import { type Guest, type Is, plan, type State } from './plan.ts'
import { NO_BALLOON, TIMED_OUT } from './scripts.ts'

/** A guest of libvirt whose description is made of arguments, in the shape of xen_domain. */
export const virt_domain = defineModule<typeof declared, State>({
  name: 'virt_domain',
  summary:
    'Defines guests of KVM and QEMU (virsh), brings them to what the arguments say, and starts, pauses, stops and removes them. What is not told of a guest that is there stays as it is; "virt" takes whole descriptions.',
  options: declared,
  validate: problems,
  probe,
  parse: ({ text }) => stateIn(text),
  poll: ({ name, state, timeout }, { guest }) =>
    guest?.isEnding && (state === 'running' || state === 'paused')
      ? { delay: 1, timeout, for: `${name}, which is just shutting down` }
      : undefined,
  plan,
  interpret: conclude,
})

function probe({ name, uri }: Args): string {
  const about = `--domain=${name}`
  // Passwords of screens are part of what is defined again.
  const look = virshLook(
    uri,
    ['dominfo', about],
    ['dumpxml', '--inactive', '--security-info', about],
    ['dumpxml', about],
  )
  return `${look}
kvm=0; [ ! -c /dev/kvm ] || kvm=1
printf '%s\\0%s\\0' "$kvm" "$(uname -m)"`
}

const STATES: Readonly<Record<string, Is>> = {
  ...{
    running: 'running',
    idle: 'running',
    'no state': 'running',
    'in shutdown': 'running',
    paused: 'paused',
  },
  ...{ 'shut off': 'shutdown', crashed: 'crashed', pmsuspended: 'asleep' },
}

function stateIn(text: string): State {
  const [about = '', described = '', running = '', kvm, arch = ''] = fieldsOf(text)
  return { guest: guestIn(about, described, running), hasKvm: kvm === '1', arch }
}

function guestIn(about: string, described: string, running: string): Guest | undefined {
  const [shown, inactive, now] = [answer(about), answer(described), answer(running)]
  // It may go while it is looked at.
  if (shown === undefined || inactive === undefined || now === undefined) return undefined
  const lines = linesOf(shown)
  const state = STATES[lines.get('State') ?? '']
  if (state === undefined) throw new Error(`virsh tells of a state "${lines.get('State') ?? ''}"`)
  return {
    state,
    isEnding: lines.get('State') === 'in shutdown',
    isActive: /^\d+$/.test(lines.get('Id') ?? ''),
    isPersistent: lines.get('Persistent') !== 'no',
    autostart: lines.get('Autostart') === 'enable',
    uuid: lines.get('UUID') ?? '',
    id: Number(lines.get('Id')),
    described: xmlOf(inactive),
    running: xmlOf(now),
  }
}

function conclude(outcomes: readonly Outcome[], args: Args): ModuleResult {
  const { code } = outcomes.at(-1)!
  const { name, timeout, memory } = args
  if (code === TIMED_OUT)
    return {
      failed: `${name} has not shut down within ${timeout} s: give it a longer "timeout", or stop it without asking it with "state: destroyed"`,
    }
  if (code === NO_BALLOON)
    return {
      failed: `${name} has not come to ${memory} MiB within 10 s: it still boots, or has no driver of the balloon (virtio_balloon); it has them from its next start`,
    }
  return concludeVirsh(outcomes)
}
