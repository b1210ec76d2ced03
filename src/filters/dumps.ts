import { dumpHtmlSafeJson, dumpJson, type JsonOptions } from '../python/json/dump.ts'
import { dumpYaml, type YamlOptions } from '../python/yaml/dump.ts'
import { didYouMean } from '../values/problem.ts'
import { filter, type Named } from './define.ts'
import { isUndefined } from './given.ts'
import { pretty } from './pretty.ts'

const JSON_OPTIONS = ['indent', 'sort_keys', 'ensure_ascii', 'allow_nan', 'separators']
/** What is asked for of JSON and means nothing for values as they are here. */
const JSON_IGNORED = ['vault_to_text', 'preprocess_unsafe', 'skipkeys', 'check_circular']
const YAML_OPTIONS = [
  'indent',
  'width',
  'default_flow_style',
  'default_style',
  'sort_keys',
  'allow_unicode',
  'explicit_start',
  'explicit_end',
  'line_break',
]
const YAML_IGNORED = ['canonical', 'encoding', 'version', 'tags']

/** Values as JSON and YAML. */
export const dumpFilters = [
  filter(
    'to_json',
    ['**options'],
    'A value as JSON, with the options of json.dumps.',
    (value: unknown, named: Named) => json(value, {}, named),
  ),
  filter(
    'to_nice_json',
    [{ indent: 4, sort_keys: true }, '**options'],
    'A value as JSON on many lines, its keys in order.',
    (value: unknown, indent: unknown, sortKeys: unknown, named: Named) =>
      json(value, { separators: [',', ': '] }, { indent, sort_keys: sortKeys, ...named }),
  ),
  filter(
    'to_yaml',
    [{ default_flow_style: null }, '**options'],
    'A value as YAML, with the options of yaml.dump.',
    (value: unknown, flowStyle: unknown, named: Named) =>
      yaml(value, { default_flow_style: flowStyle, ...named }),
  ),
  filter(
    'to_nice_yaml',
    [{ indent: 4 }, '**options'],
    'A value as YAML with an item a line.',
    (value: unknown, indent: unknown, named: Named) =>
      yaml(value, { indent, default_flow_style: false, ...named }),
  ),
  filter(
    'tojson',
    [{ indent: null }],
    'A value as JSON that can stand in HTML, its keys in order.',
    (value: unknown, indent: unknown) =>
      dumpHtmlSafeJson(defined(value), { sort_keys: true, indent: indent as number | null }),
  ),
  filter('pprint', [], "A value as Python's pprint writes it.", pretty),
]

function json(value: unknown, own: JsonOptions, named: Named): string {
  return dumpJson(defined(value), { ...own, ...(known(named, JSON_OPTIONS, JSON_IGNORED) as JsonOptions) })
}

function yaml(value: unknown, named: Named): string {
  return dumpYaml(defined(value), {
    allow_unicode: true,
    ...(known(named, YAML_OPTIONS, YAML_IGNORED) as YamlOptions),
  })
}

function defined(value: unknown): unknown {
  if (isUndefined(value)) value.fail()
  return value
}

function known(named: Named, options: readonly string[], ignored: readonly string[]): Named {
  const wrong = Object.keys(named).find((name) => !options.includes(name) && !ignored.includes(name))
  if (wrong !== undefined)
    throw new Error(
      `there is no option "${wrong}"; ${didYouMean(wrong, options) ?? `take ${options.join(', ')}`}`,
    )
  return Object.fromEntries(Object.entries(named).filter(([name]) => options.includes(name)))
}
