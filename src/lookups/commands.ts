import { spawnSync } from 'node:child_process'
import type { Value } from '../values/value.ts'
import { type Lookup, type LookupContext, type Lookups, type Named, textTerm } from './define.ts'

/** How long a program of the controller may take, in seconds, and what it may print, in bytes. */
const SECONDS = 60
const BYTES = 64 * 1024 * 1024

/** What a lookup that does something must ask first. Throws an Error. */
export function refuseAhead({ isAhead }: LookupContext): void {
  if (isAhead) throw new Error('this lookup waits for its task')
}

function outputOf(command: string, name: string, context: LookupContext): string {
  refuseAhead(context)
  const { status, stdout, error, signal } = spawnSync('/bin/sh', ['-c', command], {
    cwd: context.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: SECONDS * 1000,
    maxBuffer: BYTES,
    encoding: 'utf8',
  })
  if (error !== undefined) throw new Error(`${name}: ${command}: ${error.message}`)
  if (status !== 0) throw new Error(`${name}: ${command} ended with ${status ?? signal}`)
  return stdout
}

const pipe: Lookup = (terms, _named, context) =>
  terms.map((term) => outputOf(String(term), 'pipe', context).trimEnd())

const lines: Lookup = (terms, _named, context) =>
  terms.flatMap((term) => linesOf(outputOf(String(term), 'lines', context)))

function linesOf(text: string): string[] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .filter((line, _, all) => all.length > 1 || line !== '')
}

/** Fetches the address that it is given as JSON, in a process of its own: templates do not wait for anything. */
const FETCH = `const { url, timeout, headers } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
fetch(url, { headers, signal: AbortSignal.timeout(timeout * 1000) }).then(async (answer) => {
  if (!answer.ok) throw new Error('HTTP status ' + answer.status)
  process.stdout.write(Buffer.from(await answer.arrayBuffer()))
}).catch((error) => { process.stderr.write(String(error.cause?.message ?? error.message)); process.exitCode = 1 })`

const url: Lookup = (terms, named, context) =>
  terms.flatMap((term): Value[] => {
    const text = fetched(textTerm('url', term), named, context)
    return named.flag('split_lines', true) ? linesOf(text) : [text]
  })

function fetched(address: string, named: Named, context: LookupContext): string {
  refuseAhead(context)
  const timeout = Number(named.text('timeout', '10'))
  const user = named.text('username')
  const login = Buffer.from(`${user}:${named.text('password', '')}`).toString('base64')
  const headers = {
    'User-Agent': named.text('http_agent', 'playssh'),
    ...(user !== undefined && { Authorization: `Basic ${login}` }),
    ...(named.values.headers as object | undefined),
  }
  const { status, stdout, stderr, error } = spawnSync(process.execPath, ['-e', FETCH], {
    input: JSON.stringify({ url: address, timeout, headers }),
    timeout: (timeout + 5) * 1000,
    maxBuffer: BYTES,
    encoding: 'utf8',
    ...(!named.flag('validate_certs', true) && {
      env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    }),
  })
  if (error !== undefined) throw new Error(`url: ${address}: ${error.message}`)
  if (status !== 0) throw new Error(`url: ${address}: ${stderr.split('\n').at(-1)}`)
  return stdout
}

export const commandLookups: Lookups = {
  pipe: { find: pipe, terms: 'commands', help: 'What commands print on the controller.' },
  lines: { find: lines, terms: 'commands', help: 'The lines that commands print on the controller.' },
  url: {
    find: url,
    terms: 'addresses',
    help: 'What an address of the web gives.',
    options: {
      headers: 'A map of headers that are sent.',
      http_agent: 'What the controller calls itself; playssh if nothing is said.',
      password: 'The password for username.',
      split_lines: 'Each line by itself; true if nothing is said.',
      timeout: 'Seconds that it may take; 10 if nothing is said.',
      username: 'The user to log in as.',
      validate_certs: 'False takes any certificate.',
    },
  },
}
