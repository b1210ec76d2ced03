import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'

/** Files by their paths. */
export type Tree = Readonly<Record<string, string>>

interface Served {
  readonly version: string
  readonly archive: string
  readonly dependencies: Readonly<Record<string, string>>
}

export interface Galaxy {
  /** http://127.0.0.1:PORT */
  readonly url: string
  /** Paths that were asked for, the oldest first, with the header that somebody has logged in with. */
  readonly asked: { readonly path: string; readonly authorization: string | undefined }[]
  collection(
    name: string,
    version: string,
    dependencies?: Readonly<Record<string, string>>,
    files?: Tree,
  ): void
  role(user: string, name: string, version: string, files?: Tree): void
  /** The header without which it answers 401; undefined: none is needed. */
  need(authorization: string | undefined): void
  /** What the archive of a collection becomes, though its sum stays what it was. */
  breakArchive(name: string, version: string): void
  close(): Promise<void>
}

export function writeTree(folder: string, files: Tree): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

/** An archive of a folder's content, below a folder in the archive if one is named. */
export function archiveOf(folder: string, archive: string, below?: string): string {
  const transform = below === undefined ? [] : [`--transform=s,^,${below}/,`]
  const words = ['-czf', archive, ...transform, '-C', folder, '--', ...readdirSync(folder)]
  const { status, stderr } = spawnSync('tar', words)
  if (status !== 0) throw new Error(String(stderr))
  return archive
}

/** The archive of a collection as its author would build it. */
function collectionArchive(
  work: string,
  name: string,
  version: string,
  dependencies: Readonly<Record<string, string>> = {},
  files: Tree = {},
): string {
  const [namespace, short] = name.split('.') as [string, string]
  const folder = join(work, `${name}-${version}`)
  rmSync(folder, { recursive: true, force: true })
  const all: Tree = { 'README.md': `${name}\n`, 'meta/runtime.yml': 'requires_ansible: ">=2.9"\n', ...files }
  writeTree(folder, all)
  const sum = (text: string) => createHash('sha256').update(text).digest('hex')
  const folders = new Set(
    Object.keys(all).flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, index, parts) => parts.slice(0, index + 1).join('/')),
    ),
  )
  const listed = [
    ...['.', ...folders].map((path) => ({
      name: path,
      ftype: 'dir',
      chksum_type: null,
      chksum_sha256: null,
      format: 1,
    })),
    ...Object.entries(all).map(([path, text]) => ({
      ...{ name: path, ftype: 'file', chksum_type: 'sha256', chksum_sha256: sum(text), format: 1 },
    })),
  ]
  const list = JSON.stringify({ files: listed, format: 1 }, null, 1)
  const manifest = {
    collection_info: {
      ...{
        namespace,
        name: short,
        version,
        authors: ['nobody'],
        readme: 'README.md',
        tags: [],
        description: '',
      },
      ...{ license: ['MIT'], license_file: null, dependencies, repository: null, documentation: null },
      ...{ homepage: null, issues: null },
    },
    file_manifest_file: {
      ...{ name: 'FILES.json', ftype: 'file', chksum_type: 'sha256', chksum_sha256: sum(list), format: 1 },
    },
    format: 1,
  }
  writeTree(folder, { 'FILES.json': list, 'MANIFEST.json': JSON.stringify(manifest, null, 1) })
  return archiveOf(folder, join(work, `${namespace}-${short}-${version}.tar.gz`))
}

/** Versions on one page; more have a link to the next. */
const PAGE = 2

/**
 * A Galaxy server on loopback: roles by version 1 of the API, collections by version 3, in pages, as galaxy_ng answers;
 * test/galaxy/ansible-galaxy shows that Ansible's client takes it for one. `work` is a folder for its archives.
 */
