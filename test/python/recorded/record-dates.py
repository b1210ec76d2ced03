"""Records what Python's strftime and strptime do, in zones of several kinds: python3 test/python/recorded/record-dates.py"""
import json
import os
import time
from datetime import datetime, timedelta

SECONDS = [0, 1, 86399, 1700000000, 951782400, 1072915200, 1104537599, 1230768000, 1262304000, 1293839999, 1451606400, -1, -86400, 253402300799, 1717200000.9, 1711846800]
LETTERS = 'aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%'
FORMATS = ['%' + letter for letter in LETTERS] + [
    '%Y-%m-%d %H:%M:%S', '%Y%m%dT%H%M%SZ', '%-d.%-m.%Y', '%_d', '%0e', '%^a', '%#a', '%#p', '%#Z', '%^B', '%10Y', '%_10Y', '%-10d', '%10a', '%010a', '%Ey', '%Od', '%EY', '%-j', '%_H', '%-I',
    '%5%', '%q', '%f', '%', 'a%', '%%d', '%E', '%i', '%_3j', '%05d', '%^c', '%#c', '%10F', '%-y', '%_y', '%3C', '100%', 'ä %d ö', '%:z', '%+', '%_5S', '%--d', '%_-d', '%-_d', '',
]
ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'America/St_Johns']

PARSED = [
    ('2023-01-02 03:04:05', '%Y-%m-%d %H:%M:%S'), ('2023-1-2 3:4:5', '%Y-%m-%d %H:%M:%S'), ('2023-02-30', '%Y-%m-%d'), ('2024-02-29', '%Y-%m-%d'), ('20230102', '%Y%m%d'), ('2023-01-02T03:04:05Z', '%Y-%m-%dT%H:%M:%SZ'),
    ('2023-01-02T03:04:05+0130', '%Y-%m-%dT%H:%M:%S%z'), ('2023-01-02T03:04:05-01:30', '%Y-%m-%dT%H:%M:%S%z'), ('2023-01-02T03:04:05Z', '%Y-%m-%dT%H:%M:%S%z'), ('2023-01-02 03:04:05.123', '%Y-%m-%d %H:%M:%S.%f'),
    ('2023-01-02 03:04:05.123456', '%Y-%m-%d %H:%M:%S.%f'), ('Jan 12 09:10:11 2030 GMT', '%b %d %H:%M:%S %Y %Z'), ('Jan  2 09:10:11 2030 GMT', '%b %d %H:%M:%S %Y %Z'), ('Mon Jan  2 09:10:11 2030', '%c'), ('january 5 99', '%B %d %y'), ('5/6/68', '%m/%d/%y'),
    ('5/6/69', '%m/%d/%y'), ('10:20 pm', '%I:%M %p'), ('12:20 am', '%I:%M %p'), ('12:20 PM', '%I:%M %p'), ('2023 45', '%Y %j'), ('2023 366', '%Y %j'), ('2023 10 3', '%Y %W %w'), ('2023 10 0', '%Y %U %w'), ('2023 00 6', '%Y %W %w'), ('2023 0 Mon', '%Y %U %a'),
    ('2020 53 7', '%G %V %u'), ('2021 1 1', '%G %V %u'), ('12:30', '%H:%M'), ('', ''), ('x', 'y'), ('2023', '%Y-'), ('2023-01', '%Y'), ('a  b', 'a b'), ('a b', 'a  b'), ('ab', 'a b'), ('1.5', '%d.%m'), ('%5', '%%%d'), ('5', '%q'), ('5', '%'), ('5 5', '%d %d'),
    ('Tuesday', '%A'), ('Tue', '%A'), ('23:59:60', '%H:%M:%S'), ('23:59:61', '%H:%M:%S'), ('2023-13-01', '%Y-%m-%d'), ('0100-01-01', '%Y-%m-%d'), ('0000-01-01', '%Y-%m-%d'), ('01/02/23 03:04:05', '%x %X'), (' 2023', ' %Y'), ('2023 ', '%Y'), ('2023\n', '%Y'),
    ('2023-06-15 UTC', '%Y-%m-%d %Z'), ('(5)', '(%d)'), ('5+', '%d+'), ('Dec 25', '%b %d'), ('1700000000', '%s'), ('2023-W05-1', '%G-W%V-%u'), ('12', '%H%M'), ('1234', '%H%M'), ('123', '%H%M'),
]

DELTAS = [(0, 0, 0), (1, 0, 0), (-1, 0, 0), (2, 3, 4), (0, -1, 0), (0, 0, -1), (3, 86399, 999999), (-5, 10, 5), (0, 90061, 0), (365, 0, 1), (99999, 5, 5), (0, 0, 1500000)]

cases = []
for zone in ZONES:
    os.environ['TZ'] = zone
    time.tzset()
    formats = FORMATS if zone == 'UTC' else ['%Y-%m-%d %H:%M:%S %z %Z %s']
    for seconds in SECONDS:
        cases.append({'kind': 'strftime', 'zone': zone, 'seconds': seconds, 'formats': formats, 'texts': [time.strftime(one, time.localtime(seconds)) for one in formats], 'utc': time.strftime('%c %z %Z', time.gmtime(seconds))})
os.environ['TZ'] = 'UTC'
time.tzset()
for text, form in PARSED:
    try:
        date = datetime.strptime(text, form)
        result = [str(date), repr(date), date.isoformat(), date.strftime('%Y-%m-%d %f %z %Z %%f %j'), date.timestamp(), date.weekday(), date.toordinal(), list(date.isocalendar()), date.ctime()]
    except Exception:
        result = None
    cases.append({'kind': 'strptime', 'text': text, 'format': form, 'result': result})
base = datetime(2023, 1, 31, 12, 30, 15, 250000)
for given in DELTAS:
    delta = timedelta(*given)
    cases.append({'kind': 'delta', 'given': given, 'result': [str(delta), repr(delta), delta.days, delta.seconds, delta.microseconds, delta.total_seconds(), str(base + delta), str(base - delta), str(base - (base + delta))]})

with open(os.path.join(os.path.dirname(__file__), 'dates.cases'), 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(case) for case in cases) + '\n]\n')
