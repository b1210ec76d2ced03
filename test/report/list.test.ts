import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatListing, type Listing } from '../../src/report/list.ts'

const test = suite('list')

const listing: Listing = {
  playbook: 'p.yml',
  plays: [
    {
      name: 'Routers',
      pattern: 'lab',
      hosts: ['h1', 'h2'],
      tasks: [
        { name: 'Write file', tags: [] },
        { name: 'router : Say', tags: ['b', 'a'] },
      ],
      tags: ['p'],
    },
    { name: 'none', pattern: 'nothing', hosts: [], tasks: [], tags: [] },
  ],
}

const nothing = { hosts: false, tasks: false, tags: false }

// As ansible-playbook 2.14 prints them.
const cases: [options: Partial<typeof nothing>, shown: string][] = [
  [
    { hosts: true, tasks: true, tags: true },
    `
playbook: p.yml

  play #1 (lab): Routers\tTAGS: [p]
    pattern: ['lab']
    hosts (2):
      h1
      h2
    tasks:
      Write file\tTAGS: []
      router : Say\tTAGS: [a, b]
      TASK TAGS: [a, b, p]

  play #2 (nothing): none\tTAGS: []
    pattern: ['nothing']
    hosts (0):
    tasks:
      TASK TAGS: []
`,
  ],
  [
    { hosts: true },
    `
playbook: p.yml

  play #1 (lab): Routers\tTAGS: [p]
    pattern: ['lab']
    hosts (2):
      h1
      h2

  play #2 (nothing): none\tTAGS: []
    pattern: ['nothing']
    hosts (0):
`,
  ],
  [
    { tags: true },
    `
playbook: p.yml

  play #1 (lab): Routers\tTAGS: [p]
      TASK TAGS: [a, b, p]

  play #2 (nothing): none\tTAGS: []
      TASK TAGS: []
`,
  ],
]

for (const [options, shown] of cases) {
  test(`lists ${Object.keys(options).join(', ')}`, () => {
    assert.is(formatListing(listing, { ...nothing, ...options }), shown)
  })
}

test.run()
