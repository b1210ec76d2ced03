import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { template } from '../../../src/modules/files/template.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'
import { rendered } from './rendered.ts'

const test = suite('template')

test('template plans what differs, and nothing else', () => {
  const stat = (size: number) => statText({ size })
  const sum = contentOf('a').sha256
  const inSync = `${filesText(FOLDER, stat(1), undefined)}0100${sum}  x\n`
  const raw = { src: rendered('a'), dest: '/d/f' }
  assert.equal(planOf(template, raw, inSync).changes, [])
  assert.equal(rows(planOf(template, { ...raw, mode: 'preserve' }, inSync)), [['mode', '0644', '0600']])
  assert.is(planOf(template, { ...raw, src: rendered('b') }, inSync).changes[0]?.what, 'content')
})

test('arguments that make no sense', () => {
  assert.match(
    problemsOf(template, { src: rendered('a'), dest: '/f', validate: 'true' })[0] ?? '',
    /must contain %s/,
  )
})

test.run()
