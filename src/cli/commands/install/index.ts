import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { keepLogins } from '../../../galaxy/address.ts'
import { formatWarning } from '../../../report/index.ts'
import { keepSecret } from '../../../vault/secrets.ts'
import { newCommand, positive, readWords } from '../../command-line.ts'
import { readSettings } from '../../settings/settings.ts'
import type { InstallFlags, Kind } from './asked.ts'
import { listInstalled } from './list.ts'
import { removeInstalled } from './remove.ts'
import { verifyInstalled } from './verify.ts'
import { installWanted } from './wanted.ts'

const ACTIONS = {
  install: installWanted,
  list: listInstalled,
  remove: removeInstalled,
  verify: verifyInstalled,
}

const EXAMPLES = `
Examples:
  run install                                   what requirements.yml asks for
  run install -r requirements.yml --frozen      exactly what the lock file has, or nothing
  run install --upgrade                         the newest that fits, and the lock file anew
  run install geerlingguy.nginx,3.1.0           a role of a Galaxy server
  run install collection community.general:'>=8.0.0,<9.0.0'
  run install git+https://git.example.org/nginx.git,v2.0
  run install list                              what is installed
  run install verify                            are installed collections as their authors made them?
  run install remove geerlingguy.nginx
`

/** `run install [role|collection] [list|remove|verify] [NAME...]`: gives the exit status. Raises CommandLineEnd and ProblemError. */
export async function installRequirements(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const flags = command.opts<InstallFlags>()
  if (flags.token !== undefined) keepSecret(flags.token)
  for (const word of words) keepLogins(word)
  const settings = readSettings(undefined)
  for (const message of settings.warnings) process.stderr.write(`${formatWarning({ message })}\n`)
  const [kind, rest] = kindIn(command.args)
  const action =
    rest[0] !== undefined && Object.hasOwn(ACTIONS, rest[0]) ? (rest[0] as keyof typeof ACTIONS) : undefined
  const own = (path: string | undefined) =>
    path
      ?.split(':')
      .filter(Boolean)
      .map((one) => resolve(one)) ?? []
  return ACTIONS[action ?? 'install']({
    kind,
    names: action === undefined ? rest : rest.slice(1),
    flags,
    settings,
    rolesPath: [...own(flags.rolesPath), ...settings.roles_path],
    collectionsPath: [...own(flags.collectionsPath), ...settings.collections_path].map((path) =>
      path.replace(/\/ansible_collections\/?$/, ''),
    ),
  })
}

function kindIn(words: readonly string[]): [Kind, readonly string[]] {
  const [first] = words
  return first === 'role' || first === 'collection' ? [first, words.slice(1)] : [undefined, words]
}

function commandLine(): Command {
  return newCommand('run install', 'Installs roles and collections, with what they need.')
    .usage('[role|collection] [list|remove|verify] [options] [name...]')
    .argument(
      '[names...]',
      'roles (NAME[,VERSION]), or behind "collection" collections (NAME[:RANGE]); addresses; archives',
    )
    .option('-r, --requirements-file <file>', 'install what this file asks for (default: requirements.yml)')
    .option('-p, --roles-path <folder>', 'where roles go (default: the first of roles_path)')
    .option('--collections-path <folder>', 'where collections go (default: the first of collections_path)')
    .option('-f, --force', 'replace what is installed', false)
    .option('--force-with-deps', 'the same, and what is needed for it too', false)
    .option('-n, --no-deps', 'without what it needs')
    .option('-U, --upgrade', 'the newest that fits, whatever is installed or locked', false)
    .option('--frozen', 'only what the lock file has; fail where it does not fit', false)
    .option('--pre', 'pre-releases of collections too', false)
    .option('--offline', 'ask no Galaxy server', false)
    .option('-i, --ignore-errors', 'install the rest where one fails', false)
    .option('-s, --server <server>', 'the Galaxy server: an address, or a name of galaxy_server_list')
    .option('--token <token>', 'the token for it (others can see it; galaxy_token_path is a better place)')
    .option('-c, --ignore-certs', 'take any certificate', false)
    .option('--timeout <seconds>', 'how long a server may say nothing (default: 60)', positive)
    .addOption(
      new Option('--format <format>', 'with list').choices(['human', 'json', 'yaml']).default('human'),
    )
    .option('-v, --verbose', 'accepted; all is said anyway')
    .addHelpText('after', EXAMPLES)
}
