import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Asked, Footprint } from '../../src/sdk/footprint.ts'
import type { Place } from '../../src/sdk/places.ts'
import { Changing, isPlain } from '../../src/sdk/traces.ts'

const test = suite('traces')

/** Folders that are there, links among them, as `places` finds them: /link is /srv, /mount has /srv mounted. */
function place(folder: string): Place | undefined {
  if (folder === '/nobody/knows') return undefined
  const ids: Record<string, string> = { '/': '1:2', '/srv': '1:5', '/etc': '1:6', '/mount': '1:5' }
  const [, first = '', rest = ''] = /^(\/[^/]*)(.*)$/.exec(folder) ?? []
  const real = first === '/link' ? '/srv' : first
  const id = ids[real]
  return id === undefined ? { real: '/', id: '1:2', rest: folder } : { real, id, rest }
}

const reading = (...paths: string[]): Footprint => ({ reads: { paths }, writes: {} })
const writing = (...paths: string[]): Footprint => ({ reads: { paths }, writes: { paths } })

/** Whether what reads `read` is apart from what writes `written`. */
function isApart(read: Footprint, ...written: Footprint[]): boolean {
  const changing = new Changing()
  for (const one of written) changing.add(one, place)
  return changing.isApart(read, place)
}

test('what is read is apart from what is written elsewhere', () => {
  const table: [read: string, written: string, apart: boolean][] = [
    ['/srv/a', '/srv/b', true],
    ['/srv/a', '/srv/a', false],
    ['/srv/a/b', '/srv/a', false],
    ['/srv/ab', '/srv/a', true],
    // What is in a folder is not the folder.
    ['/srv/a', '/srv/a/b', false],
    ['/srv', '/srv/a', true],
    ['/link/a', '/srv/a', false],
    ['/srv/a', '/link/a', false],
    ['/mount/a/b', '/srv/a', false],
    ['/link/a', '/mount/b', true],
    // The folders above are made with it.
    ['/new', '/new/a/b', false],
    ['/new/c/d', '/new/a/b', false],
    ['/newer/c', '/new/a/b', true],
    ['/srv/new/x', '/srv/new/y', false],
    ['/nobody/knows/a', '/srv/a', false],
    ['/srv/a', '/nobody/knows/a', false],
    ['/srv/../etc/a', '/srv/b', false],
    ['~/a', '/srv/b', false],
    ['a', '/srv/b', false],
  ]
  for (const [read, written, apart] of table)
    assert.is(isApart(reading(read), writing(written)), apart, `${read} behind ${written}`)
})

test('with what programs go by, any answer may be another one', () => {
  for (const path of [
    '/etc/passwd',
    '/usr/local/bin/stat',
    '/proc/sys/vm/swappiness',
    '/etc/nsswitch.conf',
    '/etc/rc2.d/S01cron',
    '/etc/cron.allow',
    '/var/spool/cron/crontabs/root',
  ]) {
    assert.is(isApart(reading('/srv/a'), writing(path)), false, path)
    assert.is(isApart(reading(path), writing('/srv/a')), false, path)
  }
  assert.is(isApart(reading('/srv/a'), writing('/etc/passwords')), true)
  assert.is(isApart(reading('/srv/a'), writing('/etc/cron.d/a')), true)
  assert.is(isApart(reading('/etc/passwd')), true)
})

test('one of a kind is apart from others of it, and not from all of it', () => {
  const named = (...names: string[]): Footprint => ({ reads: { names }, writes: { names } })
  assert.is(isApart(named('users/a'), named('users/b')), true)
  assert.is(isApart(named('users/a'), named('users/ab')), true)
  assert.is(isApart(named('users/a'), named('users/a')), false)
  assert.is(isApart(named('users'), named('users/a')), false)
  assert.is(isApart(named('users/a'), named('users')), false)
  assert.is(isApart(named('groups/a'), named('users/a')), true)
})

test('nothing is apart from what changes nobody knows what', () => {
  assert.is(isApart(reading('/srv/a'), { reads: {}, writes: 'anything' }), false)
})

test('what is left of a file is known to whoever takes it, by the same path', () => {
  const look = { kind: 'files', items: ['/srv/a', '/srv/b'], script: () => '', read: () => [] }
  const asked = { of: '/srv/a', look, item: '/srv/a' }
  const changing = new Changing()
  changing.add({ ...writing('/srv/a'), leaves: [{ ...asked, found: 'new' }] }, place)
  const taking = (path: string, ...takes: Asked[]) =>
    changing.isApart({ ...reading(path), takes: takes.map((one) => ({ ...one, of: path })) }, place)
  assert.is(taking('/srv/a'), false)
  assert.is(taking('/srv/a', asked), true)
  assert.is(taking('/link/a', { ...asked, item: '/link/a' }), false)
  assert.is(taking('/srv/a/b', asked), false)
  // What is asked in another way is not known.
  assert.is(taking('/srv/a', asked, { ...asked, look: { ...look, kind: 'bytes' } }), false)
  const found = { of: <T>() => ['old', 'old'] as T[], bytes: Buffer.alloc(0), text: '' }
  assert.equal(changing.behind(found).of(look), ['new', 'old'])
  changing.add(writing('/link/a'), place)
  assert.is(taking('/srv/a', asked), false)
})

test('what is left of a name is known to whoever takes that one', () => {
  const look = { kind: 'tables', items: ['a'], script: () => '', read: () => [] }
  const named = (name: string, ...takes: Asked[]): Footprint => ({
    ...{ reads: { names: [name] }, writes: { names: [name] }, takes },
    leaves: takes.map((one) => ({ ...one, found: 'new' })),
  })
  const asked = { of: 'tables/a', look, item: 'a' }
  const changing = new Changing()
  changing.add(named('tables/a', asked), place)
  assert.is(changing.isApart(named('tables/a', asked), place), true)
  assert.is(changing.isApart(named('tables/a'), place), false)
  assert.is(changing.isApart(named('tables', { ...asked, of: 'tables' }), place), false)
  assert.is(changing.isApart(named('tables/b'), place), true)
  changing.add(named('tables/a'), place)
  assert.is(changing.isApart(named('tables/a', asked), place), false)
})

test('files of the controller are not read that may be written, nor what lies beside them', () => {
  const changing = new Changing()
  changing.add(writing('/srv/a.j2'), place)
  assert.is(changing.isApartFrom(['/srv/a.j2']), false)
  assert.is(changing.isApartFrom(['/srv/b.j2']), false)
  assert.is(changing.isApartFrom(['/etc/a.j2']), true)
})

test('a path is plain that no shell and no folder makes another one of', () => {
  for (const path of ['/a', '/a/b.c', '/a/..b']) assert.is(isPlain(path), true, path)
  for (const path of ['/', 'a', '~/a', '/a/', '/a//b', '/a/../b', '/a/.', '/./a'])
    assert.is(isPlain(path), false, path)
})

test.run()
