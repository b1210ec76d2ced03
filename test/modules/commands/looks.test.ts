import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lineLooks, programLooks } from '../../../src/modules/commands/looks.ts'

const LOOKS = [
  'cat /etc/hosts',
  'cat "a b" \'c d\'',
  'cat /etc/hosts | grep -c local',
  'grep -q a b 2>/dev/null || true',
  'test -e /dev/sda',
  '[ -f /etc/hosts ] && echo yes || echo no',
  '[ "a" = "b" ]; echo done >/dev/null 2>&1',
  'ls -la /etc/*.conf',
  "cat /etc/passwd | awk -F: '{print $1}' | sort -u",
  "cat /etc/passwd | sed -n 's/a/b/p' | head -n 1",
  'set -o pipefail\ncat a | grep b',
  'command -v git',
  'systemctl is-active sshd',
  'systemctl show -p ActiveState --value ssh',
  'systemctl list-units --type=service --no-pager',
  'dpkg-query -W bash',
  'dpkg -l bash',
  'rpm -q bash',
  'getent passwd root',
  'hostname -f',
  'ip -j addr',
  'ip -4 route get 192.0.2.1',
  'ip -br link show dev lo',
  'sysctl -n net.ipv4.ip_forward',
  'tail -n5 /etc/hosts',
  'xl list -l',
  "dpkg --get-selections | grep -w -E '(a)'\n| awk '{print $1}' || true",
  'dpkg-statoverride --list',
  'cat a \\\n  | grep b',
  'ssh-keygen -f a -F b',
  'mount | grep /run',
  'git --version',
  'openssl --version | head -n 1',
]

const ASK_OTHERS = [
  'ping -c1 192.0.2.1',
  '/bin/ping -nq -c 3 -W 1 a',
  'ping -w 2 a >/dev/null 2>&1',
  'fping -u -i 1 -t 230 -r 4 192.0.2.1 a',
  'dig +short a @192.0.2.1 | head -1',
  'host a',
  'nslookup a && cat b',
  'getent hosts a',
  "getent ahosts a | awk '{print $1}'",
  'nc -z -w 1 a 22',
  'nc -zv a 22 || true',
  'ssh-keyscan -t ed25519 a',
]

const MAY_DO_ANYTHING = [
  'ping a',
  'ping -W 1 a',
  'ping -Iwlan0 a',
  'ping -f -c 1000000 a',
  'fping -l a',
  'fping --loop a',
  'dig',
  'dig -f a',
  'nslookup',
  'host -w a',
  'nc a 22',
  'nc -lz 22',
  'nc -z -e sh a 22',
  'ssh-keyscan a >> known_hosts',
  'ping -c1 a; touch b',
  'touch a',
  './cat a',
  '/opt/bin/cat a',
  'cat /dev/zero',
  'cat /proc/kmsg',
  'cat /sys/kernel/debug/tracing/trace_pipe',
  'cat a >b',
  'cat a>>b',
  'date>b',
  'cat a >/dev/null2',
  'cat a 2>b',
  'cat $HOME/a',
  'cat "$a"',
  'cat `touch a`',
  'cat $(touch a)',
  'cat <(touch a)',
  '(touch a)',
  'cat a; rm a',
  'cat a && rm a',
  'cat a || rm a',
  'cat a & rm a',
  'cat a | tee b',
  'cat a\nrm a',
  'cat a \\\n; rm a',
  'a=b cat c',
  'IFS=a',
  'ls #a',
  "cat 'a",
  'echo {a,b}',
  'cat *',
  'awk \'{system("touch a")}\' a',
  'cat a | awk \'{print > "b"}\'',
  'cat a | awk \'{print | "sh"}\'',
  'cat a | awk -f b',
  'cat a | sed -i s/a/b/ c',
  "cat a | sed 's/a/b/w c'",
  "cat a | sed 's/a/b/e'",
  "cat a | sed 'e touch b'",
  'cat a | sort -o b',
  'cat a | uniq - b',
  'cat a | xargs rm',
  'uniq a b',
  'find / -delete',
  'grep -r a /',
  'grep -ir a /',
  'ls -laR /',
  'tail -f a',
  'tail -n 1 --follow a',
  'hostname a',
  'hostname -F a',
  'ip addr add 192.0.2.1/24 dev lo',
  'ip link set lo up',
  'ip netns exec a touch b',
  'ip -b a',
  'ip -n a link',
  'ip monitor',
  'sysctl -w a=b',
  'sysctl a=b',
  'sysctl -p',
  'systemctl restart a',
  'systemctl is-active a --wait',
  'systemctl daemon-reload',
  'dpkg -i a',
  'rpm -e a',
  'rpm -qp http://a',
  'rpm -q a --import b',
  'xl destroy a',
  'mount a',
  'mount -a',
  'ssh-keygen -H -F a',
  'ssh-keygen -R a',
  'dpkg-statoverride --add a',
  'dpkg --configure -a',
  'git --version pull',
  'python3 a.py --version',
  'findmnt --poll',
  'cat a \\\nrm b > c',
  'set -- a',
  'command touch a',
  'eval cat a',
  'exec cat a',
  '',
  'echo '.padEnd(2000, 'a'),
]

const test = suite('commands that only look')

test('they are known by their words', () => {
  for (const line of LOOKS) assert.is(lineLooks(line), 'ahead', line)
})

test('what asks other machines waits for its turn', () => {
  for (const line of ASK_OTHERS) assert.is(lineLooks(line), 'in turn', line)
})

test('all others may do anything', () => {
  for (const line of MAY_DO_ANYTHING) assert.is(lineLooks(line), undefined, line)
})

test('another shell may do anything with any line', () => {
  assert.is(lineLooks('cat a', '/bin/bash'), 'ahead')
  assert.is(lineLooks('cat a', '/usr/bin/env'), undefined)
  assert.is(lineLooks('cat a', '/usr/bin/perl'), undefined)
})

test('without a shell words are what they are', () => {
  assert.is(programLooks(['/usr/bin/stat', '>', '|', 'a;b']), 'ahead')
  assert.is(programLooks(['cat', '$A']), undefined)
  assert.is(programLooks(['sort', 'a']), undefined)
  assert.is(programLooks(['command', '-v', 'a']), undefined)
  assert.is(programLooks([]), undefined)
})

test.run()
