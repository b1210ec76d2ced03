import { existsSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import type { Beyond, ModuleContext } from '../../../sdk/module.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import { REMOTE_SHELL, type Talk } from '../../../shell/talk.ts'
import type { Args } from './options.ts'

/** Stands before each line that says what becomes of a file. */
export const MARK = '<<CHANGED>>'

/** Options of rsync that archive brings, if they are not said otherwise. */
const OF_ARCHIVE = ['recursive', 'links', 'perms', 'times', 'owner', 'group'] as const

function flags(args: Args, view: ModuleContext, isTrial: boolean): string[] {
  const { archive, rsync_timeout: timeout, link_dest = [] } = args
  const given: [boolean, ...string[]][] = [
    [args.delay_updates, '--delay-updates', '-F'],
    [args.compress, '--compress'],
    [timeout > 0, `--timeout=${timeout}`],
    [isTrial, '--dry-run'],
    [args.delete, '--delete-after'],
    [args.existing_only, '--existing'],
    [args.checksum, '--checksum'],
    [args.copy_links, '--copy-links'],
    [archive, '--archive'],
    ...OF_ARCHIVE.map((name): [boolean, string] =>
      archive ? [args[name] === false, `--no-${name}`] : [args[name] === true, `--${name}`],
    ),
    [args.dirs, '--dirs'],
    [true, ...args.rsync_opts],
    [args.partial, '--partial'],
    // It says of links to files elsewhere only then that they are new.
    [link_dest.length > 0, '-H', '-vv', ...linksTo(args, view).map((path) => `--link-dest=${path}`)],
    // Names go through rsync itself, and through no shell.
    [true, '-s', '-8', `--out-format=${MARK}%i %n%L`],
  ]
  return given.filter(([isMeant]) => isMeant).flatMap(([, ...words]) => words)
}

/** Absolute paths of the folders for hard links. */
export function linksTo({ link_dest = [] }: Args, { folder = '.' }: ModuleContext): string[] {
  return link_dest.map((path) => resolve(folder, path))
}

export function isUrl(path: string): boolean {
  return path.startsWith('rsync://')
}

/** A path where the task begins; on the controller it is searched for as Ansible does. */
export function pathHere(path: string, { ends }: ModuleContext): string {
  if (isUrl(path) || ends?.paths === undefined) return path
  const paths = ends.paths(path)
  const found = paths.find((one) => existsSync(one)) ?? paths.at(-1)!
  return path.endsWith('/') && !found.endsWith('/') ? `${found}/` : found
}

/** The path of the two that is on the host. */
export function pathThere({ mode, src, dest }: Args): string {
  return mode === 'pull' ? src : dest
}

/** src and dest, of which one is made of the path on the host, and the other is where the task begins. */
function both(args: Args, view: ModuleContext, there: string): [string, string] {
  const { mode, src, dest } = args
  return mode === 'pull' ? [there, pathHere(dest, view)] : [pathHere(src, view), there]
}

/** The conversation of rsync here with that on the host, whose path is `there`. */
export function talk(args: Args, view: ModuleContext, there: string, isTrial: boolean): Talk {
  const remote = isUrl(there) ? there : `host:${there.startsWith('-') ? './' : ''}${there}`
  return {
    program: ['rsync', ...flags(args, view, isTrial), '-e', REMOTE_SHELL, '--', ...both(args, view, remote)],
    answer: ([, , ...given]) => `exec ${args.rsync_path ?? 'rsync'} ${words(...given)}`,
  }
}

/** A command line for the host of the session. */
export function command(args: Args, view: ModuleContext, isTrial: boolean): string {
  const start = `rsync ${words(...flags(args, view, isTrial))}`
  const beyond = view.ends?.beyond
  if (beyond === undefined) {
    const [src, dest] = [args.src, args.dest].map((path) => quotePath(pathHere(path, view)))
    return `${start} -- ${src} ${dest}`
  }
  const there = isUrl(pathThere(args)) ? pathThere(args) : `${login(args, beyond)}:${pathThere(args)}`
  const rsync = args.rsync_path ?? becoming(beyond)
  const path = rsync === undefined ? '' : ` ${quote(`--rsync-path=${rsync}`)}`
  const hasOwn = args.rsync_opts.some((option) => option.includes('--rsh'))
  const shell = hasOwn ? '' : ` ${quote(`--rsh=${ssh(args, beyond)}`)}`
  const [src, dest] = both(args, view, there)
  return `${start}${path}${shell} -- ${local(src, there)} ${local(dest, there)}`
}

function local(path: string, there: string): string {
  return path === there ? quote(path) : quotePath(path)
}

function login({ set_remote_user: isSaid }: Args, { address, user }: Beyond): string {
  const host = address.includes(':') ? `[${address}]` : address
  return isSaid && user !== undefined ? `${user}@${host}` : host
}

function becoming({ become }: Beyond): string | undefined {
  return become === undefined ? undefined : words('sudo', '-n', '-u', become.user, 'rsync')
}

function ssh(args: Args, { port, privateKeyFile, sshArgs }: Beyond): string {
  const number = args.dest_port ?? port
  const key = args.private_key ?? privateKeyFile
  return words(
    'ssh',
    // Nobody is there to be asked.
    ...['-o', 'BatchMode=yes'],
    ...(args.ssh_connection_multiplexing ? [] : ['-S', 'none']),
    ...(key === undefined ? [] : ['-i', key]),
    ...(number === undefined ? [] : ['-o', `Port=${number}`]),
    ...(args.verify_host ? [] : ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']),
    ...(args.use_ssh_args ? sshArgs : []),
  )
}

/** The folder that dest is to be made in. */
export function parentOf(dest: string): string {
  return posix.dirname(dest)
}
