import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { configIn, readConfig } from '../../src/lint/config.ts'
import { discover } from '../../src/lint/discover.ts'
import { formatPep8 } from '../../src/lint/formats/text.ts'
import { Project } from '../../src/lint/project.ts'
import { lint } from '../../src/lint/run.ts'
import { modules } from '../../src/modules/index.ts'

const test = suite('lint of what is here')

test('the playbooks, roles and examples of this project pass', () => {
  const root = process.cwd()
  const config = readConfig(configIn(root))
  const project = Project.of(root, discover([], root, config.exclude), { exclude: config.exclude })
  assert.ok(project.files.some(({ path }) => path.endsWith('/playbooks/lab.yml')))
  assert.ok(project.files.some(({ path }) => path.endsWith('/docs/examples/copy.yml')))
  assert.is(formatPep8(lint(project, config, modules)), '')
})

test.run()
