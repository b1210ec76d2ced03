// What a module owes the house and a machine can tell; docs/modules-howto.md says why.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modules } from '../../src/modules/index.ts'
import type { Catalogue, Module } from '../../src/sdk/module.ts'
import { fileOptions } from '../../src/sdk/options.ts'

const test = suite('catalogue')
const ROOT = 'src/modules'
const TEMPLATE = '_template'

/** A module where it lies. */
interface Found {
  readonly module: Module
  /** The name of its file, or of the folder that is its own. */
  readonly called: string
  readonly family: string
  readonly file: string
}

const folders = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

const families = folders(ROOT).filter((name) => name !== TEMPLATE)

/** Files that define a module, whether a family knows it or not. */
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .map((name) => join(ROOT, name))
  .filter((file) => file.endsWith('.ts') && /\bdefine(Marked)?Module[<(]/.test(readFileSync(file, 'utf8')))
  .filter((file) => !file.startsWith(join(ROOT, TEMPLATE)))

const found: Found[] = await Promise.all(files.map(find))

const indexes = new Map<string, Catalogue>(
  await Promise.all(
    families.map(async (family): Promise<[string, Catalogue]> => {
      const exported = await import(`../../src/modules/${family}/index.ts`)
      return [family, exported[family]]
    }),
  ),
)

async function find(file: string): Promise<Found> {
  // Written so that the compiler of tests sees which files may be asked for.
  const exported: object[] = Object.values(await import(`../../src/modules/${relative(ROOT, file)}`))
  const defined = exported.filter((one): one is Module => Object.hasOwn(one, 'summary'))
  assert.is(defined.length, 1, `${file} exports one module`)
  const path = file.replace(/(\/index)?\.ts$/, '')
  return { module: defined[0]!, called: basename(path), family: path.split('/')[2]!, file }
}

const every = (check: (module: Module, options: [string, Module['options'][string]][]) => void) => {
  for (const { module } of found) check(module, Object.entries(module.options))
}

test('the catalogue holds what the families hold, each name once, and not the template', () => {
  const names = [...indexes.values()].flatMap(Object.keys)
  assert.equal(names.sort(), Object.keys(modules).sort())
  const known = Object.values(modules)
  assert.equal(
    found.filter(({ module }) => !known.includes(module)).map(({ file }) => file),
    [],
    'modules that are in no index',
  )
  assert.is(new Set(known).size, found.length)
})

test('a module that takes owner, group and mode of files takes their attributes and labels too', () => {
  every(({ name, options }) => {
    if (options.owner === fileOptions.owner) assert.ok('attributes' in options && 'setype' in options, name)
  })
})

test('the file of a module is called as the module, and lies in the family whose index has it', () => {
  for (const { module, called, family, file } of found) {
    assert.is(called, module.name, file)
    assert.match(module.name, /^[a-z][a-z0-9]*(_[a-z]+)*$/)
    assert.is(indexes.get(family)![module.name], module, file)
    assert.is(
      file.split('/').length,
      file.endsWith('/index.ts') ? 5 : 4,
      `${file} is a file or folder of its family`,
    )
  }
})

test('a summary and every help are sentences', () => {
  every(({ name, summary }, options) => {
    assert.match(summary, /^[A-Z].*\.$/, name)
    for (const [option, { help }] of options) assert.match(help, /^\S.*\.$/, `${name}: ${option}`)
  })
})

test('no name or alias means two options', () => {
  every(({ name, freeForm }, options) => {
    const names = options.flatMap(([option, { aliases = [] }]) => [option, ...aliases])
    assert.is(new Set(names).size, names.length, name)
    if (freeForm !== undefined) assert.ok(names.includes(freeForm), name)
  })
})

test('a default is one of the choices, and no option with one is required', () => {
  every(({ name }, options) => {
    for (const [option, { required, default: value, choices }] of options) {
      if (value === undefined) continue
      assert.not(required, `${name}: ${option}`)
      for (const one of [value].flat())
        assert.ok(choices?.includes(String(one)) ?? true, `${name}: ${option}`)
    }
  })
})

test('a module that parses has a probe, and one that is polled too', () => {
  every(({ name, probe, parse, poll }) => {
    if (parse !== undefined || poll !== undefined) assert.type(probe, 'function', name)
  })
})

test('a module that probes and is not a command has a table of tests: planOf holds its changes to its actions', () => {
  const tests = readdirSync('test/modules', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join('test/modules', name), 'utf8'))
  const planned = tests.filter((text) => /\bplanOf\(/.test(text) && text.includes('support/plan.ts'))
  const without = found
    .filter(({ module }) => module.probe !== undefined && !module.runsCommands && !module.reconnects)
    .filter(({ file }) => !planned.some((text) => text.includes(`/${file}'`)))
  assert.equal(
    without.map(({ file }) => file),
    [],
  )
})

test.run()
