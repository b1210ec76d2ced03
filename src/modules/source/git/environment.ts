import { quote, quotePath } from '../../../shell/quote.ts'
import type { GitArgs } from './options.ts'

/**
 * Lines of sh that make `$g` the program, `$u` the repository, and set how git works: it asks nobody anything, and ssh
 * neither.
 */
export function environment(
  args: GitArgs,
  { isLook, acceptsNew }: { isLook: boolean; acceptsNew: boolean },
): string[] {
  const { repo } = args
  const isTaken = args.accept_hostkey || (args.accept_newhostkey && acceptsNew)
  const ssh = [...(isLook && isTaken ? [nowhere(args)] : []), ...sshWords(args, acceptsNew)].join(' ')
  return [
    `g=${args.executable === undefined ? 'git' : quotePath(args.executable)}`,
    // Some of git's abilities are only there for an address with a protocol.
    repo.startsWith('~')
      ? `u=${quotePath(repo)}; case $u in /*) u=file://$u ;; esac`
      : `u=${quote(urlOf(repo))}`,
    'export LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0',
    `export GIT_SSH_COMMAND="\${GIT_SSH:-\${GIT_SSH_COMMAND:-ssh}} \${GIT_SSH_OPTS-} "${quote(ssh)}`,
  ]
}

/** A look writes nothing: ssh adds the key of a host to the first of these files, and knows those of all. */
function nowhere({ ssh_opts = '' }: GitArgs): string {
  const own = /\bUserKnownHostsFile[= ]([^\s'"]+)/i.exec(ssh_opts)?.[1]
  return `-o "UserKnownHostsFile=/dev/null ${own ?? '~/.ssh/known_hosts ~/.ssh/known_hosts2'}"`
}

function urlOf(repo: string): string {
  return repo.startsWith('/') ? `file://${repo}` : repo
}

/** Words of ssh's command line, which git gives to a shell. */
function sshWords(args: GitArgs, acceptsNew: boolean): string[] {
  const { ssh_opts = '', accept_hostkey, accept_newhostkey, key_file } = args
  const isSaid = /-o StrictHostKeyChecking=(no|accept-new)/.test(ssh_opts)
  const found = ssh_opts === '' ? [] : [ssh_opts]
  if (accept_hostkey && !isSaid) found.push('-o StrictHostKeyChecking=no')
  if (accept_newhostkey && acceptsNew && !isSaid) found.push('-o StrictHostKeyChecking=accept-new')
  if (!ssh_opts.includes('BatchMode=yes')) found.push('-o BatchMode=yes')
  if (key_file === undefined) return found
  if (!ssh_opts.includes(`-i ${key_file}`)) found.push(`-i ${quotePath(key_file)}`)
  if (!ssh_opts.includes('IdentitiesOnly=yes')) found.push('-o IdentitiesOnly=yes')
  return found
}

/** A text without the passwords of the addresses in it. */
export function withoutSecrets(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)([^\s/@'"]+)@/gi, (_, scheme: string, login: string) => {
    // Of an address of SSH the name is needed to understand it, and no secret.
    const [name] = login.split(':')
    return scheme.toLowerCase() === 'ssh://' ? `${scheme}${name}@` : `${scheme}****@`
  })
}
