import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withoutPasswords, withPasswordsLeftOut } from '../../src/values/url.ts'

const test = suite('urls that are shown')

test('passwords of URLs are hidden, and nothing else', () => {
  const cases: [string, string][] = [
    ['https://me:pa:ss@host/x?a=b@c', 'https://me:********@host/x?a=b@c'],
    ['git+ssh://:p@h and http://a:b@c', 'git+ssh://:********@h and http://a:********@c'],
    ["https://me:it's@host", 'https://me:********@host'],
    ['https://me@host:8080/@x', 'https://me@host:8080/@x'],
    ['http://host:80/a b@c', 'http://host:80/a b@c'],
    ['user: "http://host:80", mail: me@host', 'user: "http://host:80", mail: me@host'],
  ]
  for (const [text, shown] of cases) assert.is(withoutPasswords(text), shown)
})

test('passwords are left out, and nothing else', () => {
  assert.is(withPasswordsLeftOut('https://me:p@ss@h/x@y:z@b http://h:80'), 'https://me@h/x@y:z@b http://h:80')
})

test.run()
