import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { probeNow } from '../../src/engine/prefetch/probe-cache.ts'
import { type Place, places } from '../../src/sdk/places.ts'
import { type Host, hosts } from '../support/host.ts'

interface Context {
  all: Host[]
  folder: string
}

const test = suite<Context>('places')

test.before(async (context) => {
  context.all = await hosts()
  context.folder = realpathSync(mkdtempSync(join(tmpdir(), 'places-')))
})

test.after(async ({ all, folder }) => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

async function placesOn(host: Host, folders: readonly string[]): Promise<(Place | undefined)[]> {
  const look = places(folders)
  return (await probeNow(host.session, undefined, [look])).of(look)
}

test('a folder is where its path leads, and of what is missing it is known where that would be', async ({
  all,
  folder,
}) => {
  const path = (name: string) => join(folder, name)
  const odd = `-odd '\n" $x~`
  mkdirSync(path(odd))
  mkdirSync(path('deep/er'), { recursive: true })
  writeFileSync(path('file'), '')
  symlinkSync('deep/er', path('link'))
  symlinkSync('nowhere', path('dead'))
  const idOf = (real: string) => `${statSync(real).dev}:${statSync(real).ino}`
  const at = (name: string, rest = ''): Place => {
    const real = name === '' ? folder : path(name)
    return { real, rest, id: idOf(real) }
  }
  const expected: [string, Place | undefined][] = [
    [folder, at('')],
    [path('deep/er'), at('deep/er')],
    [path('link'), at('deep/er')],
    [path('link/new/er'), at('deep/er', '/new/er')],
    [path('new'), at('', '/new')],
    [path(odd), at(odd)],
    [path(`${odd}/${odd}`), at(odd, `/${odd}`)],
    // These lead elsewhere, or anywhere, once somebody has made or removed something.
    [path('dead'), undefined],
    [path('dead/new'), undefined],
    [path('file'), undefined],
    [path('file/new'), undefined],
    ['/', { real: '/', rest: '', id: idOf('/') }],
  ]
  for (const host of all) {
    const found = await placesOn(
      host,
      expected.map(([one]) => one),
    )
    assert.equal(
      found,
      expected.map(([, place]) => place),
      host.name,
    )
    for (const [one, place] of expected)
      assert.equal(await placesOn(host, [one]), [place], `${host.name} ${one}`)
  }
})

test.run()
