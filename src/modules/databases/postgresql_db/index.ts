import { files, followed } from '../../../host/file-state.ts'
import { packerLook, packerOf } from '../../../host/packers.ts'
import { folderOf } from '../../../host/paths.ts'
import { defineModule, type ModuleResult, type Outcome, type Plan } from '../../../sdk/module.ts'
import type { BatchedProbe, ProbeOutput } from '../../../sdk/probe.ts'
import {
  answerOf,
  asking,
  concluded,
  inputProblems,
  literal,
  loginProblems,
  nameProblems,
} from '../postgresql.ts'
import { directionOf, isFile, targetOf } from './files.ts'
import { type Args, declared } from './options.ts'
import { type Database, plan, type State } from './plan.ts'

/** Keeps databases of PostgreSQL. Semantics: community.postgresql.postgresql_db. */
export const postgresql_db = defineModule<typeof declared, State>({
  name: 'postgresql_db',
  summary: 'Makes, removes, renames, dumps or restores a database of PostgreSQL.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name, owner, template, encoding, tablespace, conn_limit, state, target, maintenance_db } = args
  const renamed = state === 'rename' ? target : undefined
  const found = [
    ...loginProblems(args),
    ...nameProblems({ name, owner, template, tablespace, maintenance_db, target: renamed }),
    ...inputProblems(
      args,
      [owner, conn_limit, encoding, name, template, tablespace, args.session_role].map((one) => one ?? null),
    ),
  ]
  if (name === '') found.push('name: "" is not a name of a database')
  if (conn_limit !== undefined && !/^(-1|\d*)$/.test(conn_limit))
    found.push(`conn_limit: ${JSON.stringify(conn_limit)} is not a number of connections`)
  if (!complete || state !== 'rename') return found
  if (target === '') found.push('The "target" option must be defined when the "rename" option is used.')
  else if (name === target) found.push('The "name/db" option and the "target" option cannot be the same.')
  if (maintenance_db === name)
    found.push('The "maintenance_db" option and the "name/db" option cannot be the same.')
  return found
}

function probe(args: Args): (string | BatchedProbe)[] {
  const { name, target, owner, template, tablespace, encoding } = args
  const names = [name, ...(args.state === 'rename' ? [target] : [])].map(literal).join(', ')
  const known = (table: string, column: string, one: string) =>
    `EXISTS (SELECT FROM ${table} WHERE ${column} = ${literal(one)})`
  const look = targetLook(args)
  const packer = packing(args)
  return [
    ...(look === undefined ? [] : [look]),
    ...(packer === undefined ? [] : [packer]),
    asking(args, args.maintenance_db, [
      `SELECT json_build_object('version', current_setting('server_version_num')::int, 'owner', ${known('pg_roles', 'rolname', owner)}, 'template', ${known('pg_database', 'datname', template)}, 'tablespace', ${known('pg_tablespace', 'spcname', tablespace)}, 'encoding', pg_char_to_encoding(${literal(encoding)}))`,
      `SELECT json_build_object('name', datname, 'owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding), 'encoding_id', encoding, 'lc_collate', datcollate, 'lc_ctype', datctype, 'conn_limit', datconnlimit::text, 'tablespace', spcname) FROM pg_database JOIN pg_tablespace s ON s.oid = dattablespace WHERE datname IN (${names})`,
    ]),
  ]
}

function targetLook(args: Args) {
  const target = isFile(args) ? targetOf(args) : undefined
  return target === undefined ? undefined : files([target, folderOf(target)], { follow: true })
}

/** A look at what packs or unpacks the target; undefined if nothing has to. */
function packing(args: Args) {
  const packer = isFile(args) ? packerOf(targetOf(args)) : undefined
  return packer === undefined ? undefined : packerLook(packer, directionOf(args))
}

function parse(found: ProbeOutput, args: Args): State {
  const look = targetLook(args)
  const [itself, folder] = look === undefined ? [] : found.of(look)
  const target = look === undefined ? undefined : followed(targetOf(args), itself)
  const packer = packing(args)
  const hasPacker = packer === undefined || found.of(packer)[0]!
  const answer = answerOf(found, args)
  const [server, ...databases] = answer.rows as unknown as [State['server'], ...Database[]]
  return { answer, target, folder, hasPacker, server, databases }
}

function interpret(outcomes: Outcome[], args: Args, _state: State, { result = {} }: Plan): ModuleResult {
  const { failed } = concluded(outcomes, isFile(args) ? '' : 'Database query failed: ')
  const last = outcomes.at(-1)
  if (!isFile(args) || last === undefined) return failed === undefined ? {} : { failed }
  const told = { rc: last.code, stderr: last.stderr, cmd: result.cmd ?? '' }
  return failed === undefined ? { result: told } : { failed, result: { ...told, msg: failed } }
}
