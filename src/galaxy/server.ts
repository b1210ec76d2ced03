import { keepSecret } from '../vault/secrets.ts'
import { basic, shownAddress, splitLogin } from './address.ts'
import { askedText, download, StatusError, type WebOptions } from './web.ts'

/** A Galaxy server as the settings or the command line name it. */
export interface ServerSettings extends WebOptions {
  /** For people; a requirement's `source` may name it. */
  readonly name: string
  readonly url: string
  readonly token?: string | undefined
  /** Where the token is exchanged for one that holds for a while (Keycloak). */
  readonly authUrl?: string | undefined
  readonly clientId?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** A version of a collection on a server. */
export interface CollectionVersion {
  readonly downloadUrl: string
  /** Of the archive, in hexadecimal. */
  readonly sha256: string
  /** Ranges by names. */
  readonly dependencies: Readonly<Record<string, string>>
}

/** A version of a role on a server; without an address it lies with GitHub. */
interface RoleVersion {
  readonly name: string
  readonly downloadUrl?: string | undefined
}

export interface ServedRole {
  readonly versions: readonly RoleVersion[]
  readonly branch: string | undefined
  readonly githubUser: string
  readonly githubRepo: string
}

type Json = { readonly [name: string]: unknown }

const PUBLIC = 'https://galaxy.ansible.com'
const PAGES_AT_MOST = 1000

/**
 * A Galaxy server: roles by version 1 of its API, collections by version 3. What it has said is kept for the run. Methods
 * raise an Error with a sentence when it does not answer as such.
 */
export class GalaxyServer {
  readonly name: string
  readonly #settings: ServerSettings
  readonly #url: string
  readonly #login: string | undefined
  readonly #said = new Map<string, Promise<Json>>()
  #root: Promise<{ url: string; versions: Json }> | undefined
  #accessToken: Promise<string> | undefined

  constructor(settings: ServerSettings) {
    const { address, login } = splitLogin(settings.url)
    for (const secret of [settings.token, settings.password]) if (secret) keepSecret(secret)
    this.name = settings.name
    this.#settings = settings
    this.#url = address.replace(/\/+$/, '')
    this.#login = settings.username === undefined ? login : `${settings.username}:${settings.password ?? ''}`
  }

  /** Where it is, as it may be told. */
  get shown(): string {
    return this.#url
  }

  /** Whether somebody means this one by a name or an address. */
  isMeant(source: string): boolean {
    return source === this.name || source.replace(/\/+$/, '') === this.#url
  }

  /** The versions of a collection; undefined when it has no such collection. */
  async collectionVersions(namespace: string, name: string): Promise<string[] | undefined> {
    const api = await this.#api('v3', 'collections')
    const versions: string[] = []
    let next: string | undefined = `${api}/collections/${namespace}/${name}/versions/?limit=100`
    for (let pages = 0; next !== undefined && pages < PAGES_AT_MOST; pages += 1) {
      const page: Json | undefined = await this.#found(next)
      if (page === undefined) return undefined
      for (const one of listIn(page.data ?? page.results)) versions.push(textIn(one.version))
      const link: unknown = mapIn(page.links).next
      next = typeof link === 'string' ? new URL(link, next).href : undefined
    }
    return versions.length === 0 ? undefined : versions
  }

  async collectionVersion(namespace: string, name: string, version: string): Promise<CollectionVersion> {
    const api = await this.#api('v3', 'collections')
    const url = `${api}/collections/${namespace}/${name}/versions/${encodeURIComponent(version)}/`
    const said = await this.#json(url)
    const { download_url: link } = said
    const sha256 = textIn(mapIn(said.artifact).sha256)
    if (typeof link !== 'string' || !/^[\da-f]{64}$/.test(sha256))
      throw new Error(`${url} names no archive with its sha256`)
    const dependencies = Object.entries(mapIn(mapIn(said.metadata).dependencies))
    return {
      downloadUrl: new URL(link, url).href,
      sha256,
      dependencies: Object.fromEntries(dependencies.map(([key, range]) => [key, textIn(range) || '*'])),
    }
  }

