import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { apk } from '../../../src/modules/packages/apk/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { apkProgram } from './apks.ts'

const test = suite('apk: on hosts')

const FIRST = 'one 1-r0\ntwo 1-r0 one\ng++ 2-r1\n'
const LATER = 'one 2-r0\ntwo 1-r0 one\ng++ 2-r1\n'

let all: ApartHost[] = []
let folder = ''
test.before(async () => {
  folder = mkdtempSync('/dev/shm/playssh-apk-')
  all = await apartHosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

/** A file of the database that the stand-in of apk has. */
const file = (name: string) => join(folder, 'database', name)

function fresh({ bin }: ApartHost): void {
  apkProgram(join(folder, 'database'), join(bin, 'apk'))
  writeFileSync(file('available'), FIRST)
  writeFileSync(file('fetched'), FIRST)
}

const apply = ({ session }: ApartHost, raw: Raw, view = RUN) =>
  applyModule(session, apk, { world: file('world'), ...raw }, view)

/** Check says what apply does, and a second run finds nothing. */
async function settled(host: ApartHost, raw: Raw, changes: unknown[][]): Promise<void> {
  for (const [view, expected] of [
    [CHECK, changes],
    [RUN, changes],
    [CHECK, []],
  ] as const) {
    const { plan, result } = await apply(host, raw, view)
    assert.equal([plan.failed ?? result.failed, rows(plan)], [undefined, expected], JSON.stringify(raw))
  }
}

async function failed(host: ApartHost, raw: Raw, view = RUN): Promise<string> {
  const { plan, result } = await apply(host, raw, view)
  return plan.failed ?? result.failed ?? ''
}

test('packages come, are upgraded and go', async () => {
  for (const host of all) {
    fresh(host)
    await settled(host, { name: ['two', 'g++=2-r1'] }, [
      ['two', null, '1-r0'],
      ['one', null, '1-r0'],
      ['g++', null, '2-r1'],
    ])
    await settled(host, { name: 'g++' }, [])
    await settled(host, { name: 'one' }, [['mark of one', 'automatic', 'manual']])
    writeFileSync(file('fetched'), LATER)
    await settled(host, { name: ['two', 'one'], state: 'latest' }, [['one', '1-r0', '2-r0']])
    await settled(host, { name: ['g++', 'none'], state: 'absent' }, [['g++', '2-r1', null]])
    assert.match(
      await failed(host, { name: 'one', state: 'absent' }, CHECK),
      /^failed to remove one package\(s\): one: other$/,
    )
    await settled(host, { name: ['one', 'two'], state: 'absent' }, [
      ['two', '1-r0', null],
      ['one', '2-r0', null],
    ])
  }
})

test('lists are fetched first, and are a change only alone', async () => {
  for (const host of all) {
    fresh(host)
    writeFileSync(file('fetched'), '')
    assert.match(
      await failed(host, { name: 'one' }, CHECK),
      /^failed to install one: unable to select packages: one/,
    )
    const raw = { name: 'one', update_cache: true }
    assert.equal(rows((await apply(host, raw, CHECK)).plan), [
      ['package lists', null, 'fetched'],
      ['one', null, 'installed'],
    ])
    const { result } = await apply(host, raw)
    assert.equal([result.failed, result.changed, result.result?.packages], [undefined, true, ['one']])
    const again = await apply(host, { ...raw, state: 'latest' })
    assert.equal([again.plan.silent, again.result.changed], [true, false])
    writeFileSync(file('available'), LATER)
    const newer = await apply(host, { upgrade: true, update_cache: true })
    assert.equal([newer.result.changed, newer.result.result?.packages], [true, ['one']])
    await settled(host, { upgrade: true, available: true }, [])
    const alone = await apply(host, { update_cache: true })
    assert.equal([alone.result.changed, alone.plan.result?.msg], [undefined, 'updated repository indexes'])
  }
})

test('failures have a sentence, and leave what was there', async () => {
  for (const host of all) {
    fresh(host)
    for (const [trouble, raw, said] of [
      ['lock', { name: 'one' }, /^failed to install one: Unable to lock database/],
      ['lock', { update_cache: true }, /^could not update package db: Unable to lock database/],
      ['broken', { name: 'one' }, /^failed to install one: a-1: BAD archive/],
      [
        'gone',
        { name: 'one', update_cache: true },
        /^could not update package db: https:\/\/mirror\/main: temporary error/,
      ],
    ] as const) {
      writeFileSync(file(trouble), '')
      assert.match(await failed(host, raw), said)
      rmSync(file(trouble))
    }
    assert.is(readFileSync(file('world'), 'utf8'), '')
    const missing = await failed(host, { name: 'one', world: '/none' }).catch((error: Error) => error.message)
    assert.match(missing, /\/none/)
    rmSync(join(host.bin, 'apk'))
    const without = await failed(host, { name: 'one' }).catch((error: Error) => error.message)
    assert.match(without, /^Failed to find required executable "apk"/)
  }
})

test.run()
