import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ProbeCache, probeNow } from '../../src/engine/prefetch/probe-cache.ts'
import { bytesOf, digestsOf } from '../../src/host/bytes.ts'
import { type FileState, files } from '../../src/host/file-state.ts'
import { group } from '../../src/modules/accounts/group.ts'
import { user } from '../../src/modules/accounts/user/index.ts'
import { ipProbe, rowsOf } from '../../src/modules/network/iproute2.ts'
import { apt } from '../../src/modules/packages/apt/index.ts'
import { sysctl } from '../../src/modules/system/sysctl.ts'
import { readArguments } from '../../src/sdk/arguments.ts'
import type { Module } from '../../src/sdk/module.ts'
import type { BatchedProbe } from '../../src/sdk/probe.ts'
import { batchedProbesOf } from '../../src/sdk/probe.ts'
import { contentOf } from '../../src/shell/content.ts'
import { Output } from '../../src/shell/output.ts'
import { type Host, hosts } from '../support/host.ts'
import { RUN } from '../support/plan.ts'

interface Context {
  all: Host[]
  folder: string
}

// What many tasks ask together must be what each would have been told alone.
const test = suite<Context>('probes of many tasks')

test.before(async (context) => {
  context.all = await hosts()
  context.folder = mkdtempSync(join(tmpdir(), 'look-'))
})

