import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readFlags } from '../../src/cli/options.ts'

const test = suite('flags')

/** Every flag of ansible-playbook 2.14, with a value where it takes one. */
const ALL =
  `--ask-vault-password --ask-vault-pass -J --become-method=su --become-password-file=f --become-pass-file=f
--become-user=u --connection-password-file=f --conn-pass-file=f --flush-cache --force-handlers --inventory=i
--inventory-file=i --key-file=k --private-key=k --limit=l --subset=l --list-hosts --list-tags --list-tasks
--module-path=m -M=m --scp-extra-args=a --sftp-extra-args=a --skip-tags=t --ssh-common-args=a --ssh-extra-args=a
--start-at-task=t --step --syntax-check --tags=t --timeout=5 --user=u --vault-id=v --vault-pass-file=f
--vault-password-file=f --verbose --ask-become-pass --ask-pass --become --check --connection=c --diff --extra-vars=e
--forks=5 -K -k -b -C -D -v -vvvv -c=c -e=e -f=5 -i=i -l=l -t=t -T=5 -u=u`.split(/\s+/)

for (const flag of ALL)
  test(`${flag} is read, and the playbook behind it`, () => {
    const [name, value] = flag.split('=')
    assert.equal(readFlags(['p.yml', name!, ...(value === undefined ? [] : [value])]).playbooks, ['p.yml'])
  })

test('other names for a flag mean the same', () => {
  const { selection, connection, vault } = readFlags(
    'p.yml --inventory-file a --subset b --key-file=c --vault-pass-file d --conn-pass-file e'.split(' '),
  )
  assert.equal([selection.inventory, selection.limit, connection.privateKey], [['a'], 'b', 'c'])
  assert.equal([vault.vaultPasswordFile, connection.connectionPasswordFile], [['d'], 'e'])
})

test('what comes several times adds up', () => {
  const { vault, selection } = readFlags('p.yml --vault-id a --vault-id b@c -t x,y -t z'.split(' '))
  assert.equal(
    [vault.vaultId, selection.tags],
    [
      ['a', 'b@c'],
      ['x', 'y', 'z'],
    ],
  )
})

test.run()
