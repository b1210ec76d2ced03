import { defineModule } from '../../../sdk/module.ts'
import { loginProblems } from '../mysql.ts'
import { type Args, declared } from './options.ts'
import { limitProblems, plan } from './plan.ts'
import { wantedPrivileges } from './privileges.ts'
import { parse, probe, type State } from './probe.ts'
import { tlsProblems } from './tls.ts'

/** Keeps users of MySQL and MariaDB, and what they may do. Semantics: community.mysql.mysql_user. */
export const mysql_user = defineModule<typeof declared, State>({
  name: 'mysql_user',
  summary: 'Makes, changes or removes a user of MySQL or MariaDB, and keeps its privileges.',
  options: declared,
  accepts: ['column_case_sensitive'],
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
})

function problems(args: Partial<Args>, _complete: boolean): string[] {
  const { user, host, password, encrypted, append_privs, subtract_privs, priv, plugin, session_vars } = args
  const found = [...loginProblems(args), ...tlsProblems(args.tls_requires), ...limitProblems(args)]
  for (const [option, name] of Object.entries({ user, host, plugin })) {
    if (name?.includes('\n')) found.push(`${option}: ${JSON.stringify(name)} is not a name`)
  }
  if (append_privs && subtract_privs)
    found.push('parameters are mutually exclusive: append_privs|subtract_privs')
  if (encrypted && password && !/^\*[0-9A-Fa-f]{40}$/.test(password))
    found.push(
      'encrypted was specified however it does not appear to be a valid hash expecting: *SHA1(SHA1(your_password))',
    )
  for (const name of Object.keys(session_vars ?? {}))
    if (!/^\w+$/.test(name)) found.push(`session_vars: ${JSON.stringify(name)} is not a name of a variable`)
  if (priv !== undefined && priv !== null) {
    try {
      wantedPrivileges(priv)
    } catch (error) {
      found.push((error as Error).message)
    }
  }
  return found
}
