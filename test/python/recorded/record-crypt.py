"""Records what Ansible's password_hash gives, with passlib 1.7: python3 test/python/recorded/record-crypt.py"""
import json
import os

from ansible.plugins.filter.core import get_encrypted_password

PASSWORDS = ['secret', '', 'a', 'x' * 16, 'x' * 32, 'x' * 64, 'x' * 65, 'x' * 100, 'ä€😀', 'with blank', '123456', 'Now is the time']
SALTS = ['a', 'salt', '12345678', 'saltstring', 'abcdefghijklmnop', './AZaz09', 'abcdefghijklmnopq', 'bad!', 'mit blank']

cases = []


def record(password, hashtype, **options):
    case = {'password': password, 'hashtype': hashtype, 'options': options}
    try:
        case['hash'] = get_encrypted_password(password, hashtype, **options)
    except Exception as error:
        case['error'] = str(error)
    cases.append(case)


for password in PASSWORDS:
    for hashtype in ('md5', 'sha256', 'sha512'):
        record(password, hashtype, salt='saltsalt', **({} if hashtype == 'md5' else {'rounds': 1000}))
    record(password, 'blowfish', salt='1234567890123456789012', rounds=4)
for salt in SALTS:
    for hashtype in ('md5', 'sha256', 'sha512'):
        record('secret', hashtype, salt=salt, **({} if hashtype == 'md5' else {'rounds': 1001}))
    record('secret', 'bcrypt', salt=salt, rounds=4)
for hashtype in ('sha256', 'sha512', 'sha256_crypt', 'sha512_crypt'):
    for rounds in (5000, 1, 999, 1000, 1041, 999999999999, '5000'):
        record('secret', hashtype, salt='salt', rounds=rounds)
    record('secret', hashtype, salt='salt', rounds=1000, ident='x')
    record('secret', hashtype, salt='salt', rounds=1000, salt_size=4)
record('secret', 'sha512', salt='salt')
record('secret', 'md5', salt='salt', rounds=1000)
record('secret', 'md5', salt='salt', ident='1')
for ident in ('2a', '2b', '2y', '2x', '5', None):
    record('secret', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=4, ident=ident)
record('secret', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=3)
record('secret', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=32)
record('secret', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=5)
record('a\0b', 'sha512', salt='salt', rounds=1000)
record('a\0b', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=4)
record('x' * 73, 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=4)
record('secret', 'apr_md5_crypt', salt='ab')
record('ä' * 20, 'apr_md5_crypt', salt='abcdefgh')
record('secret', 'nope', salt='ab')

with open(os.path.join(os.path.dirname(__file__), 'crypt.cases'), 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(case) for case in cases) + '\n]\n')
