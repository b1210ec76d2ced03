import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { traceDocument } from '../../../src/report/profile/trace.ts'
import { block } from '../events.ts'
import { twoHosts } from '../two-hosts.ts'

const test = suite('trace')

test('a lane for the runner, one for what the end waited for, and one for each host', () => {
  assert.is(
    [...traceDocument(twoHosts())].join(''),
    block`
    {"displayTimeUnit":"ms","traceEvents":[
    {"name":"process_name","ph":"M","pid":1,"tid":1,"args":{"name":"run"}},
    {"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"runner"}},
    {"name":"thread_sort_index","ph":"M","pid":1,"tid":1,"args":{"sort_index":1}},
    {"name":"play: Routers","ph":"X","pid":1,"tid":1,"ts":300000,"dur":410000},
    {"name":"starting node and the runner","ph":"X","pid":1,"tid":1,"ts":0,"dur":200000},
    {"name":"reading playbooks and roles","ph":"X","pid":1,"tid":1,"ts":200000,"dur":50000},
    {"name":"reading the inventory","ph":"X","pid":1,"tid":1,"ts":250000,"dur":10000},
    {"name":"checking all of it","ph":"X","pid":1,"tid":1,"ts":260000,"dur":20000},
    {"name":"closing","ph":"X","pid":1,"tid":1,"ts":720000,"dur":30000},
    {"name":"thread_name","ph":"M","pid":1,"tid":2,"args":{"name":"what the end waited for"}},
    {"name":"thread_sort_index","ph":"M","pid":1,"tid":2,"args":{"sort_index":2}},
    {"name":"a: Packages","ph":"X","pid":1,"tid":2,"ts":300000,"dur":200000,"args":{"module":"apt","status":"changed","at":"roles/router/tasks/main.yml:10:3","probed":[3]}},
    {"name":"rendering tasks","ph":"X","pid":1,"tid":2,"ts":300000,"dur":10000},
    {"name":"connecting","ph":"X","pid":1,"tid":2,"ts":310000,"dur":40000},
    {"name":"rendering and prefetching","ph":"X","pid":1,"tid":2,"ts":350000,"dur":5000},
    {"name":"waiting for results","ph":"X","pid":1,"tid":2,"ts":355000,"dur":45000},
    {"name":"planning","ph":"X","pid":1,"tid":2,"ts":400000,"dur":10000},
    {"name":"applying","ph":"X","pid":1,"tid":2,"ts":410000,"dur":90000,"args":{"what":"exec"}},
    {"name":"b: Settings","ph":"X","pid":1,"tid":2,"ts":510000,"dur":195000,"args":{"module":"copy","status":"ok","at":"roles/router/tasks/main.yml:20:3","probed":[2]}},
    {"name":"rendering and prefetching","ph":"X","pid":1,"tid":2,"ts":515000,"dur":5000},
    {"name":"waiting for results","ph":"X","pid":1,"tid":2,"ts":520000,"dur":40000},
    {"name":"pausing","ph":"X","pid":1,"tid":2,"ts":560000,"dur":140000},
    {"name":"thread_name","ph":"M","pid":1,"tid":3,"args":{"name":"a"}},
    {"name":"thread_sort_index","ph":"M","pid":1,"tid":3,"args":{"sort_index":3}},
    {"name":"Packages","ph":"X","pid":1,"tid":3,"ts":300000,"dur":200000,"args":{"module":"apt","status":"changed","at":"roles/router/tasks/main.yml:10:3","probed":[3]}},
    {"name":"rendering tasks","ph":"X","pid":1,"tid":3,"ts":300000,"dur":10000},
    {"name":"connecting","ph":"X","pid":1,"tid":3,"ts":310000,"dur":40000},
    {"name":"rendering and prefetching","ph":"X","pid":1,"tid":3,"ts":350000,"dur":5000},
    {"name":"waiting for results","ph":"X","pid":1,"tid":3,"ts":355000,"dur":45000},
    {"name":"planning","ph":"X","pid":1,"tid":3,"ts":400000,"dur":10000},
    {"name":"applying","ph":"X","pid":1,"tid":3,"ts":410000,"dur":90000,"args":{"what":"exec"}},
    {"name":"Settings","ph":"X","pid":1,"tid":3,"ts":510000,"dur":40000,"args":{"module":"copy","status":"ok","at":"roles/router/tasks/main.yml:20:3","probed":[2]}},
    {"name":"rendering and prefetching","ph":"X","pid":1,"tid":3,"ts":510000,"dur":5000},
    {"name":"waiting for results","ph":"X","pid":1,"tid":3,"ts":515000,"dur":25000},
    {"name":"waiting for other hosts","ph":"X","pid":1,"tid":3,"ts":550000,"dur":155000},
    {"name":"thread_name","ph":"M","pid":1,"tid":4,"args":{"name":"b"}},
    {"name":"thread_sort_index","ph":"M","pid":1,"tid":4,"args":{"sort_index":4}},
    {"name":"Packages","ph":"X","pid":1,"tid":4,"ts":300000,"dur":130000,"args":{"module":"apt","status":"ok","at":"roles/router/tasks/main.yml:10:3","probed":[3]}},
    {"name":"rendering tasks","ph":"X","pid":1,"tid":4,"ts":310000,"dur":10000},
    {"name":"connecting","ph":"X","pid":1,"tid":4,"ts":320000,"dur":40000},
    {"name":"rendering and prefetching","ph":"X","pid":1,"tid":4,"ts":360000,"dur":10000},
    {"name":"waiting for results","ph":"X","pid":1,"tid":4,"ts":370000,"dur":50000},
    {"name":"Settings","ph":"X","pid":1,"tid":4,"ts":510000,"dur":195000,"args":{"module":"copy","status":"ok","at":"roles/router/tasks/main.yml:20:3","probed":[2]}},
    {"name":"rendering and prefetching","ph":"X","pid":1,"tid":4,"ts":515000,"dur":5000},
    {"name":"waiting for results","ph":"X","pid":1,"tid":4,"ts":520000,"dur":40000},
    {"name":"pausing","ph":"X","pid":1,"tid":4,"ts":560000,"dur":140000},
    {"name":"waiting for other hosts","ph":"X","pid":1,"tid":4,"ts":430000,"dur":70000}
    ]}
    `,
  )
})

test.run()
