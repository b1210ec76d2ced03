"""Records what Ansible's password_hash gives, with passlib 1.7: python3 test/python/recorded/record-crypt.py"""
import json
import os

from ansible.plugins.filter.core import get_encrypted_password

PASSWORDS = ['secret', '', 'a', 'x' * 16, 'x' * 32, 'x' * 64, 'x' * 65, 'x' * 100, 'ä€😀', 'with blank', '123456', 'Now is the time']
SALTS = ['', 'a', 'salt', '12345678', 'saltstring', 'abcdefghijklmnop', './AZaz09', 'abcdefghijklmnopq', 'bad!', 'mit blank']

cases = []


def record(password, hashtype, **options):
    case = {'password': password, 'hashtype': hashtype, 'options': options}
    try:
        case['hash'] = get_encrypted_password(password, hashtype, **options)
    except Exception as error:
        case['error'] = str(error)
    if options.get('salt') == '' and 'hash' in case:
        case['hash'] = None
    cases.append(case)


for password in PASSWORDS:
    for hashtype in ('md5', 'sha256', 'sha512'):
        record(password, hashtype, salt='saltsalt', **({} if hashtype == 'md5' else {'rounds': 1000}))
    record(password, 'blowfish', salt='1234567890123456789012', rounds=4)
for salt in SALTS[1:]:
    for hashtype in ('md5', 'sha256', 'sha512'):
        record('secret', hashtype, salt=salt, **({} if hashtype == 'md5' else {'rounds': 1001}))
    record('secret', 'bcrypt', salt=salt, rounds=4)
for hashtype in ('sha256', 'sha512', 'sha256_crypt', 'sha512_crypt'):
    for rounds in (5000, 1, 999, 1000, 1041, 999999999999, 0, 656000, 535000, '5000'):
        if rounds not in (656000, 535000) or not hashtype.endswith('crypt'):
            record('secret', hashtype, salt='salt', rounds=rounds)
    record('secret', hashtype, salt='salt', rounds=1000, ident='x')
    record('secret', hashtype, salt='salt', rounds=1000, salt_size=4)
record('secret', 'sha512', salt='salt')
record('secret', 'sha256', salt='salt')
record('secret', 'md5', salt='salt', rounds=1000)
record('secret', 'md5', salt='salt', ident='1')
for ident in ('2', '2a', '2b', '2y', '2x', '5', None):
    record('secret', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=4, ident=ident)
record('secret', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=3)
record('secret', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=32)
record('secret', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=5)
record('a\0b', 'sha512', salt='salt', rounds=1000)
record('a\0b', 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=4)
record('x' * 73, 'bcrypt', salt='abcdefghijklmnopqrstuv', rounds=4)
for hashtype in ('nope', 'des_crypt', 'apr_md5_crypt', 'sha1_crypt', 'ldap_salted_sha1', 'pbkdf2_sha256', 'plaintext', 'hex_md5', 'mysql41', 'nthash', 'bsdi_crypt', 'grub_pbkdf2_sha512', 'ldap_sha1', 'ldap_md5', 'postgres_md5'):
    record('secret', hashtype, salt='ab')
    record('secret', hashtype)
record(12345, 'sha512', salt='salt', rounds=1000)
record(None, 'sha512', salt='salt', rounds=1000)
record('secret', 'sha512', salt=1234, rounds=1000)

with open(os.path.join(os.path.dirname(__file__), 'crypt.cases'), 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(case) for case in cases) + '\n]\n')
