import { bytesOf } from '../../host/bytes.ts'
import { withText } from '../../host/edit.ts'
import { files, followed, type Reached } from '../../host/file-state.ts'
import { writeFile } from '../../host/write.ts'
import { type Change, defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, joined, NOTHING, sh } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import { quote } from '../../shell/quote.ts'

const declared = options({
  state: {
    type: 'str',
    required: true,
    choices: ['disabled', 'enforcing', 'permissive'],
    help: 'What SELinux does, now as far as that can be, and after the next boot.',
  },
  policy: { type: 'str', help: 'The policy, such as "targeted"; needed unless state is disabled.' },
  configfile: {
    type: 'path',
    default: '/etc/selinux/config',
    aliases: ['conf', 'file'],
    help: 'The file that says what SELinux does after a boot.',
  },
  update_kernel_param: {
    type: 'bool',
    default: false,
    help: 'Tell the kernel at boot too, by grubby, whether there is SELinux.',
  },
})

type Args = ArgsOf<typeof declared>
type Mode = Args['state']

interface State {
  readonly live: Mode
  readonly config: Reached
  readonly text: string
  /** The wanted policy is installed. */
  readonly hasPolicy: boolean
  /** Whether kernels are started with SELinux; undefined if they are not of one mind. */
  readonly kernel: boolean | undefined
  readonly hasGrubby: boolean
}

/** Keeps the mode and the policy of SELinux. Semantics: ansible.posix.selinux. */
export const selinux = defineModule<typeof declared, State>({
  name: 'selinux',
  summary: 'Sets what SELinux does, now and after the next boot.',
  options: declared,
  validate({ policy, state, configfile }, complete) {
    const found: string[] = []
    if (policy !== undefined && policy !== '' && !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(policy))
      found.push(`policy: ${JSON.stringify(policy)} is not a name of a policy`)
    if (configfile === '') found.push('configfile: "" is not a path of a file')
    if (complete && state !== undefined && state !== 'disabled' && !policy)
      found.push("Policy is required if state is not 'disabled'")
    return found
  },
  probe: (args) => [look(args), bytesOf([args.configfile]), script(args)],
  parse,
  plan,
})

function look({ configfile }: Args) {
  return files([configfile], { follow: true })
}

function script({ policy, update_kernel_param }: Args): string {
  const kernel = 'if command -v grubby >/dev/null; then echo grubby; grubby --info=ALL || exit; fi'
  return `live=disabled
for f in /sys/fs/selinux/enforce /selinux/enforce; do
  [ -r "$f" ] || continue
  case $(cat "$f") in 1) live=enforcing ;; *) live=permissive ;; esac
  break
done
echo "$live"
if [ -e ${quote(`/etc/selinux/${policy ?? ''}/policy`)} ]; then echo policy; else echo none; fi
${update_kernel_param ? kernel : ':'}`
}

function parse(output: ProbeOutput, args: Args): State {
  const [itself] = output.of(look(args))
  const [bytes] = output.of(bytesOf([args.configfile]))
  const [live = '', policy, ...lines] = output.text.split('\n')
  if (!isMode(live)) throw new Error(`the host answered "${live}" where the mode of SELinux was expected`)
  const kernels = lines.flatMap((line) => {
    const given = /^args="(.*)"$/.exec(line)?.[1]
    return given === undefined ? [] : [!given.split(' ').includes('selinux=0')]
  })
  const isOne = new Set(kernels).size === 1
  return {
    live,
    config: followed(args.configfile, itself),
    text: bytes!.toString('latin1'),
    hasPolicy: policy === 'policy',
    kernel: isOne ? kernels[0] : undefined,
    hasGrubby: lines[0] === 'grubby',
  }
}

