import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { xml } from '../../../src/modules/files/xml/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import type { Args } from '../../../src/sdk/module.ts'
import { planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('xml')

const planned = (document: string, raw: Raw) =>
  planOf(xml, { path: '/d/f', ...raw }, `${filesText(statText(), FOLDER)}1${document}`)

function written(document: string, raw: Raw): string {
  const [action] = planned(document, raw).actions ?? []
  return action?.do === 'send' ? action.content.text()! : document
}

const BEERS = '<b t="1">\n  <beers>\n    <beer>Old</beer>\n    <beer>New</beer>\n  </beers>\n</b>\n'
const NAMED = '<foo xmlns="urn:x" xmlns:p="urn:z"><bar p:a="1"/></foo>'
const PREFIXES = { namespaces: { x: 'urn:x', y: 'urn:y', z: 'urn:z' } }

/** What community.general.xml makes of a document. */
const EDITS: [raw: Raw, before: string, after: string][] = [
  [{ xpath: '/b/@t', state: 'absent' }, '<b t="1"/>', '<b/>'],
  [{ xpath: '/b/*', state: 'absent' }, '<b> <c/> <d/>x</b>', '<b> </b>'],
  [{ xpath: "/b/c[@n='1']", state: 'absent' }, '<b><c n="1"/><c n="2"/></b>', '<b><c n="2"/></b>'],
  [{ xpath: '/b', value: '2' }, '<b>1<c/>x</b>', '<b>2<c/>x</b>'],
  [{ xpath: '/b', value: 2 }, '<b>1</b>', '<b>2</b>'],
  [{ xpath: '/b', value: 'a<b>&"' }, '<b/>', '<b>a&lt;b&gt;&amp;"</b>'],
  [{ xpath: '/b', attribute: 'c', value: 'a<>&"\n' }, '<b/>', '<b c="a&lt;&gt;&amp;&quot;&#10;"/>'],
  [{ xpath: '/b/c/d', value: 'x' }, '<b/>', '<b><c><d>x</d></c></b>'],
  [{ xpath: '/b/c/@d' }, '<b/>', '<b><c d=""/></b>'],
  [{ xpath: "/b/c[@d='1' and text()='t']" }, '<b/>', '<b><c d="1">t</c></b>'],
  [{ xpath: "/b/c[@d='1']/e/@f='2'" }, '<b/>', '<b><c d="1"><e f="2"/></c></b>'],
  [{ xpath: "/b/c/text()='n'" }, '<b><c>m</c></b>', '<b><c>m</c><c>n</c></b>'],
  [{ xpath: "/b/@k='n'" }, '<b k="m"/>', '<b k="n"/>'],
  [
    { xpath: '/b/c', set_children: ['d', { e: { f: 'g', _: [{ h: 'i' }] } }] },
    '<b><c>\n<x/>\n</c></b>',
    '<b><c>\n<d/><e f="g"><h>i</h></e></c></b>',
  ],
  [{ xpath: '//c', set_children: ['d'] }, '<b><c/><c/></b>', '<b><c><d/></c><c><d/></c></b>'],
  [{ xpath: '/x:foo/x:bar', ...PREFIXES, attribute: 'z:a', value: '2' }, NAMED, NAMED.replace('"1"', '"2"')],
  [{ xpath: '/x:foo/x:new', ...PREFIXES, value: 'v' }, NAMED, NAMED.replace('</foo>', '<new>v</new></foo>')],
  [
    { xpath: '/x:foo/z:new', ...PREFIXES, value: 'v' },
    NAMED,
    NAMED.replace('</foo>', '<p:new>v</p:new></foo>'),
  ],
  [
    { xpath: '/x:foo/y:new', ...PREFIXES },
    NAMED,
    NAMED.replace('</foo>', '<ns0:new xmlns:ns0="urn:y"/></foo>'),
  ],
  [
    { pretty_print: true },
    '<?xml version="1.0"?><a>\n<b> </b><c>t <d/> u</c><e>\n <f/><!--x--></e></a>',
    '<?xml version="1.0"?>\n<a>\n  <b> </b>\n  <c>t <d/> u</c>\n  <e>\n    <f/>\n    <!--x-->\n  </e>\n</a>\n',
  ],
  [{ pretty_print: true }, '<a xml:space="preserve"> <b/> </a>', '<a xml:space="preserve"> <b/> </a>\n'],
]

test('an element or attribute is made, changed or taken away, and then nothing is left to do', () => {
  for (const [raw, before, after] of EDITS) {
    assert.is(written(before, raw), after, JSON.stringify(raw))
    assert.equal(planned(after, raw).changes, [], JSON.stringify(raw))
  }
})

const ADDED: [raw: Raw, after: string][] = [
  [{}, '<a><b/><b/><c x="1">t</c><d/></a>'],
  [{ xpath: '/a/b' }, '<a><b><c x="1">t</c><d/></b><b><c x="1">t</c><d/></b></a>'],
  [{ xpath: '/a/b', insertbefore: true }, '<a><c x="1">t</c><d/><b/><b/></a>'],
  [{ xpath: '/a/b', insertafter: true }, '<a><b/><b/><c x="1">t</c><d/></a>'],
  [{ xpath: '/a/none' }, '<a><b/><b/></a>'],
]

test('children are added each time, into elements or beside them, and written as maps or as XML', () => {
  for (const [raw, after] of ADDED) {
    for (const given of [
      { add_children: [{ c: { x: 1, _: [] } }, 'd'] },
      { add_children: ['<c x="1"></c>', '<d/>'], input_type: 'xml' },
    ]) {
      const without = after.replaceAll('<c x="1">t</c>', '<c x="1"/>')
      assert.is(written('<a><b/><b/></a>', { xpath: '/a', ...given, ...raw }), without)
    }
  }
  assert.is(written('<a/>', { xpath: '/a', add_children: [{ c: 't' }] }), '<a><c>t</c></a>')
})

test('what is not touched stays: declaration, document type, references, comments, CDATA, instructions', () => {
  const around = (text: string, encoding: string) =>
    `<?xml version="1.0" encoding="${encoding}" standalone="yes"?>\n<!-- ]> <a> --><?p <b>?>\n<!DOCTYPE a SYSTEM "file:///etc/passwd" [<!ENTITY e SYSTEM "file:///etc/passwd"> <!-- ' ]> -->]>\n<a t="&e;">&e;<!-- &e; & --><![CDATA[& <x>&e;]]><?q & ?><b>${text}</b>ü&#13;</a>\n<!-- end -->\n\n`
  const result = written(around('1', 'utf-8'), { xpath: '/a/b', value: '2' })
  assert.is(result, around('2', 'utf-8'))
  const stripped = written('<a><b/><![CDATA[<x>]]></a>', {
    xpath: '/a/b',
    value: '2',
    strip_cdata_tags: true,
  })
  assert.is(stripped, '<a><b>2</b>&lt;x&gt;</a>')
  assert.is(planned('<a><![CDATA[x]]></a>', { xpath: '/a', value: 'x' }).changes.length, 0)
})

test('what the declaration says of the encoding is believed, and UTF-8 is written', () => {
  const document = Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>\xfc</a>', 'latin1')
  const { args } = readArguments(xml, { path: '/d/f', xpath: '/a/b' }) as { args: Args }
  const file = { type: 'file', uid: 0, gid: 0, mode: 0o644 }
  const state = { path: '/d/f', file, folder: undefined, ids: {}, bytes: document.toString('latin1') }
  const [action] = xml.plan(args, state, { check: false, diff: false }).actions ?? []
  const text = action?.do === 'send' ? action.content.text() : ''
  assert.is(text, '<?xml version="1.0" encoding="UTF-8"?><a>ü<b/></a>')
})

test('questions are answered in the words of Ansible', () => {
  const actions = { xpath: '/b/beers/beer', namespaces: {}, state: 'present' }
  const asked = (raw: Raw) => planned(BEERS, { xpath: '/b/beers/beer', ...raw }).result
  assert.equal(asked({ count: true }), { actions, msg: 'found 2 nodes', count: 2 })
  assert.equal(asked({ content: 'text' }), {
    actions,
    msg: 2,
    count: 2,
    matches: [{ beer: 'Old' }, { beer: 'New' }],
  })
  const matches = ['/b/beers/beer[1]', '/b/beers/beer[2]']
  const msg = `selector '/b/beers/beer' match: ["${matches.join('", "')}"]`
  assert.equal(asked({ print_match: true }), { actions, msg, matches })
  assert.equal(asked({ xpath: '/b', content: 'attribute' })?.matches, [{ b: { t: '1' } }])
  assert.equal(asked({ xpath: '//beer', count: true })?.count, 2)
  const named = planned(NAMED, { xpath: '//x:bar', ...PREFIXES, content: 'attribute' })
  assert.equal(named.result?.matches, [{ '{urn:x}bar': { '{urn:z}a': '1' } }])
  assert.equal(
    planned(NAMED, { xpath: '//@*', ...PREFIXES, print_match: true }).result?.matches?.toString(),
    '/*/@xmlns,/*/@xmlns:p,/*/*/@p:a',
  )
})

test('a text is returned as it has become, and a change shows both', () => {
  const plan = planOf(xml, { xmlstring: '<a/>', xpath: '/a', value: '1' })
  const xmlstring = "<?xml version='1.0' encoding='UTF-8'?>\n<a>1</a>"
  assert.is(plan.result?.xmlstring, xmlstring)
  assert.is(plan.changes.length, 1)
  assert.equal(planOf(xml, { xmlstring, xpath: '/a', value: '1' }).changes, [])
})

test('a change tells place and value', () => {
  const shown = (raw: Raw) => rows(planned('<a b="1"/>', raw))
  assert.equal(shown({ xpath: '/a/c', value: '2' }), [['xml /a/c', null, '2']])
  assert.equal(shown({ xpath: '/a/@b', state: 'absent' }), [['xml /a/@b', 'present', null]])
})

const BROKEN: [document: string, told: RegExp][] = [
  ['', /root element/],
  ['<a><b></a>', /tag mismatch/],
  ['<a/><b/>', /Only one element/],
  ['<a b=1/>', /quot/],
  ['<a>&foo;</a>', /Entity 'foo' not defined/],
  ['<a>a & b</a>', /"&" stands there by itself/],
  ['<a>&#0;</a>', /&#0; is no character/],
  ['<a>\x01</a>', /U\+0001/],
  [' <?xml version="1.0"?><a/>', /before its declaration/],
  ['<!DOCTYPE a [<!ENTITY', /document type has no end/],
  ['<a>\xff', /./],
  ['<a>'.repeat(300) + '</a>'.repeat(300), /256 deep/],
  [`<a>${'<b/>'.repeat(100_001)}</a>`, /100000 elements/],
  ['<?xml version="1.0" encoding="nonsense"?><a/>', /not written in nonsense/],
]

test('what is no XML is a sentence, and so is what cannot be done with it', () => {
  for (const [document, told] of BROKEN) {
    const { failed } = planned(document, { xpath: '/a', value: '1' })
    assert.match(failed!, /^Error while parsing document: \/d\/f \(/)
    assert.match(failed!, told)
  }
  const failed = (raw: Raw, document = BEERS) => planned(document, raw).failed
  assert.match(failed({ xpath: '/c', value: '1' })!, /^Can't process Xpath \/c in order to spawn nodes!/)
  assert.match(failed({ xpath: '/foo/new' }, NAMED)!, /no namespace prefix\(es\) used in xpath/)
  assert.match(failed({ xpath: '//q:x', value: '1' })!, /q/)
  assert.match(failed({ xpath: '/b/@t', value: '1' })!, /does not reference a node!/)
  assert.match(failed({ xpath: '/b/none', content: 'text' })!, /^Xpath \/b\/none does not reference a node!$/)
  assert.match(failed({ xpath: '/b', state: 'absent' })!, /^Couldn't delete xpath target: \/b/)
  assert.match(failed({ xpath: '/b', add_children: ['x'], insertafter: true })!, /beside the first element/)
  const nowhere = planOf(xml, { path: '/d/f', xpath: '/a' }, `${filesText(undefined, FOLDER)}0`)
  assert.is(nowhere.failed, "The target XML source '/d/f' does not exist.")
})

const FAULTS: [raw: Raw, told: RegExp][] = [
  [{ xpath: '/a' }, /one of the following is required: path, xmlstring/],
  [{ path: '/f', xmlstring: '<a/>', xpath: '/a' }, /mutually exclusive: path\|xmlstring/],
  [{ path: '/f', xpath: '/a', count: true, content: 'text' }, /mutually exclusive: content\|count/],
  [
    { path: '/f', xpath: '/a', add_children: ['x'], insertbefore: true, insertafter: true },
    /insertbefore\|insertafter/,
  ],
  [{ path: '/f', count: true }, /required by 'count': xpath/],
  [{ path: '/f', xpath: '/a', attribute: 'b' }, /required by 'attribute': value/],
  [{ path: '/f' }, /needs "xpath"/],
  [{ path: '/f', state: 'absent', pretty_print: true }, /needs "xpath"/],
  [{ path: '/f', xpath: '/a[' }, /Syntax error in xpath expression/],
  [{ path: '/f', xpath: '/a', value: ['x'] }, /value: a text is expected/],
  [{ path: '/f', xpath: '/a', add_children: ['a b'] }, /Invalid tag name 'a b'/],
  [{ path: '/f', xpath: '/a', add_children: [{ a: '1', b: '2' }] }, /hashes with one key/],
  [{ path: '/f', xpath: '/a', set_children: [{ a: { _: 'x' } }] }, /Invalid children type/],
  [{ path: '/f', xpath: '/a', set_children: [3] }, /Invalid child type/],
  [{ path: '/f', xpath: '/a', set_children: ['<a'], input_type: 'xml' }, /Error while parsing child element/],
]

test('faults are named before anything is connected to', () => {
  for (const [raw, told] of FAULTS) assert.match(problemsOf(xml, raw).join('\n'), told)
})

test.run()
