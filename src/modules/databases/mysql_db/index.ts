import { files, followed } from '../../../host/file-state.ts'
import { packerLook, packerOf } from '../../../host/packers.ts'
import { folderOf } from '../../../host/paths.ts'
import { defineModule } from '../../../sdk/module.ts'
import type { BatchedProbe, ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quote } from '../../../shell/quote.ts'
import { asking, literal, loginProblems, PLAIN_MODE, type Reached, rowsOf } from '../mysql.ts'
import { type Args, declared } from './options.ts'
import { plan, type State } from './plan.ts'
import { directionOf, isAll, namesOf, targetOf } from './target.ts'

/** Keeps databases of MySQL and MariaDB. Semantics: community.mysql.mysql_db. */
export const mysql_db = defineModule<typeof declared, State>({
  name: 'mysql_db',
  summary: 'Makes, removes, dumps or imports databases of MySQL or MariaDB.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name = [], state, target, ignore_tables = [], encoding, collation } = args
  const found = loginProblems(args)
  for (const one of namesOf({ name })) {
    if (one === '' || one.includes('\n') || one.length > 64)
      found.push(`name: ${JSON.stringify(one)} is not a name of a database`)
  }
  if (ignore_tables.includes('')) found.push('Name of ignored table cannot be empty')
  for (const [option, value] of Object.entries({ encoding, collation })) {
    if (value !== undefined && !/^\w*$/.test(value))
      found.push(`${option}: ${JSON.stringify(value)} is not a name of one; letters, digits and "_" are`)
  }
  if (!complete) return found
  const isFile = state === 'dump' || state === 'import'
  if (isFile && target === undefined) found.push(`with state=${state} target is required`)
  if (!isFile && isAll({ name }))
    found.push("name is not allowed to equal 'all' unless state equals import, or dump.")
  if (state === 'import' && name.length > 1)
    found.push('Multiple databases are not supported with state=import')
  return found
}

function probe(args: Args): (string | BatchedProbe)[] {
  const counting = namesOf(args).map(
    (name) => `SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${literal(name)};`,
  )
  const sql = [`${PLAIN_MODE};`, ...counting].join('\n')
  const look = targetLook(args)
  const packer = packing(args)
  return [
    ...(look === undefined ? [] : [look]),
    ...(packer === undefined ? [] : [packer]),
    asking(args, `sql ${quote(sql)}`),
  ]
}

function targetLook(args: Args) {
  const target = targetOf(args)
  return target === undefined ? undefined : files([target, folderOf(target)], { follow: true })
}

/** A look at what packs or unpacks the target; undefined if nothing has to. */
function packing(args: Args) {
  const packer = packerOf(targetOf(args) ?? '')
  return packer === undefined ? undefined : packerLook(packer, directionOf(args))
}

function parse(found: ProbeOutput, args: Args): State {
  const look = targetLook(args)
  const [itself, folder] = look === undefined ? [] : found.of(look)
  const target = look === undefined ? undefined : followed(targetOf(args)!, itself)
  const packer = packing(args)
  const hasPacker = packer === undefined || found.of(packer)[0]!
  const ground = { target, folder, hasPacker }
  const output = new Output(found.bytes)
  const reached = output.field() as Reached
  if (reached === 'none') return { reached, ...ground, existing: [] }
  if (reached === 'failed') {
    const isConfigured = output.field() === 'found'
    return { reached, ...ground, existing: [], isConfigured, said: output.rest().toString() }
  }
  const counts = rowsOf(output.rest().toString()).map(([count]) => Number(count))
  const names = namesOf(args)
  if (counts.length !== names.length) throw new Error('the server did not answer what it was asked for')
  return { reached, ...ground, existing: names.filter((_, index) => counts[index]! > 0) }
}
