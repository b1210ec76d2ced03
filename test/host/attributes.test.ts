import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { idsProbe, planAttributes, resolveMode, type Wanted } from '../../src/host/attributes.ts'
import type { FileState } from '../../src/host/file-state.ts'
import { FILE } from './file.ts'

const test = suite('attributes')

const MODES: [mode: string, current: number, isFolder: boolean, after: number][] = [
  ['0644', 0o777, false, 0o644],
  ['0000', 0o777, false, 0],
  ['04755', 0, false, 0o4755],
  ['u=rw,g=r,o=', 0o777, false, 0o640],
  ['a=r', 0o777, false, 0o444],
  ['+x', 0o644, false, 0o755],
  ['+w', 0o444, false, 0o644],
  ['a+w', 0o444, false, 0o666],
  ['go-rwx', 0o4755, false, 0o4700],
  ['u=rwX,g=rX,o=rX', 0o600, false, 0o644],
  ['u=rwX,g=rX,o=rX', 0o700, true, 0o755],
  ['a+X', 0o644, false, 0o644],
  ['a+X', 0o654, false, 0o755],
  ['u+s', 0o755, false, 0o4755],
  ['g+s,o+t', 0o755, true, 0o3755],
  ['u=rwx', 0o4700, false, 0o700],
  ['g=rx', 0o2750, true, 0o750],
  ['g=u', 0o640, false, 0o660],
  ['u=rwx,g=u,o=g', 0o600, false, 0o777],
  ['o-g', 0o656, false, 0o652],
  ['u=rw+s-w', 0, false, 0o4400],
  ['a=', 0o777, false, 0],
  ['u=rwX,g=rX,o=', 0o644, false, 0o640],
  ['u=rwX,g=rX,o=', 0o601, false, 0o750],
  ['u=rwX,g=rX,o=', 0o600, true, 0o750],
  ['a-x,u+s', 0o755, false, 0o4644],
  ['g=u', 0o2750, true, 0o770],
  ['o=u,g=o', 0o711, false, 0o777],
  ['a+s', 0, false, 0o6000],
  ['a=t', 0o644, false, 0o1000],
  ['ug+s', 0o755, false, 0o6755],
  ['=r', 0o755, false, 0o444],
  ['-x', 0o777, false, 0o666],
  // Each clause sees what those before it have made, as in chmod.
  ['u+x,g+X', 0o600, false, 0o710],
]

test('octal and symbolic modes are those of chmod', () => {
  for (const [mode, current, isFolder, after] of MODES)
    assert.is(resolveMode(mode, current, isFolder), after, `${mode} on ${current.toString(8)}`)
})

const PLANS: [wanted: Wanted, file: FileState | undefined, changes: unknown[], set: object][] = [
  [{}, FILE, [], {}],
  [{ owner: 'root', group: '0', mode: '0644' }, FILE, [], {}],
  [{ owner: 'daemon' }, FILE, [['owner', 'root', 'daemon']], { uid: 1 }],
  [{ owner: '1' }, FILE, [['owner', '0', '1']], { uid: 1 }],
  [
    { group: 'daemon', mode: 'u=,g=,o=' },
    FILE,
    [
      ['group', 'root', 'daemon'],
      ['mode', '0644', '0000'],
    ],
    { gid: 1, mode: 0 },
  ],
  [
    { owner: 'root', mode: '+x' },
    undefined,
    [
      ['owner', null, 'root'],
      ['mode', null, '0755'],
    ],
    { uid: 0, mode: 0o755 },
  ],
  [{ mode: '0777' }, { ...FILE, type: 'link' }, [], {}],
]

test('what differs from the wanted owner, group and permissions', () => {
  for (const [wanted, file, changes, set] of PLANS) {
    const id = (name?: string) => (name === undefined ? undefined : name === 'daemon' || name === '1' ? 1 : 0)
    const plan = planAttributes(wanted, { uid: id(wanted.owner), gid: id(wanted.group) }, file)
    assert.equal(
      plan.changes.map(({ what, before, after }) => [what, before, after]),
      changes,
    )
    assert.equal(plan.set, set)
  }
})

test('ids need no probe of the host', () => {
  assert.equal(idsProbe({ owner: '7', mode: '0600' }).items, [])
})

test.run()
