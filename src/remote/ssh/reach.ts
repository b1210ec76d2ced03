import type { Duplex } from 'node:stream'
import { HungUp, Unreachable, type Way } from '../channel.ts'
import type { Credentials } from './authentication.ts'
import { dialCommand, dialTcp } from './dial.ts'
import { type HostKeyJudge, type LoginEvents, login } from './login.ts'
import type { SshSettings } from './ssh-settings.ts'
import { SshTransport } from './transport.ts'

/** A stream that leads to a server; `said` is what the program that gives it has written to its stderr. */
export interface Dialled {
  readonly stream: Duplex
  readonly said: () => Promise<string>
}

export interface Login {
  readonly settings: SshSettings
  readonly credentials: Credentials
  /** What each part may take. */
  readonly seconds: number
  readonly hostKeys: HostKeyJudge
  readonly events: LoginEvents
}

/** Opens a stream to a server; `environment` is that of a ProxyCommand, this process's if nothing is said. Raises Unreachable. */
export async function dial(
  settings: SshSettings,
  seconds: number,
  through?: Way,
  environment?: NodeJS.ProcessEnv,
): Promise<Dialled> {
  if (settings.proxyCommand !== undefined) return dialCommand(settings.proxyCommand, environment)
  const stream =
    through === undefined
      ? await dialTcp(settings, settings.connectTimeout ?? seconds)
      : await through.forward(settings)
  return { stream, said: async () => '' }
}

/** Logs in over a stream that dial has given. Raises Unreachable. */
export async function loggedIn(
  { stream, said }: Dialled,
  { settings, credentials, seconds, hostKeys, events }: Login,
): Promise<SshTransport> {
  try {
    const client = await login(stream, settings, credentials, seconds, hostKeys, events)
    return new SshTransport(client, stream, settings, seconds)
  } catch (error) {
    throw withWordsOf(error as Error, await said())
  }
}

/** What a ProxyCommand wrote to its stderr says best why nothing came through it. */
function withWordsOf(error: Error, said: string): Error {
  return error instanceof HungUp && said !== ''
    ? new Unreachable(`${error.message}; its ProxyCommand said: ${said}`, 'try the ProxyCommand by hand')
    : error
}
