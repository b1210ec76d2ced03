import {
  backupOf,
  type Edit,
  type Edited,
  editProbe,
  failureOf,
  fromBytes,
  linesOf,
  planEdit,
  readEdited,
  toBytes,
} from '../../host/edit.ts'
import { isFolder } from '../../host/file-state.ts'
import { folderOf } from '../../host/paths.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure } from '../../sdk/plans.ts'

const ITEMS = [
  ...['core', 'data', 'fsize', 'memlock', 'nofile', 'rss', 'stack', 'cpu', 'nproc', 'as', 'maxlogins'],
  ...['maxsyslogins', 'priority', 'locks', 'sigpending', 'msgqueue', 'nice', 'rtprio', 'chroot'],
]

const declared = options({
  domain: { type: 'str', required: true, help: 'A user, @group, "*", or a range of ids.' },
  limit_type: {
    type: 'str',
    required: true,
    choices: ['hard', 'soft', '-'],
    help: 'Which limit; "-" is both.',
  },
  limit_item: { type: 'str', required: true, choices: ITEMS, help: 'What is limited.' },
  value: {
    type: 'str',
    required: true,
    help: 'A number; "unlimited", "infinity" and "-1" are no limit; for nice and priority -20 to 19.',
  },
  use_max: { type: 'bool', default: false, help: 'Keep the value of the file if it is higher.' },
  use_min: { type: 'bool', default: false, help: 'Keep the value of the file if it is lower.' },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file as it was.' },
  dest: { type: 'path', default: '/etc/security/limits.conf', help: 'The file of limits.' },
  comment: { type: 'str', bytes: true, default: '', help: 'What stands behind the limit in the file.' },
})

type Args = ArgsOf<typeof declared>

const editing = ({ dest, backup }: Args) => ({ path: dest, state: 'present', create: true, backup }) as const

/** Sets a limit for a user or a group. Semantics: community.general.pam_limits. */
export const pam_limits = defineModule<typeof declared, Edited>({
  name: 'pam_limits',
  summary: 'Sets what users and groups may take of a host, in the file of limits of PAM.',
  options: declared,
  validate: problems,
  probe: (args) => editProbe(editing(args)),
  parse: (output, args) => readEdited(output, editing(args)),
  plan,
  interpret(outcomes) {
    const backup = backupOf(outcomes)
    return failureOf(outcomes) ?? { result: backup === undefined ? {} : { backup_file: backup } }
  },
})

function problems({ domain, limit_item, value, use_max, use_min, comment }: Partial<Args>): string[] {
  const found: string[] = []
  if (domain !== undefined && !/^[^\s#]+$/.test(domain))
    found.push(`domain: ${JSON.stringify(domain)} is not a user, a group or a range of ids`)
  if (use_max && use_min) found.push('Cannot use use_min and use_max at the same time.')
  if (comment?.includes('\n')) found.push('comment must be one line')
  if (limit_item === undefined || value === undefined) return found
  if (isRank(limit_item)) {
    if (!/^[-+]?\d+$/.test(value) || Number(value) < -20 || Number(value) > 19)
      found.push(invalid(limit_item, value, 'be a number in the range -20 to 19 inclusive.'))
  } else if (!isUnlimited(value) && !/^\d+$/.test(value)) {
    const such =
      "either be 'unlimited', 'infinity' or -1, all of which indicate no limit, or a limit of 0 or larger."
    found.push(invalid(limit_item, value, such))
  }
  return found
}

function invalid(item: string, value: string, must: string): string {
  return `Value of '${value}' for item '${item}' is invalid. Value must ${must} Refer to the limits.conf(5) manual pages for more details.`
}

/** What is no amount: -1 is a number there. */
function isRank(item: string): boolean {
  return item === 'nice' || item === 'priority'
}

function isUnlimited(value: string): boolean {
  return ['unlimited', 'infinity', '-1'].includes(value)
}

function plan(args: Args, state: Edited, view: ModuleContext): Plan {
  const folder = folderOf(args.dest)
  if (state.file === undefined && !isFolder(state.folder) && !view.check)
    return failure(`directory ${folder} is not writable (check presence, access rights, use sudo)`)
  const edit = edited(args, state)
  const planned = planEdit(editing(args), state, edit, view, 'Destination')
  return planned.failed === undefined ? { ...planned, result: { msg: edit.msg } } : planned
}

function edited(args: Args, { bytes }: Edited): Edit {
  const { domain, limit_type, limit_item } = args
  const before: string[] = []
  const after: string[] = []
  const lines = linesOf(bytes).map((line) => {
    const found = limitIn(line)
    const isIt = found?.domain === toBytes(domain) && found.type === limit_type && found.item === limit_item
    if (!isIt) return line
    const value = wantedValue(args, found.value)
    before.push(found.value)
    after.push(value)
    return value === found.value ? line : lineOf(args, value, found.comment)
  })
  const what = `${domain} ${limit_type} ${limit_item}`
  if (before.length === 0) {
    const added = lineOf(args, args.value, '')
    const ended = lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`))
    const change = { what, before: null, after: args.value }
    return { bytes: [...ended, added].join(''), change, msg: fromBytes(added) }
  }
  const own = lines.findLast((line) => {
    const found = limitIn(line)
    return found?.domain === toBytes(domain) && found.type === limit_type && found.item === limit_item
  })
  const msg = fromBytes(own ?? '')
  if (before.join() === after.join()) return { bytes, msg }
  const change = { what, before: before.join(', '), after: [...new Set(after)].join(', ') }
  return { bytes: lines.join(''), change, msg }
}

interface Limit {
  readonly domain: string
  readonly type: string
  readonly item: string
  readonly value: string
  readonly comment: string
}

function limitIn(line: string): Limit | undefined {
  if (line.startsWith('#')) return undefined
  const [, text = '', comment = ''] = /^([^#]*)(?:#(.*))?$/s.exec(line) ?? []
  const [domain, type, item, value, ...more] = text.trim().split(/\s+/)
  if (value === undefined || more.length > 0) return undefined
  return { domain: domain!, type: type!, item: item!, value, comment: comment.trimEnd() }
}

/** The value that is to be there, where another one is. */
function wantedValue({ limit_item, value, use_max, use_min }: Args, found: string): string {
  if (value === found || !(use_max || use_min)) return value
  const amount = (text: string) => (!isRank(limit_item) && isUnlimited(text) ? Infinity : Number(text))
  if (Number.isNaN(amount(found))) return value
  const isHigher = amount(value) > amount(found)
  if (amount(value) === amount(found)) return found
  return isHigher === use_max ? value : found
}

function lineOf({ domain, limit_type, limit_item, comment }: Args, value: string, old: string): string {
  const told = comment === '' ? old : toBytes(comment)
  return `${toBytes(domain)}\t${limit_type}\t${limit_item}\t${value}${told === '' ? '' : `\t#${told}`}\n`
}
