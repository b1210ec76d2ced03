import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pageNow, pages, pageText } from '../../scripts/transcripts.ts'

const test = suite('commands as the docs show them')

for (const page of pages)
  test(page, () => {
    assert.is(pageNow(page), pageText(page), 'npm run transcripts writes them anew')
  })

test.run()