test.after(async ({ all, folder }) => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

async function together(host: Host, looks: readonly BatchedProbe[]): Promise<unknown[]> {
  const findings = new ProbeCache()
  for (const look of looks) findings.request({ session: host.session, probes: [look] })
  findings.send()
  return Promise.all(
    looks.map(async (look) => (await findings.result({ session: host.session, probes: [look] })).of(look)),
  )
}

async function alone(host: Host, looks: readonly BatchedProbe[]): Promise<unknown[]> {
  return Promise.all(looks.map(async (look) => (await probeNow(host.session, undefined, [look])).of(look)))
}

async function same(all: readonly Host[], looks: readonly BatchedProbe[]): Promise<unknown[]> {
  let found: unknown[] = []
  for (const host of all) {
    // The first look of a day may change when a file was read last.
    await alone(host, looks)
    found = await together(host, looks)
    assert.equal(found, await alone(host, looks), host.name)
  }
  return found
}

const probeOf = (module: Module, raw: Record<string, unknown>) =>
  batchedProbesOf(module.probe!(readArguments(module, raw).args, RUN))

test('files, links, what they hold and its digests', async ({ all, folder }) => {
  const path = (name: string) => join(folder, name)
  writeFileSync(path('a'), 'a\n')
  writeFileSync(path("it's $(b)"), 'b')
  writeFileSync(path('new\nline'), 'c\0\n')
  writeFileSync(path('empty'), '')
  symlinkSync('a', path('link'))
  symlinkSync(folder, path('to folder'))
  symlinkSync('nowhere', path('dead'))
  const names = ['a', "it's $(b)", 'new\nline', 'empty', 'link', 'to folder', 'dead', 'none', '-x']
  const paths = names.map(path)
  await same(
    all,
    paths.map((one) => files([one], { follow: true })),
  )
  await same(
    all,
    paths.map((one) => files([one])),
  )
  const held = (await same(
    all,
    paths.map((one) => bytesOf([one])),
  )) as Buffer[][]
  assert.equal(
    held.map(([bytes]) => bytes?.toString()),
    ['a\n', 'b', 'c\0\n', '', 'a\n', '', '', '', ''],
  )
  const digests = (await same(
    all,
    paths.map((one) => digestsOf([one], 'sha256sum')),
  )) as string[][]
  assert.is(digests[2]?.[0], contentOf('c\0\n').sha256)
})

test('a file that holds what stands between files', async ({ all, folder }) => {
  const paths = ['one', 'two'].map((name) => join(folder, name))
  for (const path of paths) copyFileSync('/proc/sys/kernel/random/boot_id', path)
  const held = (await same(
    all,
    paths.map((path) => bytesOf([path])),
  )) as Buffer[][]
  assert.equal(held[1]![0], readFileSync(paths[0]!))
})

test('links to folders, to files and to links, from the working folder too', async ({ all, folder }) => {
  const place = join(folder, 'links')
  mkdirSync(join(place, 'there/below'), { recursive: true })
  writeFileSync(join(place, 'there/file'), 'x')
  const links = { a: 'there', b: 'a/below', c: 'there/file', d: 'b', e: 'c', f: '/', g: 'nowhere' }
  for (const [name, text] of Object.entries(links)) symlinkSync(text, join(place, name))
  const looked = files(
    Object.keys(links).flatMap((name) => [join(place, name), `../..${place}/${name}`]),
    { follow: true },
  )
  for (const { session, name } of all) {
    const script = `cd /usr/bin && ${looked.script(looked.items)}`
    const { stdout, stderr } = await session.sh(script)
    const found = looked.read(new Output(stdout), looked.items) as (FileState | undefined)[]
    for (const [index, [link, target]] of Object.entries(links).entries()) {
      const path = join(place, link)
      for (const file of found.slice(2 * index, 2 * index + 2)) {
        assert.is(file?.target, target, `${name}: ${stderr}`)
        assert.is(file?.real?.path, link === 'g' ? '' : realpathSync(path), `${name} ${link}`)
        assert.is(file?.real?.state?.inode, statSync(path, { throwIfNoEntry: false })?.ino)
      }
    }
  }
})

test('packages as dpkg-query tells of them', async ({ all }) => {
  const fields = ['db:Status-Status', 'Package', 'Architecture', 'Version'].map((name) => `\${${name}}|`)
  const format = `\${Package} known ${fields.join('')}\n`
  const listed = execFileSync('dpkg-query', ['-W', '-f', format], { encoding: 'utf8' }).trim().split('\n')
  const some = listed.filter((_, index) => index % 10 === 0)
  const names = some.map((line) => line.split(' ')[0]!)
  for (const host of all) {
    const [found] = (await together(host, probeOf(apt, { name: names }))) as string[][]
    const known = found![0]!.split('\n').filter((line) => line.startsWith('known '))
    assert.equal(
      known,
      some.map((line) => line.slice(line.indexOf(' ') + 1)),
    )
  }
})

test('files of the kernel, whose size says nothing', async ({ all }) => {
  const [version] = (await same(all, [bytesOf(['/proc/version']), bytesOf(['/etc/hostname'])])) as Buffer[][]
  assert.match(version![0]!.toString(), /^Linux/)
})

test('addresses, links and routes, of devices and tables that are there and are not', async ({ all }) => {
  const found = await same(all, [
    ipProbe(undefined, 'address', 'show', 'dev', 'lo'),
    ipProbe(undefined, 'address', 'show', 'dev', 'nope'),
    ipProbe(undefined, 'link', 'show'),
    // ip still thinks of links when it shows addresses behind them in a batch.
    ipProbe(undefined, 'address', 'show'),
    ipProbe(undefined, 'route', 'show', 'table', '7777', 'exact', '10.9.8.0/24'),
    ipProbe(undefined, 'link', 'show', 'dev', "a b'c"),
    ipProbe(undefined, 'link', 'show', 'dev', 'lo'),
  ])
  const texts = found.flat() as string[]
  assert.is(rowsOf(texts[0]!)[0]?.ifname, 'lo')
  assert.match(texts[1]!, /does not exist/)
  assert.is(rowsOf(texts[6]!)[0]?.ifname, 'lo')
})

test('users, groups and packages are found together as alone', async ({ all }) => {
  const users = [
    { name: 'daemon' },
    { name: 'root', groups: ['adm'] },
    { name: 'no such' },
    { name: 'da.mon' },
  ]
  const found = (await same(
    all,
    users.flatMap((raw) => probeOf(user, raw)),
  )) as string[][]
  assert.match(found[0]![0]!, /\ndaemon:x:1:1:/)
  await same(
    all,
    [{ name: 'tty' }, { name: '5' }, { name: 'no such' }].flatMap((raw) => probeOf(group, raw)),
  )
  const [dash] = all
  const packages = [
    { name: 'dpkg' },
    { name: ['dpkg', 'no-such-package'] },
    { name: 'dpk?' },
    { name: 'dpkg:amd64' },
  ]
  const known = (await same(
    [dash!],
    packages.flatMap((raw) => probeOf(apt, raw)),
  )) as string[][]
  assert.match(known[0]![0]!, /^known installed\|dpkg\|/)
})

test('parameters of the kernel are found together as alone', async ({ all }) => {
  const names = ['net.ipv4.ip_forward', 'net.ipv4.tcp_rmem', 'kernel.nope', 'net.ipv4.conf.lo.forwarding']
  await same(
    all,
    names.flatMap((name) => probeOf(sysctl, { name, value: 1 })),
  )
})

test.run()