function isMode(text: string): text is Mode {
  return ['disabled', 'enforcing', 'permissive'].includes(text)
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { configfile, state: mode } = args
  // Under check an earlier task may be the one that installs it.
  if (state.config.file?.type !== 'file' && !view.check) {
    return {
      ...failure(`Unable to find file ${configfile}`),
      advice:
        'SELinux is not set up on this host; install its policy first (selinux-policy-targeted, selinux-basics)',
    }
  }
  if (args.update_kernel_param && !state.hasGrubby && !view.check)
    return { ...failure("'grubby' command not found on host"), advice: 'install the package grubby' }
  const known = settingIn(state.text, 'SELINUXTYPE')
  const policy = args.policy || known || ''
  if (policy !== (known ?? '') && !state.hasPolicy && !view.check)
    return failure(`Policy ${policy} does not exist in /etc/selinux/`)
  const live = livePlan(mode, state)
  const config = configPlan(mode, policy, state, configfile, view)
  const kernel = args.update_kernel_param ? kernelPlan(mode, state) : NOTHING
  const told = [...config.changes, ...live.changes, ...kernel.changes].map(
    ({ what, before, after }) => `${what} changed from '${before}' to '${after}'`,
  )
  const result = {
    msg: told.join(', '),
    configfile,
    policy,
    state: mode,
    reboot_required: mode !== state.live && (state.live === 'disabled' || mode === 'disabled'),
  }
  return { ...joined([config, live, kernel]), result, warnings: live.warnings ?? [] }
}

function livePlan(mode: Mode, { live }: State): Plan {
  if (mode === live) return NOTHING
  if (live === 'disabled')
    return { ...NOTHING, warnings: [`Reboot is required to set SELinux state to '${mode}'`] }
  const setting = (to: Mode) => {
    const script = `if command -v setenforce >/dev/null; then setenforce ${to === 'enforcing' ? 1 : 0}
else printf ${to === 'enforcing' ? 1 : 0} >/sys/fs/selinux/enforce; fi`
    return inSteps([[{ what: 'SELinux state', before: live, after: to }, sh(script)]])
  }
  if (mode !== 'disabled') return setting(mode)
  if (live === 'permissive')
    return { ...NOTHING, warnings: ['SELinux state change will take effect next reboot'] }
  const warning = `SELinux state temporarily changed from '${live}' to 'permissive'. State change will take effect next reboot.`
  return { ...setting('permissive'), warnings: [warning] }
}

function configPlan(
  mode: Mode,
  policy: string,
  { text, config }: State,
  path: string,
  view: ModuleContext,
): Plan {
  const wanted = { SELINUXTYPE: policy, SELINUX: mode }
  const names = { SELINUXTYPE: `SELinux policy configuration in '${path}'`, SELINUX: 'Config SELinux state' }
  const changes: Change[] = []
  let after = text
  for (const key of ['SELINUXTYPE', 'SELINUX'] as const) {
    const before = settingIn(text, key) ?? null
    if (before === wanted[key] || wanted[key] === '') continue
    changes.push({ what: names[key], before, after: wanted[key] })
    after = withValue(after, key, wanted[key])
  }
  const [first, ...others] = changes
  if (first === undefined) return NOTHING
  const { file } = config
  const write = writeFile({
    path: config.path,
    via: config.via,
    content: contentOf(Buffer.from(after, 'latin1')),
    owner: file?.uid ?? 0,
    group: file?.gid ?? 0,
    mode: file?.mode ?? 0o644,
    replaces: file ?? null,
    madeOf: contentOf(Buffer.from(text, 'latin1')),
  })
  return { changes: [view.diff ? withText(first, text, after) : first, ...others], actions: [write] }
}

function settingIn(text: string, key: string): string | undefined {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]?.trim()
}

function withValue(text: string, key: string, value: string): string {
  const pattern = new RegExp(`^${key}=.*$`, 'gm')
  if (pattern.test(text)) return text.replace(pattern, () => `${key}=${value}`)
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${key}=${value}\n`
}

function kernelPlan(mode: Mode, { kernel }: State): Plan {
  const wanted = mode !== 'disabled'
  if (kernel === wanted) return NOTHING
  const told = (is: boolean) => (is ? 'enabled' : 'disabled')
  const before = kernel === undefined ? '<inconsistent>' : told(kernel)
  const change = { what: 'Kernel SELinux state', before, after: told(wanted) }
  return inSteps([
    [change, sh(`grubby --update-kernel=ALL ${wanted ? '--remove-args' : '--args'} selinux=0`)],
  ])
}
