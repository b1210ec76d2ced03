import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pip } from '../../../src/modules/packages/pip/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('pip: on hosts')

let all: Host[] = []
let folder = ''
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playssh-pip-'))
  mkdirSync(join(folder, 'wheels'))
  for (const version of ['1.0', '2.0']) wheel('playssh-test', version)
  wheel('playssh-other', '3.1')
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

/** The least that pip takes for a package. */
function wheel(name: string, version: string): void {
  const base = `${name.replaceAll('-', '_')}-${version}`
  const info = join(folder, 'wheels', `${base}.dist-info`)
  mkdirSync(info)
  writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`)
  writeFileSync(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
  writeFileSync(join(info, 'RECORD'), '')
  const file = `${base}-py3-none-any.whl`
  execFileSync('python3', ['-m', 'zipfile', '-c', file, info], { cwd: join(folder, 'wheels') })
  rmSync(info, { recursive: true })
}

async function settled({ session }: Host, raw: Raw) {
  const check = await applyModule(session, pip, raw, CHECK)
  const { plan, result } = await applyModule(session, pip, raw)
  assert.equal(
    [result.failed, result.changed, rows(plan)],
    [undefined, undefined, rows(check.plan)],
    JSON.stringify(raw),
  )
  assert.ok(plan.changes.length > 0, JSON.stringify(raw))
  const second = await applyModule(session, pip, raw)
  assert.equal([rows(second.plan), second.plan.failed], [[], undefined], JSON.stringify(raw))
  return rows(plan)
}

test('packages come, change and go in an environment that is made', async () => {
  for (const host of all) {
    const virtualenv = join(folder, `odd env-${host.name}`)
    const raw = {
      virtualenv,
      virtualenv_command: '/usr/bin/python3 -m venv',
      extra_args: `--no-index --find-links '${join(folder, 'wheels')}'`,
    }
    const name = 'Playssh_Test'
    assert.equal(await settled(host, { ...raw, name, version: '1.0' }), [
      [virtualenv, null, 'virtual environment'],
      ['Playssh_Test==1.0', null, 'installed'],
    ])
    assert.equal((await applyModule(host.session, pip, { ...raw, name })).plan.changes, [])
    assert.equal((await applyModule(host.session, pip, { ...raw, name: `${name}>=1,<2` })).plan.changes, [])
    const newest = { ...raw, name: [name, 'playssh-other'], state: 'latest' }
    assert.equal(await settled(host, newest), [
      ['playssh-other', null, '3.1'],
      ['playssh-test', '1.0', '2.0'],
    ])
    await settled(host, { ...raw, name: [`${name}<2`, 'playssh-other'] })
    const requirements = join(folder, 'requirements.txt')
    writeFileSync(requirements, '# all\nplayssh-test>1\n')
    await settled(host, { ...raw, requirements })
    const anew = await applyModule(host.session, pip, { ...raw, name, state: 'forcereinstall' })
    assert.equal([anew.result.failed, anew.plan.changes.length], [undefined, 1])
    const absent = { virtualenv, state: 'absent' }
    await settled(host, { ...absent, name: [name, 'playssh-none'] })
    const missing = await applyModule(host.session, pip, { ...raw, name: 'playssh-none' }, RUN)
    assert.match(missing.result.failed ?? '', /No matching distribution found for playssh-none/)
  }
})

test('a host without pip is told so', async () => {
  for (const { session } of all) {
    const { plan } = await applyModule(session, pip, { name: 'a', executable: 'pip-of-nobody' })
    assert.match(plan.failed ?? '', /^Unable to find any of pip-of-nobody to use/)
    const maker = { name: 'a', virtualenv: join(folder, 'none'), virtualenv_command: 'virtualenv-of-nobody' }
    assert.match(
      (await applyModule(session, pip, maker)).plan.failed ?? '',
      /executable "virtualenv-of-nobody"/,
    )
  }
})

test('on hosts of Debian the packages of the system are left alone', async () => {
  for (const { session } of all) {
    for (const view of [CHECK, RUN]) {
      const { plan } = await applyModule(session, pip, { name: 'playssh-test' }, view)
      assert.match(plan.failed ?? '', /^error: externally-managed-environment/)
    }
  }
})

test("modules in the folder where pip works are not Python's", async () => {
  const chdir = join(folder, 'trap')
  mkdirSync(chdir)
  for (const name of ['pip', 'runpy', 'json', 'importlib'])
    writeFileSync(join(chdir, `${name}.py`), `raise SystemExit("a trap")\n`)
  for (const { session } of all) {
    const { plan } = await applyModule(session, pip, { name: 'pip', chdir })
    assert.equal([plan.failed, rows(plan)], [undefined, []])
  }
})

test.run()
