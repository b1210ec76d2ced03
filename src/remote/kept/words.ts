import type { ConnectionState } from '../ssh/handed.ts'
import type { Hash } from '../ssh/identity.ts'
import type { SshSettings } from '../ssh/ssh-settings.ts'

/** What keeper and runs say to each other; a run of another version speaks with a keeper of its own. */
export interface ErrorWords {
  readonly kind: 'Unreachable' | 'HungUp' | 'Crowded' | 'Exhausted' | 'Error'
  readonly message: string
  readonly advice?: string | undefined
}

/** The first words on a socket that is for the run itself; `proof` is the name of a file that it has made in the folder. */
export interface Hello {
  readonly proof: string
}

/** The first words on a socket that is for one channel. */
export interface Opening {
  readonly token: string
  /** Of a login. */
  readonly login: number
  readonly command?: string
  readonly forward?: { readonly host: string; readonly port: number }
}

/** What is known of a login that is kept. */
export interface AboutLogin {
  /** Tells apart what decided about logins. */
  readonly basis: string
  readonly settings: SshSettings
  /** The host's name in the inventory. */
  readonly name: string
  /** How long it is kept when nobody uses it. */
  readonly persist: number
}

/** The key that a server has shown, in base64, and what has let us in. */
export interface LetIn {
  readonly hostKey: string
  readonly by: string
}

/** A login that a run leaves to the keeper that comes behind it; its socket is a descriptor of that. */
export interface LeftLogin extends LetIn {
  readonly about: AboutLogin
  readonly state: ConnectionState
  /** Seconds that a server may take to start a program. */
  readonly patience: number
  /** Command lines that the run had programs of. */
  readonly commands: readonly string[]
}

/** What a run leaves to the keeper that comes behind it, the inode of the socket that it has made for it besides. */
export interface Letter {
  readonly inode: number
  readonly logins: readonly LeftLogin[]
}

/** A login as the keeper is to make it. */
export interface LoginWords extends AboutLogin {
  /** The keys to offer, in wire format in base64. */
  readonly offers: readonly { readonly name: string; readonly key: string }[]
  readonly seconds: number
  /** The number of the login that it goes through. */
  readonly through?: number
  /** Of a ProxyCommand. */
  readonly environment?: Readonly<Record<string, string>>
  /** What known_hosts says of the server. */
  readonly types: readonly string[]
  /** Whether somebody wants to hear what the SSH library says. */
  readonly debug: boolean
}

/** What a run asks for. */
export type Asked =
  | { readonly take: { readonly basis: string; readonly persist: number } }
  | { readonly login: LoginWords }
  | { readonly list: true }
  /** Ends logins, all or those of these hosts. */
  | { readonly close: readonly string[] | 'all' }
  | { readonly alive: true }

/** A login that is there. */
export interface LoginThere extends LetIn {
  readonly login: number
}

/** A login as it is listed. */
export interface Listed {
  readonly name: string
  readonly user: string
  readonly host: string
  readonly port: number
  readonly by: string
  /** Seconds since it was made. */
  readonly age: number
  /** Runs that use it. */
  readonly users: number
  /** Seconds until it ends unless somebody uses it; 0 while somebody does. */
  readonly left: number
}

/** From a run. */
export type FromRun =
  | { readonly ask: number; readonly asked: Asked }
  | { readonly answer: number; readonly value?: string; readonly error?: ErrorWords }
  | { readonly release: number }
  | { readonly discard: number }

/** What the keeper asks a run about a login. */
export type Question =
  | { readonly hostKey: string }
  | { readonly sign: { readonly offer: number; readonly data: string; readonly hash?: Hash | undefined } }

/** From the keeper. */
export type FromKeeper =
  | { readonly token: string }
  | { readonly to: number; readonly given: unknown }
  | { readonly to: number; readonly error: ErrorWords }
  | { readonly to: number; readonly greeting: true }
  | { readonly to: number; readonly debug: string }
  | { readonly to: number; readonly question: number; readonly about: Question }
  /** A login has ended by itself. */
  | { readonly lost: number; readonly error: ErrorWords }
