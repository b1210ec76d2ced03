import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadText, membersOf, variablesOf } from '../files.ts'

const test = suite('inventories of the plugin generator')

const GENERATOR = `
plugin: ansible.builtin.generator
hosts:
  name: "{{ operation }}_{{ application }}_{{ environment }}_runner"
  parents:
    - name: "{{ operation }}_{{ application }}"
      parents:
        - name: "{{ operation }}"
        - name: "{{ application }}"
          vars:
            application: "{{ application }}"
    - name: "{{ environment }}"
    - name: runner
layers:
  operation: [build, launch]
  environment: [dev, prod]
  application: [web, api]
`

test('a host of every combination, in groups of groups', async () => {
  await loadText('g.yml', GENERATOR, (loaded) => {
    assert.equal([loaded.problems, loaded.warnings], [[], []])
    assert.is(
      membersOf(loaded, 'runner'),
      'build_web_dev_runner build_api_dev_runner build_web_prod_runner build_api_prod_runner ' +
        'launch_web_dev_runner launch_api_dev_runner launch_web_prod_runner launch_api_prod_runner',
    )
    assert.is(membersOf(loaded, 'build_web'), 'build_web_dev_runner build_web_prod_runner')
    assert.is(
      membersOf(loaded, 'web'),
      'build_web_dev_runner build_web_prod_runner launch_web_dev_runner launch_web_prod_runner',
    )
    assert.is(membersOf(loaded, 'ungrouped'), '')
    assert.equal(variablesOf(loaded, 'build_api_dev_runner'), { application: 'api' })
  })
})

const WRONG: [text: string, said: string][] = [
  ['layers: {a: [1]}', '1:1: a generator needs "layers", and "hosts" with a "name"'],
  ['hosts: {name: x}\nlayers: {a: b}', '3:13: a list is expected'],
  ['hosts: {name: x, parents: [{vars: {}}]}\nlayers: {a: [1]}', '2:28: a parent is a map with a "name"'],
]
for (const [text, said] of WRONG)
  test(`a wrong configuration is refused: ${text.replaceAll('\n', '; ')}`, async () => {
    await loadText('g.yml', `plugin: generator\n${text}\n`, (loaded) => assert.is(loaded.problems[0], said))
  })

test('layers that multiply without end are refused', async () => {
  const many = `[${Array.from({ length: 100 }, (_, at) => at)}]`
  const text = `plugin: generator\nhosts: {name: x}\nlayers: {a: ${many}, b: ${many}, c: ${many}}\n`
  await loadText('g.yml', text, (loaded) => assert.match(loaded.problems[0]!, /make 1000000 hosts/))
})

test.run()
