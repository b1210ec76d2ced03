/** What a template asks of the controller beyond variables, as far as its text shows. */
export interface Asked {
  /** Why it must be rendered on the controller. */
  readonly reasons: readonly string[]
  /** Variables of the controller's environment. */
  readonly environment: readonly string[]
  /** The template files that it brings in; undefined for those whose names are computed. */
  readonly templates: readonly (string | undefined)[]
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
    'fileglob',
    'first_found',
    'unvault',
    'template',
    'csvfile',
    'ini',
  ],
  ...['env', 'vars', 'varnames', 'inventory_hostnames'],
])

/** A call of Jinja's, or a helper of Handlebars', with what it looks up and its first term, as far as they are written. */
const CALL = /\b(?:lookup|query|q)\s*\(\s*(?:(['"])([\w.]+)\1\s*(?:,\s*(?:(['"])([^'"]*)\3\s*[,)])?)?)?/g
const HELPER = /(?:\{\{|\(|\s)(?:lookup|query)\s+(['"])([\w.]+)\1(?:\s+(['"])([^'"]*)\3)?/g
/** Handlebars' helper `env`. */
const ENV = /(?:\{\{|\()\s*env\s+(?:(['"])(\w+)\1)?/g
const BRINGS_TEMPLATE = /\{%[-+]?\s*(?:include|import|extends|from)\s+(?:(['"])([^'"]+)\1)?|\{\{#?>/g

/** Tests and filters that look at files of the controller, which need not be files of the run. */
const LOOKS_AT_FILES =
  /\bis\s+(?:not\s+)?(?:ansible\.builtin\.)?((?:is_)?(?:exists|file|directory|dir|link|link_exists|mount|same_file|samefile))\b|\|\s*(?:ansible\.builtin\.)?(fileglob|realpath|expandvars|relpath|abspath)\b/

export function askedBy(text: string): Asked {
  const calls = [...text.matchAll(CALL), ...text.matchAll(HELPER)].map(([, , name, , term]) => ({
    name: name && shortName(name),
    term,
  }))
  const termsOf = (wanted: string) => calls.filter(({ name }) => name === wanted).map(({ term }) => term)
  const environment = [...termsOf('env'), ...[...text.matchAll(ENV)].map(([, , name]) => name)]
  const reasons = calls.flatMap(({ name }) => reasonAgainst(name) ?? [])
  if (environment.includes(undefined))
    reasons.push('looks up variables of the environment whose names are computed')
  const file = LOOKS_AT_FILES.exec(text)
  if (file !== null) reasons.push(`asks for files of this machine (${file[1] ?? file[2]})`)
  if (termsOf('fileglob').some((pattern) => pattern === undefined || pattern.startsWith('/')))
    reasons.push('asks for files of this machine (fileglob)')
  return {
    reasons,
    environment: environment.filter((name) => name !== undefined),
    templates: [...termsOf('template'), ...[...text.matchAll(BRINGS_TEMPLATE)].map(([, , name]) => name)],
    readsAnyVariable: calls.some(({ name }) => name === 'vars' || name === 'varnames'),
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
