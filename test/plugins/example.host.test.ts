import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('docs/plugins.md')

/** The files of the page: a name between backticks, and the block of code behind it. */
function examples(): Record<string, string> {
  const page = readFileSync('docs/plugins.md', 'utf8')
  const blocks = page.matchAll(/`([a-z_]+(?:\/[a-z_]+)?\.(?:ts|js|yml))`[^`]*\n\n```\w+\n(.*?)```/gs)
  return Object.fromEntries([...blocks].map(([, name, text]) => [name!, text!]))
}

test('the example of the page runs, and finds nothing to change afterwards', async () => {
  const { 'site.yml': playbook, ...files } = examples()
  const named = Object.keys(files).sort()
  assert.equal(named, [
    'filter_plugins/names.ts',
    'hosts.yml',
    'inventory_plugins/racks.ts',
    'library/git_setting.ts',
    'lookup_plugins/uid_of.ts',
    'test_plugins/numbers.js',
  ])
  const again = playbook!.replace(
    '- name: tell',
    '- git_setting: {name: user.name, value: A.K., file: "{{ playbook_dir }}/example.gitconfig"}\n    - name: tell',
  )
  const running = { hosts: ['north-1', 'north-2'], args: ['-i', 'HERE/hosts.yml'], files }
  const ran = await runText(again, running)
  assert.is(ran.problems, '')
  assert.equal(ran.steps, [
    'set north-1 changed',
    'git_setting north-1 ok',
    'git_setting north-2 ok',
    'tell north-1 ok',
    'tell north-2 ok',
  ])
  assert.is(ran.result('tell').values.msg, 'north: it was unset, and root is 0')
  const checked = await runText(playbook!, { ...running, args: [...running.args, '--check'] })
  assert.equal(checked.result('set').changes, [{ what: 'user.name', before: null, after: 'A.K.' }])
})

test.run()
