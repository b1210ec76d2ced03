import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ArchPackage {
  readonly name: string
  readonly version: string
  readonly depends?: string
  readonly groups?: string
}

/** Makes packages without files, and of `folder` the repository "own" that has them and no others. */
export function pacmanRepository(folder: string, packages: readonly ArchPackage[]): void {
  const lists = join(folder, 'lists')
  rmSync(lists, { recursive: true, force: true })
  mkdirSync(lists, { recursive: true })
  for (const one of packages) {
    const file = build(folder, one)
    const { name, version, depends, groups } = one
    const fields = {
      FILENAME: file,
      NAME: name,
      VERSION: version,
      ARCH: 'any',
      CSIZE: statSync(join(folder, file)).size,
      GROUPS: groups,
      DEPENDS: depends,
    }
    const text = Object.entries(fields).map(([key, value]) =>
      value === undefined ? '' : `%${key}%\n${value}\n\n`,
    )
    mkdirSync(join(lists, `${name}-${version}`))
    writeFileSync(join(lists, `${name}-${version}`, 'desc'), text.join(''))
  }
  const entries = packages.map(({ name, version }) => `${name}-${version}`)
  const database = join(folder, 'own.db')
  execFileSync('tar', ['-C', lists, '-czf', database, ...entries])
  // pacman takes lists of the same second for the same.
  written += 1
  const second = Math.floor(Date.now() / 1000) + written
  utimesSync(database, second, second)
}

/** How many repositories have been written. */
let written = 0

/** The package's file, whose name it gives. */
function build(folder: string, { name, version, depends, groups }: ArchPackage): string {
  const lines = [
    ...[`pkgname = ${name}`, `pkgver = ${version}`, 'pkgdesc = a', 'arch = any', 'size = 0', 'builddate = 1'],
    ...(depends === undefined ? [] : [`depend = ${depends}`]),
    ...(groups === undefined ? [] : [`group = ${groups}`]),
  ]
  writeFileSync(join(folder, '.PKGINFO'), `${lines.join('\n')}\n`)
  const file = `${name}-${version}-any.pkg.tar.gz`
  execFileSync('tar', ['-C', folder, '-czf', join(folder, file), '.PKGINFO'])
  return file
}

/** A program pacman with a root, lists and a log of its own below `folder`, that knows the repository there. */
export function pacmanProgram(folder: string, repository: string): string {
  for (const name of ['root', 'lists', 'cache']) mkdirSync(join(folder, name), { recursive: true })
  const settings = {
    RootDir: join(folder, 'root'),
    DBPath: join(folder, 'lists'),
    CacheDir: join(folder, 'cache'),
    LogFile: join(folder, 'log'),
    HookDir: join(folder, 'none'),
    GPGDir: join(folder, 'none'),
    Architecture: 'auto',
    SigLevel: 'Never',
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`)
  writeFileSync(
    join(folder, 'pacman.conf'),
    `[options]\n${lines.join('\n')}\n[own]\nServer = file://${repository}\n`,
  )
  const program = join(folder, 'pacman')
  writeFileSync(program, `#!/bin/sh\nexec /usr/bin/pacman --config '${folder}/pacman.conf' "$@"\n`, {
    mode: 0o755,
  })
  return program
}
