/** What a template asks of the controller beyond variables, as far as its text shows. */
export interface Asked {
  /** Why it must be rendered on the controller. */
  readonly reasons: readonly string[]
  /** Variables of the controller's environment. */
  readonly environment: readonly string[]
  /** It brings in template files, whose names may be anything. */
  readonly readsTemplates: boolean
  /** It asks for variables by names that are not in it. */
  readonly readsAnyVariable: boolean
}

/** Lookups that give the same wherever the files of the run are. */
const ANYWHERE = new Set([
  ...['items', 'indexed_items', 'together', 'nested', 'subelements', 'list', 'flattened', 'dict', 'sequence'],
  ...[
    'random_choice',
    'cartesian',
    'file',
    'unvault',
    'template',
    'csvfile',
    'ini',
    'env',
    'vars',
    'varnames',
  ],
  ...['inventory_hostnames'],
])

/** A call of Jinja's with what it looks up, or a helper of Handlebars'. */
const CALL = /\b(?:lookup|query|q)\s*\(\s*(?:(['"])([\w.]+)\1)?/g
const HELPER = /(?:\{\{|\(|\s)(?:lookup|query)\s+(['"])([\w.]+)\1/g
const ENV_CALL = /\b(?:lookup|query|q)\s*\(\s*(['"])(?:[\w.]+\.)?env\1\s*,\s*(['"])(\w+)\2\s*[,)]/g
const ENV_HELPER = /(?:lookup|query)?\s+(['"]?)env\1\s+(['"])(\w+)\2/g

/** Tests and filters that look at files of the controller, which need not be files of the run. */
const LOOKS_AT_FILES =
  /\bis\s+(?:not\s+)?(?:ansible\.builtin\.)?((?:is_)?(?:exists|file|directory|dir|link|link_exists|mount|same_file|samefile))\b|\|\s*(?:ansible\.builtin\.)?(fileglob|realpath|expandvars|relpath|abspath)\b/
const BRINGS_TEMPLATES = /\{%-?\+?\s*(?:include|import|extends|from)\b|\{\{>/

export function askedBy(text: string): Asked {
  const names = [...text.matchAll(CALL), ...text.matchAll(HELPER)].map(
    ([, , name]) => name && shortName(name),
  )
  const environment = [...text.matchAll(ENV_CALL), ...text.matchAll(ENV_HELPER)].map(([, , , name]) => name!)
  const reasons = names.flatMap((name) => reasonAgainst(name) ?? [])
  const envCalls = names.filter((name) => name === 'env').length
  const envHelpers = [...text.matchAll(/[{(\s]env\s+(?!['"]\w+['"])/g)].length
  const isOpen =
    envCalls >
    [...text.matchAll(ENV_CALL), ...text.matchAll(/(?:lookup|query)\s+(['"])env\1\s+(['"])\w+\2/g)].length
  if (isOpen || (envHelpers > 0 && /\{\{/.test(text) && /\(\s*env\s|\{\{\s*env\s/.test(text)))
    reasons.push('looks up variables of the environment whose names are computed')
  const file = LOOKS_AT_FILES.exec(text)
  if (file !== null) reasons.push(`asks for files of this machine (${file[1] ?? file[2]})`)
  return {
    reasons,
    environment,
    readsTemplates: names.includes('template') || BRINGS_TEMPLATES.test(text),
    readsAnyVariable: names.some((name) => name === 'vars' || name === 'varnames'),
  }
}

/** Why a lookup must be carried out on the controller; undefined if it need not. */
export function reasonAgainst(name: string | undefined): string | undefined {
  if (name === undefined) return 'has a lookup whose name is computed'
  return ANYWHERE.has(shortName(name)) ? undefined : `has the lookup "${name}"`
}

function shortName(name: string): string {
  return name.replace(/^(ansible\.(builtin|legacy)|community\.general)\./, '')
}
