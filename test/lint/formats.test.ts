import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatCodeClimate } from '../../src/lint/formats/codeclimate.ts'
import { formatGithub } from '../../src/lint/formats/github.ts'
import { formatSarif } from '../../src/lint/formats/sarif.ts'
import { formatFindings, formatPep8, formatQuiet, formatSummary } from '../../src/lint/formats/text.ts'
import type { Finding } from '../../src/lint/rule.ts'
import { Source } from '../../src/values/source.ts'
import { findingsIn } from './support.ts'

const test = suite('formats of lint')

const PATH = 'roles/a b/tasks/main.yml'
const findings = findingsIn({ [PATH]: '- name: a\n  ansible.builtin.debug:\n    msg: "{{a}}"\n' })

test('the default shows the line, with a mark below what is meant', () => {
  assert.is(
    formatFindings(findings, false),
    `roles/a b/tasks/main.yml:1:9: name[casing]: the name begins with a small letter
 1 | - name: a
   |         ^
  write "A"

roles/a b/tasks/main.yml:3:13: jinja[spacing]: blanks are missing in the template, or too many (warning)
 3 |     msg: "{{a}}"
   |             ^
  write "a" with one blank inside the braces
`,
  )
})

test('pep8 is one line a finding', () => {
  assert.equal(formatPep8(findings).split('\n'), [
    'roles/a b/tasks/main.yml:1:9: name[casing]: the name begins with a small letter',
    'roles/a b/tasks/main.yml:3:13: jinja[spacing]: blanks are missing in the template, or too many (warning)',
    '',
  ])
  assert.is(formatQuiet(findings).split('\n')[0], 'name[casing] roles/a b/tasks/main.yml:1:9')
})

test('the summary counts by rule, failures and warnings', () => {
  assert.is(
    formatSummary(findings, 3, false),
    `     1  jinja[spacing]  basic (warning)
     1  name[casing]    moderate
Failed: 1 failure, 1 warning in 3 files
`,
  )
})

test('what would end a command of GitHub is escaped', () => {
  const odd = { ...findings[0]!, message: 'a%\nb::c', hint: undefined }
  assert.is(
    formatGithub([odd]),
    '::error file=roles/a b/tasks/main.yml,line=1,col=9,title=name[casing],severity=MEDIUM::a%25%0Ab::c\n',
  )
})

test('codeclimate has what GitLab reads, and a fingerprint of its own for each', () => {
  const issues = JSON.parse(formatCodeClimate(findings)) as Record<string, unknown>[]
  assert.is(new Set(issues.map(({ fingerprint }) => fingerprint)).size, 2)
  const { fingerprint, content, within, ...rest } = issues[0]!
  assert.match(String(fingerprint), /^[0-9a-f]{64}$/)
  assert.equal(content, { body: 'write "A"' })
  assert.equal((within as { begin: unknown }).begin, { line: 1, column: 3 })
  assert.equal(rest, {
    type: 'issue',
    check_name: 'name[casing]',
    categories: ['idiom'],
    severity: 'major',
    level: 'error',
    description: 'the name begins with a small letter',
    location: { path: PATH, positions: { begin: { line: 1, column: 9 }, end: { line: 1, column: 10 } } },
  })
})

/** What the schema of SARIF 2.1.0 asks of the parts that are written: required members, types and least values. */
function checkSarif(text: string): void {
  const document = JSON.parse(text)
  assert.equal(Object.keys(document).sort(), ['$schema', 'runs', 'version'])
  assert.is(document.version, '2.1.0')
  for (const run of document.runs) {
    assert.equal(Object.keys(run).sort(), ['columnKind', 'originalUriBaseIds', 'results', 'tool'])
    assert.ok(['utf16CodeUnits', 'unicodeCodePoints'].includes(run.columnKind))
    for (const base of Object.values(run.originalUriBaseIds) as { uri: string }[]) {
      assert.equal(Object.keys(base), ['uri'])
      // A base ends with a slash (3.14.14).
      assert.match(base.uri, /^file:\/\/\/(.*\/)?$/)
    }
    const { driver } = run.tool
    assert.equal(Object.keys(driver).sort(), ['name', 'rules', 'version'])
    assert.is(new Set(driver.rules.map(({ id }: { id: string }) => id)).size, driver.rules.length)
    for (const rule of driver.rules) {
      assert.type(rule.id, 'string')
      for (const said of [rule.shortDescription, rule.fullDescription]) assert.type(said.text, 'string')
      assert.ok(['none', 'note', 'warning', 'error'].includes(rule.defaultConfiguration.level))
      assert.is(new Set(rule.properties.tags).size, rule.properties.tags.length)
    }
    for (const result of run.results) checkResult(result, driver.rules, run.originalUriBaseIds)
  }
}

function checkResult(
  // biome-ignore lint/suspicious/noExplicitAny: it is the document's own JSON that is looked at.
  result: any,
  rules: { id: string }[],
  bases: object,
): void {
  assert.type(result.message.text, 'string')
  assert.ok(['none', 'note', 'warning', 'error'].includes(result.level))
  assert.is(rules[result.ruleIndex]!.id, result.ruleId)
  for (const { physicalLocation } of result.locations) {
    const { uri, uriBaseId } = physicalLocation.artifactLocation
    assert.ok(uriBaseId === undefined ? uri.startsWith('file://') : Object.hasOwn(bases, uriBaseId))
    assert.not.match(uri, /[ <>"\\]/)
    const { startLine, startColumn, endLine, endColumn } = physicalLocation.region
    for (const number of [startLine, startColumn, endLine, endColumn])
      assert.ok(Number.isInteger(number) && number >= 1)
    assert.ok(endLine > startLine || endColumn >= startColumn)
  }
}

test('SARIF is as its schema says', () => {
  const [first] = findings
  const elsewhere = new Source('/elsewhere/main.yml', first!.place.source.text)
  const absolute: Finding = { ...first!, place: { ...first!.place, source: elsewhere } }
  checkSarif(formatSarif([...findings, absolute], '/project/a b'))
  checkSarif(formatSarif([], '/'))
  const { results } = JSON.parse(formatSarif(findings, '/project')).runs[0]
  assert.is(results[0].locations[0].physicalLocation.artifactLocation.uri, 'roles/a%20b/tasks/main.yml')
})

test.run()
