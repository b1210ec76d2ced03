import { readFileSync } from 'node:fs'
import { shownAddress } from '../../galaxy/address.ts'
import type { ServerSettings } from '../../galaxy/server.ts'
import { ProblemError } from '../../values/problem.ts'
import { toBoolean } from '../../values/truth.ts'
import { readAnsibleCfg } from './ansible-cfg.ts'
import type { Settings } from './settings.ts'

/** What a command line says of Galaxy servers. */
export interface ServerFlags {
  /** A name of the settings, or an address. */
  readonly server?: string | undefined
  readonly token?: string | undefined
  readonly ignoreCerts: boolean
  readonly timeout?: number | undefined
}

type Known =
  | 'url'
  | 'username'
  | 'password'
  | 'token'
  | 'auth_url'
  | 'client_id'
  | 'validate_certs'
  | 'timeout'

/** The Galaxy servers to ask, the first first, as the command line, the environment and ansible.cfg say. Raises ProblemError. */
export function galaxyServers(settings: Settings, flags: ServerFlags): ServerSettings[] {
  const validateCerts = !(flags.ignoreCerts || (settings.galaxy_ignore_certs ?? false))
  const timeout = flags.timeout ?? settings.galaxy_server_timeout
  const common = { validateCerts, timeout }
  const { servers: said } = readAnsibleCfg()
  const named = settings.galaxy_server_list.map((name): ServerSettings => {
    const entry = (key: Known) => said.get(`${name}.${key}`)
    const text = (key: Known) =>
      process.env[`ANSIBLE_GALAXY_SERVER_${name.toUpperCase()}_${key.toUpperCase()}`] ||
      entry(key)?.text ||
      undefined
    const url = text('url')
    if (url === undefined)
      throw new ProblemError({
        message: `the Galaxy server "${name}" of galaxy_server_list has no url`,
        hint: `write [galaxy_server.${name}] with a url into ansible.cfg, or set ANSIBLE_GALAXY_SERVER_${name.toUpperCase()}_URL`,
      })
    const certs = text('validate_certs')
    const validates = certs === undefined ? validateCerts : toBoolean(certs)
    if (validates === undefined)
      throw new ProblemError({ message: 'true or false is expected', place: entry('validate_certs')?.place })
    return {
      name,
      url: checked(url, entry('url')?.place),
      token: text('token'),
      authUrl: text('auth_url'),
      clientId: text('client_id'),
      username: text('username'),
      password: text('password'),
      validateCerts: validates && !flags.ignoreCerts,
      timeout: flags.timeout ?? (Number(text('timeout')) || timeout),
    }
  })
  const token = () => flags.token ?? tokenIn(settings.galaxy_token_path)
  if (flags.server !== undefined) {
    const one = named.find(({ name }) => name === flags.server)
    if (one !== undefined) return [{ ...one, token: flags.token ?? one.token }]
    return [{ name: flags.server, url: checked(flags.server), token: token(), ...common }]
  }
  if (named.length > 0) return named
  return [{ name: 'default', url: checked(settings.galaxy_server), token: token(), ...common }]
}

function checked(url: string, place?: ProblemError['problems'][0]['place']): string {
  if (/^https?:\/\/[^/]/i.test(url) && URL.canParse(url)) return url
  throw new ProblemError({
    message: `"${shownAddress(url)}" is no address of a Galaxy server, and no name in galaxy_server_list`,
    ...(place && { place }),
    hint: 'an address begins with https://',
  })
}

/** The token that ansible-galaxy keeps, if there is one. */
function tokenIn(path: string): string | undefined {
  try {
    return /^token:\s*(['"]?)(\S+?)\1\s*$/m.exec(readFileSync(path, 'utf8'))?.[2]
  } catch {
    return undefined
  }
}
