import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { template } from '../../../src/modules/files/template.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { faultsOf, planOf, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('template')
let all: Host[] = []

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

const rendered = (text: string) => ({
  path: '/roles/x/templates/x.conf.hbs',
  mode: 0o600,
  content: contentOf(text),
})

test('what differs', () => {
  const stat = (size: number) => statText({ size })
  const sum = contentOf('a').sha256
  const inSync = `${filesText(FOLDER, stat(1), undefined)}0100${sum}  x\n`
  const raw = { src: rendered('a'), dest: '/d/f' }
  assert.equal(planOf(template, raw, inSync).changes, [])
  assert.equal(rows(planOf(template, { ...raw, mode: 'preserve' }, inSync)), [['mode', '0644', '0600']])
  assert.is(planOf(template, { ...raw, src: rendered('b') }, inSync).changes[0]?.what, 'content')
})

test('arguments that make no sense with Handlebars, or at all', () => {
  assert.match(
    faultsOf(template, { src: rendered('a'), dest: '/f', trim_blocks: true })[0] ?? '',
    /trim_blocks/,
  )
  assert.match(
    faultsOf(template, { src: rendered('a'), dest: '/f', validate: 'true' })[0] ?? '',
    /must hold %s/,
  )
})

test('applied, and then in sync', async () => {
  for (const { session } of all) {
    const folder = mkdtempSync(join(tmpdir(), 'template '))
    const raw = {
      src: rendered('key = "value"\n'),
      dest: `${folder}/`,
      mode: '0640',
      validate: 'grep -q key %s',
    }
    const { plan, result: conclusion } = await applyModule(session, template, raw)
    assert.is(conclusion.failed, undefined)
    const path = join(folder, 'x.conf.hbs')
    assert.equal(
      [plan.result?.dest, readFileSync(path, 'utf8'), statSync(path).mode & 0o777],
      [path, 'key = "value"\n', 0o640],
    )
    assert.equal((await applyModule(session, template, raw)).plan.changes, [])
    rmSync(folder, { recursive: true })
  }
})

test.run()
