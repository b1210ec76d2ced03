import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { markProblems, marksOf, type WantedMarks } from '../../src/host/marks.ts'
import { Output } from '../../src/shell/output.ts'

const test = suite('attributes of chattr and labels of SELinux')

const PROBLEMS: [wanted: WantedMarks, problem: string | undefined][] = [
  [{ attributes: '+i' }, undefined],
  [{ attributes: '=' }, undefined],
  [{ attributes: 'ie' }, undefined],
  [{ attributes: '+' }, 'attributes: "+" names no attribute'],
  [{ attributes: '+i -a' }, 'attributes: "+i -a" is not +, - or = and letters of chattr(1), such as "+i"'],
  [{ setype: '_default', selevel: 's0-s15:c0.c1023' }, undefined],
  [{ setype: 'a:b' }, 'setype: "a:b" is not a name of SELinux'],
  [{ selevel: '-h' }, 'selevel: "-h" is not a name of SELinux'],
  [{ seuser: '' }, 'seuser: "" is not a name of SELinux'],
]

test('what is no name of an attribute or of a label is refused', () => {
  for (const [wanted, problem] of PROBLEMS)
    assert.equal(markProblems(wanted), problem === undefined ? [] : [problem], JSON.stringify(wanted))
})

const read = (names: string[], wanted: WantedMarks, text: string) => {
  const look = marksOf(names, wanted, false)
  return look.read(new Output(Buffer.from(text)), names) as { attributes?: string; label?: string }[]
}

test('no name is taken for the answer about another one', () => {
  const names = ['/a', '/b\n---i--- /c', '/c']
  const told = `ground 100\n${names.join('\0')}\0----i---e--- ${names[0]}\n---A--- ${names[1]}\n-------- /c\n\0`
  assert.equal(
    read(names, { attributes: '+i' }, told).map(({ attributes }) => attributes),
    ['ie', 'A', ''],
  )
  const less = `ground 100\n${names.join('\0')}\0---A--- ${names[1]}\n\0`
  assert.equal(
    read(names, { attributes: '+i' }, less).map(({ attributes }) => attributes),
    [undefined, 'A', undefined],
  )
  assert.throws(
    () => read(names, { attributes: '+i' }, 'ground 100\n/a\0/b\0/c\0rubbish\0'),
    /makes no sense/,
  )
  assert.throws(() => read(names, { attributes: '+i' }, 'nothing\n'), /where attributes were asked for/)
})

test('a label is four parts, and what is none is unknown', () => {
  const wanted = { setype: 'a_t' }
  const told = (label: string) => `ground 111\n/a\0\0${label}\0\0ext2/ext3\0`
  assert.is(read(['/a'], wanted, told('u:r:t:s0:c1'))[0]?.label, 'u:r:t:s0:c1')
  for (const none of ['', '?', 'C']) assert.is(read(['/a'], wanted, told(none))[0]?.label, undefined)
})

test.run()
