import { suite } from 'uvu'
import * as assert from 'uvu/assert'
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

test.run()
