import { bytesOf } from '../../host/bytes.ts'
import { defineModule, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { quotePath } from '../../shell/quote.ts'

const declared = options({
  src: { type: 'path', required: true, aliases: ['path'], help: 'The file to be read.' },
})

interface State {
  /** What there is instead of a regular file, or keeps it from being found; "" for a file. */
  readonly instead: string
  readonly bytes: Buffer
}

/** Brings the content of a file of the host, whatever it holds. Semantics: ansible.builtin.slurp. */
export const slurp = defineModule<typeof declared, State>({
  name: 'slurp',
  summary: 'Reads a file of the host; its content is returned in base64.',
  options: declared,
  probe: ({ src }) => [insteadOf(src), bytesOf([src])],
  parse(output, { src }) {
    const [instead] = output.of(insteadOf(src))
    const [bytes] = output.of(bytesOf([src]))
    return { instead: instead!, bytes: bytes! }
  },
  plan,
})

/** Links are followed; of a path that leads to nothing, what stands at its end says why. */
function insteadOf(src: string): BatchedProbe<string> {
  return {
    kind: 'instead of files',
    items: [src],
    script: (items) =>
      items.map((item) => `p=${quotePath(item)}\n${INSTEAD}\nprintf '%s\\0' "$w"`).join('\n'),
    read: (output, items) => items.map(() => output.field()),
  }
}

const INSTEAD = `w=
if [ -f "$p" ]; then :
elif [ -d "$p" ]; then w=directory
elif [ -c "$p" ]; then w=char
elif [ -b "$p" ]; then w=block
elif [ -p "$p" ]; then w=fifo
elif [ -S "$p" ]; then w=socket
else
  w=nothing
  while [ ! -e "$p" ]; do case $p in */*) p=\${p%/*} ;; *) p=. ;; esac; p=\${p:-/}; done
  if [ ! -d "$p" ]; then w=way; elif [ ! -x "$p" ]; then w=denied; fi
fi`

function plan({ src }: ArgsOf<typeof declared>, { instead, bytes }: State): Plan {
  const failed = problemOf(src, instead)
  if (failed !== undefined) return { changes: [], failed }
  return { changes: [], result: { content: bytes.toString('base64'), encoding: 'base64', source: src } }
}

function problemOf(src: string, instead: string): string | undefined {
  switch (instead) {
    case '':
      return undefined
    case 'nothing':
      return `file not found: ${src}`
    case 'denied':
      return `file is not readable: ${src}`
    case 'way':
      return `unable to slurp file: ${src}: Not a directory`
    default:
      return `source is a ${instead} and must be a file: ${src}`
  }
}
