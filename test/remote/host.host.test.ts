import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hosts } from '../support/host.ts'

test('both kinds of host run scripts in their own shell', async () => {
  for (const host of await hosts()) {
    try {
      const { code, stdout } = await host.session.sh('readlink -f /proc/$$/exe; command -v ls; exit 3')
      assert.is(code, 3)
      assert.match(
        stdout.toString(),
        host.name === 'dash' ? /dash\n\/(usr\/)?bin\/ls/ : /busybox\n\/tmp\/.*\/ls/,
      )
      const outcome = await host.session.exec('readlink -f /proc/$$/exe; cat; echo oh >&2; exit 4', {
        stdin: 'hello',
      })
      assert.match(outcome.stdout, new RegExp(`${host.name}\nhello$`))
      assert.is(outcome.stderr, 'oh\n')
      assert.is(outcome.code, 4)
    } finally {
      await host.close()
    }
  }
})

test.run()
