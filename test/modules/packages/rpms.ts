import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Rpm {
  readonly name: string
  readonly version: string
  readonly epoch?: number
  readonly requires?: string
  readonly provides?: string
}

/** Builds packages without files, and makes of `folder` a repository that has them. */
export function rpmRepository(folder: string, rpms: readonly Rpm[], comps?: string): void {
  mkdirSync(folder, { recursive: true })
  for (const rpm of rpms) build(folder, rpm)
  const groups = comps === undefined ? [] : ['-g', written(join(folder, 'comps.xml'), comps)]
  execFileSync('createrepo_c', ['-q', '--no-database', ...groups, folder])
}

function build(folder: string, { name, version, epoch, requires, provides }: Rpm): void {
  const lines = [
    ...[
      `Name: ${name}`,
      `Version: ${version}`,
      'Release: 1',
      'Summary: a',
      'License: a',
      'BuildArch: noarch',
    ],
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    ...(requires === undefined ? [] : [`Requires: ${requires}`]),
    ...(provides === undefined ? [] : [`Provides: ${provides}`]),
    ...['%description', 'a', '%files', ''],
  ]
  const spec = written(join(folder, 'a.spec'), lines.join('\n'))
  const settings = { _topdir: join(folder, '.build'), _rpmdir: folder, _binary_payload: 'w0.gzdio' }
  const defines = Object.entries(settings).flatMap(([key, value]) => ['--define', `${key} ${value}`])
  execFileSync('rpmbuild', ['--quiet', '-bb', ...defines, spec], { stdio: 'ignore' })
}

function written(path: string, text: string): string {
  writeFileSync(path, text)
  return path
}
