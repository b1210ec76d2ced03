import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { strptime } from '../../../src/python/dates/strptime.ts'
import { TimeDelta } from '../../../src/python/dates/timedelta.ts'
import { Undefined } from '../../../src/python/undefined.ts'
import { dumpYaml, type YamlOptions } from '../../../src/python/yaml/dump.ts'
import { recorded } from '../../support/recorded.ts'

const test = suite('python/yaml/dump')

interface Case {
  readonly filter: 'to_yaml' | 'to_nice_yaml'
  readonly value: unknown
  readonly options: YamlOptions
  readonly text: string
}

const DEFAULTS: { readonly [filter: string]: YamlOptions } = {
  to_yaml: { allow_unicode: true, default_flow_style: null },
  to_nice_yaml: { allow_unicode: true, default_flow_style: false, indent: 4 },
}

test('values are written as PyYAML writes them for Ansible', () => {
  for (const { filter, value, options, text } of recorded<Case>('yaml-dump'))
    assert.is(
      dumpYaml(value, { ...DEFAULTS[filter], ...options }),
      text,
      JSON.stringify({ filter, options, text }),
    )
})

test('a list that holds itself is an alias in itself', () => {
  const list: unknown[] = [1]
  list.push(list)
  assert.is(dumpYaml(list), '&id001\n- 1\n- *id001\n')
})

test('a date is a timestamp, and a span of time cannot be written', () => {
  assert.is(dumpYaml({ a: strptime('2023-01-02', '%Y-%m-%d') }), 'a: 2023-01-02 00:00:00\n')
  assert.throws(() => dumpYaml([new TimeDelta(1, 0, 0)]), 'YAML cannot hold a timedelta')
})

test('what is undefined, at any depth, is an error', () => {
  assert.throws(() => dumpYaml({ a: [new Undefined({ name: 'b' })] }), "'b' is undefined")
})

test('what is nested too deeply is refused', () => {
  let value: unknown = 1
  for (let depth = 0; depth < 100_000; depth += 1) value = [value]
  assert.throws(() => dumpYaml(value), /nested too deeply/)
})

test.run()