export async function startGalaxy(work: string): Promise<Galaxy> {
  const collections = new Map<string, Served[]>()
  const roles = new Map<string, { id: number; versions: Served[] }>()
  const asked: Galaxy['asked'] = []
  let needed: string | undefined
  mkdirSync(work, { recursive: true })

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'http://galaxy')
    asked.push({ path: `${url.pathname}${url.search}`, authorization: request.headers.authorization })
    const say = (value: unknown, status = 200) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
    const missing = () => say({ errors: [{ status: '404', code: 'not_found', title: 'Not found.' }] }, 404)
    if (needed !== undefined && request.headers.authorization !== needed)
      return say({ errors: [{ status: '401', code: 'not_authenticated', title: 'Who are you?' }] }, 401)
    const path = url.pathname
    // Django leads on to the address with its slash.
    if (path === '/api') return response.writeHead(301, { Location: '/api/' }).end()
    if (path === '/api/')
      return say({
        available_versions: { v1: 'v1/', v3: 'v3/' },
        server_version: '4.9',
        version_name: 'test',
      })
    const [, namespace, name, rest] = /^\/api\/v3\/collections\/(\w+)\/(\w+)\/(.*)$/.exec(path) ?? []
    if (rest !== undefined) {
      const versions = collections.get(`${namespace}.${name}`)
      if (versions === undefined) return missing()
      if (rest === '')
        return say({
          namespace,
          name,
          updated_at: '2026-01-01T00:00:00Z',
          created_at: '2026-01-01T00:00:00Z',
        })
      if (rest === 'versions/') {
        const from = Number(url.searchParams.get('offset') ?? 0)
        const next = from + PAGE < versions.length ? `${path}?limit=${PAGE}&offset=${from + PAGE}` : null
        const data = versions
          .slice(from, from + PAGE)
          .map(({ version }) => ({ version, href: `${path}${version}/` }))
        return say({
          meta: { count: versions.length },
          links: { first: path, previous: null, next, last: path },
          data,
        })
      }
      const version = /^versions\/([^/]+)\/$/.exec(rest)?.[1]
      const one = versions.find((served) => served.version === decodeURIComponent(version ?? ''))
      if (one === undefined) return missing()
      const sha256 = sums.get(one.archive)!
      return say({
        ...{ version: one.version, href: path, signatures: [], namespace: { name: namespace }, name },
        collection: { id: '1', name, href: `/api/v3/collections/${namespace}/${name}/` },
        artifact: { filename: `${namespace}-${name}-${one.version}.tar.gz`, sha256, size: 1 },
        download_url: `${base()}/download/${namespace}-${name}-${one.version}.tar.gz`,
        metadata: { dependencies: one.dependencies, authors: ['nobody'], tags: [] },
      })
    }
    if (path === '/api/v1/roles/') {
      const user = url.searchParams.get('owner__username')
      const role = roles.get(`${user}.${url.searchParams.get('name')}`)
      const results =
        role === undefined
          ? []
          : [{ id: role.id, github_user: user, github_repo: 'x', github_branch: 'main' }]
      return say({ count: results.length, next: null, previous: null, results })
    }
    const id = /^\/api\/v1\/roles\/(\d+)\/versions\/$/.exec(path)?.[1]
    if (id !== undefined) {
      const versions = [...roles.values()].find((role) => role.id === Number(id))?.versions ?? []
      const page = Number(url.searchParams.get('page') ?? 1)
      const more = page * PAGE < versions.length
      const results = versions.slice((page - 1) * PAGE, page * PAGE).map(({ version, archive }) => ({
        ...{ name: version, version, download_url: `${base()}/download/${archive.split('/').at(-1)}` },
      }))
      const next = more ? `${path}?page=${page + 1}` : null
      return say({ count: versions.length, next, next_link: next, results })
    }
    const file = /^\/download\/([\w.+-]+)$/.exec(path)?.[1]
    if (file === undefined || !sums.has(join(work, file))) return missing()
    return response.writeHead(200, { 'Content-Type': 'application/gzip' }).end(readFileSync(join(work, file)))
  }

  const sums = new Map<string, string>()
  const keep = (archive: string) => {
    sums.set(archive, createHash('sha256').update(readFileSync(archive)).digest('hex'))
    return archive
  }
  const server = createServer(answer)
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: base(),
    asked,
    collection: (name, version, dependencies = {}, files = {}) => {
      const archive = keep(collectionArchive(work, name, version, dependencies, files))
      collections.set(name, [...(collections.get(name) ?? []), { version, archive, dependencies }])
    },
    role: (user, name, version, files = {}) => {
      const folder = join(work, `${user}.${name}-${version}`)
      writeTree(folder, { 'meta/main.yml': 'galaxy_info: {author: nobody}\ndependencies: []\n', ...files })
      const archive = keep(
        archiveOf(folder, join(work, `${user}.${name}-${version}.tar.gz`), `${name}-${version}`),
      )
      const known = roles.get(`${user}.${name}`) ?? { id: roles.size + 1, versions: [] }
      roles.set(`${user}.${name}`, {
        ...known,
        versions: [...known.versions, { version, archive, dependencies: {} }],
      })
    },
    need: (authorization) => {
      needed = authorization
    },
    breakArchive: (name, version) => {
      const [namespace, short] = name.split('.')
      writeFileSync(join(work, `${namespace}-${short}-${version}.tar.gz`), 'broken')
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
