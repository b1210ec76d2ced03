import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { snap } from '../../../src/modules/packages/snap/index.ts'
import { snap_alias } from '../../../src/modules/packages/snap_alias.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { snapProgram } from './snapds.ts'

const test = suite('snap and snap_alias: on hosts')

let all: ApartHost[] = []
let folder = ''
test.before(async () => {
  folder = mkdtempSync('/dev/shm/playssh-snap-')
  all = await apartHosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

/** A file of what the stand-in of snap knows. */
const file = (name: string) => join(folder, 'state', name)

function fresh({ bin }: ApartHost): void {
  rmSync(join(folder, 'state'), { recursive: true, force: true })
  snapProgram(join(folder, 'state'), join(bin, 'snap'))
}

/** Check says what apply does, and a second run finds nothing. */
async function settled(
  { session }: ApartHost,
  module: Module,
  raw: Raw,
  changes: unknown[][],
): Promise<void> {
  for (const [view, expected] of [
    [CHECK, changes],
    [RUN, changes],
    [CHECK, []],
  ] as const) {
    const { plan, result } = await applyModule(session, module, raw, view)
    assert.equal([plan.failed ?? result.failed, rows(plan)], [undefined, expected], JSON.stringify(raw))
  }
}

async function failed({ session }: ApartHost, raw: Raw, module = snap): Promise<string> {
  try {
    const { plan, result } = await applyModule(session, module, raw)
    return plan.failed ?? result.failed ?? ''
  } catch (error) {
    return (error as Error).message
  }
}

test('snaps come, change and go', async () => {
  for (const host of all) {
    fresh(host)
    const both = { name: ['one', 'two'], options: ['one:port=80', `one:name=it's $x~ é`] }
    await settled(host, snap, both, [
      ['one', null, 'installed'],
      ['two', null, 'installed'],
      ['one:port', null, 80],
      ['one:name', null, `it's $x~ é`],
    ])
    await settled(host, snap, { name: 'one', channel: 'edge' }, [
      ['channel of one', 'latest/stable', 'latest/edge'],
    ])
    await settled(host, snap, { name: 'one', state: 'disabled' }, [['one', 'enabled', 'disabled']])
    await settled(host, snap, { name: 'one', state: 'enabled' }, [['one', 'disabled', 'enabled']])
    await settled(host, snap, { name: 'wide', classic: true }, [['wide', null, 'installed']])
    const path = join(folder, `-odd '"$x~ é.snap`)
    writeFileSync(path, '')
    await settled(host, snap, { name: [path], dangerous: true }, [['filed', null, 'installed']])
    await settled(host, snap, { name: ['one', 'two', 'none'], state: 'absent' }, [
      ['one', '1.0', null],
      ['two', '1.0', null],
    ])
  }
})

test('aliases come and go', async () => {
  for (const host of all) {
    fresh(host)
    await settled(host, snap, { name: 'one' }, [['one', null, 'installed']])
    await settled(host, snap_alias, { name: 'one.x', aliases: ['a', 'b'] }, [
      ['alias a', null, 'one.x'],
      ['alias b', null, 'one.x'],
    ])
    await settled(host, snap_alias, { alias: 'a', state: 'absent' }, [['alias a', 'one.x', null]])
    await settled(host, snap_alias, { name: 'one', state: 'absent' }, [['alias b', 'one.x', null]])
  }
})

test('failures have a sentence, and leave what was there', async () => {
  for (const host of all) {
    fresh(host)
    assert.match(
      await failed(host, { name: ['one', 'none'] }),
      /^Ooops! Snap installation failed while executing 'snap install one none': snap "none" not found$/,
    )
    assert.match(await failed(host, { name: 'wide' }), /^Couldn't install wide because it requires classic/)
    writeFileSync(file('busy'), '')
    assert.match(await failed(host, { name: 'one' }), /change in progress$/)
    assert.is(readFileSync(file('snaps'), 'utf8'), '')
    rmSync(file('busy'))
    assert.is(
      await failed(host, { name: 'bare', options: 'x=1' }),
      "Snap 'bare' does not have any configurable options",
    )
    writeFileSync(file('busy'), '')
    assert.match(await failed(host, { name: 'bare', alias: 'b' }, snap_alias), /change in progress$/)
    writeFileSync(file('down'), '')
    for (const module of [snap, snap_alias]) {
      const raw = module === snap ? { name: 'one' } : { name: 'one', alias: 'b' }
      assert.match(await failed(host, raw, module), /cannot communicate with server/)
    }
    rmSync(join(host.bin, 'snap'))
    assert.match(await failed(host, { name: 'one' }), /^Failed to find required executable "snap"/)
  }
})

test.run()
