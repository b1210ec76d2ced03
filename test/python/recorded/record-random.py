"""Records what Ansible's random, shuffle, random_mac and password candidates draw: python3 test/python/recorded/record-random.py"""
import json
import os

from ansible.plugins.filter.core import rand, randomize_list
from ansible.utils.encrypt import random_password
from ansible_collections.community.general.plugins.filter.random_mac import random_mac

SEEDS = ['a', '', 'host1.example.com', 'ä😀', '0', 'x' * 300, 1, 2**31, 2**32, 2**53, 2**64 + 5, 2**200, -7, 0.5, 2.0, -1.5, 1e300, -1.0, 5e-324, True, False, 0]

RANGES = [(60,), (1,), (2,), (3,), (100, 10), (100, 10, 7), (-10, 5, -3), (2**31,), (2**32,), (2**32 + 1,), (2**40,), (2**53,), (2**60,), (2**80,), (10, -10)]

cases = []


def record(kind, seed, given, result):
    cases.append({'kind': kind, 'seed': seed, 'given': given, 'result': result})


for seed in SEEDS:
    for given in RANGES:
        record('range', seed, given, rand(None, *given, seed=seed))
    for size in (1, 2, 7, 60, 700):
        record('choice', seed, size, rand(None, list(range(size)), seed=seed))
    record('mac', seed, '52:54', random_mac('52:54', seed=seed))
    record('password', seed, 20, random_password(20, seed=seed))
    record('password', seed, 700, random_password(700, 'abc', seed=seed)[-20:])
    if seed:
        for size in (0, 1, 2, 10, 800):
            record('shuffle', seed, size, randomize_list(range(size), seed=seed)[-20:])

with open(os.path.join(os.path.dirname(__file__), 'random.cases'), 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(case) for case in cases) + '\n]\n')