  /** A role of a user with its versions; undefined when there is none. */
  async role(user: string, name: string): Promise<ServedRole | undefined> {
    const api = await this.#api('v1', 'roles')
    const query = `owner__username=${encodeURIComponent(user)}&name=${encodeURIComponent(name)}`
    const [role] = listIn((await this.#json(`${api}/roles/?${query}`)).results)
    if (role === undefined) return undefined
    const versions: RoleVersion[] = []
    let next: string | undefined = `${api}/roles/${textIn(role.id)}/versions/?page_size=50`
    for (let pages = 0; next !== undefined && pages < PAGES_AT_MOST; pages += 1) {
      const page: Json = await this.#json(next)
      for (const one of listIn(page.results)) {
        const link = textIn(one.download_url) || textIn(one.source)
        versions.push({
          name: textIn(one.name),
          downloadUrl: link === '' ? undefined : new URL(link, next).href,
        })
      }
      const link: unknown = page.next_link
      next = typeof link === 'string' && link !== '' ? new URL(link, next).href : undefined
    }
    return {
      versions,
      branch: textIn(role.github_branch) || undefined,
      githubUser: textIn(role.github_user),
      githubRepo: textIn(role.github_repo),
    }
  }

  /** Writes an archive that it names into a new file; gives its sha256. The server alone sees the token. */
  async download(url: string, path: string): Promise<string> {
    const isOwn = new URL(url).origin === new URL(this.#url).origin
    return download({ ...this.#web(), url, headers: isOwn ? await this.#headers() : {} }, path)
  }

  async #api(version: 'v1' | 'v3', what: string): Promise<string> {
    this.#root ??= this.#discover()
    const { url, versions } = await this.#root
    const path = versions[version]
    if (typeof path === 'string') return `${url}/${path.replace(/^\/+|\/+$/g, '')}`
    const known = Object.keys(versions).join(', ')
    throw new Error(
      `${this.#url} serves no ${what}: its API has ${known || 'no version'}, and ${version} is needed`,
    )
  }

  /** The root of the API: the address itself, or /api/ below it. */
  async #discover(): Promise<{ url: string; versions: Json }> {
    const own = this.#url
    const places = own === PUBLIC ? [`${own}/api`] : own.endsWith('/api') ? [own] : [own, `${own}/api`]
    let reason: Error | undefined
    for (const url of places) {
      try {
        const said = await this.#json(`${url}/`)
        if (said.available_versions !== undefined) return { url, versions: mapIn(said.available_versions) }
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof NoJson)) throw error
        reason ??= error
        if (error instanceof StatusError && [401, 403].includes(error.status)) throw error
      }
    }
    throw reason ?? new Error(`${own} is no Galaxy server: it names no versions of its API`)
  }

  /** Undefined where there is nothing. */
  async #found(url: string): Promise<Json | undefined> {
    try {
      return await this.#json(url)
    } catch (error) {
      if (error instanceof StatusError && error.status === 404) return undefined
      throw error
    }
  }

  #json(url: string): Promise<Json> {
    const said = this.#said.get(url) ?? this.#ask(url)
    this.#said.set(url, said)
    return said
  }

  async #ask(url: string): Promise<Json> {
    // A link to another page may lead to another server.
    const isOwn = new URL(url).origin === new URL(this.#url).origin
    const text = await askedText({ ...this.#web(), url, headers: isOwn ? await this.#headers() : {} })
    try {
      return mapIn(JSON.parse(text))
    } catch {
      throw new NoJson(`${shownAddress(url)} gives no JSON`)
    }
  }

  #web(): WebOptions {
    const { validateCerts, timeout } = this.#settings
    return { validateCerts, timeout }
  }

  async #headers(): Promise<Record<string, string>> {
    const { token, authUrl } = this.#settings
    if (this.#login !== undefined) return { Authorization: basic(this.#login) }
    if (!token) return {}
    if (authUrl === undefined) return { Authorization: `Token ${token}` }
    this.#accessToken ??= this.#exchanged(token, authUrl)
    return { Authorization: `Bearer ${await this.#accessToken}` }
  }

  async #exchanged(token: string, url: string): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: this.#settings.clientId ?? 'cloud-services',
      refresh_token: token,
    }).toString()
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const text = await askedText({ ...this.#web(), url, body, headers })
    const given = textIn(mapIn(JSON.parse(text)).access_token)
    if (given === '') throw new Error(`${shownAddress(url)} gives no token`)
    keepSecret(given)
    return given
  }
}

class NoJson extends Error {}

function mapIn(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function listIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(mapIn) : []
}

function textIn(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
