import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Shape, shape, UNKNOWN } from '../../src/migrate/shape.ts'
import { rewriteTemplateFile } from '../../src/migrate/template-file.ts'
import { Source } from '../../src/values/source.ts'

const test = suite('migrate: template files')

const shapes: Readonly<Record<string, Shape>> = {
  text: shape('text'),
  flag: shape('boolean'),
  other: shape('boolean'),
  list: shape('list', { items: shape('text') }),
  map: shape('map', { items: shape('text') }),
}

function made(text: string): string {
  const result = rewriteTemplateFile(new Source('a.j2', text), (name) => shapes[name] ?? UNKNOWN)
  return 'text' in result ? result.text : `left: ${result.left.reason}`
}

const files: Readonly<Record<string, readonly [string, string]>> = {
  'statements on lines of their own stay there': [
    'a\n{% if flag %}\nb\n{% elif other %}\nc\n{% else %}\nd\n{% endif %}\ne\n',
    'a\n{{#if flag}}\nb\n{{else if other}}\nc\n{{else}}\nd\n{{/if}}\ne\n',
  ],
  'what stands before a statement stays, as without lstrip_blocks': [
    'a\n  {% if flag %}\n  b\n  {% endif %}\nc\n',
    'a\n  {{#if flag}}  b\n  {{/if}}c\n',
  ],
  'with lstrip_blocks it goes, in both': [
    '#jinja2: lstrip_blocks: True\na\n  {% if flag %}\n  b\n  {% endif %}\nc\n',
    'a\n  {{#if flag}}\n  b\n  {{/if}}\nc\n',
  ],
  'a line end behind a statement goes': ['a {% if flag %}b{% endif %}\nc\n', 'a {{#if flag}}b{{/if}}c\n'],
  'white space that is cut off': ['a\n{%- if flag -%}\n b\n{%- endif %}\nc\n', 'a{{#if flag}}b{{/if}}c\n'],
  'loops, with what they count': [
    '{% for i in list %}\n{{ loop.index }} {{ i }}{% if not loop.last %},{% endif %}\n{% endfor %}\nx\n',
    '{{#each list as |i|}}\n{{add @index 1}} {{i}}{{#if (not @last)}},{{/if}}{{/each}}x\n',
  ],
  'loops over maps': [
    '{% for k, v in map.items() %}\n{{ k }}={{ v }}\n{% endfor %}\n.\n',
    '{{#each map as |v k|}}\n{{k}}={{v}}\n{{/each}}\n.\n',
  ],
  'a name in a loop is not that of its item': [
    '{% for i in list %}{{ text }}{{ i }}{% else %}{{ text }}{% endfor %}.\n',
    '{{#each list as |i|}}{{@root.text}}{{i}}{{else}}{{text}}{{/each}}.\n',
  ],
  'a loop with a condition': [
    '{% for i in list if i != text %}\n{{ i }}\n{% endfor %}\n.\n',
    '{{#each list as |i|}}{{#if (ne i @root.text)}}{{i}}\n{{/if}}{{/each}}.\n',
  ],
  'a name that is set once': [
    "{% set port = number | default('80') %}\nlisten {{ port | lower }}\n",
    "listen {{lower (default number '80')}}\n",
  ],
  comments: ['{# one\n two #}\na {# b #}c\n', '{{!-- one\n two --}}\na {{!-- b --}}c\n'],
  raw: ['a {% raw %}{{ b }}{% endraw %} {{ text }}\n', 'a \\{{ b }} {{text}}\n'],
  'what has no counterpart': [
    '{% macro m(a) %}{{ a }}{% endmacro %}',
    'left: there are no macros in Handlebars',
  ],
  'an include': ['{% include "a" %}', 'left: there are no partials to include in Handlebars'],
  'a brace beside those of a tag': ['{{{ text }}}', 'left: '],
}

for (const [title, [before, after]] of Object.entries(files)) {
  test(title, () => {
    const is = made(before)
    if (after === 'left: ') assert.match(is, /^left: /)
    else assert.is(is, after)
  })
}

test.run()
