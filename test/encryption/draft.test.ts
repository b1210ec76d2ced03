import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Draft, EditorFailed } from '../../src/encryption/draft.ts'

const test = suite<{ folder: string }>('a text in an editor')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'draft-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const NEVER = new AbortController().signal

/** An editor that does this, the file being "$1" or, behind words of its own, the last. */
function editor(folder: string, script: string): string {
  const path = join(folder, 'my editor')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o700)
  return `'${path}'`
}

async function withDraft<T>(work: (draft: Draft) => Promise<T>): Promise<T> {
  const draft = await Draft.make('secrets.yml', Buffer.from('a: 1\n'))
  try {
    return await work(draft)
  } finally {
    await draft.shred()
    assert.not.ok(existsSync(dirname(draft.path)))
  }
}

async function failure(command: string, end = NEVER): Promise<string> {
  try {
    await withDraft((draft) => draft.edit(command, end))
    return 'none'
  } catch (error) {
    if (!(error instanceof EditorFailed)) throw error
    return error.message
  }
}

test('it lies in a folder of its own that others cannot enter, in memory if there is such a place', async ({
  folder,
}) => {
  await withDraft(async (draft) => {
    assert.is(statSync(draft.path).mode & 0o777, 0o600)
    assert.is(statSync(dirname(draft.path)).mode & 0o777, 0o700)
    assert.ok(draft.path.endsWith('/secrets.yml'))
    assert.ok(draft.path.startsWith(existsSync('/dev/shm') ? '/dev/shm/' : tmpdir()))
    const edited = await draft.edit(`${editor(folder, 'echo "$1" >>"$2"')} 'two words'`, NEVER)
    assert.is(edited.toString(), 'a: 1\ntwo words\n')
  })
})

test('what an editor leaves beside it is overwritten and removed too', async ({ folder }) => {
  const kept = join(folder, 'kept')
  await withDraft(async (draft) => {
    const script = `mkdir "$(dirname "$1")/more"; cp "$1" "$(dirname "$1")/more/copy~"; ln "$1" "${kept}" 2>/dev/null ||
      true; ln -s ${folder}/other "$(dirname "$1")/link"`
    writeFileSync(join(folder, 'other'), 'other')
    await draft.edit(editor(folder, script), NEVER)
  })
  assert.is(readFileSync(join(folder, 'other'), 'utf8'), 'other')
})

test('another file in its place is what was edited', async ({ folder }) => {
  await withDraft(async (draft) => {
    const edited = await draft.edit(editor(folder, 'echo new >"$1.new"; mv "$1.new" "$1"'), NEVER)
    assert.is(edited.toString(), 'new\n')
  })
})

const FAILURES: [title: string, script: string, said: RegExp][] = [
  ['fails', 'echo x >"$1"; exit 3', /^the editor ".*my editor" failed: exit status 3$/],
  ['is ended', 'kill -9 $$', /was ended by SIGKILL$/],
  ['removes the file', 'rm "$1"', /^the editor has left no file /],
]
for (const [title, script, said] of FAILURES)
  test(`an editor that ${title}`, async ({ folder }) => {
    assert.match(await failure(editor(folder, script)), said)
  })

test('an editor that is not there, or is no command', async () => {
  assert.is(await failure('no-such-editor -x'), 'the editor "no-such-editor" cannot be started (ENOENT)')
  assert.is(await failure("vi 'x"), `the editor is "vi 'x": the quote ' is not closed`)
})

test('it is ended when it is told to', async ({ folder }) => {
  const end = new AbortController()
  setTimeout(() => end.abort(), 300)
  assert.is(await failure(editor(folder, 'exec sleep 60'), end.signal), 'interrupted')
})

test.run()
